package rapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// heard is a request as the server got it.
type heard struct{ Method, URI, Type, Body string }

// listen records requests and answers with body.
func listen(t *testing.T, body string) (*Client, func() []heard) {
	t.Helper()
	var mu sync.Mutex
	var all []heard
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, heard{r.Method, r.RequestURI, r.Header.Get("Content-Type"), string(data)})
		_, _ = io.WriteString(w, body)
	})
	t.Cleanup(func() {
		for _, h := range all {
			if wrong := Undocumented(t, h.Method+" "+h.URI); wrong != "" {
				t.Error(wrong)
			}
		}
	})
	return client(t, s.URL), func() []heard {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

func TestPowerRequests(t *testing.T) {
	t.Parallel()
	const js = "application/json"
	for _, tt := range []struct {
		name string
		do   func(*Client) (string, error)
		want heard
	}{
		{"start", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StartVM{VM: vm("web1.example")}, "gwm:job-7")
		}, heard{"PUT", "/2/instances/web1.example/startup?reason=gwm%3Ajob-7", "", ""}},
		{"start without reason", func(c *Client) (string, error) { return c.Submit(t.Context(), core.StartVM{VM: vm("web1")}, "") }, heard{"PUT", "/2/instances/web1/startup", "", ""}},
		{"reason is ASCII", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StartVM{VM: vm("web1")}, "a&b=é\n")
		}, heard{"PUT", "/2/instances/web1/startup?reason=a%26b%3D%3F%3F", "", ""}},
		{"odd name", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StartVM{VM: vm("a/b?c#d%2e e")}, "")
		}, heard{"PUT", "/2/instances/a%2Fb%3Fc%23d%252e%20e/startup", "", ""}},
		{"stop", func(c *Client) (string, error) { return c.Submit(t.Context(), core.StopVM{VM: vm("web1")}, "r") }, heard{"PUT", "/2/instances/web1/shutdown?reason=r", "", ""}},
		{"stop in time", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StopVM{VM: vm("web1"), Timeout: 1500 * time.Millisecond}, "")
		}, heard{"PUT", "/2/instances/web1/shutdown", js, `{"timeout":2}`}},
		{"stop by force", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StopVM{VM: vm("web1"), Timeout: time.Minute, Force: true}, "")
		}, heard{"PUT", "/2/instances/web1/shutdown", js, `{"timeout":0}`}},
		{"export", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ExportVM{VM: vm("web1"), To: core.NodeRef("", "node2"), Long: true}, "r")
		}, heard{"PUT", "/2/instances/web1/export?reason=r", js, `{"destination":"node2","long_sleep":true,"mode":"local","shutdown":true}`}},
		{"export while it runs", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ExportVM{VM: vm("web1"), To: core.NodeRef("", "node2"), Running: true}, "r")
		}, heard{"PUT", "/2/instances/web1/export?reason=r", js, `{"destination":"node2","mode":"local","shutdown":false}`}},
		{"export and remove", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ExportVM{
				VM: vm("web1"), To: core.NodeRef("", "node2"), Timeout: time.Minute, Compress: "gzip", ZeroFree: true, Remove: true, Ignore: true,
			}, "r")
		}, heard{
			"PUT", "/2/instances/web1/export?reason=r", js,
			`{"compress":"gzip","destination":"node2","ignore_remove_failures":true,"mode":"local","remove_instance":true,"shutdown":true,"shutdown_timeout":60,"zero_free_space":true}`,
		}},
		{"import", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.CreateVM{
				VM: vm("new1"), From: core.BackupRef{Node: core.NodeRef("", "node2"), Name: "web1"}, DiskTemplate: "plain", MemoryMiB: 128, VCPUs: 1,
				Disks: []core.NewDisk{{SizeMiB: 64}}, NICs: []core.NewNIC{{}}, Start: true,
			}, "r")
		}, heard{
			"POST", "/2/instances?reason=r", js, `{"__version__":1,"beparams":{"maxmem":128,"minmem":128,"vcpus":1},"disk_template":"plain","disks":[{"size":64}],` +
				`"instance_name":"new1","ip_check":false,"mode":"import","name_check":false,"nics":[{}],"src_node":"node2","src_path":"web1","start":true}`,
		}},
		{"start somehow", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StartVM{VM: vm("web1"), Degraded: true, Forget: true}, "r")
		}, heard{"PUT", "/2/instances/web1/startup?force=1&no_remember=1&reason=r", "", ""}},
		{"stop for a while", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.StopVM{VM: vm("web1"), Forget: true, Force: true}, "")
		}, heard{"PUT", "/2/instances/web1/shutdown?no_remember=1", js, `{"timeout":0}`}},
		{"restart in time", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RestartVM{VM: vm("web1"), Mode: core.RestartFull, Timeout: time.Minute}, "")
		}, heard{"POST", "/2/instances/web1/reboot?type=full", js, `{"shutdown_timeout":60}`}},
		{"restart", func(c *Client) (string, error) { return c.Submit(t.Context(), core.RestartVM{VM: vm("web1")}, "") }, heard{"POST", "/2/instances/web1/reboot?type=hard", "", ""}},
		{"restart full", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RestartVM{VM: vm("web1"), Mode: core.RestartFull}, "gwm:job-8")
		}, heard{"POST", "/2/instances/web1/reboot?reason=gwm%3Ajob-8&type=full", "", ""}},
		{"migrate", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.MigrateVM{VM: vm("web1")}, "r")
		}, heard{"PUT", "/2/instances/web1/migrate?reason=r", js, `{}`}},
		{"migrate somewhere", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.MigrateVM{VM: vm("web1"), Mode: core.MigratePaused, To: core.NodeRef("", "node2"), Down: true}, "")
		}, heard{"PUT", "/2/instances/web1/migrate", js, `{"allow_failover":true,"mode":"non-live","target_node":"node2"}`}},
		{"clean up a migration", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.MigrateVM{VM: vm("web1"), Cleanup: true}, "")
		}, heard{"PUT", "/2/instances/web1/migrate", js, `{"cleanup":true}`}},
		{"fail over", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.FailoverVM{VM: vm("web1"), To: core.NodeRef("", "node2"), Ignore: true}, "")
		}, heard{"PUT", "/2/instances/web1/failover", js, `{"ignore_consistency":true,"target_node":"node2"}`}},
		{"delete", func(c *Client) (string, error) { return c.Submit(t.Context(), core.DeleteVM{VM: vm("web1")}, "r") }, heard{"DELETE", "/2/instances/web1?reason=r", "", ""}},
		{"drain", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.SetNodeRole{Node: core.NodeRef("", "node2"), Role: core.RoleDrained}, "r")
		}, heard{"PUT", "/2/nodes/node2/role?reason=r", js, `"drained"`}},
		{"migrate a node", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.MigrateNode{Node: core.NodeRef("", "node2"), Mode: core.MigrateLive}, "r")
		}, heard{"POST", "/2/nodes/node2/migrate?reason=r", js, `{"mode":"live"}`}},
		{"evacuate", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EvacuateNode{Node: core.NodeRef("", "node2"), What: core.EvacuatePrimary}, "")
		}, heard{"POST", "/2/nodes/node2/evacuate", js, `{"mode":"primary-only"}`}},
		{"evacuate to a node", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EvacuateNode{Node: core.NodeRef("", "node2"), What: core.EvacuateSecondary, To: core.NodeRef("", "node3"), Early: true}, "")
		}, heard{"POST", "/2/nodes/node2/evacuate", js, `{"early_release":true,"mode":"secondary-only","remote_node":"node3"}`}},
		{"evacuate where an allocator says", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EvacuateNode{Node: core.NodeRef("", "node2"), What: core.EvacuatePrimary, Allocator: "hail"}, "")
		}, heard{"POST", "/2/nodes/node2/evacuate", js, `{"iallocator":"hail","mode":"primary-only"}`}},
		{"powercycle", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.PowercycleNode{Node: core.NodeRef("", "node2"), Force: true}, "")
		}, heard{"POST", "/2/nodes/node2/powercycle?force=1", "", ""}},
		{"edit a node", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EditNode{Node: core.NodeRef("", "node2"), VMCapable: new(true), MasterCapable: new(false), Promote: true}, "")
		}, heard{"POST", "/2/nodes/node2/modify", js, `{"auto_promote":true,"master_capable":false,"vm_capable":true}`}},
		{"edit parameters of a node", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EditNode{Node: core.NodeRef("", "node2"), Params: []core.ParamEdit{{Name: "ssh_port", Value: "23"}, {Name: "cpu_speed", Inherit: true}}}, "")
		}, heard{"POST", "/2/nodes/node2/modify", js, `{"ndparams":{"cpu_speed":"default","ssh_port":"23"}}`}},
		{"tag a node", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.TagNode{Node: core.NodeRef("", "node2"), Tags: []string{"a", "b"}}, "")
		}, heard{"PUT", "/2/nodes/node2/tags?tag=a&tag=b", "", ""}},
		{"untag a node", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.UntagNode{Node: core.NodeRef("", "node2"), Tags: []string{"a"}}, "")
		}, heard{"DELETE", "/2/nodes/node2/tags?tag=a", "", ""}},
		{"close storage", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.SetStorage{Node: core.NodeRef("", "node2"), Type: "lvm-pv", Name: "/dev/sdb"}, "")
		}, heard{"PUT", "/2/nodes/node2/storage/modify?allocatable=0&name=%2Fdev%2Fsdb&storage_type=lvm-pv", "", ""}},
		{"repair storage", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RepairStorage{Node: core.NodeRef("", "node2"), Type: "lvm-vg", Name: "xenvg"}, "")
		}, heard{"PUT", "/2/nodes/node2/storage/repair?name=xenvg&storage_type=lvm-vg", "", ""}},
		{"make a candidate at any price", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.SetNodeRole{Node: core.NodeRef("", "node2"), Role: core.RoleCandidate, Force: true, Promote: true}, "")
		}, heard{"PUT", "/2/nodes/node2/role?auto-promote=1&force=1", js, `"master-candidate"`}},
		{"create", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.CreateVM{
				VM: vm("web9"), OS: "noop", DiskTemplate: "plain", MemoryMiB: 512, VCPUs: 2, Disks: []core.NewDisk{{SizeMiB: 1024}},
				NICs: []core.NewNIC{{}}, Start: true,
			}, "r")
		}, heard{"POST", "/2/instances?reason=r", js, `{"__version__":1,"beparams":{"maxmem":512,"minmem":512,"vcpus":2},"disk_template":"plain","disks":[{"size":1024}],"instance_name":"web9","ip_check":false,"mode":"create","name_check":false,"nics":[{}],"os_type":"noop","start":true}`}},
		{"create with everything, to try", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.CreateVM{
				VM: vm("web9"), OS: "debootstrap+default", Hypervisor: "kvm", DiskTemplate: "drbd", MemoryMiB: 512, MinMemoryMiB: 256, VCPUs: 2,
				Disks: []core.NewDisk{{SizeMiB: 1024, Name: "root", Mode: "ro", VG: "a", MetaVG: "b", Access: "userspace", Provider: "p", Spindles: 2}},
				NICs: []core.NewNIC{
					{Network: "lan", IP: "pool", Name: "eth0"},
					{Mode: "bridged", Link: "br1", VLAN: "7", MAC: "aa:00:01:5d:42:07"},
				},
				Backend: map[string]string{"auto_balance": "false"}, HypervisorParams: map[string]string{"acpi": "false"}, OSParams: map[string]string{"dhcp": "1"},
				Node: core.NodeRef("", "n1"), Secondary: core.NodeRef("", "n2"), Start: true, NoInstall: true, NameCheck: true, IPCheck: true, NoSync: true,
				IgnorePolicy: true, Tags: []string{"a", "gwm:owner:user:ann"}, DryRun: true, Owner: core.UserRef("ann"), Override: "x",
			}, "")
		}, heard{"POST", "/2/instances?dry-run=1", js, `{"__version__":1,"beparams":{"auto_balance":"false","maxmem":512,"minmem":256,"vcpus":2},"disk_template":"drbd","disks":[{"access":"userspace","metavg":"b","mode":"ro","name":"root","provider":"p","size":1024,"spindles":2,"vg":"a"}],"hvparams":{"acpi":"false"},"hypervisor":"kvm","ignore_ipolicy":true,"instance_name":"web9","ip_check":true,"mode":"create","name_check":true,"nics":[{"ip":"pool","name":"eth0","network":"lan"},{"link":"br1","mac":"aa:00:01:5d:42:07","mode":"bridged","vlan":"7"}],"no_install":true,"os_type":"debootstrap+default","osparams":{"dhcp":"1"},"pnode":"n1","snode":"n2","start":false,"tags":["a","gwm:owner:user:ann"],"wait_for_sync":false}`}},
		{"create where the allocator says", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.CreateVM{
				VM: vm("web9"), OS: "noop", DiskTemplate: "diskless", MemoryMiB: 512, VCPUs: 1, Group: "rack2", Allocator: "hail",
			}, "")
		}, heard{"POST", "/2/instances", js, `{"__version__":1,"beparams":{"maxmem":512,"minmem":512,"vcpus":1},"disk_template":"diskless","disks":[],"group_name":"rack2","iallocator":"hail","instance_name":"web9","ip_check":false,"mode":"create","name_check":false,"nics":[],"os_type":"noop","start":false}`}},
		{"edit", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EditVM{VM: vm("web1"), Params: []core.ParamEdit{
				{Name: core.ParamMemory, Value: "512"},
				{Name: core.ParamFailover, Value: "true"},
				{Name: core.ParamVCPUs, Inherit: true},
				{Name: "hv/acpi", Value: "false"},
				{Name: "hv/boot_order", Inherit: true},
				{Name: "os/dhcp", Value: "1"},
			}}, "r")
		}, heard{"PUT", "/2/instances/web1/modify?reason=r", js, `{"beparams":{"always_failover":true,"maxmem":512,"vcpus":"default"},"hvparams":{"acpi":"false","boot_order":"default"},"osparams":{"dhcp":"1"}}`}},
		{"reinstall", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ReinstallVM{VM: vm("web1")}, "r")
		}, heard{"POST", "/2/instances/web1/reinstall", js, `{"start":true}`}},
		{"reinstall something else", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ReinstallVM{VM: vm("web1"), OS: "noop", Params: map[string]string{"a": "b"}, Stopped: true}, "r")
		}, heard{"POST", "/2/instances/web1/reinstall", js, `{"os":"noop","osparams":{"a":"b"},"start":false}`}},
		{"grow by", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.GrowDisk{VM: vm("web1"), Disk: 1, By: 64}, "r")
		}, heard{"POST", "/2/instances/web1/disk/1/grow?reason=r", js, `{"amount":64}`}},
		{"grow to", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.GrowDisk{VM: vm("web1"), To: 512}, "")
		}, heard{"POST", "/2/instances/web1/disk/0/grow", js, `{"absolute":true,"amount":512}`}},
		{"rename", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RenameVM{VM: vm("web1"), Name: "web9"}, "r")
		}, heard{"PUT", "/2/instances/web1/rename?reason=r", js, `{"ip_check":true,"name_check":true,"new_name":"web9"}`}},
		{"rename unchecked", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RenameVM{VM: vm("web1"), Name: "web9", NoCheck: true}, "")
		}, heard{"PUT", "/2/instances/web1/rename", js, `{"ip_check":false,"name_check":false,"new_name":"web9"}`}},
		{"activate disks", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ActivateDisks{VM: vm("web1"), IgnoreSize: true}, "r")
		}, heard{"PUT", "/2/instances/web1/activate-disks?ignore_size=1&reason=r", "", ""}},
		{"deactivate disks", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.DeactivateDisks{VM: vm("web1")}, "r")
		}, heard{"PUT", "/2/instances/web1/deactivate-disks?reason=r", "", ""}},
		{"recreate disks", func(c *Client) (string, error) { return c.Submit(t.Context(), core.RecreateDisks{VM: vm("web1")}, "r") }, heard{"POST", "/2/instances/web1/recreate-disks?reason=r", js, `{}`}},
		{"replace disks", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ReplaceDisks{VM: vm("web1"), Mode: core.ReplaceAuto}, "r")
		}, heard{"POST", "/2/instances/web1/replace-disks?reason=r", js, `{"mode":"replace_auto"}`}},
		{"replace disks anywhere", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ReplaceDisks{VM: vm("web1"), Mode: core.ReplaceNew}, "")
		}, heard{"POST", "/2/instances/web1/replace-disks", js, `{"iallocator":".","mode":"replace_new_secondary"}`}},
		{"replace disks somewhere", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ReplaceDisks{VM: vm("web1"), Mode: core.ReplaceNew, To: core.NodeRef("", "node2")}, "")
		}, heard{"POST", "/2/instances/web1/replace-disks", js, `{"mode":"replace_new_secondary","remote_node":"node2"}`}},
		{"edit devices", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EditVM{
				VM: vm("web1"), Hotplug: true, Force: true,
				Params:  []core.ParamEdit{{Name: core.ParamOS, Value: "noop"}, {Name: core.ParamOffline, Value: "false"}},
				NICs:    []core.NICEdit{{Index: 0, Remove: true}, {Index: 2, Remove: true}, {Index: 1, Set: core.NewNIC{IP: "none", Link: "br1"}}},
				AddNICs: []core.NewNIC{{Network: "lan", IP: core.IPPool}, {}},
				Disks:   []core.DiskEdit{{Index: 0, Name: "root", Mode: "ro"}, {Index: 1, Remove: true}}, AddDisks: []core.NewDisk{{SizeMiB: 1024, Name: "data"}},
			}, "")
		}, heard{
			"PUT", "/2/instances/web1/modify", js, `{"disks":[["modify",0,{"mode":"ro","name":"root"}],["remove",1,{}],["add",-1,{"name":"data","size":1024}]],` +
				`"force_variant":true,"hotplug_if_possible":true,` +
				`"nics":[["modify",1,{"ip":"none","link":"br1"}],["remove",2,{}],["remove",0,{}],["add",-1,{"ip":"pool","network":"lan"}],["add",-1,{}]],` +
				`"offline":false,"os_name":"noop"}`,
		}},
		{"add tags", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.AddTags{VM: vm("web1"), Tags: []string{"gwm:grant:user:a:see+power", "gwm:x@y"}}, "r")
		}, heard{"PUT", "/2/instances/web1/tags?reason=r&tag=gwm%3Agrant%3Auser%3Aa%3Asee%2Bpower&tag=gwm%3Ax%40y", "", ""}},
		{"remove tags", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RemoveTags{VM: vm("web1"), Tags: []string{"a"}}, "")
		}, heard{"DELETE", "/2/instances/web1/tags?tag=a", "", ""}},
		{"add a node group", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.AddNodeGroup{Name: "rack2", Policy: "last_resort"}, "r")
		}, heard{"POST", "/2/groups?reason=r", js, `{"alloc_policy":"last_resort","group_name":"rack2"}`}},
		{"rename a node group", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RenameNodeGroup{Name: "rack2", To: "rack3"}, "")
		}, heard{"PUT", "/2/groups/rack2/rename", js, `{"new_name":"rack3"}`}},
		{"assign nodes", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.AssignNodes{Name: "rack2", Nodes: []core.Ref{core.NodeRef("", "n1"), core.NodeRef("", "n2")}, Force: true}, "")
		}, heard{"PUT", "/2/groups/rack2/assign-nodes?force=1", js, `{"nodes":["n1","n2"]}`}},
		{"delete a node group", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RemoveNodeGroup{Name: "rack/2"}, "")
		}, heard{"DELETE", "/2/groups/rack%2F2", "", ""}},
		{"add a network", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.AddNetwork{Name: "lan", CIDR: "10.1.0.0/24"}, "")
		}, heard{"POST", "/2/networks", js, `{"network":"10.1.0.0/24","network_name":"lan"}`}},
		{"add a network with everything", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.AddNetwork{
				Name: "lan", CIDR: "10.1.0.0/24", Gateway: "10.1.0.1", CIDR6: "2001:db8::/64", Gateway6: "2001:db8::1", MACPrefix: "aa:00:02",
				Reserved: []string{"10.1.0.9"}, Tags: []string{"a"}, Taken: true,
			}, "")
		}, heard{"POST", "/2/networks", js, `{"add_reserved_ips":["10.1.0.9"],"conflicts_check":false,"gateway":"10.1.0.1","gateway6":"2001:db8::1",` +
			`"mac_prefix":"aa:00:02","network":"10.1.0.0/24","network6":"2001:db8::/64","network_name":"lan","tags":["a"]}`}},
		{"edit a network", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.EditNetwork{Name: "lan", Gateway: "10.1.0.2", CIDR6: "2001:db8::/64", Gateway6: "2001:db8::1", MACPrefix: "aa:00:02"}, "r")
		}, heard{"PUT", "/2/networks/lan/modify?reason=r", js, `{"gateway":"10.1.0.2","gateway6":"2001:db8::1","mac_prefix":"aa:00:02","network6":"2001:db8::/64"}`}},
		{"reserve addresses of a network", func(c *Client) (string, error) {
			o := core.EditNetwork{Name: "lan", MACPrefix: core.DefaultWord, Reserve: []string{"10.1.0.9"}, Release: []string{"10.1.0.7", "10.1.0.8"}}
			return c.Submit(t.Context(), o, "")
		}, heard{"PUT", "/2/networks/lan/modify", js, `{"add_reserved_ips":["10.1.0.9"],"mac_prefix":"none","remove_reserved_ips":["10.1.0.7","10.1.0.8"]}`}},
		{"connect a network", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.ConnectNetwork{Name: "lan", Group: "rack2", Mode: "openvswitch", Link: "sw1", VLAN: "7", Taken: true}, "")
		}, heard{"PUT", "/2/networks/lan/connect", js, `{"conflicts_check":false,"group_name":"rack2","network_link":"sw1","network_mode":"openvswitch","network_vlan":"7"}`}},
		{"disconnect a network", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.DisconnectNetwork{Name: "lan", Group: "rack2"}, "")
		}, heard{"PUT", "/2/networks/lan/disconnect", js, `{"group_name":"rack2"}`}},
		{"delete a network", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RemoveNetwork{Name: "lan"}, "")
		}, heard{"DELETE", "/2/networks/lan", "", ""}},
		{"tag the cluster", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.TagCluster{Tags: []string{"a", "b"}}, "r")
		}, heard{"PUT", "/2/tags?reason=r&tag=a&tag=b", "", ""}},
		{"add a job filter", func(c *Client) (string, error) {
			f := core.JobFilter{ID: "3f0e1f7c-94a5-4d5e-8c7b-0123456789ab", Action: core.FilterReject, Predicates: core.JobChoice{New: true}.Predicates(), Why: "switches"}
			_, err := c.Submit(t.Context(), core.AddJobFilter{Filter: f, Asked: time.Unix(5, 7)}, "r")
			return "12", err
		}, heard{"PUT", "/2/filters/3f0e1f7c-94a5-4d5e-8c7b-0123456789ab", js, `{"action":"REJECT","predicates":[["jobid",["\u003e","id","watermark"]]],"priority":0,"reason":[["gnt:user","switches",5000000007]]}`}},
		{"change a job filter", func(c *Client) (string, error) {
			f := core.JobFilter{ID: "3f0e1f7c-94a5-4d5e-8c7b-0123456789ab", Action: core.FilterLimit, Limit: 2, Priority: 4, Predicates: "[]"}
			_, err := c.Submit(t.Context(), core.EditJobFilter{Filter: f}, "r")
			return "12", err
		}, heard{"PUT", "/2/filters/3f0e1f7c-94a5-4d5e-8c7b-0123456789ab", js, `{"action":["RATE_LIMIT",2],"predicates":[],"priority":4,"reason":[]}`}},
		{"remove a job filter", func(c *Client) (string, error) {
			_, err := c.Submit(t.Context(), core.RemoveJobFilter{ID: "3f0e1f7c-94a5-4d5e-8c7b-0123456789ab"}, "r")
			return "12", err
		}, heard{"DELETE", "/2/filters/3f0e1f7c-94a5-4d5e-8c7b-0123456789ab", "", ""}},
		{"untag a node group", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.UntagCluster{Of: core.Part{Kind: core.PartNodeGroup, Name: "rack2"}, Tags: []string{"a"}}, "")
		}, heard{"DELETE", "/2/groups/rack2/tags?tag=a", "", ""}},
		{"tag a network", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.TagCluster{Of: core.Part{Kind: core.PartNetwork, Name: "lan"}, Tags: []string{"a"}}, "")
		}, heard{"PUT", "/2/networks/lan/tags?tag=a", "", ""}},
		{"set parameters", func(c *Client) (string, error) {
			o := core.SetClusterParams{Params: []core.ParamEdit{
				{Name: "be/maxmem", Value: "512"},
				{Name: "hv/kvm/acpi", Value: "false"},
				{Name: "nic/link", Value: "br1"},
				{Name: "nd/ssh_port", Value: "2222"},
				{Name: "candidate_pool_size", Value: "3"},
				{Name: "prealloc_wipe_disks", Value: "true"},
				{Name: "enabled_hypervisors", Value: "kvm,fake"},
				{Name: "policy/std/cpu-count", Value: "2"},
				{Name: "policy/vcpu-ratio", Value: "4.5"},
				{Name: "default_iallocator", Value: "hail"},
			}}
			return c.Submit(t.Context(), o, "")
		}, heard{"PUT", "/2/modify", js, `{"beparams":{"maxmem":"512"},"candidate_pool_size":3,"default_iallocator":"hail","enabled_hypervisors":["kvm","fake"],` +
			`"hvparams":{"kvm":{"acpi":"false"}},"ipolicy":{"std":{"cpu-count":"2"},"vcpu-ratio":"4.5"},"ndparams":{"ssh_port":"2222"},"nicparams":{"link":"br1"},"prealloc_wipe_disks":true}`}},
		{"set parameters of a node group", func(c *Client) (string, error) {
			o := core.SetClusterParams{Group: "rack2", Params: []core.ParamEdit{
				{Name: core.SettingAllocPolicy, Value: "unallocable"}, {Name: "nd/ssh_port", Inherit: true}, {Name: "policy/max/cpu-count", Value: "4"},
			}}
			none := core.Unbounded
			o.Ranges = []core.PolicyRange{{
				Min: core.PolicySpec{MemoryMiB: 16, DiskMiB: none, VCPUs: 1, Disks: none, NICs: none, Spindles: none},
				Max: core.PolicySpec{MemoryMiB: 64, DiskMiB: none, VCPUs: 4, Disks: none, NICs: none, Spindles: none},
			}}
			return c.Submit(t.Context(), o, "")
		}, heard{"PUT", "/2/groups/rack2/modify", js, `{"alloc_policy":"unallocable","ipolicy":{"minmax":[{"max":{"cpu-count":4,"memory-size":64},"min":{"cpu-count":1,"memory-size":16}}]},"ndparams":{"ssh_port":"default"}}`}},
		{"redistribute", func(c *Client) (string, error) {
			return c.Submit(t.Context(), core.RedistributeConfig{}, "r")
		}, heard{"PUT", "/2/redistribute-config?reason=r", "", ""}},
		{"cancel", func(c *Client) (string, error) { return "12", c.CancelJob(t.Context(), "40") }, heard{"DELETE", "/2/jobs/40", "", ""}},
	} {
		for _, answer := range []string{"12", ` "12" `} {
			if tt.name == "cancel" {
				answer = `[true, "Job successfully cancelled"]`
			}
			c, requests := listen(t, answer)
			id, err := tt.do(c)
			if err != nil || id != "12" {
				t.Errorf("%s: %q, %v", tt.name, id, err)
			}
			if diff := cmp.Diff([]heard{tt.want}, requests()); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
		}
	}
	c, requests := listen(t, "12")
	for name, do := range map[string]func() error{
		"mode": func() error {
			_, err := c.Submit(t.Context(), core.RestartVM{VM: vm("web1"), Mode: "x\x1b"}, "")
			return err
		},
		"no tags": func() error { _, err := c.Submit(t.Context(), core.RemoveTags{VM: vm("web1")}, ""); return err },
		"timeout": func() error {
			_, err := c.Submit(t.Context(), core.StopVM{VM: vm("web1"), Timeout: -1}, "")
			return err
		},
		"..":       func() error { _, err := c.Submit(t.Context(), core.StartVM{VM: vm("..")}, ""); return err },
		"no name":  func() error { _, _, err := c.VM(t.Context(), ""); return err },
		"job .":    func() error { _, err := c.Job(t.Context(), "."); return err },
		"no query": func() error { return c.Query(t.Context(), "..", nil, nil, nil) },
	} {
		if err := do(); err == nil || len(requests()) != 0 {
			t.Errorf("%s: %v, sent %v", name, err, requests())
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"job-cancel-waiting":  "",
		"job-cancel-running":  "Job no longer waiting, can't cancel (informed it anyway)",
		"job-cancel-finished": "Job 38 not found in queue",
		"job-cancel-unknown":  "Job 99999 not found in queue",
	} {
		id := strings.TrimPrefix(capture(t, name).Request.Path, "/2/jobs/")
		err := client(t, replay(t, name).URL).CancelJob(t.Context(), id)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		checkError(t, err, core.CodeState, want, "cancel job "+id)
	}
}

