package rapi

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"gwm/core"
)

// rawNode is a node as /2/nodes?bulk=1 sends it.
type rawNode struct {
	Name          word            `json:"name"`
	UUID          word            `json:"uuid"`
	Role          word            `json:"role"`
	Offline       bool            `json:"offline"`
	Drained       bool            `json:"drained"`
	Candidate     bool            `json:"master_candidate"`
	MasterCapable bool            `json:"master_capable"`
	VMCapable     bool            `json:"vm_capable"`
	GroupUUID     word            `json:"group.uuid"`
	PrimaryIP     word            `json:"pip"`
	SecondaryIP   word            `json:"sip"`
	MTotal        number          `json:"mtotal"`
	MFree         number          `json:"mfree"`
	MNode         number          `json:"mnode"`
	DTotal        number          `json:"dtotal"`
	DFree         number          `json:"dfree"`
	CTotal        number          `json:"ctotal"`
	CSockets      number          `json:"csockets"`
	Primary       words           `json:"pinst_list"`
	Secondary     words           `json:"sinst_list"`
	Tags          words           `json:"tags"`
	Params        json.RawMessage `json:"ndparams"`
	CTime         moment          `json:"ctime"`
	MTime         moment          `json:"mtime"`
	Serial        number          `json:"serial_no"`
}

// Nodes returns every node, sorted by name.
func (c *Client) Nodes(ctx context.Context) ([]*core.Node, error) {
	k := call{what: "list the nodes", path: "/2/nodes", query: url.Values{"bulk": {"1"}}}
	nodes := []*core.Node{}
	var groups []string // UUIDs, as nodes
	err := c.stream(ctx, k, "", func(raw []byte) error {
		var r rawNode
		if err := json.Unmarshal(raw, &r); err != nil {
			return &contentErr{err}
		}
		n, err := r.node(c.cfg.Cluster.Name)
		if err != nil {
			return &contentErr{err}
		}
		nodes = append(nodes, n)
		groups = append(groups, string(r.GroupUUID))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := c.nameGroups(ctx, nodes, groups); err != nil {
		return nil, err
	}
	slices.SortFunc(nodes, func(a, b *core.Node) int { return strings.Compare(a.Name, b.Name) })
	return nodes, nil
}

// Node returns one node, by full name.
func (c *Client) Node(ctx context.Context, name string) (*core.Node, error) {
	seg, err := segment("node", name)
	if err != nil {
		return nil, err
	}
	k := call{what: "read node " + name, object: "node " + name, path: "/2/nodes/" + seg}
	var r rawNode
	if err := c.get(ctx, k, &r); err != nil {
		return nil, err
	}
	n, err := r.node(c.cfg.Cluster.Name)
	if err != nil {
		return nil, c.notGaneti(k, []byte("?"), err)
	}
	return n, c.nameGroups(ctx, []*core.Node{n}, []string{string(r.GroupUUID)})
}

// nameGroups fills in the names of node groups; a node has only the UUID. The
// names are kept until Info asks again, or a group is new.
func (c *Client) nameGroups(ctx context.Context, nodes []*core.Node, uuids []string) error {
	var names map[string]string
	if kept := c.groups.Load(); kept != nil {
		names = *kept
	}
	for _, uuid := range uuids {
		if _, ok := names[uuid]; uuid == "" || ok {
			continue
		}
		groups, err := c.Groups(ctx)
		if err != nil {
			return err
		}
		names = c.keepGroups(groups)
		break
	}
	for i, n := range nodes {
		if n.Group = names[uuids[i]]; n.Group == "" {
			n.Group = uuids[i]
		}
	}
	return nil
}

func (r *rawNode) node(cluster string) (*core.Node, error) {
	if r.Name == "" {
		return nil, &fieldError{field: "name", found: "nothing"}
	}
	extra, err := params(r.Params, nil)
	if err != nil {
		return nil, err
	}
	n := &core.Node{
		Cluster: cluster, Name: string(r.Name), UUID: string(r.UUID), Role: r.role(),
		Offline: r.Offline, Drained: r.Drained, MasterCapable: r.MasterCapable, VMCapable: r.VMCapable,
		PrimaryIP: string(r.PrimaryIP), SecondaryIP: string(r.SecondaryIP),
		MemoryMiB: r.MTotal.or(-1), MemoryFreeMiB: r.MFree.or(-1), MemoryNodeMiB: r.MNode.or(-1),
		DiskMiB: r.DTotal.or(-1), DiskFreeMiB: r.DFree.or(-1), CPUs: r.CTotal.or(-1), Sockets: r.CSockets.or(-1),
		Primary: r.Primary.list(), Secondary: r.Secondary.list(), Tags: r.Tags.list(), Params: extra,
		Created: r.CTime.Time, Modified: r.MTime.Time, Serial: r.Serial.n,
	}
	slices.Sort(n.Primary)
	slices.Sort(n.Secondary)
	slices.Sort(n.Tags)
	return n, nil
}

func (r *rawNode) role() core.NodeRole {
	switch r.Role {
	case "M":
		return core.RoleMaster
	case "C":
		return core.RoleCandidate
	case "D":
		return core.RoleDrained
	case "O":
		return core.RoleOffline
	case "R":
		return core.RoleRegular
	}
	switch {
	case r.Offline:
		return core.RoleOffline
	case r.Drained:
		return core.RoleDrained
	case r.Candidate:
		return core.RoleCandidate
	}
	return core.RoleRegular
}
