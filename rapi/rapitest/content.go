package rapitest

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// DemoUser and DemoPassword may read and write on the demonstration clusters; they guard nothing but made-up VMs.
const (
	DemoUser     = "gwm"
	DemoPassword = "demo"
)

// Demo returns the two clusters of the demonstration, berlin and paris, at the speed of real ones.
func Demo() []*Cluster {
	return []*Cluster{New(DemoBerlin()), New(DemoParis())}
}

// DemoBerlin describes the larger demonstration cluster: three node groups, eight nodes, one of them offline, about sixty VMs in every state.
func DemoBerlin() Config {
	domain := "berlin.example.net"
	c := Config{
		Name: domain, Version: "3.0.2", Users: demoUsers(), RequireAuth: true, ChattyJobs: true, Speed: 1, Seed: 1,
		Groups: []Group{{Name: "rack-a", Tags: []string{"room:1"}}, {Name: "rack-b", Tags: []string{"room:1"}}, {Name: "storage", AllocPolicy: "last_resort", Tags: []string{"room:2"}}},
		Networks: []Network{
			{Name: "office", Network: "10.20.4.0/22", Gateway: "10.20.4.1", Link: "br-office"},
			{Name: "dmz", Network: "198.51.100.0/24", Gateway: "198.51.100.1", Link: "br-dmz", Tags: []string{"public"}},
			{Name: "backup", Network: "10.99.0.0/24", Gateway: "10.99.0.1", Link: "br-backup"},
		},
		OSes: []string{"debootstrap+bookworm", "debootstrap+trixie", "image+rocky9", "image+ubuntu-24.04", "image+windows-2022", "noop"},
		Tags: []string{"env:production", "owner:infra", "site:berlin"}, Templates: []string{"drbd", "plain", "diskless"},
	}
	for i := range 8 {
		n := Node{Name: fmt.Sprintf("node%d.%s", i+1, domain), IP: fmt.Sprintf("10.20.0.%d", 11+i), CPUs: 32, Memory: 131072, Disk: 4 << 20, Group: "rack-a", Tags: []string{"cpu:epyc"}}
		switch {
		case i >= 6:
			n.Group, n.Disk, n.Memory, n.CPUs, n.Tags = "storage", 16<<20, 65536, 16, []string{"ssd"}
		case i >= 3:
			n.Group = "rack-b"
		}
		n.Role = []string{"M", "C", "C", "C", "R", "O", "R", "D"}[i]
		c.Nodes = append(c.Nodes, n)
	}
	grow(&c, []batch{
		{name: "web%02d", count: 8, cpus: 4, memory: 4096, disks: []int{20480}, network: "dmz", os: "debootstrap+bookworm", tags: []string{"env:prod", "role:web"}, group: "rack-a"},
		{name: "app%02d", count: 8, cpus: 4, memory: 8192, disks: []int{20480, 40960}, network: "office", os: "debootstrap+bookworm", tags: []string{"env:prod", "role:app"}, group: "rack-b"},
		{name: "db%d", count: 4, cpus: 8, memory: 16384, disks: []int{20480, 204800, 102400}, network: "office", os: "debootstrap+bookworm", tags: []string{"backup:daily", "env:prod", "role:db"}, group: "storage", second: "backup"},
		{name: "ci-runner-%02d", count: 6, cpus: 8, memory: 8192, disks: []int{102400}, network: "office", os: "image+ubuntu-24.04", template: "plain", tags: []string{"env:ci"}, group: "rack-b"},
		{name: "mail%d", count: 2, cpus: 2, memory: 4096, disks: []int{20480, 512000}, network: "dmz", os: "debootstrap+bookworm", tags: []string{"backup:daily", "env:prod", "role:mail"}, group: "rack-a", second: "office"},
		{name: "ldap%d", count: 2, cpus: 1, memory: 1024, disks: []int{10240}, network: "office", os: "debootstrap+bookworm", tags: []string{"env:prod", "role:auth"}, group: "rack-a"},
		{name: "k8s-worker-%02d", count: 9, cpus: 8, memory: 12288, disks: []int{61440, 61440}, network: "office", os: "image+rocky9", tags: []string{"env:prod", "role:k8s"}, group: "rack-a"},
		{name: "stage-web%d", count: 4, cpus: 2, memory: 2048, disks: []int{20480}, network: "office", os: "debootstrap+trixie", tags: []string{"env:staging"}, group: "rack-b"},
		{name: "dev-anna-%d", count: 3, cpus: 2, memory: 2048, disks: []int{20480}, network: "office", os: "debootstrap+trixie", template: "plain", tags: []string{"env:dev", "owner:anna"}, group: "rack-b"},
		{name: "dev-mehmet-%d", count: 3, cpus: 4, memory: 4096, disks: []int{40960}, network: "office", os: "image+ubuntu-24.04", template: "plain", tags: []string{"env:dev", "owner:mehmet"}, group: "rack-b"},
		{name: "win-terminal-%d", count: 2, cpus: 4, memory: 8192, disks: []int{122880}, network: "office", os: "image+windows-2022", tags: []string{"env:prod", "licence:rds"}, group: "rack-a", vnc: true},
		{name: "backup", count: 1, cpus: 4, memory: 8192, disks: []int{20480, 4194304}, network: "backup", os: "debootstrap+bookworm", template: "plain", tags: []string{"env:prod", "role:backup"}, group: "storage"},
		{name: "prometheus-longterm-storage-and-alerting", count: 1, cpus: 4, memory: 16384, disks: []int{20480, 1048576}, network: "office", os: "debootstrap+bookworm", tags: []string{"env:prod", "role:monitoring"}, group: "rack-a"},
		{name: "gitlab", count: 1, cpus: 8, memory: 16384, disks: []int{40960, 512000}, network: "dmz", os: "debootstrap+bookworm", tags: []string{"backup:daily", "env:prod"}, group: "rack-b"},
		{name: "wiki", count: 1, cpus: 2, memory: 2048, disks: []int{20480}, network: "dmz", os: "debootstrap+bookworm", tags: []string{"env:prod"}, group: "rack-a"},
		{name: "jumphost", count: 1, cpus: 1, memory: 512, disks: []int{8192}, network: "dmz", os: "debootstrap+bookworm", tags: []string{"env:prod", "role:ssh"}, group: "rack-a"},
		{name: "vpn%d", count: 3, cpus: 2, memory: 1024, disks: []int{8192}, network: "dmz", os: "debootstrap+bookworm", tags: []string{"env:prod", "role:vpn"}, group: "rack-b"},
		{name: "legacy-erp-2014-do-not-touch", count: 1, cpus: 2, memory: 4096, disks: []int{81920}, network: "office", os: "noop", tags: []string{"env:prod", "legacy"}, group: "rack-a", vnc: true},
	})
	mark(&c, map[string]string{
		"web08": "down", "stage-web4": "down", "dev-anna-2": "user", "dev-anna-3": "down", "dev-mehmet-3": "offline", "ci-runner-05": "down",
		"k8s-worker-09": "error", "legacy-erp-2014-do-not-touch": "offline", "vpn2": "down",
	})
	c.History = history(c, 70)
	return c
}

