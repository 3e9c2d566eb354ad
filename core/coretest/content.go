package coretest

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"gwm/core"
)

// The names of the two clusters and of VMs that tests name often.
const (
	Berlin   = "berlin"
	Paris    = "paris"
	Web1     = "web1.example.org"                                                      // berlin: runs
	Web2     = "web2.example.org"                                                      // berlin: runs
	DB1      = "db1.example.org"                                                       // berlin: runs, several disks and NICs
	Cold     = "cold1.example.org"                                                     // berlin: stopped
	Broken   = "legacy-crm.example.org"                                                // berlin: should run and does not
	Reserved = "template-debian12.example.org"                                         // berlin: offline
	LongName = "archive-of-the-former-customer-portal-and-its-attachments.example.org" // berlin
	Shop1    = "shop1.example.org"                                                     // paris: runs
)

// guest is a line of the fixture.
type guest struct {
	name   string
	status string
	node   int // index of its primary node; the secondary is the next one
	memory int
	disks  []int // GiB
	vcpus  int
	nics   int
	os     string
	tags   string
}

var berlinGuests = []guest{
	{LongName, "running", 3, 2048, []int{500}, 2, 1, "debootstrap+default", "archive"},
	{"ci-runner-01.example.org", "running", 2, 8192, []int{80}, 8, 1, "debootstrap+default", "ci env:test"},
	{"ci-runner-02.example.org", "ADMIN_down", 2, 8192, []int{80}, 8, 1, "debootstrap+default", "ci env:test"},
	{Cold, "ADMIN_down", 0, 1024, []int{10}, 1, 1, "debootstrap+default", ""},
	{DB1, "running", 1, 16384, []int{20, 200, 200}, 8, 2, "debootstrap+default", "db env:prod postgres"},
	{"db2.example.org", "running", 2, 16384, []int{20, 200, 200}, 8, 2, "debootstrap+default", "db env:prod postgres"},
	{"dns1.example.org", "running", 0, 512, []int{5}, 1, 2, "debootstrap+default", "dns env:prod"},
	{"jump.example.org", "running", 1, 1024, []int{10}, 1, 2, "debootstrap+default", "env:prod"},
	{Broken, "ERROR_down", 3, 4096, []int{40}, 2, 1, "image+centos7", "legacy"},
	{"mail.example.org", "running", 0, 4096, []int{20, 300}, 4, 1, "debootstrap+default", "env:prod mail"},
	{"monitor.example.org", "running", 1, 4096, []int{60}, 2, 1, "debootstrap+default", "env:prod"},
	{Reserved, "ADMIN_offline", 2, 1024, []int{10}, 1, 1, "debootstrap+default", "template"},
	{Web1, "running", 0, 2048, []int{20}, 2, 1, "debootstrap+default", "env:prod web"},
	{Web2, "running", 1, 2048, []int{20}, 2, 1, "debootstrap+default", "env:prod web"},
	{"win-license.example.org", "running", 3, 8192, []int{120}, 4, 1, "noop", "env:prod windows"},
}

var parisGuests = []guest{
	{"backup1.example.org", "running", 1, 4096, []int{20, 2000}, 2, 1, "debootstrap+default", "backup env:prod"},
	{"build-arm.example.org", "ADMIN_down", 0, 4096, []int{60}, 4, 1, "debootstrap+default", "ci"},
	{"dns1.example.org", "running", 0, 512, []int{5}, 1, 2, "debootstrap+default", "dns env:prod"},
	{"gitea.example.org", "running", 0, 4096, []int{20, 100}, 4, 1, "debootstrap+default", "env:prod"},
	{"lab-42.example.org", "USER_down", 1, 1024, []int{10}, 1, 1, "debootstrap+default", "lab"},
	{Shop1, "running", 0, 4096, []int{40}, 4, 1, "debootstrap+default", "env:prod shop"},
	{"shop2.example.org", "running", 1, 4096, []int{40}, 4, 1, "debootstrap+default", "env:prod shop"},
	{"staging.example.org", "ADMIN_down", 1, 2048, []int{20}, 2, 1, "debootstrap+default", "env:test"},
	{"wiki.example.org", "running", 1, 2048, []int{30}, 2, 1, "debootstrap+default", "env:prod"},
}

// BerlinVM names a VM of berlin.
func BerlinVM(name string) core.Ref { return core.VMRef(Berlin, name) }

// NewBerlin and NewParis return the platforms of the two clusters: 4 nodes with
// 15 VMs and 2 nodes with 9. Equal clocks give equal content.
func NewBerlin() *Platform { return newFixture(Berlin, 4, berlinGuests) }

// NewParis: see NewBerlin.
func NewParis() *Platform { return newFixture(Paris, 2, parisGuests) }

func newFixture(cluster string, nodes int, guests []guest) *Platform {
	now := time.Now().UTC().Truncate(time.Second)
	p := New(cluster)
	p.info = core.ClusterInfo{
		Name: "ganeti." + cluster + ".example.org", Software: "Ganeti 3.0.2", Master: nodeName(cluster, 0),
		Hypervisors: []string{"kvm"}, DiskTemplates: []string{"drbd", "plain"},
		OSes: []string{"debootstrap+default", "image+centos7", "noop"}, Tags: []string{"site:" + cluster},
		NodeGroups: []core.NodeGroup{{Name: "default", UUID: uuid(cluster + "/group"), AllocPolicy: "preferred", Nodes: nodes}},
		Networks:   []core.Network{{Name: "servers", UUID: uuid(cluster + "/network"), CIDR: "192.0.2.0/24", Gateway: "192.0.2.1", Free: 230, Used: 24}},
		HasQuery:   true,
	}
	for i := range nodes {
		p.nodes = append(p.nodes, makeNode(cluster, i, now))
	}
	for i, g := range guests {
		p.PutVM(g.vm(cluster, i, nodes, now))
	}
	p.history(now)
	return p
}

