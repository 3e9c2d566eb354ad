package core_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestOpsRefuse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, text := core.UserRef("bob"), strings.Repeat("x", 257)
	no := false
	bad := core.Cluster{Name: "rome", URL: "http://rome"}
	withUser := core.Cluster{Name: "rome", URL: "https://rome:5080", User: "gwm"}
	expired := keys(t, eveKey)[0]
	expired.Expires = time.Unix(1, 0)
	tests := []struct {
		name string
		op   core.Op
		code core.Code
		want string
	}{
		{"cluster twice", core.AddCluster{Cluster: berlin(), Password: core.NewSecret("x")}, core.CodeConflict, "there is a cluster berlin already"},
		{"cluster over http", core.AddCluster{Cluster: bad}, core.CodeInvalid, "not an https URL"},
		{"cluster without password", core.AddCluster{Cluster: withUser}, core.CodeInvalid, "the user of rome needs a password"},
		{"cluster of unknown kind", core.AddCluster{Cluster: core.Cluster{Name: "rome", URL: "https://rome:5080", Platform: "abacus"}}, core.CodeInvalid, `"abacus" is not a kind of cluster`},
		{"edit no cluster", core.EditCluster{Cluster: core.Cluster{Name: "rome", URL: "https://rome:5080"}}, core.CodeNotFound, `no cluster named "rome"`},
		{"remove no cluster", core.RemoveCluster{Name: "rome"}, core.CodeNotFound, `no cluster named "rome"`},
		{"user twice", core.AddUser{User: core.User{Name: "bob"}}, core.CodeConflict, "there is a user bob already"},
		{"user in capitals", core.AddUser{User: core.User{Name: "Bob"}}, core.CodeInvalid, "upper case"},
		{"user like a local one", core.AddUser{User: core.User{Name: "root@local"}}, core.CodeInvalid, "the word is reserved"},
		{"user named local", core.AddUser{User: core.User{Name: "local"}}, core.CodeInvalid, "the word is reserved"},
		{"user with a long comment", core.AddUser{User: core.User{Name: "zoe", Comment: text}}, core.CodeInvalid, "the comment has 257 characters"},
		{"user with an escape", core.AddUser{User: core.User{Name: "zoe", Comment: "\x1b[2J"}}, core.CodeInvalid, "cannot be shown"},
		{"user with a taken key", core.AddUser{User: core.User{Name: "zoe"}, Keys: keys(t, bobKey)}, core.CodeConflict, "this key belongs to another account"},
		{"user with a key twice", core.AddUser{User: core.User{Name: "zoe"}, Keys: append(newKeys(t), newKeys(t)...)}, core.CodeInvalid, "is given twice"},
		{"nothing to edit", core.EditUser{Name: "bob"}, core.CodeInvalid, "nothing to change on bob"},
		{"edit nobody", core.EditUser{Name: "zoe", Admin: &no}, core.CodeNotFound, `no user named "zoe"`},
		{"delete the last administrator", core.DeleteUser{Name: "ann"}, core.CodeState, "ann is the last site administrator"},
		{"demote the last administrator", core.EditUser{Name: "ann", Admin: &no}, core.CodeState, "ann is the last site administrator"},
		{"key twice", core.AddKey{User: "bob", Key: keys(t, bobKey)[0]}, core.CodeConflict, "bob has this key already"},
		{"expired key", core.AddKey{User: "bob", Key: expired}, core.CodeInvalid, "expired at 1970-01-01T00:00:01Z already"},
		{"key that is none", core.AddKey{User: "bob", Key: core.Key{Type: "ssh-ed25519", Blob: []byte("x")}}, core.CodeInvalid, "not a public key"},
		{"key of nobody", core.AddKey{User: "zoe", Key: newKeys(t)[0]}, core.CodeNotFound, `no user named "zoe"`},
		{"remove no key", core.RemoveKey{User: "bob", Fingerprint: "SHA256:x"}, core.CodeNotFound, "bob has no key SHA256:x"},
		{"group twice", core.AddGroup{Group: core.Group{Name: "ops"}}, core.CodeConflict, "there is a group ops already"},
		{"group of nobody", core.AddGroup{Group: core.Group{Name: "dev", Members: []string{"zoe"}}}, core.CodeNotFound, `no user named "zoe"`},
		{"member twice", core.AddMember{Group: "ops", User: "bob"}, core.CodeConflict, "bob is in ops already"},
		{"member of no group", core.AddMember{Group: "dev", User: "bob"}, core.CodeNotFound, `no group named "dev"`},
		{"no member", core.RemoveMember{Group: "ops", User: "eve"}, core.CodeNotFound, "eve is not in ops"},
		{"delete no group", core.DeleteGroup{Name: "dev"}, core.CodeNotFound, `no group named "dev"`},
		{"grant to nobody", core.SetGrant{Who: core.UserRef("zoe"), On: web1, Verbs: []core.Verb{core.VerbSee}}, core.CodeNotFound, `no user named "zoe"`},
		{"grant on nothing", core.SetGrant{Who: bob, On: core.VMRef("berlin", "web9"), Verbs: []core.Verb{core.VerbSee}}, core.CodeNotFound, `no VM named "berlin/web9"`},
		{"grant of nothing", core.SetGrant{Who: bob, On: web1}, core.CodeInvalid, "no verb is given"},
		{"grant of a wrong verb", core.SetGrant{Who: bob, On: web1, Verbs: []core.Verb{core.VerbCreateVM}}, core.CodeInvalid, `"create_vm" is not a verb for a VM`},
		{"grant of what cannot be granted", core.SetGrant{Who: bob, On: web1, Verbs: []core.Verb{core.VerbManage}}, core.CodeInvalid, `"manage" is not a verb for a VM`},
		{"grant on a node", core.SetGrant{Who: bob, On: core.NodeRef("berlin", "n1"), Verbs: []core.Verb{core.VerbSee}}, core.CodeInvalid, "berlin/node/n1 is not possible here"},
		{"grant in the past", core.SetGrant{Who: bob, On: web1, Verbs: []core.Verb{core.VerbSee}, Until: time.Unix(1, 0)}, core.CodeInvalid, "would have ended"},
		{"remove no grant", core.RemoveGrant{Who: bob, On: web1}, core.CodeNotFound, "user:bob was granted nothing on berlin/web1"},
		{"lock without a reason", core.SetLock{On: web1}, core.CodeInvalid, "a lock needs a reason"},
		{"lock on nothing", core.SetLock{On: core.VMRef("berlin", "web9"), Reason: "x"}, core.CodeNotFound, `no VM named "berlin/web9"`},
		{"lift no lock", core.ClearLock{On: web1}, core.CodeNotFound, "berlin/web1 is not locked"},
		{"cancel nothing", core.CancelJob{}, core.CodeInvalid, "no job is named"},
		{"cancel an unknown job", core.CancelJob{Job: 99}, core.CodeNotFound, `no job named "99"`},
		{"cancel what has ended", core.CancelJob{Job: 1}, core.CodeState, "job 1 has ended already: done"},
		{"stop no VM", core.StopVM{VM: core.VMRef("berlin", "web9")}, core.CodeNotFound, `no VM named "berlin/web9"`},
		{"stop a node", core.StopVM{VM: core.NodeRef("berlin", "n1")}, core.CodeInvalid, "berlin/node/n1 is not possible here"},
		{"stop nothing", core.StopVM{}, core.CodeInvalid, "no object is named"},
		{"stop before it began", core.StopVM{VM: web1, Timeout: -1}, core.CodeInvalid, "the timeout -1ns is not between"},
		{"stop in half seconds", core.StopVM{VM: web1, Timeout: 1500 * time.Millisecond}, core.CodeInvalid, "whole number of seconds"},
		{"stop both ways", core.StopVM{VM: web1, Timeout: time.Second, Force: true}, core.CodeInvalid, "a timeout makes no sense"},
		{"migrate somehow", core.MigrateVM{VM: web1, Mode: "fast"}, core.CodeInvalid, `"fast" is not a way to migrate`},
		{"migrate to a node of nowhere", core.MigrateVM{VM: web1, To: core.NodeRef("berlin", "node9")}, core.CodeNotFound, `no node named "berlin/node/node9"`},
		{"migrate to a VM", core.MigrateVM{VM: web1, To: web1}, core.CodeInvalid, "is not possible here"},
		{"migrate to a cluster", core.MigrateVM{VM: web1, To: core.Site()}, core.CodeInvalid, "is not a node of berlin"},
		{"clean up to a node", core.MigrateVM{VM: web1, Cleanup: true, Mode: core.MigrateLive}, core.CodeInvalid, "moves nothing"},
		{"fail over a node", core.FailoverVM{VM: core.NodeRef("berlin", "n1")}, core.CodeInvalid, "is not possible here"},
		{"delete a node", core.DeleteVM{VM: core.NodeRef("berlin", "n1")}, core.CodeInvalid, "is not possible here"},
		{"make a node the master", core.SetNodeRole{Node: core.NodeRef("berlin", "n1"), Role: core.RoleMaster}, core.CodeInvalid, "cannot be made the master"},
		{"make a node something", core.SetNodeRole{Node: core.NodeRef("berlin", "n1"), Role: "boss"}, core.CodeInvalid, `"boss" is not a role`},
		{"drain a VM", core.SetNodeRole{Node: web1, Role: core.RoleDrained}, core.CodeInvalid, "is not possible here"},
		{"create under no name of a host", newVM(func(o *core.CreateVM) { o.VM.Name = "Web_1" }), core.CodeInvalid, "characters that hosts do not have"},
		{"create with a part that is too long", newVM(func(o *core.CreateVM) { o.VM.Name = strings.Repeat("a", 64) + ".x" }), core.CodeInvalid, "longer than 63"},
		{"create with an empty part", newVM(func(o *core.CreateVM) { o.VM.Name = "a..b" }), core.CodeInvalid, "is empty"},
		{"create with a dash at the end", newVM(func(o *core.CreateVM) { o.VM.Name = "a-.b" }), core.CodeInvalid, "begins or ends"},
		{"create without a system", newVM(func(o *core.CreateVM) { o.OS = "" }), core.CodeInvalid, "cluster offer berlin"},
		{"create with a strange system", newVM(func(o *core.CreateVM) { o.OS = "../x" }), core.CodeInvalid, "name of an operating system"},
		{"create without memory", newVM(func(o *core.CreateVM) { o.MemoryMiB = 0 }), core.CodeInvalid, "no amount of memory"},
		{"create upside down", newVM(func(o *core.CreateVM) { o.MinMemoryMiB = 4096 }), core.CodeInvalid, "between 0 and 1 GiB"},
		{"create without a CPU", newVM(func(o *core.CreateVM) { o.VCPUs = 0 }), core.CodeInvalid, "no number of virtual CPUs"},
		{"create without a disk", newVM(func(o *core.CreateVM) { o.Disks = nil }), core.CodeInvalid, "has no disk"},
		{"create with a disk too many", newVM(func(o *core.CreateVM) { o.DiskTemplate = core.DiskLess }), core.CodeInvalid, "template that has none"},
		{"create with an empty disk", newVM(func(o *core.CreateVM) { o.Disks[0].SizeMiB = 0 }), core.CodeInvalid, "between 1 MiB and"},
		{"create with seventeen disks", newVM(func(o *core.CreateVM) { o.Disks = slices.Repeat(o.Disks, 17) }), core.CodeInvalid, "at most 16"},
		{"create with nine NICs", newVM(func(o *core.CreateVM) { o.NICs = make([]core.NewNIC, 9) }), core.CodeInvalid, "at most 8"},
		{"create with a NIC of two minds", newVM(func(o *core.CreateVM) { o.NICs = []core.NewNIC{{Network: "lan", Mode: "bridged"}} }), core.CodeInvalid, "takes its mode and link"},
		{"create with a pool of nothing", newVM(func(o *core.CreateVM) { o.NICs = []core.NewNIC{{IP: core.IPPool}} }), core.CodeInvalid, "add network=NAME"},
		{"create on a node of another cluster", newVM(func(o *core.CreateVM) { o.Node = core.NodeRef("paris", "n1") }), core.CodeNotFound, "no node named"},
		{"create on a node and anywhere", newVM(func(o *core.CreateVM) { o.Node, o.Allocator = core.NodeRef("berlin", "n1"), "hail" }), core.CodeInvalid, "an allocator chooses"},
		{"create with a second node alone", newVM(func(o *core.CreateVM) { o.Secondary = core.NodeRef("berlin", "n1") }), core.CodeInvalid, "without a primary one"},
		{"create twice on a node", newVM(func(o *core.CreateVM) {
			o.Node, o.Secondary, o.DiskTemplate = core.NodeRef("berlin", "n1"), core.NodeRef("berlin", "n1"), core.DiskMirrored
		}), core.CodeInvalid, "on one node"},
		{"create mirrored on one node", newVM(func(o *core.CreateVM) { o.Node, o.DiskTemplate = core.NodeRef("berlin", "n1"), core.DiskMirrored }), core.CodeInvalid, "second copy"},
		{"create with memory by the back door", newVM(func(o *core.CreateVM) { o.Backend = map[string]string{"maxmem": "99999"} }), core.CodeInvalid, "maxmem is not a further parameter"},
		{"create with a nameless parameter", newVM(func(o *core.CreateVM) { o.OSParams = map[string]string{"": "x"} }), core.CodeInvalid, "cannot be the name of a parameter"},
		{"create with two lines", newVM(func(o *core.CreateVM) { o.OSParams = map[string]string{"a": "x\ny"} }), core.CodeInvalid, "cannot be shown"},
		{"create with a tag of ours", newVM(func(o *core.CreateVM) { o.Tags = []string{"gwm:owner:user:root"} }), core.CodeInvalid, "one that gwm writes"},
		{"create with a bad tag", newVM(func(o *core.CreateVM) { o.Tags = []string{"a b"} }), core.CodeInvalid, "cannot be a tag"},
		{"create and look at the address alone", newVM(func(o *core.CreateVM) { o.IPCheck = true }), core.CodeInvalid, "where its name is"},
		{"create by a short name that is looked up", newVM(func(o *core.CreateVM) { o.VM.Name, o.NameCheck = "new1", true }), core.CodeInvalid, "full name"},
		{"create for a node", newVM(func(o *core.CreateVM) { o.Owner = core.NodeRef("berlin", "n1") }), core.CodeNotFound, "that you may see"},
		{"edit nothing", core.EditVM{VM: web1}, core.CodeInvalid, "nothing of web1"},
		{"edit what is none", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "vcpus", Value: "1"}}}, core.CodeInvalid, "not the name of a parameter"},
		{"edit with what is none", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "be/cores", Value: "1"}}}, core.CodeInvalid, "no backend parameter cores"},
		{"edit to nothing", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamVCPUs, Value: "0"}}}, core.CodeInvalid, `be/vcpus cannot be "0"`},
		{"edit to perhaps", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamFailover, Value: "perhaps"}}}, core.CodeInvalid, "true or false"},
		{"edit twice", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "hv/acpi", Value: "a"}, {Name: "hv/acpi", Inherit: true}}}, core.CodeInvalid, "set twice"},
		{"edit both ways", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "hv/acpi", Value: "a", Inherit: true}}}, core.CodeInvalid, "inherited too"},
		{"edit to the word", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "hv/acpi", Value: "default"}}}, core.CodeInvalid, "takes it for its own"},
		{"edit to two lines", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "hv/acpi", Value: "a\nb"}}}, core.CodeInvalid, "cannot be shown"},
		{"edit what is not inherited", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamOS, Inherit: true}}}, core.CodeInvalid, "cannot be inherited"},
		{"edit to a strange OS", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamOS, Value: "a b"}}}, core.CodeInvalid, "name of an operating system"},
		{"edit what a VM has not", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: "vm/name", Value: "x"}}}, core.CodeInvalid, "no setting vm/name"},
		{"offline perhaps", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamOffline, Value: "perhaps"}}}, core.CodeInvalid, "true or false"},
		{"offline and restarted", core.EditVM{VM: web1, Restart: true, Params: []core.ParamEdit{{Name: core.ParamOffline, Value: "true"}}}, core.CodeInvalid, "leave"},
		{"change a NIC to nothing", core.EditVM{VM: web1, NICs: []core.NICEdit{{}}}, core.CodeInvalid, "nothing of NIC 0"},
		{"change a NIC and remove it", core.EditVM{VM: web1, NICs: []core.NICEdit{{Remove: true, Set: core.NewNIC{Name: "a"}}}}, core.CodeInvalid, "changed and removed"},
		{"change a NIC twice", core.EditVM{VM: web1, NICs: []core.NICEdit{{Remove: true}, {Remove: true}}}, core.CodeInvalid, "changed twice"},
		{"change a NIC that cannot be", core.EditVM{VM: web1, NICs: []core.NICEdit{{Index: -1, Remove: true}}}, core.CodeInvalid, "cannot be a NIC -1"},
		{"a NIC with no address of a card", core.EditVM{VM: web1, NICs: []core.NICEdit{{Set: core.NewNIC{MAC: "auto"}}}}, core.CodeInvalid, "generate"},
		{"a NIC with a strange address", core.EditVM{VM: web1, NICs: []core.NICEdit{{Set: core.NewNIC{IP: "300.1.1.1"}}}}, core.CodeInvalid, "not an IP address"},
		{"a NIC in a network with a link", core.EditVM{VM: web1, NICs: []core.NICEdit{{Set: core.NewNIC{Network: "lan", Link: "br0"}}}}, core.CodeInvalid, "mode and link"},
		{"change a disk to nothing", core.EditVM{VM: web1, Disks: []core.DiskEdit{{}}}, core.CodeInvalid, "nothing of disk 0"},
		{"change a disk twice", core.EditVM{VM: web1, Disks: []core.DiskEdit{{Name: "a"}, {Remove: true}}}, core.CodeInvalid, "changed twice"},
		{"a disk with a strange mode", core.EditVM{VM: web1, Disks: []core.DiskEdit{{Mode: "wr"}}}, core.CodeInvalid, "mode of a disk"},
		{"a disk of no size", core.EditVM{VM: web1, AddDisks: []core.NewDisk{{}}}, core.CodeInvalid, "between 1 MiB"},
		{"edit upside down", core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamMemory, Value: "1"}, {Name: core.ParamMinMemory, Value: "2"}}}, core.CodeInvalid, "is more than the most"},
		{"reinstall a text", core.ReinstallVM{VM: web1, OS: "a\x1bb"}, core.CodeInvalid, "the operating system"},
		{"reinstall with a nameless parameter", core.ReinstallVM{VM: web1, Params: map[string]string{"": "x"}}, core.CodeInvalid, "has no name"},
		{"grow by nothing", core.GrowDisk{VM: web1}, core.CodeInvalid, "how much disk 0"},
		{"grow by and to", core.GrowDisk{VM: web1, By: 1, To: 2}, core.CodeInvalid, "how much disk 0"},
		{"grow disk -1", core.GrowDisk{VM: web1, Disk: -1, By: 1}, core.CodeInvalid, "-1 is not the number"},
		{"filter jobs somehow", core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{Action: "DROP", Predicates: "[]"}}, core.CodeInvalid, `"DROP" is not what a filter does`},
		{"filter jobs by no number", core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{Action: core.FilterLimit, Predicates: "[]"}}, core.CodeInvalid, "0 jobs at a time"},
		{"filter jobs by a number", core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{Action: core.FilterPause, Limit: 2, Predicates: "[]"}}, core.CodeInvalid, "PAUSE takes no number"},
		{"filter jobs first of all", core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{Action: core.FilterPause, Priority: -1, Predicates: "[]"}}, core.CodeInvalid, "the priority -1"},
		{"filter jobs by nonsense", core.AddJobFilter{Cluster: "berlin", Filter: core.JobFilter{Action: core.FilterPause, Predicates: "x"}}, core.CodeInvalid, "not a JSON list"},
		{"filter with an id", core.AddJobFilter{Cluster: "berlin", Filter: filtered(core.FilterPause)}, core.CodeInvalid, "gets its id from gwm"},
		{"filter elsewhere", core.AddJobFilter{Cluster: "oslo", Filter: core.DrainJobs(core.FilterReject, "")}, core.CodeNotFound, `no cluster named "oslo"`},
		{"edit nothing of a filter", core.EditJobFilter{Cluster: "berlin", Filter: filtered(core.FilterPause), Was: filtered(core.FilterPause)}, core.CodeInvalid, "nothing of the job filter"},
		{"edit another filter", core.EditJobFilter{Cluster: "berlin", Filter: filtered(core.FilterPause)}, core.CodeInvalid, "of another job filter"},
		{"remove no filter", core.RemoveJobFilter{Cluster: "berlin", ID: "../x"}, core.CodeInvalid, `"../x" does not name a job filter`},
		{"set nothing", core.SetClusterParams{Cluster: "berlin"}, core.CodeInvalid, "nothing of the cluster berlin is to be changed"},
		{"set something", set("x", "1"), core.CodeInvalid, `"x" is not a setting that can be changed`},
		{"set a program of the master", set("nd/oob_program", "/bin/sh"), core.CodeInvalid, `"nd/oob_program" is not a setting`},
		{"set what a group has", set(core.SettingAllocPolicy, "preferred"), core.CodeInvalid, "is not a setting"},
		{"set a word for a number", set("candidate_pool_size", "ten"), core.CodeInvalid, `candidate_pool_size cannot be "ten"`},
		{"set a word for a switch", set("maintain_node_health", "yes"), core.CodeInvalid, `write true or false`},
		{"set no ratio", set("policy/vcpu-ratio", "0"), core.CodeInvalid, "write a number above 0"},
		{"set an empty list", set("enabled_hypervisors", ""), core.CodeInvalid, "write at least one"},
		{"set control characters", set("be/maxmem", "1\x1b"), core.CodeInvalid, "characters that cannot be shown"},
		{"inherit from nobody", core.SetClusterParams{Cluster: "berlin", Params: []core.ParamEdit{{Name: "be/maxmem", Inherit: true}}}, core.CodeInvalid, "be/maxmem cannot be inherited"},
		{"set twice", core.SetClusterParams{Cluster: "berlin", Params: []core.ParamEdit{{Name: "be/maxmem", Value: "1"}, {Name: "be/maxmem", Value: "2"}}}, core.CodeInvalid, "be/maxmem is set twice"},
		{"tag with nothing", core.TagVM{VM: web1}, core.CodeInvalid, "no tag is named"},
		{"tag as gwm", core.TagVM{VM: web1, Tags: []string{"gwm:owner:user:eve"}}, core.CodeInvalid, "one of gwm's own"},
		{"untag what is gwm's", core.UntagVM{VM: web1, Tags: []string{"gwm:x"}}, core.CodeInvalid, "one of gwm's own"},
		{"tag with a space", core.TagVM{VM: web1, Tags: []string{"a b"}}, core.CodeInvalid, "is not a tag"},
		{"rename to nothing", core.RenameVM{VM: web1}, core.CodeInvalid, "is not a name"},
		{"rename to itself", core.RenameVM{VM: web1, Name: "web1"}, core.CodeInvalid, "is called so already"},
		{"rename with a path", core.RenameVM{VM: web1, Name: "a/b"}, core.CodeInvalid, "is not a name"},
		{"replace somehow", core.ReplaceDisks{VM: web1}, core.CodeInvalid, "is not a way to replace"},
		{"replace in place elsewhere", core.ReplaceDisks{VM: web1, Mode: core.ReplaceAuto, To: core.NodeRef("berlin", "n1")}, core.CodeInvalid, "only a new second copy"},
		{"evacuate what", core.EvacuateNode{Node: core.NodeRef("berlin", "n1"), What: "cats"}, core.CodeInvalid, `"cats" is nothing that can leave`},
		{"evacuate to itself", core.EvacuateNode{Node: core.NodeRef("berlin", "n1"), What: core.EvacuateSecondary, To: core.NodeRef("berlin", "n1")}, core.CodeInvalid, "what leaves it"},
		{"evacuate VMs to a node", core.EvacuateNode{Node: core.NodeRef("berlin", "n1"), What: core.EvacuateAll, To: core.NodeRef("berlin", "n1")}, core.CodeInvalid, "only second copies"},
		{"evacuate to nowhere", core.EvacuateNode{Node: core.NodeRef("berlin", "n1"), What: core.EvacuateSecondary, To: core.NodeRef("berlin", "n9")}, core.CodeNotFound, "no node named"},
		{"a node group without a name", core.AddNodeGroup{Cluster: "berlin"}, core.CodeInvalid, "a name is missing"},
		{"a node group of another policy", core.AddNodeGroup{Cluster: "berlin", Name: "r", Policy: "x"}, core.CodeInvalid, `"x" is not a way to allocate VMs`},
		{"a node group with a slash", core.RemoveNodeGroup{Cluster: "berlin", Name: "a/b"}, core.CodeInvalid, `"a/b" cannot be the name of a node group`},
		{"a node group by its own name", core.RenameNodeGroup{Cluster: "berlin", Name: "r", To: "r"}, core.CodeInvalid, "is called r already"},
		{"no nodes", core.AssignNodes{Cluster: "berlin", Name: "r"}, core.CodeInvalid, "no node is named"},
		{"an unknown node", core.AssignNodes{Cluster: "berlin", Name: "r", Nodes: []core.Ref{core.NodeRef("berlin", "n9")}}, core.CodeNotFound, `no node named "berlin/node/n9"`},
		{"a node of another cluster", core.AssignNodes{Cluster: "berlin", Name: "r", Nodes: []core.Ref{core.NodeRef("paris", "n1")}}, core.CodeNotFound, `no node named "paris/node/n1"`},
		{"a network of nothing", core.AddNetwork{Cluster: "berlin", Name: "lan"}, core.CodeInvalid, `"" does not name the addresses`},
		{"a network in the middle", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.9/24"}, core.CodeInvalid, `"10.0.0.9/24" does not name the addresses`},
		{"a network of the world", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/8"}, core.CodeInvalid, "as many addresses as 10.0.0.0/8"},
		{"a network of six", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "2001:db8::/64"}, core.CodeInvalid, "does not name the addresses"},
		{"a gateway elsewhere", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/24", Gateway: "10.0.1.1"}, core.CodeInvalid, "the gateway 10.0.1.1 is not an address of 10.0.0.0/24"},
		{"a gateway for nothing", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/24", Gateway6: "2001:db8::1"}, core.CodeInvalid, "needs a network for IPv6"},
		{"a reserved address elsewhere", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/24", Reserved: []string{"10.0.1.1"}}, core.CodeInvalid, "the reserved address 10.0.1.1"},
		{"a reserved address twice", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/24", Reserved: []string{"10.0.0.9", "10.0.0.9"}}, core.CodeInvalid, "named twice"},
		{"half a MAC", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/24", MACPrefix: "aa:00"}, core.CodeInvalid, "not the begin of MAC addresses"},
		{"a network of gwm's own tag", core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.0.0.0/24", Tags: []string{"gwm:x"}}, core.CodeInvalid, "one of gwm's own"},
		{"edit nothing of a network", core.EditNetwork{Cluster: "berlin", Name: "lan"}, core.CodeInvalid, "nothing of the network lan of berlin is to be changed"},
		{"edit both of a network", core.EditNetwork{Cluster: "berlin", Name: "lan", Gateway: "10.0.0.1", Reserve: []string{"10.0.0.2"}}, core.CodeInvalid, "not both at once"},
		{"a gateway that is none", core.EditNetwork{Cluster: "berlin", Name: "lan", Gateway: "none"}, core.CodeInvalid, "the gateway none is not an address"},
		{"a gateway of the other kind", core.EditNetwork{Cluster: "berlin", Name: "lan", Gateway6: "10.0.0.1"}, core.CodeInvalid, "the gateway 10.0.0.1 is not an address"},
		{"addresses that are none", core.EditNetwork{Cluster: "berlin", Name: "lan", CIDR6: "2001:db8::1/64"}, core.CodeInvalid, "does not name the addresses"},
		{"half a MAC again", core.EditNetwork{Cluster: "berlin", Name: "lan", MACPrefix: "aa"}, core.CodeInvalid, "not the begin of MAC addresses"},
		{"reserve and release", core.EditNetwork{Cluster: "berlin", Name: "lan", Reserve: []string{"10.0.0.2"}, Release: []string{"10.0.0.2"}}, core.CodeInvalid, "named twice"},
		{"edit no network", core.EditNetwork{Cluster: "berlin", Gateway: "10.0.0.1"}, core.CodeInvalid, "a name is missing"},
		{"connect somehow", core.ConnectNetwork{Cluster: "berlin", Name: "lan", Group: "r", Mode: "x", Link: "br0"}, core.CodeInvalid, `"x" is not a mode of networks`},
		{"connect to a path", core.ConnectNetwork{Cluster: "berlin", Name: "lan", Group: "r", Mode: "bridged", Link: "../x"}, core.CodeInvalid, "not the name of a bridge"},
		{"connect to a word", core.ConnectNetwork{Cluster: "berlin", Name: "lan", Group: "r", Mode: "bridged", Link: "br0", VLAN: "x"}, core.CodeInvalid, `"x" is not a VLAN`},
		{"disconnect from nothing", core.DisconnectNetwork{Cluster: "berlin", Name: "lan"}, core.CodeInvalid, "a name is missing"},
		{"tag with nothing", core.TagCluster{Cluster: "berlin"}, core.CodeInvalid, "no tag is named for the cluster berlin"},
		{"tag as gwm does", core.TagCluster{Cluster: "berlin", Tags: []string{"gwm:owner:x"}}, core.CodeInvalid, "one of gwm's own"},
		{"tag with a space", core.UntagCluster{Cluster: "berlin", Tags: []string{"a b"}}, core.CodeInvalid, `"a b" is not a tag`},
		{"tag something", core.TagCluster{Cluster: "berlin", Of: core.Part{Kind: "x", Name: "y"}, Tags: []string{"a"}}, core.CodeInvalid, `"x y" is not a part of a cluster`},
		{"restart softly in time", core.RestartVM{VM: web1, Mode: core.RestartSoft, Timeout: time.Second}, core.CodeInvalid, "has no timeout"},
		{"restart before it began", core.RestartVM{VM: web1, Timeout: -1}, core.CodeInvalid, "the timeout -1ns is not between"},
		{"export to a node of nowhere", core.ExportVM{VM: web1, To: core.NodeRef("berlin", "n9")}, core.CodeNotFound, `no node named "berlin/node/n9"`},
		{"export both ways", core.ExportVM{VM: web1, Long: true, Running: true}, core.CodeInvalid, "not down until"},
		{"export, remove and go on", core.ExportVM{VM: web1, Remove: true, Running: true}, core.CodeInvalid, "cannot go on running"},
		{"export zeros of what runs", core.ExportVM{VM: web1, ZeroFree: true, Running: true}, core.CodeInvalid, "only while the VM is down"},
		{"ignore failures of nothing", core.ExportVM{VM: web1, Ignore: true}, core.CodeInvalid, "only where something is removed"},
		{"compress with words", core.ExportVM{VM: web1, Compress: "a b"}, core.CodeInvalid, "a tool that compresses"},
		{"make a VM of a path", fromBackup("n1", "../x"), core.CodeInvalid, "does not name a backup"},
		{"make a VM of a backup of no node", fromBackup("", "web1"), core.CodeInvalid, "does not name a backup"},
		{"make a VM of a backup and a system", newVM(func(o *core.CreateVM) { o.From = fromBackup("n1", "web1").From }), core.CodeInvalid, "has the operating system of its backup"},
		{"make a VM of a backup on an unknown node", fromBackup("n9", "web1"), core.CodeNotFound, `no node named "berlin/node/n9"`},
		{"a long note", core.EditNote{On: web1, Text: strings.Repeat("é", core.MaxNote+1)}, core.CodeInvalid, "the note has 4001 characters"},
		{"a note with an escape", core.EditNote{On: web1, Text: "a\nb\x1b[2J"}, core.CodeInvalid, "line 2 of the note"},
		{"a note with an end", core.EditNote{On: web1, Text: "a\n"}, core.CodeInvalid, "empty space"},
		{"a note on a person", core.EditNote{On: core.UserRef("bob"), Text: "a"}, core.CodeInvalid, "user:bob is not possible here"},
		{"restart somehow", core.RestartVM{VM: web1, Mode: "gently"}, core.CodeInvalid, `"gently" is not a way to restart`},
	}
	before := h.store.Dump()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.root.Do(t.Context(), tt.op)
			wantError(t, err, tt.code, tt.want)
		})
	}
	unchanged := func(it core.Item) bool { return strings.HasPrefix(it.Key, "audit") }
	if diff := cmp.Diff(slices.DeleteFunc(before, unchanged), slices.DeleteFunc(h.store.Dump(), unchanged)); diff != "" {
		t.Errorf("a refused operation changed something: %s", diff)
	}
}

// newKeys returns a key that nobody has.
func newKeys(t *testing.T) []core.Key {
	t.Helper()
	return keys(t, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUF spare")
}

func TestDeleteUserTakesEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	bob := h.login("bob")
	if err := bob.SavePrefs(t.Context(), []byte(`{"skin":"dark"}`)); err != nil {
		t.Fatal(err)
	}
	h.do(h.root, core.SetLock{On: core.UserRef("bob"), Reason: "left"})
	h.do(h.root, core.DeleteUser{Name: "bob"})
	for _, it := range h.store.Dump() {
		if strings.HasPrefix(it.Key, "audit") || strings.HasPrefix(it.Key, "job/") {
			continue
		}
		if strings.Contains(it.Key+string(it.Value), "bob") {
			t.Errorf("left over: %s %s", it.Key, it.Value)
		}
	}
}

func TestRemoveClusterTakesEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	h.grant(core.UserRef("bob"), core.ClusterRef("berlin"), core.VerbSee)
	h.do(h.root, core.SetLock{On: web1, Reason: "x"})
	h.do(h.root, core.SetLock{On: core.ClusterRef("berlin"), Reason: "keep it"})
	h.refused(h.root, core.RemoveCluster{Name: "berlin"}, core.CodeLocked, "berlin is locked by local: keep it; lift the lock first")
	h.do(h.root, core.ClearLock{On: core.ClusterRef("berlin")})
	h.do(h.root, core.RemoveCluster{Name: "berlin"})
	for _, it := range h.store.Dump() {
		for _, prefix := range []string{"cluster/", "secret/", "grant/", "lock/"} {
			if strings.HasPrefix(it.Key, prefix) {
				t.Errorf("left over: %s", it.Key)
			}
		}
	}
}

func TestOwnKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob := h.login("bob")
	own, spare := keys(t, bobKey)[0], newKeys(t)[0]
	h.refused(bob, core.RemoveKey{User: "bob", Fingerprint: own.Fingerprint}, core.CodeState, "this is your only key")
	forged := spare
	forged.Fingerprint, forged.User = "SHA256:forged", "ann"
	h.do(bob, core.AddKey{User: "bob", Key: forged})
	list, err := bob.Keys(t.Context(), "bob")
	if err != nil || len(list) != 2 || list[1].Fingerprint != spare.Fingerprint || list[1].User != "bob" {
		t.Fatalf("the keys are %v, %v", list, err)
	}
	if user, ok := h.core.UserByKey(spare.Blob); !ok || user != "bob" {
		t.Errorf("the new key is %q's", user)
	}
	h.do(bob, core.RemoveKey{User: "bob", Fingerprint: own.Fingerprint})
	<-bob.Done()
	h.refused(h.login("eve"), core.AddKey{User: "bob", Key: keys(t, eveKey)[0]}, core.CodeNotFound, `no user named "bob"`)
	_, err = h.login("eve").Keys(t.Context(), "bob")
	wantError(t, err, core.CodeNotFound, `no user named "bob"`)
}

func TestGrantingIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	soon := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: web1, Verbs: []core.Verb{core.VerbAdmin}, Until: soon})
	bob, eve := h.login("bob"), core.UserRef("eve")
	power := []core.Verb{core.VerbPower}
	h.refused(bob, core.SetGrant{Who: eve, On: web1, Verbs: power}, core.CodeDenied, "your own right on berlin/web1 ends at")
	h.refused(bob, core.SetGrant{Who: eve, On: web1, Verbs: power, Until: soon.Add(time.Second)}, core.CodeDenied, "ends at")
	if r := h.lastRecord(core.EventDenied); r.By != "bob" || r.Op != "grant.set" {
		t.Errorf("recorded is %+v", r)
	}
	h.do(bob, core.SetGrant{Who: eve, On: web1, Verbs: power, Until: soon})
	h.refused(bob, core.SetGrant{Who: eve, On: web2, Verbs: power, Until: soon}, core.CodeNotFound, "berlin/web2")
	h.refused(bob, core.SetGrant{Who: eve, On: core.ClusterRef("berlin"), Verbs: []core.Verb{core.VerbSee}, Until: soon}, core.CodeDenied, "needs admin on berlin")
	h.do(h.root, core.SetGrant{Who: core.GroupRef("ops"), On: core.ClusterRef("berlin"), Verbs: []core.Verb{core.VerbAdmin}})
	h.do(bob, core.SetGrant{Who: eve, On: web1, Verbs: power})
	h.do(bob, core.RemoveGrant{Who: eve, On: web1})
}

func TestGrantingAtHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, eve := core.UserRef("bob"), core.UserRef("eve")
	power, day := []core.Verb{core.VerbPower}, hours(t, "daily 00:00-24:00 Europe/Berlin")
	h.do(h.root, core.SetGrant{Who: bob, On: web1, Verbs: []core.Verb{core.VerbAdmin}, Hours: day})
	s := h.login("bob")
	h.refused(s, core.SetGrant{Who: eve, On: web1, Verbs: power}, core.CodeDenied, "your own right on berlin/web1 holds only at certain hours")
	h.refused(s, core.SetGrant{Who: eve, On: web1, Verbs: power, Hours: hours(t, "mon 00:00-24:00")}, core.CodeDenied, "at certain hours")
	h.do(s, core.SetGrant{Who: eve, On: web1, Verbs: power, Hours: day})
	h.do(h.root, core.SetGrant{Who: core.GroupRef("ops"), On: web1, Verbs: []core.Verb{core.VerbAdmin}})
	h.do(s, core.SetGrant{Who: eve, On: web1, Verbs: power})
}

func TestTwoEditOneUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	name, other, yes := "Bob the first", "Bob the second", true
	was := core.User{Name: "bob"}
	h.do(h.root, core.EditUser{Name: "bob", Comment: &name, Was: &was})
	h.refused(h.root, core.EditUser{Name: "bob", Comment: &other, Was: &was}, core.CodeConflict, `somebody else changed bob meanwhile: comment was "", is Bob the first; nothing was changed`)
	h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes, Was: &was})
}