// DemoParis describes the smaller demonstration cluster: one group, four nodes, about 25 VMs, an older Ganeti.
func DemoParis() Config {
	domain := "paris.example.net"
	c := Config{
		Name: domain, Version: "2.16.2", Users: demoUsers(), RequireAuth: true, ChattyJobs: true, Speed: 1, Seed: 2,
		Groups:   []Group{{Name: "default"}},
		Networks: []Network{{Name: "lan", Network: "172.16.8.0/24", Gateway: "172.16.8.1"}, {Name: "public", Network: "203.0.113.0/24", Gateway: "203.0.113.1", Link: "br1"}},
		OSes:     []string{"debootstrap+default", "image+rocky9", "noop"},
		Tags:     []string{"site:paris"}, Templates: []string{"drbd", "plain", "diskless"},
		SSHPort: 22,
	}
	for i := range 4 {
		c.Nodes = append(c.Nodes, Node{
			Name: fmt.Sprintf("hv-%c.%s", 'a'+i, domain), IP: fmt.Sprintf("172.16.0.%d", 21+i), CPUs: 16, Memory: 65536, Disk: 2 << 20,
			Role: []string{"M", "C", "R", "R"}[i], Dead: i == 3,
		})
	}
	grow(&c, []batch{
		{name: "www%d", count: 4, cpus: 2, memory: 2048, disks: []int{20480}, network: "public", os: "debootstrap+default", tags: []string{"env:prod", "role:web"}},
		{name: "sql%d", count: 2, cpus: 4, memory: 8192, disks: []int{20480, 102400}, network: "lan", os: "debootstrap+default", tags: []string{"env:prod", "role:db"}},
		{name: "etudiant-%02d", count: 10, cpus: 1, memory: 1024, disks: []int{10240}, network: "lan", os: "debootstrap+default", template: "plain", tags: []string{"env:teaching"}},
		{name: "render%d", count: 4, cpus: 8, memory: 8192, disks: []int{40960}, network: "lan", os: "image+rocky9", tags: []string{"env:prod"}},
		{name: "nextcloud", count: 1, cpus: 4, memory: 4096, disks: []int{20480, 512000}, network: "public", os: "debootstrap+default", tags: []string{"env:prod"}, second: "lan"},
		{name: "matrix", count: 1, cpus: 2, memory: 4096, disks: []int{40960}, network: "public", os: "debootstrap+default", tags: []string{"env:prod"}},
		{name: "printserver", count: 1, cpus: 1, memory: 512, disks: []int{8192}, network: "lan", os: "noop", tags: []string{"env:prod"}, vnc: true},
		{name: "sandbox", count: 1, cpus: 1, memory: 512, network: "lan", os: "noop"},
		{name: "monitoring", count: 1, cpus: 2, memory: 2048, disks: []int{61440}, network: "lan", os: "debootstrap+default", tags: []string{"env:prod"}},
	})
	mark(&c, map[string]string{"etudiant-03": "down", "etudiant-07": "user", "etudiant-10": "down", "render4": "offline", "render3": "error"})
	c.History = history(c, 25)
	return c
}

