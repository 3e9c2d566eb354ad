package rapitest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// VM describes an instance.
type VM struct {
	Name        string // full name
	OS          string // empty: "debootstrap+default"
	Node        string // primary node, full name
	Secondaries []string
	Template    string // disk template; empty: "plain", or "diskless" without disks
	Hypervisor  string // "kvm" or "fake"; empty: "kvm"
	Admin       string // "up", "down", "offline"; empty: "up"
	Running     bool   // what the hypervisor says; up and not running is ERROR_down
	UserDown    bool   // the guest shut itself down: USER_down instead of ERROR_down
	Memory      int    // MiB; 0: the cluster's default, 128
	MinMemory   int    // MiB; 0: the cluster's default, 128
	VCPUs       int    // 0: the cluster's default, 1
	Disks       []Disk
	NICs        []NIC
	Tags        []string
	HV          map[string]any // hypervisor parameters set on the instance
	OSParams    map[string]any // OS parameters set on the instance; RAPI shows them from 3.1 on
	Age         time.Duration  // time since creation, 0: 30 days
}

// Disk is a disk; Size in MiB.
type Disk struct {
	Size int
	Name string
	mode string // "" is "rw"; no answer tells it
	uuid string
}

// NIC is a network interface; empty fields are null on the wire, Link defaults to "br0", Mode to "bridged".
type NIC struct {
	IP, MAC, Network, Link, Name, Mode, VLAN string
	uuid                                     string
}

// instance is a VM with its state; body is its wire form, shared parts and all, ready to be written.
type instance struct {
	VM
	uuid         string
	port         int
	serial       int
	ctime, mtime time.Time
	node         *node
	params       *hvparams
	custom       [3]bool        // which of maxmem, minmem and vcpus are the instance's own
	extra        map[string]any // own backend parameters beside those; nil: none
	body         body
}

// body is an instance's JSON in three parts; the middle is shared by every instance with the same hypervisor parameters. The bytes are never changed after they were made.
type body [3][]byte

// hvparams is one set of hypervisor parameters, merged with the cluster's.
type hvparams struct {
	values map[string]any
	json   []byte
}

func (c *Cluster) addVMs(vms []VM) {
	nodes := map[string]*node{}
	for _, n := range c.nodes {
		nodes[n.Name] = n
	}
	port := 11000
	for i := range vms {
		v := &instance{VM: vms[i], serial: 1}
		c.fill(v)
		if v.Hypervisor == "kvm" {
			v.port = port
			port++
		}
		v.node = nodes[v.Node]
		if v.node == nil || c.instances[v.Name] != nil {
			panic("rapitest: instance " + v.Name + ": unknown node " + v.Node + " or doubled name")
		}
		v.node.primary[v] = true
		for _, s := range v.Secondaries {
			if nodes[s] == nil {
				panic("rapitest: instance " + v.Name + ": unknown secondary node " + s)
			}
			nodes[s].secondary[v] = true
		}
		c.instances[v.Name] = v
		c.sorted = append(c.sorted, v)
		c.render(v)
	}
	slices.SortFunc(c.sorted, func(a, b *instance) int { return cmp.Compare(a.Name, b.Name) })
}