func TestTwoEditOneGroup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	was := core.Group{Name: "ops"}
	h.do(h.root, core.EditGroup{Name: "ops", Comment: "the first", Was: &was})
	h.refused(h.root, core.EditGroup{Name: "ops", Comment: "the second", Was: &was}, core.CodeConflict, `somebody else changed ops meanwhile: comment was "", is the first; nothing was changed`)
	was.Comment = "the first"
	h.do(h.root, core.AddMember{Group: "ops", User: "eve"})
	h.do(h.root, core.EditGroup{Name: "ops", Comment: "the second", Was: &was})
	if r := h.lastRecord(core.EventDone); r.Args["comment"] != "the second" || len(r.Args) != 2 {
		t.Errorf("recorded is %+v", r)
	}
}

func TestOwnComment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	name, yes := "Bob the builder", true
	bob := h.login("bob")
	h.do(bob, core.EditUser{Name: "bob", Comment: &name})
	h.refused(bob, core.EditUser{Name: "bob", Comment: &name, Admin: &yes}, core.CodeDenied, "only a site administrator")
	h.refused(bob, core.EditUser{Name: "eve", Comment: &name}, core.CodeNotFound, `no user named "eve"`)
	if u := bob.User(); u.Comment != name || u.Admin {
		t.Errorf("bob is %+v", u)
	}
}

