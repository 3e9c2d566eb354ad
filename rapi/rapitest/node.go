package rapitest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Node describes a node.
type Node struct {
	Name  string // full name
	Group string // empty: the first group
	IP    string
	Role  string // "M" master, "C" candidate, "R" regular, "D" drained, "O" offline; empty: "R", or "M" for the first node
	CPUs  int    // 0: 8
	// Memory and Disk are totals in MiB; 0 means 65536 and 1048576.
	Memory, Disk int
	Dead         bool // does not answer although it is not marked offline
	Tags         []string
}

// reserved is the memory in MiB that the node's own system uses.
const reserved = 1024

type node struct {
	Node
	uuid         string
	serial       int
	ctime, mtime time.Time
	primary      map[*instance]bool
	secondary    map[*instance]bool
	own          map[string]any // parameters that are set on the node itself
	noMaster     bool           // not master_capable
	noVMs        bool           // not vm_capable
	exports      []VM           // by name
}

// nodeBody is the wire form; pointers are null while the node does not answer.
type nodeBody struct {
	Name            string         `json:"name"`
	Offline         bool           `json:"offline"`
	MasterCandidate bool           `json:"master_candidate"`
	Drained         bool           `json:"drained"`
	DiskTotal       *int           `json:"dtotal"`
	DiskFree        *int           `json:"dfree"`
	SpindleTotal    *int           `json:"sptotal"`
	SpindleFree     *int           `json:"spfree"`
	MemTotal        *int           `json:"mtotal"`
	MemNode         *int           `json:"mnode"`
	MemFree         *int           `json:"mfree"`
	Primaries       int            `json:"pinst_cnt"`
	Secondaries     int            `json:"sinst_cnt"`
	CPUs            *int           `json:"ctotal"`
	CPUsOS          *int           `json:"cnos"`
	CPUNodes        *int           `json:"cnodes"`
	CPUSockets      *int           `json:"csockets"`
	PrimaryIP       string         `json:"pip"`
	SecondaryIP     string         `json:"sip"`
	Role            string         `json:"role"`
	PrimaryList     []string       `json:"pinst_list"`
	SecondaryList   []string       `json:"sinst_list"`
	MasterCapable   bool           `json:"master_capable"`
	VMCapable       bool           `json:"vm_capable"`
	Params          map[string]any `json:"ndparams"`
	GroupUUID       string         `json:"group.uuid"`
	Created         float64        `json:"ctime"`
	Modified        float64        `json:"mtime"`
	UUID            string         `json:"uuid"`
	Serial          int            `json:"serial_no"`
	Tags            []string       `json:"tags"`
}

// nodeSingle is the answer for one node, which alone carries secondary_ip.
type nodeSingle struct {
	nodeBody
	Secondary string `json:"secondary_ip"`
}

func (c *Cluster) addNode(n Node) {
	if n.Role == "" {
		n.Role = "R"
		if len(c.nodes) == 0 {
			n.Role = "M"
		}
	}
	if n.CPUs == 0 {
		n.CPUs = 8
	}
	if n.Memory == 0 {
		n.Memory = 65536
	}
	if n.Disk == 0 {
		n.Disk = 1 << 20
	}
	if n.IP == "" {
		n.IP = fmt.Sprintf("192.0.2.%d", len(c.nodes)%250+1)
	}
	if n.Group == "" {
		n.Group = c.groups[0].Name
	}
	if !slices.ContainsFunc(c.groups, func(g Group) bool { return g.Name == n.Group }) {
		panic("rapitest: node " + n.Name + " in unknown group " + n.Group)
	}
	n.Tags = slices.Sorted(slices.Values(n.Tags))
	born := c.born.Add(-400 * 24 * time.Hour)
	c.nodes = append(c.nodes, &node{
		Node: n, uuid: c.uuid("node/" + n.Name), serial: 1, ctime: born, mtime: born,
		primary: map[*instance]bool{}, secondary: map[*instance]bool{},
	})
}

