package rapi

import (
	"net/http"

	"gwm/core"
)

// removeCall is the call of a request that deletes a VM.
func removeCall(r core.Request) (call, bool, error) {
	if r, ok := r.(core.DeleteVM); ok {
		return onVM(r.VM.Name, call{what: "delete " + r.VM.Name, method: http.MethodDelete})
	}
	return call{}, false, nil
}
