package rapi

import (
	"net/http"
	"strconv"

	"gwm/core"
)

// changeCall is the call of a request that changes what a VM is.
func changeCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.ReinstallVM:
		return reinstallCall(r)
	case core.GrowDisk:
		body := map[string]any{"amount": r.By}
		if r.To > 0 {
			body = map[string]any{"amount": r.To, "absolute": true}
		}
		return onVM(r.VM.Name, call{
			what: "grow a disk of " + r.VM.Name, method: http.MethodPost, path: "disk/" + strconv.Itoa(r.Disk) + "/grow", body: body,
		})
	case core.RenameVM:
		return onVM(r.VM.Name, call{what: "rename " + r.VM.Name, method: http.MethodPut, path: "rename", body: map[string]any{
			"new_name": r.Name, "name_check": !r.NoCheck, "ip_check": !r.NoCheck && !r.InUse,
		}})
	}
	return call{}, false, nil
}

// reinstallCall installs a VM anew. Ganeti takes no reason beside a body there.
func reinstallCall(r core.ReinstallVM) (call, bool, error) {
	body := map[string]any{"start": !r.Stopped}
	setName(body, "os", r.OS)
	if len(r.Params) > 0 {
		body["osparams"] = r.Params
	}
	return onVM(r.VM.Name, call{what: "reinstall " + r.VM.Name, method: http.MethodPost, path: "reinstall", body: body, unmarked: true})
}
