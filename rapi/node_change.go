package rapi

import (
	"net/http"
	"net/url"

	"gwm/core"
)

// nodeCall is the call of a request about a node.
func nodeCall(r core.Request) (call, bool, error) {
	o, ok := r.(core.SetNodeRole)
	if !ok {
		return call{}, false, nil
	}
	k := call{what: "make " + o.Node.Name + " " + string(o.Role), method: http.MethodPut, path: "role", query: url.Values{}}
	k.body = string(o.Role) // a bare word instead of an object
	if o.Role == core.RoleCandidate {
		k.body = "master-candidate"
	}
	setOne(k.query, "force", o.Force)
	setOne(k.query, "auto-promote", o.Promote)
	return onNode(o.Node.Name, k)
}

// setOne sets a switch of a query string.
func setOne(query url.Values, name string, is bool) {
	if is {
		query.Set(name, "1")
	}
}
