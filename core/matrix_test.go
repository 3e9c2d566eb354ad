package core_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

var update = flag.Bool("update", false, "write the golden files anew")

// matrixOps are examples of every Op, on the VM web1, the cluster berlin, the
// group ops and the user bob; eve is who asks.
func matrixOps(t *testing.T) []core.Op {
	t.Helper()
	comment, bob := "x", core.UserRef("bob")
	see := []core.Verb{core.VerbSee}
	return []core.Op{
		core.StartVM{VM: web1},
		core.StopVM{VM: web1},
		core.RestartVM{VM: web1},
		core.MigrateVM{VM: web1},
		core.FailoverVM{VM: web1},
		core.DeleteVM{VM: web1},
		newVM(nil),
		newVM(func(o *core.CreateVM) { o.HypervisorParams = map[string]string{"kvm_path": "/bin/sh"} }),
		core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamVCPUs, Value: "2"}}},
		core.EditVM{VM: web1, AddNICs: []core.NewNIC{{Link: "br0"}}},
		core.ReinstallVM{VM: web1},
		core.GrowDisk{VM: web1, By: 1024},
		core.TagVM{VM: web1, Tags: []string{"env:prod"}},
		core.UntagVM{VM: web1, Tags: []string{"env:prod"}},
		core.RenameVM{VM: web1, Name: "web3"},
		core.ActivateDisks{VM: web1},
		core.DeactivateDisks{VM: web1},
		core.RecreateDisks{VM: web1},
		core.ReplaceDisks{VM: web1, Mode: core.ReplaceAuto},
		core.EditNote{On: web1, Text: "x"},
		core.ExportVM{VM: web1},
		core.ExportVM{VM: web1, To: core.NodeRef("berlin", "n1"), Remove: true},
		core.EditNote{On: core.ClusterRef("berlin"), Text: "x"},
		core.EditNote{On: core.NodeRef("berlin", "n1"), Text: "x"},
		core.AddCluster{Cluster: core.Cluster{Name: "oslo", URL: "https://oslo:5080"}},
		core.EditCluster{Cluster: berlin()},
		core.RemoveCluster{Name: "berlin"},
		core.AddUser{User: core.User{Name: "zoe"}},
		core.EditUser{Name: "bob", Comment: &comment},
		core.EditUser{Name: "eve", Comment: &comment},
		core.DeleteUser{Name: "bob"},
		core.ResetTOTP{User: "bob"},
		core.ResetTOTP{User: "eve"},
		core.AddInvite{User: "bob", TTL: core.InviteTTL},
		core.AddInvite{User: "eve", TTL: core.InviteTTL},
		core.RemoveInvite{User: "bob"},
		core.ApproveApplicant{Name: "zoe", Key: "SHA256:x"},
		core.RejectApplicant{Name: "zoe", Key: "SHA256:x"},
		core.AddKey{User: "eve", Key: newKeys(t)[0]},
		core.AddKey{User: "bob", Key: newKeys(t)[0]},
		core.RemoveKey{User: "eve", Fingerprint: "SHA256:x"},
		core.RemoveKey{User: "bob", Fingerprint: "SHA256:x"},
		core.AddGroup{Group: core.Group{Name: "new"}},
		core.EditGroup{Name: "ops"},
		core.DeleteGroup{Name: "ops"},
		core.AddMember{Group: "ops", User: "eve"},
		core.RemoveMember{Group: "ops", User: "bob"},
		core.SetGrant{Who: bob, On: web1, Verbs: see},
		core.SetGrant{Who: bob, On: core.ClusterRef("berlin"), Verbs: see},
		core.SetGrant{Who: bob, On: core.GroupRef("ops"), Verbs: []core.Verb{core.VerbAdmin}},
		core.RemoveGrant{Who: bob, On: web1},
		core.RemoveGrant{Who: bob, On: core.ClusterRef("berlin")},
		core.SetQuota{Who: core.GroupRef("ops"), Cluster: "berlin"},
		core.RemoveQuota{Who: core.GroupRef("ops"), Cluster: "berlin"},
		core.SetLock{On: web1, Reason: "x"},
		core.SetLock{On: core.ClusterRef("berlin"), Reason: "x"},
		core.ClearLock{On: web1},
		core.ClearProblem{On: web1, What: "ERROR_down"},
		core.ClearProblem{On: core.ClusterRef("berlin"), What: "unreachable"},
		core.ClearLock{On: core.ClusterRef("berlin")},
		core.SetOwner{VM: web1, Owner: bob},
		core.ForgetVM{VM: web1},
		core.ImportVM{VM: web1, Tags: []string{"gwm:owner:user:bob"}},
		core.SyncTags{VM: web1},
		core.SaveTemplate{Template: small("tiny")},
		core.CopyTemplate{Cluster: "berlin", Name: "small", To: "berlin", As: "tiny"},
		core.RemoveTemplate{Cluster: "berlin", Name: "small"},
		core.AddToken{On: web1, Secret: core.NewSecret(tokenSecrets[1])},
		core.AddToken{On: core.ClusterRef("berlin"), Secret: core.NewSecret(tokenSecrets[1])},
		core.AddToken{On: core.Site(), Secret: core.NewSecret(tokenSecrets[1])},
		core.RemoveToken{ID: tokenSecrets[0][:12], On: web1},
		core.CancelJob{Cluster: "berlin", Upstream: "4711"},
		core.SetNodeRole{Node: core.NodeRef("berlin", "n1"), Role: core.RoleDrained},
		core.MigrateNode{Node: core.NodeRef("berlin", "n1")},
		core.EvacuateNode{Node: core.NodeRef("berlin", "n1"), What: core.EvacuatePrimary},
		core.AddNodeGroup{Cluster: "berlin", Name: "rack2"},
		core.RenameNodeGroup{Cluster: "berlin", Name: "rack2", To: "rack3"},
		core.AssignNodes{Cluster: "berlin", Name: "rack2", Nodes: []core.Ref{core.NodeRef("berlin", "n1")}},
		core.RemoveNodeGroup{Cluster: "berlin", Name: "rack2"},
		core.AddNetwork{Cluster: "berlin", Name: "lan", CIDR: "10.20.0.0/24"},
		core.EditNetwork{Cluster: "berlin", Name: "lan", Gateway: "10.20.0.254"},
		core.ConnectNetwork{Cluster: "berlin", Name: "lan", Group: "rack2", Mode: "bridged", Link: "br0"},
		core.DisconnectNetwork{Cluster: "berlin", Name: "lan", Group: "rack2"},
		core.RemoveNetwork{Cluster: "berlin", Name: "lan"},
		core.TagCluster{Cluster: "berlin", Tags: []string{"a"}},
		core.UntagCluster{Cluster: "berlin", Tags: []string{"a", "b"}},
		core.RedistributeConfig{Cluster: "berlin"},
		core.SetClusterParams{Cluster: "berlin", Params: []core.ParamEdit{{Name: "be/maxmem", Value: "512"}}},
		core.AddJobFilter{Cluster: "berlin", Filter: core.DrainJobs(core.FilterReject, "")},
		core.EditJobFilter{Cluster: "berlin", Filter: filtered(core.FilterPause), Was: filtered(core.FilterReject)},
		core.RemoveJobFilter{Cluster: "berlin", ID: filtered("").ID},
		core.PowercycleNode{Node: core.NodeRef("berlin", "n1"), Force: true},
		core.EditNode{Node: core.NodeRef("berlin", "n1"), VMCapable: new(true)},
		core.TagNode{Node: core.NodeRef("berlin", "n1"), Tags: []string{"rack:7"}},
		core.UntagNode{Node: core.NodeRef("berlin", "n1"), Tags: []string{"rack:7"}},
		core.SetStorage{Node: core.NodeRef("berlin", "n1"), Type: core.StorageVolume, Name: "/dev/sdb"},
		core.RepairStorage{Node: core.NodeRef("berlin", "n1"), Type: core.StorageGroup, Name: "xenvg"},
		core.CancelJob{Cluster: "berlin", Upstream: "4712"},
		core.OpenConsole{VM: web1, Kind: core.ConsoleSerial},
		core.CloseConsole{Seat: anySeat, VM: web1},
		core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: "SHA256:x"},
		core.ForgetHost{Cluster: "berlin", Host: "n1"},
		core.RotateConsoleKey{Cluster: "berlin"},
		core.RemoveRecording{ID: "20261122-101500-abcdefghijkl"},
	}
}

