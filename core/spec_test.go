package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gwm/core"
)

// TestSpecs shows what people read about every Op before they confirm it, and
// the command that does the same.
func TestSpecs(t *testing.T) {
	t.Parallel()
	yes, no, comment := true, false, "Bob of ops"
	was, edited, insecure := berlin(), berlin(), core.Cluster{Name: "test", URL: "https://test:5080", Insecure: true}
	was.ReadOnly, edited.Description, edited.Protected, edited.Colour = true, "the old one", true, "red"
	password := core.NewSecret("hunter2")
	bob, until := core.UserRef("bob"), time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	source := core.SourceLDAP
	plain, described := small("small"), small("small")
	described.Description, described.VM.MemoryMiB = "for tests", 1024
	ops := append(matrixOps(t),
		core.StopVM{VM: web1, Timeout: 90 * time.Second},
		core.StopVM{VM: web1, Force: true},
		core.RestartVM{VM: web1, Mode: core.RestartSoft},
		core.RestartVM{VM: web1, Mode: core.RestartFull},
		core.RestartVM{VM: web1, Mode: core.RestartFull, Timeout: time.Minute},
		core.StopVM{VM: web1, Force: true, Forget: true},
		core.StartVM{VM: web1, Degraded: true, Forget: true},
		core.MigrateVM{VM: web1, Mode: core.MigrateLive, Down: true},
		core.MigrateVM{VM: web1, Mode: core.MigratePaused, To: core.NodeRef("berlin", "n2")},
		core.MigrateVM{VM: web1, Cleanup: true},
		core.FailoverVM{VM: web1, To: core.NodeRef("berlin", "n2"), Ignore: true},
		core.SetNodeRole{Node: core.NodeRef("berlin", "n2"), Role: core.RoleDrained, Was: core.RoleRegular},
		core.SetNodeRole{Node: core.NodeRef("berlin", "n2"), Role: core.RoleOffline, Force: true, Promote: true},
		core.SetNodeRole{Node: core.NodeRef("berlin", "n2"), Role: core.RoleCandidate},
		core.SetNodeRole{Node: core.NodeRef("berlin", "n2"), Role: core.RoleRegular},
		core.EditVM{VM: web1, Override: "agreed", Params: []core.ParamEdit{
			{Name: core.ParamMemory, Value: "4096", Was: &core.Param{Name: "maxmem", Value: "2048", Custom: true}},
			{Name: core.ParamAutoBalance, Inherit: true, Was: &core.Param{Name: "auto_balance", Value: "false", Custom: true}},
			{Name: "hv/acpi", Value: "false", Was: &core.Param{Name: "acpi", Value: "true"}},
			{Name: "os/dhcp", Value: "no"},
		}},
		core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamFailover, Value: "true"}}},
		core.EditVM{VM: web1, Restart: true, Params: []core.ParamEdit{{Name: core.ParamVCPUs, Value: "2"}}},
		core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "hv/kernel_path", Value: "/etc/shadow"}}},
		core.ReinstallVM{VM: web1, OS: "debian+12", Params: map[string]string{"size": "small", "fs": "ext4"}, Stopped: true},
		core.GrowDisk{VM: web1, Disk: 1, To: 20480, Override: "agreed"},
		core.TagVM{VM: web1, Tags: []string{"env:prod", "web"}},
		core.RenameVM{VM: web1, Name: "web3", NoCheck: true, InUse: true},
		core.ActivateDisks{VM: web1, IgnoreSize: true},
		core.ReplaceDisks{VM: web1, Mode: core.ReplaceNew, To: core.NodeRef("berlin", "n2")},
		core.ReplaceDisks{VM: web1, Mode: core.ReplacePrimary},
		core.ReplaceDisks{VM: web1, Mode: core.ReplaceSecondary},
		core.EditNote{On: web1, Text: "the shop"},
		core.ExportVM{VM: web1, To: core.NodeRef("berlin", "n2")},
		core.ExportVM{VM: web1, To: core.NodeRef("berlin", "n2"), Long: true},
		core.ExportVM{VM: web1, To: core.NodeRef("berlin", "n2"), Running: true},
		core.ExportVM{VM: web1, Timeout: time.Minute, Compress: "gzip", ZeroFree: true},
		core.ExportVM{VM: web1, Remove: true, Ignore: true},
		fromBackup("n1", "web1.example.org"),
		core.EditNote{On: core.NodeRef("berlin", "n1"), Text: "rack 7\nslot 3"},
		core.EditNote{On: core.ClusterRef("berlin")},
		core.MigrateNode{Node: core.NodeRef("berlin", "n2"), Mode: core.MigratePaused},
		core.EvacuateNode{Node: core.NodeRef("berlin", "n2"), What: core.EvacuateSecondary, To: core.NodeRef("berlin", "n3"), Early: true},
		core.EvacuateNode{Node: core.NodeRef("berlin", "n2"), What: core.EvacuateAll, Allocator: "hail"},
		core.EditVM{
			VM: web1, Force: true, Params: []core.ParamEdit{{Name: core.ParamOS, Value: "noop", Was: &core.Param{Name: core.ParamOS, Value: "debootstrap", Custom: true}}, {Name: core.ParamOffline, Value: "true"}},
			NICs:    []core.NICEdit{{Index: 0, Set: core.NewNIC{Name: "first"}, Was: &core.NIC{MAC: "aa:00:00:00:00:01", Link: "br0"}}},
			AddNICs: []core.NewNIC{{}}, AddDisks: []core.NewDisk{{SizeMiB: 10240, Name: "data"}},
		},
		core.EditVM{
			VM: web1, Hotplug: true,
			NICs:  []core.NICEdit{{Index: 1, Remove: true, Was: &core.NIC{MAC: "aa:00:00:00:00:02", Network: "lan"}}, {Index: 0, Set: core.NewNIC{Link: "br1", IP: "none"}}},
			Disks: []core.DiskEdit{{Index: 1, Remove: true, Was: &core.Disk{SizeMiB: 2048, Name: "old"}}, {Index: 0, Mode: "ro"}},
		},
		core.AddJobFilter{Cluster: "berlin", Filter: core.DrainJobs(core.FilterReject, "new switches")},
		core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{
			Action: core.FilterLimit, Limit: 2, Priority: 5, Predicates: core.JobChoice{Kinds: []string{"INSTANCE_CREATE", "INSTANCE_MOVE"}, Begins: "batch", Through: true}.Predicates(),
		}},
		core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{Action: core.FilterAccept, Predicates: `[["opcode",["=~","OP_ID","TAGS"]]]`}},
		core.EditJobFilter{Cluster: "berlin", Filter: filtered(core.FilterPause), Was: filtered(core.FilterReject)},
		core.RemoveJobFilter{Cluster: "berlin", ID: filtered("").ID, Was: new(filtered(core.FilterReject))},
		core.SetClusterParams{Cluster: "berlin", Group: "rack2", Params: []core.ParamEdit{
			{Name: core.SettingAllocPolicy, Value: "unallocable", Was: &core.Param{Name: core.SettingAllocPolicy, Value: "preferred", Custom: true}},
			{Name: "nd/ssh_port", Inherit: true, Was: &core.Param{Name: "nd/ssh_port", Value: "2222", Custom: true}},
			{Name: "policy/max/memory-size", Value: "4096", Was: &core.Param{Name: "policy/max/memory-size", Value: "8192"}},
		}},
		core.AddNodeGroup{Cluster: "berlin", Name: "rack2", Policy: "last_resort"},
		core.AssignNodes{Cluster: "berlin", Name: "rack2", Nodes: []core.Ref{core.NodeRef("berlin", "n1"), core.NodeRef("berlin", "n2")}, Force: true},
		core.AddNetwork{
			Cluster: "berlin", Name: "lan", CIDR: "10.20.0.0/24", Gateway: "10.20.0.1", CIDR6: "2001:db8::/64", Gateway6: "2001:db8::1", MACPrefix: "aa:00:02",
			Reserved: []string{"10.20.0.2", "10.20.0.3"}, Tags: []string{"a"}, Taken: true,
		},
		core.EditNetwork{
			Cluster: "berlin", Name: "lan", Gateway: "10.20.0.254", CIDR6: "2001:db8::/64", Gateway6: "2001:db8::1", MACPrefix: "aa:00:02",
			Was: &core.NetworkAddresses{Gateway: "10.20.0.1", MACPrefix: "aa:00:01"},
		},
		core.EditNetwork{Cluster: "berlin", Name: "lan", MACPrefix: core.DefaultWord, Reserve: []string{"10.20.0.2", "10.20.0.3"}, Release: []string{"10.20.0.9"}},
		core.ConnectNetwork{Cluster: "berlin", Name: "lan", Group: "rack2", Mode: "openvswitch", Link: "sw1", VLAN: "7", Taken: true},
		core.TagCluster{Cluster: "berlin", Of: core.Part{Kind: core.PartNodeGroup, Name: "rack2"}, Tags: []string{"a"}},
		core.UntagCluster{Cluster: "berlin", Of: core.Part{Kind: core.PartNetwork, Name: "lan"}, Tags: []string{"a"}},
		core.PowercycleNode{Node: core.NodeRef("berlin", "n2"), Force: true},
		core.EditNode{Node: core.NodeRef("berlin", "n2"), MasterCapable: new(false), VMCapable: new(true), Promote: true},
		core.EditNode{Node: core.NodeRef("berlin", "n2"), Params: []core.ParamEdit{
			{Name: "ssh_port", Value: "2222", Was: &core.Param{Name: "ssh_port", Value: "22", Custom: true}}, {Name: "ovs_link", Inherit: true},
		}},
		core.TagNode{Node: core.NodeRef("berlin", "n2"), Tags: []string{"rack:7", "old"}},
		core.UntagNode{Node: core.NodeRef("berlin", "n2"), Tags: []string{"old"}},
		core.SetStorage{Node: core.NodeRef("berlin", "n2"), Type: core.StorageVolume, Name: "/dev/sdb"},
		core.RepairStorage{Node: core.NodeRef("berlin", "n2"), Type: core.StorageGroup, Name: "xenvg"},
		core.AddCluster{Cluster: edited, Password: password},
		core.AddCluster{Cluster: insecure},
		core.EditCluster{Cluster: edited, Was: &was, Password: &password},
		core.AddUser{User: core.User{Name: "zoe", Comment: "Zoe", Admin: true}, Keys: newKeys(t)},
		core.EditUser{Name: "bob", Admin: &yes},
		core.EditUser{Name: "bob", Admin: &no, Comment: &comment, Disabled: &yes},
		core.EditUser{Name: "bob", Disabled: &yes},
		core.EditUser{Name: "bob", Disabled: &no},
		core.AddUser{User: core.User{Name: "zoe", Source: core.SourceLDAP}},
		core.EditUser{Name: "bob", Source: &source},
		core.ApproveApplicant{Name: "zoe", Key: "SHA256:x", As: "zoe2"},
		core.AddGroup{Group: core.Group{Name: "new", Source: core.SourceLDAP}},
		core.AddGroup{Group: core.Group{Name: "new", Comment: "x", Members: []string{"ann", "bob"}}},
		core.SetGrant{Who: bob, On: web1, Verbs: []core.Verb{core.VerbPower, core.VerbConsole}, Until: until},
		core.SetGrant{Who: core.GroupRef("ops"), On: web1, Verbs: []core.Verb{core.VerbSee}},
		core.StartVM{VM: web1, Override: "the shop must run"},
		core.SaveTemplate{Template: described, Was: &plain},
		core.SetQuota{Who: bob, Cluster: "berlin", Limits: limits(8192, 1536, 0, -1), Was: &core.Limits{}},
		core.SetQuota{Cluster: "berlin"},
		core.RemoveQuota{Who: core.UserRef("default"), Cluster: "berlin"},
		core.RemoveQuota{Cluster: "berlin"},
		core.SetLock{On: core.Site(), Reason: "power cut at noon"},
		core.SetLock{On: bob, Reason: "left"},
		core.SetOwner{VM: web1, Owner: core.GroupRef("ops"), Grant: true, Revoke: true, Override: "agreed"},
		core.SetOwner{VM: web1},
		core.ImportVM{VM: web1, Tags: []string{"gwm:owner:user:bob", "gwm:grant:group:ops:power", "gwm:grant:x"}, Override: "agreed"},
		core.CancelJob{Job: 12, Target: web1},
		newVM(func(o *core.CreateVM) {
			o.Owner, o.Start, o.NICs, o.DryRun = core.GroupRef("ops"), false, nil, true
		}),
		newVM(func(o *core.CreateVM) {
			o.Owner, o.DiskTemplate, o.MemoryMiB, o.MinMemoryMiB, o.VCPUs = bob, "drbd", 1500, 512, 1
			o.Disks = []core.NewDisk{{SizeMiB: 1024, Name: "root"}, {SizeMiB: 1500, Mode: "ro", VG: "fast", Spindles: 2}}
			o.NICs = []core.NewNIC{{}, {Network: "lan", IP: "pool"}, {Mode: "bridged", Link: "br1", MAC: "aa:00:01:5d:42:07"}}
			o.Hypervisor, o.Node, o.Secondary = "kvm", core.NodeRef("berlin", "n1"), core.NodeRef("berlin", "n2")
			o.HypervisorParams = map[string]string{"kernel_path": "/boot/x", "acpi": "false"}
			o.Backend, o.OSParams = map[string]string{"auto_balance": "false"}, map[string]string{"greeting": "hello you"}
			o.NoInstall, o.NameCheck, o.IPCheck, o.NoSync, o.Tags, o.Override = true, true, true, true, []string{"env:test", "x"}, "agreed"
		}),
		newVM(func(o *core.CreateVM) {
			o.DiskTemplate, o.Disks, o.Group, o.Allocator, o.IgnorePolicy = core.DiskLess, nil, "default", "hail", true
		}),
	)
	dangers := map[core.Danger]string{core.Safe: "safe", core.Disruptive: "disruptive", core.Destructive: "destructive"}
	var out strings.Builder
	for _, op := range ops {
		s := op.Spec()
		where := "own records"
		if s.Remote {
			where = "remote"
		}
		also := ""
		for _, n := range s.Also {
			also += fmt.Sprintf(" and %s on %s", n.Verb, n.On)
		}
		fmt.Fprintf(&out, "%s  [%s, %s, %s on %s%s]\n    %s\n    $ %s\n",
			s.Title, dangers[s.Danger], where, s.Verb, s.Target, also, s.Sentence(), quoted(s.Command))
		// a name keeps its small letter, so no sentence can begin with one
		if first, _, _ := strings.Cut(s.Effect, " "); strings.ContainsAny(first, ".:0123456789") || slices.Contains([]string{"ann", "bob", "zoe", "ops", "new", "berlin", "test"}, first) {
			t.Errorf("%s: the effect begins with a name: %s", s.ID, s.Effect)
		}
		for _, d := range s.Diff {
			fmt.Fprintf(&out, "    %s: %q -> %q\n", d.Field, d.From, d.To)
		}
		if strings.Contains(out.String(), "hunter2") {
			t.Fatalf("%s shows the password", s.Title)
		}
	}
	golden(t, "testdata/specs.golden", out.String())
}