func demoUsers() []User {
	return []User{{DemoUser, DemoPassword, true}, {DemoUser + "-ro", DemoPassword, false}}
}

// batch is a family of like VMs.
type batch struct {
	name     string
	count    int
	cpus     int
	memory   int
	disks    []int
	network  string
	second   string // network of a second NIC
	os       string
	template string // empty: drbd
	tags     []string
	group    string // empty: any
	vnc      bool
}

// grow adds the batches' VMs, spread over the nodes of their group; broken nodes get few.
func grow(c *Config, batches []batch) {
	next, broken, host := 0, 0, map[string]int{}
	for _, b := range batches {
		nodes := slices.DeleteFunc(slices.Clone(c.Nodes), func(n Node) bool { return b.group != "" && n.Group != b.group })
		for i := range b.count {
			at := next % len(nodes)
			if !nodes[at].up() {
				if broken++; broken%3 != 0 {
					at = (at + 1) % len(nodes)
				}
			}
			next++
			v := b.vm(c, i, host)
			v.Node, v.Running = nodes[at].Name, nodes[at].up()
			v.Age = time.Duration(20+next*13%900) * 24 * time.Hour
			if v.Template == "drbd" {
				v.Secondaries = []string{nodes[(at+1)%len(nodes)].Name}
			}
			c.VMs = append(c.VMs, v)
		}
	}
}

// vm makes the batch's VM number i, not yet on a node.
func (b batch) vm(c *Config, i int, host map[string]int) VM {
	v := VM{Name: b.name + "." + c.Name, OS: b.os, Template: b.template, VCPUs: b.cpus, Memory: b.memory, Tags: b.tags}
	if b.count > 1 {
		v.Name = fmt.Sprintf(b.name, i+1) + "." + c.Name
	}
	for k, size := range b.disks {
		d := Disk{Size: size}
		if k > 0 {
			d.Name = fmt.Sprintf("data%d", k)
		}
		v.Disks = append(v.Disks, d)
	}
	if v.Template == "" && len(b.disks) > 0 {
		v.Template = "drbd"
	}
	for _, network := range []string{b.network, b.second} {
		if network != "" {
			v.NICs = append(v.NICs, address(c, network, host))
		}
	}
	if b.vnc {
		v.HV = map[string]any{"serial_console": false, "vnc_bind_address": "0.0.0.0", "boot_order": "disk"}
	}
	return v
}

// address is a NIC with the network's next free address.
func address(c *Config, network string, host map[string]int) NIC {
	for _, n := range c.Networks {
		if n.Name == network {
			host[network]++
			base := netip.MustParsePrefix(n.Network).Addr().As4()
			return NIC{Network: network, Link: n.Link, IP: fmt.Sprintf("%d.%d.%d.%d", base[0], base[1], base[2], 10+host[network])}
		}
	}
	panic("rapitest: unknown network " + network)
}

// mark puts VMs (by short name) into other states than running: down, offline, error, user.
func mark(c *Config, states map[string]string) {
	for i := range c.VMs {
		v := &c.VMs[i]
		state := states[v.Name[:len(v.Name)-len(c.Name)-1]]
		if state == "" {
			continue
		}
		v.Running = false
		switch state {
		case "down", "offline":
			v.Admin = state
		case "user":
			v.UserDown = true
			v.HV = map[string]any{"user_shutdown": true}
		}
	}
}