// newVM is a creation that fits on berlin, as change has it.
func newVM(change func(o *core.CreateVM)) core.CreateVM {
	o := core.CreateVM{
		VM: core.VMRef("berlin", "new1.example.org"), OS: "noop", DiskTemplate: "plain", MemoryMiB: 1024, VCPUs: 2,
		Disks: []core.NewDisk{{SizeMiB: 10240}}, NICs: []core.NewNIC{{}}, Start: true,
	}
	if change != nil {
		change(&o)
	}
	return o
}

// anySeat stands for the seat of root at web1 in the house, whose ID is random.
const anySeat = "seat"

// tokenSecrets have the form of the secrets of tokens.
var tokenSecrets = []string{
	"aaaaaaaaaaaa-22222222222222222222222222222222",
	"bbbbbbbbbbbb-33333333333333333333333333333333",
}

// matrixScopes say to whom and how a role is given. There, foreign means: on
// another object of the same kind.
var matrixScopes = []string{"own", "group's", "foreign", "locked", "expired"}

// matrixColumn is a role on a kind of object.
type matrixColumn struct {
	name  string
	kind  core.Kind
	verbs []core.Verb
}

func matrixColumns() []matrixColumn {
	columns := []matrixColumn{{name: "nothing"}}
	for _, kind := range []core.Kind{core.KindVM, core.KindCluster, core.KindGroup} {
		for _, role := range core.Roles() {
			if verbs := role.Verbs[kind]; verbs != nil {
				columns = append(columns, matrixColumn{name: string(kind) + " " + role.Name, kind: kind, verbs: verbs})
			}
		}
	}
	return append(columns, matrixColumn{name: "site admin", kind: core.KindSite})
}