func nodeName(cluster string, i int) string {
	return fmt.Sprintf("node%d.%s.example.org", i+1, cluster)
}

// uuid is a stable one made from a name.
func uuid(name string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(name))
	s := h.Sum(nil)
	return fmt.Sprintf("%x-%x-%x-%x-%x", s[:4], s[4:6], s[6:8], s[8:10], s[10:])
}

func makeNode(cluster string, i int, now time.Time) *core.Node {
	role := core.RoleCandidate
	if i == 0 {
		role = core.RoleMaster
	}
	return &core.Node{
		Cluster: cluster, Name: nodeName(cluster, i), UUID: uuid(cluster + nodeName(cluster, i)), Role: role,
		MasterCapable: true, VMCapable: true, Group: "default",
		PrimaryIP: fmt.Sprintf("198.51.100.%d", 10+i), SecondaryIP: fmt.Sprintf("203.0.113.%d", 10+i),
		MemoryMiB: 65536, MemoryNodeMiB: 2048, DiskMiB: 4 << 20, CPUs: 32, Sockets: 2, Tags: []string{"rack:" + string(rune('a'+i%2))},
		Created: now.Add(-400 * 24 * time.Hour), Modified: now.Add(-30 * 24 * time.Hour), Serial: 3,
	}
}

func (g guest) vm(cluster string, i, nodes int, now time.Time) *core.VM {
	vm := &core.VM{
		Cluster: cluster, Name: g.name, UUID: uuid(cluster + g.name), Status: g.status,
		Node: nodeName(cluster, g.node%nodes), Secondaries: []string{nodeName(cluster, (g.node+1)%nodes)},
		OS: g.os, Hypervisor: "kvm", DiskTemplate: "drbd", VCPUs: g.vcpus, MemoryMiB: g.memory, MinMemoryMiB: g.memory / 2,
		Tags: strings.Fields(g.tags), ConsolePort: 11000 + i, Serial: 5,
		Created: now.Add(-time.Duration(300-i) * 24 * time.Hour), Modified: now.Add(-time.Duration(i+1) * 26 * time.Hour),
	}
	for k, gib := range g.disks {
		vm.Disks = append(vm.Disks, core.Disk{UUID: uuid(fmt.Sprint(cluster, g.name, "disk", k)), SizeMiB: gib << 10})
		vm.DiskMiB += gib << 10
	}
	for k := range g.nics {
		nic := core.NIC{
			UUID: uuid(fmt.Sprint(cluster, g.name, "nic", k)), Mode: "bridged", Link: "br" + fmt.Sprint(k),
			MAC: fmt.Sprintf("aa:00:00:%02x:%02x:%02x", len(cluster), i, k),
		}
		if k == 0 {
			nic.IP, nic.Network = fmt.Sprintf("192.0.2.%d", 20+i), "servers"
		}
		vm.NICs = append(vm.NICs, nic)
	}
	setStatus(vm, g.status)
	return vm
}

// setStatus sets a status with everything that follows from it.
func setStatus(vm *core.VM, status string) {
	vm.Status, vm.AdminState, vm.State, vm.RunMemoryMiB = status, "up", core.StateRunning, 0
	switch {
	case status == "running":
		vm.RunMemoryMiB = vm.MemoryMiB
	case status == "ADMIN_down":
		vm.AdminState, vm.State = "down", core.StateDown
	case status == "USER_down":
		vm.State = core.StateDown
	case status == "ADMIN_offline":
		vm.AdminState, vm.State = "offline", core.StateOffline
	case status == "ERROR_nodedown":
		vm.State, vm.RunMemoryMiB = core.StateUnknown, -1
	case strings.HasPrefix(status, "ERROR_"):
		vm.State = core.StateError
	}
}

// Grow adds nodes and VMs, all alike, until there are so many.
func (p *Platform) Grow(nodes, vms int) {
	now := time.Now().UTC().Truncate(time.Second)
	for i := len(p.nodes); i < nodes; i++ {
		p.nodes = append(p.nodes, makeNode(p.cluster, i, now))
	}
	for i := len(p.vms); i < vms; i++ {
		g := guest{name: fmt.Sprintf("vm%04d.example.org", i), status: "running", node: i, vcpus: 1, memory: 1024, os: "noop", disks: []int{8}, nics: 1}
		p.PutVM(g.vm(p.cluster, i, nodes, now))
	}
}

// history fills the job queue with what others did.
func (p *Platform) history(now time.Time) {
	names := make([]string, 0, len(p.vms))
	for name := range p.vms {
		names = append(names, name)
	}
	slices.Sort(names)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	p.addPast("INSTANCE_CREATE", names[0], ago(50*time.Hour), 95*time.Second, "")
	p.addPast("INSTANCE_REBOOT", names[len(names)-1], ago(9*time.Hour), 7*time.Second, "")
	p.addPast("INSTANCE_STARTUP", names[min(8, len(names)-1)], ago(3*time.Hour), 4*time.Second, "Could not start instance: disk is missing")
	p.addPast("CLUSTER_VERIFY", "", ago(40*time.Minute), 21*time.Second, "")
}