// quoted writes a command as a shell takes it.
func quoted(words []string) string {
	line := make([]string, len(words))
	for i, w := range words {
		if line[i] = w; strings.ContainsAny(w, " '") || w == "" {
			line[i] = "'" + w + "'"
		}
	}
	return strings.Join(line, " ")
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"site", "berlin", "berlin/web1", "berlin/node/n1", "berlin/vm/web1", "user:ann", "job:12", "a//b", "x:y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := core.ParseRef(s)
		if err != nil {
			if core.CodeOf(err) != core.CodeInvalid {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		again, err := core.ParseRef(r.String())
		if err != nil || again != r {
			t.Errorf("%q is %+v, written %q, and read again %+v, %v", s, r, r.String(), again, err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{annKey, bobKey, "ssh-rsa AAAA", "ssh-ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----", "no-pty " + annKey} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := core.ParseKey(s)
		if err != nil {
			if core.CodeOf(err) != core.CodeInvalid || core.Printable(err.Error()) != err.Error() {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if k.Fingerprint != core.Fingerprint(k.Blob) || core.Printable(k.Comment) != k.Comment {
			t.Errorf("%q is %+v", s, k)
		}
	})
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"web1", "\x1b[2J", "a\u202eb", "\xff", "zero\u200bwidth", "line\nbreak"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := core.Printable(s)
		if core.Printable(got) != got || strings.ContainsAny(got, "\x00\x07\x08\x1b\n\r\t\u009b\u202e\u200b\ufeff") {
			t.Errorf("%q is shown as %q", s, got)
		}
	})
}

func FuzzCancelOp(f *testing.F) {
	for _, s := range []string{"12", "berlin/job/4711", "job:3", "-1", "/job/", "99999999999999999999", "berlin/job/../x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := newHouse(t)
		if _, err := h.root.CancelOp(s); err != nil && core.CodeOf(err) != core.CodeInvalid && core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("%q: %v", s, err)
		}
	})
}