// matrixHouse is a house in which eve, who is in the group mates, has a role.
func matrixHouse(t *testing.T, col matrixColumn, scope string) *core.Session {
	t.Helper()
	h := newHouse(t)
	h.do(h.root, core.AddGroup{Group: core.Group{Name: "mates", Members: []string{"eve"}}})
	on := map[core.Kind]core.Ref{
		core.KindVM: web1, core.KindCluster: core.ClusterRef("berlin"), core.KindGroup: core.GroupRef("ops"), core.KindSite: core.Site(),
	}[col.kind]
	if scope == "foreign" {
		h.do(h.root, core.AddGroup{Group: core.Group{Name: "dev"}})
		h.do(h.root, core.AddCluster{Cluster: core.Cluster{Name: "rome", URL: "https://rome:5080"}})
		on = map[core.Kind]core.Ref{
			core.KindVM: web2, core.KindCluster: core.ClusterRef("rome"), core.KindGroup: core.GroupRef("dev"),
		}[col.kind]
	}
	h.do(h.root, core.AddToken{On: web1, Secret: core.NewSecret(tokenSecrets[0])})
	h.do(h.root, core.SaveTemplate{Template: small("small")})
	if _, err := h.root.OpenConsole(t.Context(), web1, core.ConsoleSerial); err != nil {
		t.Fatal(err)
	}
	op := core.SetGrant{Who: core.UserRef("eve"), On: on, Verbs: col.verbs}
	switch scope {
	case "group's":
		op.Who = core.GroupRef("mates")
	case "expired":
		op.Until = time.Now().Add(time.Hour)
	}
	switch {
	case col.verbs != nil:
		h.do(h.root, op)
	case col.kind == core.KindSite:
		admin := true
		h.do(h.root, core.EditUser{Name: "eve", Admin: &admin})
	}
	if scope == "locked" && !on.IsZero() {
		h.do(h.root, core.SetLock{On: on, Reason: "x"})
	}
	return h.login("eve")
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	ops, columns := matrixOps(t), matrixColumns()
	shown := map[reflect.Type]bool{}
	var out strings.Builder
	fmt.Fprintln(&out, "# Who may do what. yes: allowed; no: denied; locked: a lock forbids it; . answered as if it did not exist.")
	fmt.Fprintln(&out, "# own: the role was given to the person; group's: to a group of theirs; foreign: on another object;")
	fmt.Fprintln(&out, "# locked: own, and the object is locked; expired: own, and the grant has ended.")
	for _, scope := range matrixScopes {
		sessions := make([]*core.Session, len(columns))
		fmt.Fprintf(&out, "\n%-42s", scope)
		for i, col := range columns {
			fmt.Fprintf(&out, " | %s", col.name)
			if col.kind == core.KindSite && scope != "own" && scope != "locked" {
				continue
			}
			sessions[i] = matrixHouse(t, col, scope)
		}
		fmt.Fprintln(&out)
		for _, op := range ops {
			shown[reflect.TypeOf(op)] = true
			spec := op.Spec()
			fmt.Fprintf(&out, "%-42s", spec.ID+" "+matrixTarget(op))
			for i, s := range sessions {
				fmt.Fprintf(&out, " | %-*s", len(columns[i].name), matrixCell(s, op, scope))
			}
			fmt.Fprintln(&out)
		}
	}
	for _, op := range core.Ops() {
		if !shown[reflect.TypeOf(op)] {
			t.Errorf("%T is missing in the matrix", op)
		}
	}
	golden(t, "testdata/matrix.golden", strings.ReplaceAll(out.String(), " \n", "\n"))
}