func TestTwoEditOneGrant(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	eve, none := core.UserRef("eve"), core.Grant{}
	set := core.SetGrant{Who: eve, On: web1, Verbs: []core.Verb{core.VerbPower}, Was: &none}
	h.do(h.root, set)
	was := set
	h.refused(h.root, set, core.CodeConflict, "local changed the rights of user:eve on berlin/web1 meanwhile; they are now: power")
	was.Was = &core.Grant{Verbs: []core.Verb{core.VerbPower}}
	was.Verbs = []core.Verb{core.VerbSee}
	h.do(h.root, was)
	h.refused(h.root, was, core.CodeConflict, "they are now: see")
}

func TestClusterAdministratorEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), core.ClusterRef("berlin"), core.VerbAdmin)
	bob := h.login("bob")
	edited := berlin()
	edited.Description, edited.Protected, edited.Colour = "the old one", true, "red"
	h.do(bob, core.EditCluster{Cluster: edited})
	if r := h.lastRecord(core.EventDone); !cmp.Equal(r.Changes, []core.Change{
		{Field: "protected", From: "false", To: "true"},
		{Field: "description", To: "the old one"},
		{Field: "colour", To: "red"},
	}) {
		t.Errorf("recorded changes: %v", r.Changes)
	}
	stolen := edited
	stolen.URL = "https://mallory.example:5080"
	h.refused(bob, core.EditCluster{Cluster: stolen}, core.CodeDenied, "only a site administrator may change how gwm reaches berlin")
	password := core.NewSecret("mine")
	h.refused(bob, core.EditCluster{Cluster: edited, Password: &password}, core.CodeDenied, "only a site administrator")
	h.refused(bob, core.RemoveCluster{Name: "berlin"}, core.CodeDenied, "only a site administrator may do this")

	was := berlin()
	h.refused(h.root, core.EditCluster{Cluster: stolen, Was: &was}, core.CodeConflict, "somebody else changed berlin meanwhile")
	h.do(h.root, core.EditCluster{Cluster: stolen, Was: &edited})
	stolen.ReadOnly = true
	h.do(h.root, core.EditCluster{Cluster: stolen})
	h.refused(h.root, core.StopVM{VM: web1}, core.CodeLocked, "stop web1: berlin is read-only: nothing is changed there through gwm")
	stolen.ReadOnly, stolen.User = false, ""
	h.do(h.root, core.EditCluster{Cluster: stolen})
	h.refused(h.root, core.StopVM{VM: web1}, core.CodeLocked, "gwm has no user there")
	for _, it := range h.store.Dump() {
		if strings.HasPrefix(it.Key, core.SealedPrefix) {
			t.Errorf("the password outlived its user: %s", it.Key)
		}
	}
}

