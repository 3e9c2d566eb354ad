package rapi

import (
	"net/http"

	"gwm/core"
)

// placeCall is the call of a request that moves a VM to another node.
func placeCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.MigrateVM:
		k := call{what: "migrate " + r.VM.Name, method: http.MethodPut, path: "migrate"}
		body := map[string]any{}
		if r.Mode != "" {
			body["mode"] = string(r.Mode)
		}
		setTrue(body, "cleanup", r.Cleanup)
		setTrue(body, "allow_failover", r.Down)
		setName(body, "target_node", r.To.Name)
		k.body = body
		return onVM(r.VM.Name, k)
	case core.FailoverVM:
		k := call{what: "fail over " + r.VM.Name, method: http.MethodPut, path: "failover"}
		body := map[string]any{}
		setTrue(body, "ignore_consistency", r.Ignore)
		setName(body, "target_node", r.To.Name)
		k.body = body
		return onVM(r.VM.Name, k)
	}
	return call{}, false, nil
}

// setTrue and setName leave out of a body what says nothing, so that the cluster's
// own default holds.
func setTrue(body map[string]any, field string, is bool) {
	if is {
		body[field] = true
	}
}

func setName(body map[string]any, field, name string) {
	if name != "" {
		body[field] = name
	}
}