// fill puts the defaults in.
func (c *Cluster) fill(v *instance) {
	v.OS = cmp.Or(v.OS, "debootstrap+default")
	v.Hypervisor = cmp.Or(v.Hypervisor, "kvm")
	v.Admin = cmp.Or(v.Admin, "up")
	v.custom = [3]bool{v.Memory != 0, v.MinMemory != 0, v.VCPUs != 0}
	v.Memory = cmp.Or(v.Memory, 128)
	v.MinMemory = cmp.Or(v.MinMemory, min(v.Memory, 128))
	v.VCPUs = cmp.Or(v.VCPUs, 1)
	if v.Template == "" {
		v.Template = "plain"
		if len(v.Disks) == 0 {
			v.Template = "diskless"
		}
	}
	v.uuid = c.uuid("instance/" + v.Name)
	v.ctime = c.born.Add(-cmp.Or(v.Age, 30*24*time.Hour))
	v.mtime = v.ctime.Add(90 * time.Second)
	if !slices.IsSorted(v.Tags) {
		v.Tags = slices.Sorted(slices.Values(v.Tags))
	}
	v.params = c.hvparams(v.Hypervisor, v.HV)
	for i := range v.NICs {
		nic := &v.NICs[i]
		nic.Link = cmp.Or(nic.Link, "br0")
		if nic.MAC == "" {
			h := c.hash(fmt.Sprintf("mac/%s/%d", v.Name, i))
			nic.MAC = fmt.Sprintf("aa:00:%02x:%02x:%02x:%02x", h[0], h[1], h[2], h[3])
		}
	}
	v.NICs, v.Disks = slices.Clone(v.NICs), slices.Clone(v.Disks)
	for i := range v.NICs {
		v.NICs[i].Mode = cmp.Or(v.NICs[i].Mode, "bridged")
		v.NICs[i].uuid = c.uuid(fmt.Sprintf("nic/%s/%d", v.Name, i))
	}
	for i := range v.Disks {
		v.Disks[i].uuid = c.uuid(fmt.Sprintf("disk/%s/%d", v.Name, i))
	}
}

// hvparams returns the merged parameters, one value for equal settings.
func (c *Cluster) hvparams(hypervisor string, custom map[string]any) *hvparams {
	key := hypervisor
	if len(custom) > 0 {
		key += string(encode(custom))
	}
	if p := c.params[key]; p != nil {
		return p
	}
	values := map[string]any{}
	if hypervisor == "kvm" {
		maps.Copy(values, c.defaults)
		maps.Copy(values, custom)
	}
	p := &hvparams{values: values, json: encode(values)}
	c.params[key] = p
	return p
}

// status is the word Ganeti computes from wish and reality.
func (v *instance) status() string {
	switch {
	case v.node.Role == "O":
		return "ERROR_nodeoffline"
	case v.node.Dead:
		return "ERROR_nodedown"
	case v.Admin == "up" && v.Running:
		return "running"
	case v.Admin == "up" && v.UserDown:
		return "USER_down"
	case v.Admin == "up":
		return "ERROR_down"
	case v.Running:
		return "ERROR_up"
	case v.Admin == "offline":
		return "ADMIN_offline"
	}
	return "ADMIN_down"
}

func (v *instance) usage() int {
	total := 0
	for _, d := range v.Disks {
		total += d.Size
		if v.Template == "drbd" {
			total += 128
		}
	}
	return total
}

// touch records a change of the configuration.
func (c *Cluster) touch(v *instance, at time.Time) {
	v.serial++
	v.mtime = at
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (c *Cluster) getInstances(r *request) response {
	shown := c.sorted
	if _, on := c.faults.take(EmptyList, r); on {
		shown = nil
	} else if _, on := c.faults.take(PartialList, r); on {
		shown = shown[:len(shown)/2]
	}
	if !r.bulk() {
		return c.listing("instances", len(shown), func(i int) string { return shown[i].Name })
	}
	parts := make([][]byte, 0, 4*len(shown)+2)
	comma := []byte("[")
	for _, v := range shown {
		parts = append(parts, comma, v.body[0], v.body[1], v.body[2])
		comma = []byte(", ")
	}
	if len(shown) == 0 {
		parts = append(parts, comma)
	}
	return response{status: http.StatusOK, parts: append(parts, []byte("]"))}
}

func (c *Cluster) getInstance(r *request) response {
	v := c.lookup(r.name)
	if v == nil {
		return fail(http.StatusNotFound, "")
	}
	return response{status: http.StatusOK, parts: [][]byte{v.body[0], v.body[1], v.body[2]}}
}

// listing is the answer of a collection without bulk.
func (c *Cluster) listing(kind string, n int, name func(int) string) response {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		key := "id"
		if kind == "groups" || kind == "networks" {
			key = "name"
		}
		s, _ := json.Marshal(name(i))
		fmt.Fprintf(&b, `{"%s": %s, "uri": "/2/%s/%s"}`, key, s, kind, strings.Trim(string(s), `"`))
	}
	b.WriteByte(']')
	return response{status: http.StatusOK, parts: [][]byte{b.Bytes()}}
}