func TestLocksWin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	ann, bob := h.login("ann"), h.login("bob")
	stop := core.StopVM{VM: web1}
	for _, on := range []core.Ref{core.Site(), core.ClusterRef("berlin"), web1, core.UserRef("bob"), core.GroupRef("ops")} {
		h.do(ann, core.SetLock{On: on, Reason: "work at night"})
		h.refused(bob, stop, core.CodeLocked, on.String()+" is locked by ann: work at night")
		if vms := bob.View().VMs(); len(vms) != 1 {
			t.Errorf("the lock on %s hides VMs: %v", on, vms)
		}
		if on.Kind != core.KindUser && on.Kind != core.KindGroup {
			h.refused(ann, stop, core.CodeLocked, "work at night")
		}
		h.refused(ann, core.SetLock{On: on, Reason: "again"}, core.CodeConflict, "is locked by ann already: work at night")
		if _, err := bob.Do(t.Context(), core.ClearLock{On: on}); err == nil {
			t.Errorf("bob lifted the lock on %s", on)
		}
		h.do(ann, core.ClearLock{On: on})
		h.do(bob, stop)
		h.do(bob, core.CancelJob{Job: h.lastRecord(core.EventRequested).Job})
	}
	h.do(ann, core.SetLock{On: core.UserRef("ann"), Reason: "myself"})
	h.refused(ann, stop, core.CodeLocked, "user:ann is locked by ann: myself")
	h.do(ann, core.ClearLock{On: core.UserRef("ann")})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	h.grant(core.UserRef("eve"), web1, core.VerbPower)
	bob, eve := h.login("bob"), h.login("eve")
	id := h.do(bob, core.StopVM{VM: web1})
	h.refused(eve, core.CancelJob{Job: id}, core.CodeDenied, "needs admin on berlin/web1")
	op, err := bob.CancelOp(id.String())
	if err != nil || op != (core.CancelJob{Job: id, Target: web1}) {
		t.Fatalf("the operation is %+v, %v", op, err)
	}
	h.do(bob, op)
	if job := h.job(id); job.State != core.JobCanceled || job.CancelBy != "bob" || job.Ended.IsZero() {
		t.Errorf("the canceled job is %+v", job)
	}
	h.refused(bob, op, core.CodeState, "has ended already: canceled")

	h.refused(bob, core.CancelJob{Cluster: "berlin", Upstream: "4711", Target: core.UserRef("bob")}, core.CodeDenied, "needs admin on berlin/web1")
	_, err = bob.CancelOp("berlin/job/4712")
	wantError(t, err, core.CodeNotFound, `no job named "berlin/job/4712"`)
	_, err = bob.CancelOp("berlin/job/1")
	wantError(t, err, core.CodeNotFound, `no job named "berlin/job/1"`)
	_, err = bob.CancelOp("today's")
	wantError(t, err, core.CodeInvalid, `"today's" does not name a job`)
	for name, want := range map[string]core.Ref{"berlin/job/4711": web1, "berlin/job/4712": core.ClusterRef("berlin")} {
		op, err := h.root.CancelOp(name)
		if err != nil || op.Target != want || !op.Spec().Remote {
			t.Errorf("%s: %+v, %v", name, op, err)
		}
	}
	all, err := h.root.DoAll(t.Context(), "", []core.Op{core.StopVM{VM: web1}, core.StopVM{VM: web2}})
	if err != nil {
		t.Fatal(err)
	}
	h.do(h.root, core.CancelJob{Job: all})
	for _, child := range []core.JobID{all + 1, all + 2} {
		if job := h.job(child); job.State != core.JobCanceled {
			t.Errorf("child %d is %s", child, job.State)
		}
	}
}