// matrixTarget names what an example is about.
func matrixTarget(op core.Op) string {
	switch o := op.(type) {
	case core.CancelJob:
		return map[string]string{"4711": "on berlin/web1", "4712": "on berlin"}[o.Upstream]
	case core.AddKey:
		return "user:" + o.User
	case core.CreateVM:
		if len(o.HypervisorParams) > 0 {
			return "new1 with kvm_path"
		}
	case core.EditVM:
		if len(o.AddNICs) > 0 {
			return "berlin/web1 with a link"
		}
	}
	if spec := op.Spec(); !spec.About.IsZero() {
		return spec.About.String()
	}
	return op.Spec().Target.String()
}

func matrixCell(s *core.Session, op core.Op, scope string) string {
	if s == nil {
		return ""
	}
	at := time.Now()
	if scope == "expired" {
		at = at.Add(2 * time.Hour)
	}
	if end, ok := op.(core.CloseConsole); ok {
		for _, seat := range s.SeatsTaken() { // none where a lock has ended it
			end.Seat = seat.ID
		}
		op = end
	}
	d := s.CanAt(op, at)
	switch {
	case d.OK:
		return "yes"
	case d.Rule == "not-found":
		return "."
	case strings.HasPrefix(d.Rule, "lock "):
		return "locked"
	}
	return "no"
}

// golden compares text with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (go test -update writes it anew): %s", path, diff)
	}
}

// filtered is a filter of berlin's job queue.
func filtered(action core.FilterAction) core.JobFilter {
	return core.JobFilter{ID: "3f0e1f7c-94a5-4d5e-8c7b-0123456789ab", Action: action, Predicates: core.JobChoice{Kinds: []string{"INSTANCE_CREATE"}}.Predicates()}
}