func TestUnknownJob(t *testing.T) {
	t.Parallel()
	_, err := client(t, replay(t, "error-404-job").URL).Job(t.Context(), "99999")
	checkError(t, err, core.CodeNotFound, "no job 99999")
	_, err = client(t, replay(t).URL).Job(t.Context(), "abc")
	checkError(t, err, core.CodeNotFound, "no job abc")
}

// TestJobsOfOtherVersions has what 3.0.2 does not send: ids as texts (Ganeti's
// documentation allows both), missing lists, unknown states and results.
func TestJobsOfOtherVersions(t *testing.T) {
	t.Parallel()
	const list = `[null, {"id":"9","status":"success","ops":[{"OP_ID":"OP_NODE_MIGRATE","node_name":"n1"}],"opstatus":["success"],"summary":["NODE_MIGRATE(n1)"]},
	 {"id":10,"status":"resting","ops":null,"summary":null,"opstatus":null,"received_ts":null},
	 {"id":"11","status":"error","ops":[{"OP_ID":"OP_X","reason":[["gnt:user","gwm:job-3",1],["gnt:user","other",2]]},{"OP_ID":"OP_Y","nodes":"odd","instances":[1,{"x":2}]}],"opstatus":["success","error"],
	  "opresult":[{"jobs":[[true,"12"],[false,"no"],[true,13]]},["ProgrammerError","boom"]],"oplog":[[[1,[1,2],"message","a\nb\n"],[2,[1,2],"remote-import",{"port":1}]],null],"new":1}]`
	c, _ := listen(t, list)
	jobs, err := c.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1, 2000).UTC()
	want := []*core.UpstreamJob{
		{
			ID: "11", State: core.JobFailed, Status: "error", Targets: []core.Ref{}, Reason: "gwm:job-3", Error: "boom", Said: "ProgrammerError: boom", Children: []string{"12", "13"}, Refused: []string{"job 2 of 3 was not started: no"},
			Hint: "a fault inside Ganeti: have its administrator look at the log of the master daemon",
			Steps: []core.Step{
				{Name: "X", State: core.JobDone, Log: []core.LogLine{{Serial: 1, At: at, Kind: "message", Text: "a b"}, {Serial: 2, At: at, Kind: "remote-import", Text: `{"port":1}`}}},
				{Name: "Y", State: core.JobFailed},
			},
		},
		{ID: "10", State: core.JobRunning, Status: "resting", Targets: []core.Ref{}, Steps: []core.Step{}},
		{
			ID: "9", State: core.JobDone, Status: "success", Summary: "NODE_MIGRATE(n1)", Targets: []core.Ref{{Kind: core.KindNode, Name: "n1"}},
			Steps: []core.Step{{Name: "NODE_MIGRATE", State: core.JobDone}},
		},
	}
	if diff := cmp.Diff(want, jobs); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsOfOpcodes(t *testing.T) {
	t.Parallel()
	const none = "the cluster gave no reason"
	for in, want := range map[string]fault{
		`["OpPrereqError",["no","wrong_state"]]`:                {"OpPrereqError", "wrong_state", "no"},
		`["OpExecError",["no"]]`:                                {"OpExecError", "", "no"},
		`["OpExecError",[]]`:                                    {"OpExecError", "", "OpExecError"},
		`["OpExecError","no"]`:                                  {"OpExecError", "", "no"},
		`["OpExecError",{"a":1}]`:                               {"OpExecError", "", `{"a":1}`},
		`["OpExecError",["no",3]]`:                              {"OpExecError", "", "no"},
		`["OpExecError"]`:                                       {"OpExecError", "", "OpExecError"},
		`["HooksAbort",[[["n1","90-dns","zone is locked\n"]]]]`: {"HooksAbort", "", "hook 90-dns on node n1: zone is locked"},
		`["HooksAbort",[[["n1"]]]]`:                             {"HooksAbort", "", `[["n1"]]`},
		`"Job lost"`:                                            {"", "", "Job lost"},
		`null`:                                                  {"", "", none},
		``:                                                      {"", "", none},
		`[]`:                                                    {"", "", none},
		`{}`:                                                    {"", "", none},
	} {
		if got := opFault(json.RawMessage(in)); got != want {
			t.Errorf("%s: %+v", in, got)
		}
	}
}

func vm(name string) core.Ref { return core.VMRef("", name) }
