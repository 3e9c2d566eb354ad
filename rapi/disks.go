package rapi

import (
	"net/http"
	"net/url"

	"gwm/core"
)

// disksCall is the call of a request about all disks of a VM.
func disksCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.ActivateDisks:
		k := call{what: "activate the disks of " + r.VM.Name, method: http.MethodPut, path: "activate-disks"}
		if r.IgnoreSize {
			k.query = url.Values{"ignore_size": {"1"}}
		}
		return onVM(r.VM.Name, k)
	case core.DeactivateDisks:
		return onVM(r.VM.Name, call{what: "deactivate the disks of " + r.VM.Name, method: http.MethodPut, path: "deactivate-disks"})
	case core.RecreateDisks:
		return onVM(r.VM.Name, call{what: "recreate the disks of " + r.VM.Name, method: http.MethodPost, path: "recreate-disks", body: map[string]any{}})
	case core.ReplaceDisks:
		return replaceCall(r)
	}
	return call{}, false, nil
}

// replaceCall makes a copy of the disks anew. Where no node is named for a new
// copy, Ganeti asks for an allocator: "." is the cluster's own.
func replaceCall(r core.ReplaceDisks) (call, bool, error) {
	mode, ok := map[core.ReplaceMode]string{
		core.ReplacePrimary: "replace_on_primary", core.ReplaceSecondary: "replace_on_secondary",
		core.ReplaceNew: "replace_new_secondary", core.ReplaceAuto: "replace_auto",
	}[r.Mode]
	if !ok {
		return call{}, false, core.Errorf(core.CodeInvalid, "there is no way %q to replace disks", core.Printable(string(r.Mode)))
	}
	body := map[string]any{"mode": mode}
	setName(body, "remote_node", r.To.Name)
	if r.Mode == core.ReplaceNew && r.To.IsZero() {
		body["iallocator"] = "."
	}
	return onVM(r.VM.Name, call{what: "replace disks of " + r.VM.Name, method: http.MethodPost, path: "replace-disks", body: body})
}
