package rapitest

import (
	"cmp"
	"maps"
)

type instanceHead struct {
	Name         string       `json:"name"`
	AdminState   string       `json:"admin_state"`
	OS           string       `json:"os"`
	Node         string       `json:"pnode"`
	Secondaries  []string     `json:"snodes"`
	Template     string       `json:"disk_template"`
	IPs          []*string    `json:"nic.ips"`
	MACs         []string     `json:"nic.macs"`
	Modes        []string     `json:"nic.modes"`
	NICUUIDs     []string     `json:"nic.uuids"`
	NICNames     []*string    `json:"nic.names"`
	Links        []string     `json:"nic.links"`
	Networks     []*string    `json:"nic.networks"`
	NetworkNames []*string    `json:"nic.networks.names"`
	Bridges      []string     `json:"nic.bridges"`
	Port         *int         `json:"network_port"`
	DiskSizes    []int        `json:"disk.sizes"`
	DiskSpindles []*int       `json:"disk.spindles"`
	DiskUsage    int          `json:"disk_usage"`
	DiskUUIDs    []string     `json:"disk.uuids"`
	DiskNames    []*string    `json:"disk.names"`
	Backend      backendParts `json:"beparams"`
}

type backendParts struct {
	MinMem         int  `json:"minmem"`
	MaxMem         int  `json:"maxmem"`
	VCPUs          int  `json:"vcpus"`
	AutoBalance    bool `json:"auto_balance"`
	AlwaysFailover bool `json:"always_failover"`
	SpindleUse     int  `json:"spindle_use"`
	Memory         int  `json:"memory,omitempty"` // repeats maxmem in the object, is missing in query
}

type instanceTail struct {
	OperState     *bool               `json:"oper_state"`
	OperRAM       *int                `json:"oper_ram"`
	OperVCPUs     *int                `json:"oper_vcpus"`
	Status        string              `json:"status"`
	CustomHV      map[string]any      `json:"custom_hvparams"`
	CustomBackend map[string]any      `json:"custom_beparams"`
	CustomNICs    []map[string]string `json:"custom_nicparams"`
	CustomOS      *map[string]any     `json:"custom_osparams,omitempty"` // from 3.1 on
	Created       float64             `json:"ctime"`
	Modified      float64             `json:"mtime"`
	UUID          string              `json:"uuid"`
	Serial        int                 `json:"serial_no"`
	Tags          []string            `json:"tags"`
}

// render makes the wire form anew; it must be called after every change.
func (c *Cluster) render(v *instance) {
	head := encode(c.head(v))
	shown := v.tail()
	if !c.version.before(3, 1) {
		shown.CustomOS = &v.OSParams
		if v.OSParams == nil {
			shown.CustomOS = &map[string]any{}
		}
	}
	tail := encode(shown)
	v.body = body{
		append(head[:len(head)-1:len(head)-1], `,"hvparams":`...),
		v.params.json,
		append([]byte{','}, tail[1:]...),
	}
}

func (c *Cluster) head(v *instance) instanceHead {
	head := instanceHead{
		Name: v.Name, AdminState: v.Admin, OS: v.OS, Node: v.Node, Secondaries: list(v.Secondaries), Template: v.Template,
		IPs: []*string{}, MACs: []string{}, Modes: []string{}, NICUUIDs: []string{}, NICNames: []*string{}, Links: []string{},
		Networks: []*string{}, NetworkNames: []*string{}, Bridges: []string{},
		DiskSizes: []int{}, DiskSpindles: make([]*int, len(v.Disks)), DiskUsage: v.usage(), DiskUUIDs: []string{}, DiskNames: []*string{},
		Backend: backendParts{MinMem: v.MinMemory, MaxMem: v.Memory, VCPUs: v.VCPUs, AutoBalance: true, SpindleUse: 1, Memory: v.Memory},
	}
	if own, set := v.extra["auto_balance"].(bool); set {
		head.Backend.AutoBalance = own
	}
	if own, set := v.extra["always_failover"].(bool); set {
		head.Backend.AlwaysFailover = own
	}
	if own, set := v.extra["spindle_use"].(float64); set {
		head.Backend.SpindleUse = int(own)
	}
	if v.port != 0 {
		head.Port = &v.port
	}
	for _, nic := range v.NICs {
		head.IPs = append(head.IPs, null(nic.IP))
		head.MACs = append(head.MACs, nic.MAC)
		head.Modes = append(head.Modes, nic.Mode)
		head.NICUUIDs = append(head.NICUUIDs, nic.uuid)
		head.NICNames = append(head.NICNames, null(nic.Name))
		head.Links = append(head.Links, nic.Link)
		head.Bridges = append(head.Bridges, nic.Link)
		head.Networks = append(head.Networks, null(c.networkUUID(nic.Network)))
		head.NetworkNames = append(head.NetworkNames, null(nic.Network))
	}
	for _, d := range v.Disks {
		head.DiskSizes = append(head.DiskSizes, d.Size)
		head.DiskUUIDs = append(head.DiskUUIDs, d.uuid)
		head.DiskNames = append(head.DiskNames, null(d.Name))
	}
	return head
}

// networkUUID is empty for no network.
func (c *Cluster) networkUUID(name string) string {
	if name == "" {
		return ""
	}
	if i := c.networkIndex(name); i >= 0 {
		name = cmp.Or(c.networks[i].id, name)
	}
	return c.uuid("network/" + name)
}

func (v *instance) tail() instanceTail {
	tail := instanceTail{
		Status: v.status(), CustomHV: v.HV, CustomBackend: map[string]any{},
		CustomNICs: []map[string]string{}, Created: stamp(v.ctime), Modified: stamp(v.mtime), UUID: v.uuid, Serial: v.serial, Tags: list(v.Tags),
	}
	for i, value := range [3]int{v.Memory, v.MinMemory, v.VCPUs} {
		if v.custom[i] {
			tail.CustomBackend[[3]string{"maxmem", "minmem", "vcpus"}[i]] = value
		}
	}
	maps.Copy(tail.CustomBackend, v.extra)
	if tail.CustomHV == nil {
		tail.CustomHV = map[string]any{}
	}
	if v.node.up() {
		tail.OperState = &v.Running
		if v.Running {
			tail.OperRAM, tail.OperVCPUs = &v.Memory, &v.VCPUs
		}
	}
	for _, nic := range v.NICs {
		custom := map[string]string{"mode": nic.Mode, "link": nic.Link}
		if nic.Network != "" || nic.VLAN != "" {
			custom["vlan"] = nic.VLAN
		}
		tail.CustomNICs = append(tail.CustomNICs, custom)
	}
	return tail
}
