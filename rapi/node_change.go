package rapi

import (
	"net/http"
	"net/url"
	"strings"

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

// onNode makes k a change of a node; k.path is the last part of the path.
func onNode(name string, k call) (call, bool, error) {
	seg, err := segment("node", name)
	if err != nil {
		return call{}, false, err
	}
	k.path = strings.TrimSuffix("/2/nodes/"+seg+"/"+k.path, "/")
	k.object = "node " + name
	return k, true, nil
}

// setOne sets a switch of a query string.
func setOne(query url.Values, name string, is bool) {
	if is {
		query.Set(name, "1")
	}
}