func TestPrefs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, eve := h.login("bob"), h.login("eve")
	if err := bob.SavePrefs(t.Context(), []byte(` {"skin":"dark"} `)); err != nil {
		t.Fatal(err)
	}
	for s, want := range map[*core.Session]string{bob: `{"skin":"dark"}`, eve: `{}`} {
		if got, err := s.Prefs(t.Context()); err != nil || string(got) != want {
			t.Errorf("the settings of %s are %s, %v", s.User().Name, got, err)
		}
	}
	wantError(t, bob.SavePrefs(t.Context(), []byte(`[1]`)), core.CodeInvalid, "not a JSON object")
	wantError(t, bob.SavePrefs(t.Context(), nil), core.CodeInvalid, "not a JSON object")
	wantError(t, bob.SavePrefs(t.Context(), make([]byte, 65<<10)), core.CodeLimit, "at most 65536")
}

func TestListsShowWhatIsTheirs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.GroupRef("ops"), web1, core.VerbPower)
	h.grant(core.UserRef("eve"), web1, core.VerbAdmin)
	h.grant(core.UserRef("ann"), web2, core.VerbSee)
	bob, eve := h.login("bob"), h.login("eve")
	shown := func(s *core.Session) (got []string) {
		t.Helper()
		users, err := s.Users(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			got = append(got, u.Name)
		}
		groups, err := s.Groups(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			got = append(got, "group:"+g.Name)
		}
		grants, err := s.Grants(t.Context(), core.Ref{}, core.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range grants {
			got = append(got, g.Who.String()+" "+g.On.String())
		}
		return got
	}
	for s, want := range map[*core.Session][]string{
		bob:    {"bob", "group:ops", "group:ops berlin/web1"},
		eve:    {"eve", "group:ops berlin/web1", "user:eve berlin/web1"},
		h.root: {"ann", "bob", "eve", "group:ops", "group:ops berlin/web1", "user:eve berlin/web1", "user:ann berlin/web2"},
	} {
		if diff := cmp.Diff(want, shown(s)); diff != "" {
			t.Errorf("%s: %s", s.User().Name, diff)
		}
	}
	users, err := bob.Users(t.Context())
	if err != nil || users[0].LastSeen.IsZero() {
		t.Errorf("when bob logged in last is not known: %v, %v", users, err)
	}
	h.do(h.root, core.SetLock{On: web2, Reason: "x"})
	if locks, err := bob.Locks(t.Context()); err != nil || len(locks) != 0 {
		t.Errorf("bob sees locks %v, %v", locks, err)
	}
	h.do(h.root, core.SetLock{On: web1, Reason: "x"})
	if locks, err := bob.Locks(t.Context()); err != nil || len(locks) != 1 || locks[0].On != web1 {
		t.Errorf("bob sees locks %v, %v", locks, err)
	}
}

func TestAClusterHasAColourThatThereIs(t *testing.T) {
	t.Parallel()
	c := berlin()
	for _, c.Colour = range append(core.Colours(), "") {
		if err := c.Validate(); err != nil {
			t.Errorf("%q: %v", c.Colour, err)
		}
	}
	c.Colour = "mauve\x1b[31m"
	err := c.Validate()
	if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "choose one of red, yellow, green, cyan, magenta, or none") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("a colour that is none: %v", err)
	}
}

// set changes one setting of berlin.
func set(name, value string) core.SetClusterParams {
	return core.SetClusterParams{Cluster: "berlin", Params: []core.ParamEdit{{Name: name, Value: value}}}
}
