package rapitest

import "fmt"

// Sized describes a cluster of n VMs for measurements; every 100 VMs get a node. All VMs share their hypervisor parameters, so that 100,000 of them stay well below 500 MB.
func Sized(n int) Config {
	domain := "big.example.net"
	c := Config{
		Name: domain, Users: demoUsers(), RequireAuth: true, Seed: 3, Groups: []Group{{Name: "default"}},
		Networks: []Network{{Name: "lan", Network: "10.0.0.0/15", Gateway: "10.0.0.1"}}, OSes: []string{"debootstrap+default"},
		VMs: make([]VM, n),
	}
	for i := range max(n/100, 1) {
		c.Nodes = append(c.Nodes, Node{
			Name: fmt.Sprintf("node%04d.%s", i+1, domain), IP: fmt.Sprintf("10.2.%d.%d", i/250, i%250+1), Memory: 1 << 20, Disk: 16 << 20, CPUs: 64,
		})
	}
	tags := [][]string{{"env:prod", "role:web"}, {"env:prod", "role:db"}, {"env:staging"}, nil}
	for i := range n {
		v := &c.VMs[i]
		v.Name = fmt.Sprintf("vm%06d.%s", i+1, domain)
		v.Node = c.Nodes[i%len(c.Nodes)].Name
		v.Running = i%10 != 9
		if i%20 == 19 {
			v.Admin = "down"
		}
		v.Memory, v.VCPUs = 1024<<(i%3), 1<<(i%3)
		v.Disks = []Disk{{Size: 20480}}
		v.NICs = []NIC{{Network: "lan", IP: fmt.Sprintf("10.%d.%d.%d", i>>16&1, i>>8&255, i&255)}}
		v.Tags = tags[i%len(tags)]
	}
	return c
}
