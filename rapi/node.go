package rapi

import (
	"cmp"
	"context"
	"encoding/json"
	"hash/maphash"
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

// nodeSum is a node that was decoded from bytes with this sum. Its Group is the
// group's UUID.
type nodeSum struct {
	sum  uint64
	node *core.Node
}

// Nodes returns every node, sorted by name.
func (c *Client) Nodes(ctx context.Context) ([]*core.Node, error) {
	k := call{what: "list the nodes", path: "/2/nodes", query: url.Values{"bulk": {"1"}}}
	var last, read []nodeSum // nodes arrive in the same order each time
	if p := c.nodes.Load(); p != nil {
		last = *p
	}
	err := c.stream(ctx, k, "", func(raw []byte) error {
		sum := maphash.Bytes(c.seed, raw)
		if i := len(read); i < len(last) && last[i].sum == sum {
			read = append(read, last[i])
			return nil
		}
		var r rawNode
		if err := json.Unmarshal(raw, &r); err != nil {
			return &contentErr{err}
		}
		n, err := r.node(c.cfg.Cluster.Name)
		if err != nil {
			return &contentErr{err}
		}
		read = append(read, nodeSum{sum: sum, node: n})
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.nodes.Store(&read)
	nodes := make([]*core.Node, len(read))
	for i := range read {
		nodes[i] = new(*read[i].node)
	}
	if err := c.nameGroups(ctx, nodes); err != nil {
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
	return n, c.nameGroups(ctx, []*core.Node{n})
}

// nameGroups puts the names of node groups where nodes have only the UUID. The
// names are kept until Info asks again, or a group is new.
func (c *Client) nameGroups(ctx context.Context, nodes []*core.Node) error {
	var names map[string]string
	if kept := c.groups.Load(); kept != nil {
		names = *kept
	}
	for _, n := range nodes {
		if _, ok := names[n.Group]; n.Group == "" || ok {
			continue
		}
		groups, err := c.Groups(ctx)
		if err != nil {
			return err
		}
		names = c.keepGroups(groups)
		break
	}
	for _, n := range nodes {
		n.Group = cmp.Or(names[n.Group], n.Group)
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
		Group: string(r.GroupUUID), PrimaryIP: string(r.PrimaryIP), SecondaryIP: string(r.SecondaryIP),
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