// up reports whether the node answers.
func (n Node) up() bool { return !n.Dead && n.Role != "O" }

func (c *Cluster) renderNode(n *node) nodeBody {
	body := nodeBody{
		Name: n.Name, Offline: n.Role == "O", MasterCandidate: n.Role == "M" || n.Role == "C", Drained: n.Role == "D",
		Primaries: len(n.primary), Secondaries: len(n.secondary), PrimaryIP: n.IP, SecondaryIP: n.IP, Role: n.Role,
		PrimaryList: names(n.primary), SecondaryList: names(n.secondary), MasterCapable: !n.noMaster, VMCapable: !n.noVMs,
		Params: n.params(), GroupUUID: c.groupUUID(n.Group),
		Created: stamp(n.ctime), Modified: stamp(n.mtime), UUID: n.uuid, Serial: n.serial, Tags: list(n.Tags),
	}
	if !n.up() {
		return body
	}
	memory, disk := n.Memory-reserved, n.Disk
	for v := range n.primary {
		if v.Running {
			memory -= v.Memory
		}
		disk -= v.usage()
	}
	for v := range n.secondary {
		disk -= v.usage()
	}
	memory, disk = max(memory, 0), max(disk, 0)
	one, own := 1, reserved
	body.DiskTotal, body.DiskFree = &n.Disk, &disk
	body.MemTotal, body.MemNode, body.MemFree = &n.Memory, &own, &memory
	body.CPUs, body.CPUsOS, body.CPUNodes, body.CPUSockets = &n.CPUs, &n.CPUs, &one, &one
	return body
}

// SetNodeRole changes a node's role ("C", "R", "D", "O"); it reports whether the node exists.
func (c *Cluster) SetNodeRole(name, role string) bool {
	return c.editNode(name, func(n *node) { n.Role = role })
}

// SetNodeDead takes a node's power, or gives it back, without telling the cluster; it reports whether the node exists.
func (c *Cluster) SetNodeDead(name string, dead bool) bool {
	return c.editNode(name, func(n *node) { n.Dead = dead })
}

func (c *Cluster) editNode(name string, edit func(*node)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.lookupNode(name)
	if n == nil {
		return false
	}
	edit(n)
	for v := range n.primary {
		c.render(v)
	}
	c.notify()
	return true
}

func (c *Cluster) getNodes(r *request) response {
	if !r.bulk() {
		return c.listing("nodes", len(c.nodes), func(i int) string { return c.nodes[i].Name })
	}
	bodies := make([]nodeBody, len(c.nodes))
	for i, n := range c.nodes {
		bodies[i] = c.renderNode(n)
	}
	return ok(bodies)
}

func (c *Cluster) getNode(r *request) response {
	n := c.lookupNode(r.name)
	if n == nil {
		return fail(http.StatusNotFound, "")
	}
	return ok(nodeSingle{c.renderNode(n), n.IP})
}

func (c *Cluster) getRole(r *request) response {
	n := c.lookupNode(r.name)
	if n == nil {
		return fail(http.StatusNotFound, "")
	}
	roles := map[string]string{"M": "master", "C": "master-candidate", "R": "regular", "D": "drained", "O": "offline"}
	return ok(roles[n.Role])
}

func nodeParams() map[string]any {
	return map[string]any{
		"oob_program": "", "spindle_count": 1, "exclusive_storage": false, "ovs": false,
		"ovs_name": "switch1", "ovs_link": "", "ssh_port": 22, "cpu_speed": 1,
	}
}

// params are those of every node, with what is set on this one.
func (n *node) params() map[string]any {
	all := nodeParams()
	maps.Copy(all, n.own)
	return all
}

func names(set map[*instance]bool) []string {
	out := make([]string, 0, len(set))
	for v := range set {
		out = append(out, v.Name)
	}
	slices.Sort(out)
	return out
}

// list makes a nil list an empty one, so that it is [] on the wire.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
