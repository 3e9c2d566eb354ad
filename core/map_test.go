package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// drawn writes a map in a line for each node.
func drawn(rows []core.MapRow) string {
	var b strings.Builder
	names := func(vms []*core.VM) (out []string) {
		for _, vm := range vms {
			short, _, _ := strings.Cut(vm.Name, ".")
			out = append(out, short)
		}
		return out
	}
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(&b, "%s %v %v %v", strings.SplitN(r.Name, ".", 2)[0], r.Node != nil, names(r.Primary), names(r.Secondary))
		for _, f := range r.Failovers() {
			fmt.Fprintf(&b, " %s:%d:%d", strings.SplitN(f.To, ".", 2)[0], f.VMs, f.MemoryMiB)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestMapShowsWhatOneMaySee(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		legacy := "archive-of-the-former-customer-portal-and-its-attachments legacy-crm win-license"
		whole := "node1 true [cold1 dns1 mail web1] [" + legacy + "] node2:4:6656\n" +
			"node2 true [db1 jump monitor web2] [cold1 dns1 mail web1] node3:4:23552\n" +
			"node3 true [ci-runner-01 ci-runner-02 db2 template-debian12] [db1 jump monitor web2] node4:4:24576\n" +
			"node4 true [" + legacy + "] [ci-runner-01 ci-runner-02 db2 template-debian12] node1:3:10240\n"
		for user, want := range map[string]string{
			"admin": whole, "bob": whole, // sees the cluster
			"ann": "node1 false [web1] [] node2:1:2048\nnode2 false [] [web1]\n", // sees one VM: of the others no trace
		} {
			rows, err := w.Login(user).View().Map(coretest.Berlin)
			if err != nil {
				t.Errorf("%s: %v", user, err)
			}
			if diff := cmp.Diff(want, drawn(rows)); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", user, diff)
			}
		}
		for _, cluster := range []string{coretest.Paris, "nowhere"} {
			if rows, err := w.Login("ann").View().Map(cluster); core.CodeOf(err) != core.CodeNotFound || rows != nil {
				t.Errorf("ann maps %s: %v, %v", cluster, rows, err)
			}
		}
	})
}

// TestSharedDisksNeedAnotherNode holds that a VM whose disks all nodes reach goes
// nowhere where no other node of the group takes VMs.
func TestSharedDisksNeedAnotherNode(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		ways := func() string {
			if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
			rows, err := s.View().Map(coretest.Berlin)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				for _, vm := range r.Primary {
					if vm.Name == coretest.Web1 {
						return fmt.Sprint(r.Failovers())
					}
				}
			}
			return "nowhere on the map"
		}
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.DiskTemplate, vm.Secondaries = "sharedfile", nil })
		if got := ways(); !strings.Contains(got, " true 1 ") {
			t.Errorf("with other nodes it goes %s", got)
		}
		at := s.View().VMs()[slices.IndexFunc(s.View().VMs(), func(vm *core.VM) bool { return vm.Name == coretest.Web1 })].Node
		for _, n := range s.View().Nodes() {
			if n.Cluster == coretest.Berlin && n.Name != at {
				w.Berlin.ChangeNode(n.Name, func(n *core.Node) { n.Offline = true })
			}
		}
		if got := ways(); strings.Contains(got, " true ") {
			t.Errorf("where all others are offline it goes %s", got)
		}
	})
}

func TestFailoversAreWeighed(t *testing.T) {
	t.Parallel()
	vm := func(state core.VMState, memory int, to ...string) *core.VM {
		return &core.VM{State: state, MemoryMiB: memory, Secondaries: to, DiskTemplate: "plain"}
	}
	shared := vm(core.StateRunning, 7)
	shared.DiskTemplate = "sharedfile"
	row := core.MapRow{Primary: []*core.VM{
		vm(core.StateRunning, 64), vm(core.StateRunning, 10, "n2"), vm(core.StateDown, 500, "n2"), vm(core.StateRunning, 30, "n3", "n2"),
		shared,
	}}
	want := []core.Failover{{To: "n3", VMs: 1, MemoryMiB: 30}, {To: "n2", VMs: 2, MemoryMiB: 10}, {Shared: true, VMs: 1, MemoryMiB: 7}, {VMs: 1, MemoryMiB: 64}}
	if diff := cmp.Diff(want, row.Failovers()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
