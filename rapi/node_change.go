package rapi

import (
	"net/http"
	"net/url"

	"gwm/core"
)

// nodeCall is the call of a request about a node.
func nodeCall(r core.Request) (call, bool, error) {
	switch o := r.(type) {
	case core.SetNodeRole:
		return roleCall(o)
	case core.MigrateNode:
		body := map[string]any{}
		setName(body, "mode", string(o.Mode))
		return onNode(o.Node.Name, call{what: "migrate the VMs of " + o.Node.Name, method: http.MethodPost, path: "migrate", body: body})
	case core.EvacuateNode:
		body := map[string]any{"mode": string(o.What) + "-only"}
		setName(body, "remote_node", o.To.Name)
		setName(body, "iallocator", o.Allocator)
		setTrue(body, "early_release", o.Early)
		return onNode(o.Node.Name, call{what: "evacuate " + o.Node.Name, method: http.MethodPost, path: "evacuate", body: body})
	case core.PowercycleNode:
		query := url.Values{}
		setOne(query, "force", o.Force)
		return onNode(o.Node.Name, call{what: "powercycle " + o.Node.Name, method: http.MethodPost, path: "powercycle", query: query})
	case core.EditNode:
		return onNode(o.Node.Name, call{what: "edit " + o.Node.Name, method: http.MethodPost, path: "modify", body: nodeChanges(o)})
	}
	return call{}, false, nil
}

// nodeChanges is the body of a change: only what changes. Values of parameters are
// texts, from which Ganeti makes what each of them needs.
func nodeChanges(o core.EditNode) map[string]any {
	body := map[string]any{}
	if o.MasterCapable != nil {
		body["master_capable"] = *o.MasterCapable
	}
	if o.VMCapable != nil {
		body["vm_capable"] = *o.VMCapable
	}
	setTrue(body, "auto_promote", o.Promote)
	for _, e := range o.Params {
		inside(body, "ndparams")[e.Name] = settingValue(e)
	}
	return body
}

func roleCall(o core.SetNodeRole) (call, bool, error) {
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
