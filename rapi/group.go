package rapi

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"gwm/core"
)

// rawGroup is what we use of a node group.
type rawGroup struct {
	Name        word   `json:"name"`
	UUID        word   `json:"uuid"`
	AllocPolicy word   `json:"alloc_policy"`
	Nodes       number `json:"node_cnt"`
}

// rawNetwork is what we use of a network.
type rawNetwork struct {
	Name    word   `json:"name"`
	UUID    word   `json:"uuid"`
	Network word   `json:"network"`
	Gateway word   `json:"gateway"`
	Free    number `json:"free_count"`
	Used    number `json:"reserved_count"`
}

// Groups returns the node groups, sorted by name.
func (c *Client) Groups(ctx context.Context) ([]core.NodeGroup, error) {
	var raw []rawGroup
	k := call{what: "list the node groups", path: "/2/groups", query: url.Values{"bulk": {"1"}}}
	if err := c.get(ctx, k, &raw); err != nil {
		return []core.NodeGroup{}, err
	}
	out := make([]core.NodeGroup, 0, len(raw))
	for _, g := range raw {
		out = append(out, core.NodeGroup{Name: string(g.Name), UUID: string(g.UUID), AllocPolicy: string(g.AllocPolicy), Nodes: g.Nodes.or(0)})
	}
	slices.SortFunc(out, func(a, b core.NodeGroup) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (c *Client) keepGroups(groups []core.NodeGroup) map[string]string {
	names := make(map[string]string, len(groups))
	for _, g := range groups {
		names[g.UUID] = g.Name
	}
	c.groups.Store(&names)
	return names
}

// Networks returns the networks that VMs can be attached to, sorted by name.
func (c *Client) Networks(ctx context.Context) ([]core.Network, error) {
	var raw []rawNetwork
	k := call{what: "list the networks", path: "/2/networks", query: url.Values{"bulk": {"1"}}}
	if err := c.get(ctx, k, &raw); err != nil {
		return []core.Network{}, err
	}
	out := make([]core.Network, 0, len(raw))
	for _, n := range raw {
		out = append(out, core.Network{
			Name: string(n.Name), UUID: string(n.UUID), CIDR: string(n.Network), Gateway: string(n.Gateway),
			Free: n.Free.or(0), Used: n.Used.or(0),
		})
	}
	slices.SortFunc(out, func(a, b core.Network) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
