package rapitest

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config describes a cluster as it is when the simulation starts.
type Config struct {
	Name     string // full name, "berlin.example.org"; it ends the names of nodes and instances
	Version  string // software version: "2.16.2", "3.0.2" or "3.1.0"; empty: "3.0.2"
	Users    []User // may be empty: then every request that needs a user is refused
	Groups   []Group
	Nodes    []Node
	Networks []Network
	VMs      []VM
	OSes     []string
	// Templates are the disk templates that are enabled, with sizes as of large machines allowed; empty: those of the recorded cluster.
	Templates []string
	Tags      []string
	History   []Past // jobs that ended before the start, oldest first

	RequireAuth      bool   // reads need a user as well (--require-authentication)
	CloseConnections bool   // every answer closes its connection, as the real Ganeti does
	ChattyJobs       bool   // power operations write log lines too; the real ones are silent
	VNCConsole       bool   // a VNC console answers kind=vnc; without it 500, the bug of 3.0.2
	SSHPort          int    // port in console answers; 0: the field is missing, as by default
	SSHHost          string // host in the answers of serial consoles; empty: the VM's node
	SSHUser          string // user in them; empty: root
	Seed             uint64
	Speed            float64 // how fast jobs move: 1 like a small real cluster, 0 at once
}

// User is an entry of the RAPI users file.
type User struct {
	Name, Password string
	Write          bool
}

// Group is a node group.
type Group struct {
	Name        string
	AllocPolicy string // empty: "preferred"
	Tags        []string

	id      string    // what its UUID is made of; empty: its name
	changed int       // how often it was changed
	at      time.Time // when it was changed last; zero: before the start
	nd      bodyMap   // its own node parameters
	policy  bodyMap   // its own instance policy
}

// Network is an IP network that NICs may name.
type Network struct {
	Name    string
	Network string // "10.20.0.0/24"
	Gateway string
	Link    string // bridge; empty: "br0"
	Tags    []string

	Network6, Gateway6, MACPrefix string
	Reserved                      []string // addresses that no instance gets

	id      string
	changed int
	at      time.Time
	on      map[string][3]string // mode, link and VLAN on each node group that it is connected to
}

// Cluster is one simulated Ganeti cluster; it is an http.Handler.
type Cluster struct {
	config   Config
	version  version
	faults   Faults
	counters counters
	routes   []route

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced whenever a job or an instance changes
	born      time.Time
	instances map[string]*instance
	sorted    []*instance // by name
	nodes     []*node     // by name
	groups    []Group
	networks  []Network
	tags      []string
	params    map[string]*hvparams
	defaults  map[string]any // hypervisor parameters of kvm before overrides
	info      map[string]any
	jobs      map[int]*job
	order     []*job // by id
	nextJob   int
	due       jobHeap
	locks     map[string]*lock
	drained   bool
	filters   []*jobFilter
	held      []*job // queued, and kept back by a filter
}

// New builds a cluster from its description.
func New(config Config) *Cluster {
	if config.Version == "" {
		config.Version = "3.0.2"
	}
	if len(config.Groups) == 0 {
		config.Groups = []Group{{Name: "default"}}
	}
	c := &Cluster{
		config:    config,
		version:   parseVersion(config.Version),
		changed:   make(chan struct{}),
		born:      time.Now(),
		instances: make(map[string]*instance, len(config.VMs)),
		groups:    slices.Clone(config.Groups),
		networks:  slices.Clone(config.Networks),
		tags:      slices.Sorted(slices.Values(config.Tags)),
		params:    map[string]*hvparams{},
		jobs:      map[int]*job{},
		nextJob:   1,
		locks:     map[string]*lock{},
	}
	c.counters.init()
	c.routes = c.table()
	c.loadTemplates()
	for _, n := range config.Nodes {
		c.addNode(n)
	}
	for i, n := range c.networks {
		c.networks[i].on = map[string][3]string{}
		for _, g := range c.groups {
			c.networks[i].on[g.Name] = [3]string{"bridged", cmp.Or(n.Link, "br0"), ""}
		}
	}
	slices.SortFunc(c.nodes, func(a, b *node) int { return cmp.Compare(a.Name, b.Name) })
	c.addVMs(config.VMs)
	for _, p := range config.History {
		c.addPast(p)
	}
	c.config.VMs, c.config.Nodes, c.config.History = nil, nil, nil
	return c
}

// Name returns the cluster's full name.
func (c *Cluster) Name() string { return c.config.Name }

// Faults returns the switches for things that go wrong.
func (c *Cluster) Faults() *Faults { return &c.faults }

// SetDrained drains the job queue (submissions answer 500 "Queue drained") or opens it again.
func (c *Cluster) SetDrained(drained bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drained = drained
}

// Names returns the full names of all instances in order.
func (c *Cluster) Names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := make([]string, len(c.sorted))
	for i, v := range c.sorted {
		names[i] = v.Name
	}
	return names
}

// lookup finds a full name, or a short one without the domain.
func (c *Cluster) lookup(name string) *instance {
	if v := c.instances[name]; v != nil {
		return v
	}
	if strings.Contains(name, ".") {
		return nil
	}
	return c.instances[name+"."+c.config.Name]
}

func (c *Cluster) lookupNode(name string) *node {
	for _, n := range c.nodes {
		if n.Name == name || n.Name == name+"."+c.config.Name {
			return n
		}
	}
	return nil
}

// notify wakes everybody who waits for a change; c.mu is held.
func (c *Cluster) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// uuid derives a stable UUID from the seed and a key.
func (c *Cluster) uuid(key string) string {
	h := c.hash(key)
	h[6] = h[6]&0x0f | 0x40
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func (c *Cluster) hash(key string) [32]byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 96), c.config.Seed)
	b = append(b, c.config.Name...)
	b = append(b, '/')
	return sha256.Sum256(append(b, key...))
}

// stamp is a point in time as Ganeti's configuration has it: seconds with a fraction.
func stamp(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
