package rapi

import (
	"net/http"
	"net/url"

	"gwm/core"
)

// nodeGroupCall is the call of a request about a node group.
func nodeGroupCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.AddNodeGroup:
		if _, err := segment("node group", r.Name); err != nil {
			return call{}, false, err
		}
		body := map[string]any{"group_name": r.Name}
		setName(body, "alloc_policy", r.Policy)
		return call{what: "add the node group " + r.Name, method: http.MethodPost, path: "/2/groups", body: body}, true, nil
	case core.RenameNodeGroup:
		return onGroup(r.Name, call{what: "rename the node group " + r.Name, method: http.MethodPut, path: "rename", body: map[string]any{"new_name": r.To}})
	case core.RemoveNodeGroup:
		return onGroup(r.Name, call{what: "delete the node group " + r.Name, method: http.MethodDelete})
	case core.AssignNodes:
		nodes := make([]string, len(r.Nodes))
		for i, n := range r.Nodes {
			nodes[i] = n.Name
		}
		k := call{what: "assign nodes to " + r.Name, method: http.MethodPut, path: "assign-nodes", query: url.Values{}, body: map[string]any{"nodes": nodes}}
		setOne(k.query, "force", r.Force)
		return onGroup(r.Name, k)
	}
	return call{}, false, nil
}

// networkCall is the call of a request about a network.
func networkCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.AddNetwork:
		if _, err := segment("network", r.Name); err != nil {
			return call{}, false, err
		}
		return call{what: "add the network " + r.Name, method: http.MethodPost, path: "/2/networks", body: newNetwork(r)}, true, nil
	case core.EditNetwork:
		return onNetwork(r.Name, call{what: "edit the network " + r.Name, method: http.MethodPut, path: "modify", body: networkEdits(r)})
	case core.RemoveNetwork:
		return onNetwork(r.Name, call{what: "delete the network " + r.Name, method: http.MethodDelete})
	case core.ConnectNetwork:
		body := map[string]any{"group_name": r.Group, "network_mode": r.Mode, "network_link": r.Link}
		setName(body, "network_vlan", r.VLAN)
		if r.Taken {
			body["conflicts_check"] = false
		}
		return onNetwork(r.Name, call{what: "connect the network " + r.Name, method: http.MethodPut, path: "connect", body: body})
	case core.DisconnectNetwork:
		body := map[string]any{"group_name": r.Group}
		return onNetwork(r.Name, call{what: "disconnect the network " + r.Name, method: http.MethodPut, path: "disconnect", body: body})
	}
	return call{}, false, nil
}

func newNetwork(r core.AddNetwork) map[string]any {
	body := map[string]any{"network_name": r.Name, "network": r.CIDR}
	setName(body, "gateway", r.Gateway)
	setName(body, "network6", r.CIDR6)
	setName(body, "gateway6", r.Gateway6)
	setName(body, "mac_prefix", r.MACPrefix)
	if len(r.Reserved) > 0 {
		body["add_reserved_ips"] = r.Reserved
	}
	if len(r.Tags) > 0 {
		body["tags"] = r.Tags
	}
	if r.Taken {
		body["conflicts_check"] = false
	}
	return body
}

// networkEdits is what of a network is to be another; "none" is Ganeti's word for
// the cluster's own MAC prefix.
func networkEdits(r core.EditNetwork) map[string]any {
	body := map[string]any{}
	setName(body, "gateway", r.Gateway)
	setName(body, "network6", r.CIDR6)
	setName(body, "gateway6", r.Gateway6)
	setName(body, "mac_prefix", r.MACPrefix)
	if r.MACPrefix == core.DefaultWord {
		body["mac_prefix"] = "none"
	}
	if len(r.Reserve) > 0 {
		body["add_reserved_ips"] = r.Reserve
	}
	if len(r.Release) > 0 {
		body["remove_reserved_ips"] = r.Release
	}
	return body
}

// clusterCall is the call of a request about the cluster itself, and about the tags
// of it and of its parts.
func clusterCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.RedistributeConfig:
		return call{what: "redistribute the configuration", method: http.MethodPut, path: "/2/redistribute-config"}, true, nil
	case core.TagCluster:
		return partTags(r.Of, call{what: "tag", method: http.MethodPut, query: url.Values{"tag": r.Tags}})
	case core.UntagCluster:
		return partTags(r.Of, call{what: "untag", method: http.MethodDelete, query: url.Values{"tag": r.Tags}})
	}
	return call{}, false, nil
}

// partTags makes k a change of the tags of the cluster or a part of it.
func partTags(of core.Part, k call) (call, bool, error) {
	if len(k.query["tag"]) == 0 {
		return call{}, false, core.Errorf(core.CodeInvalid, "no tag is named")
	}
	k.path = "tags"
	switch of.Kind {
	case core.PartNodeGroup:
		k.what += " the node group " + of.Name
		return onGroup(of.Name, k)
	case core.PartNetwork:
		k.what += " the network " + of.Name
		return onNetwork(of.Name, k)
	case core.PartCluster:
	}
	k.what, k.path = k.what+" the cluster", "/2/tags"
	return k, true, nil
}

func onGroup(name string, k call) (call, bool, error) {
	return onObject("node group", "groups", name, k)
}

func onNetwork(name string, k call) (call, bool, error) {
	return onObject("network", "networks", name, k)
}
