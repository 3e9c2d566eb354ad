package core_test

import (
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// jobNamed is the row of a job of berlin's own queue.
func jobNamed(t *testing.T, v *core.View, id string) core.JobRow {
	t.Helper()
	for _, r := range v.Jobs() {
		if r.Cluster == coretest.Berlin && r.Upstream != nil && r.Upstream.ID == id {
			return r
		}
	}
	t.Fatalf("job %s is not in sight", id)
	return core.JobRow{}
}

// TestDelaysOfJobs: a job that waits says for whom, and names only what the
// person may see.
func TestDelaysOfJobs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		setup func(w *coretest.World)
		want  string
	}{
		{"held by another job", func(*coretest.World) {}, "it waits for the VM VM, which berlin's job 1 (INSTANCE_REBOOT(VM)) holds"},
		{"the cluster does not tell locks", func(w *coretest.World) {
			w.Berlin.Fail("Locks", core.Errorf(core.CodeUnsupported, "no queries"))
		}, "it waits, probably for berlin's job 1 (INSTANCE_REBOOT(VM)), which works on VM"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				tt.setup(w)
				s := w.Login("admin")
				name := s.View().VMs()[0].Name
				w.Berlin.Pace(10 * time.Second)
				first := w.Berlin.AddJob("INSTANCE_REBOOT", name, "")
				second := w.Berlin.AddJob("INSTANCE_SHUTDOWN", name, "")
				time.Sleep(12 * time.Second)
				if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
					t.Fatal(err)
				}
				got, err := s.Delays(t.Context(), jobNamed(t, s.View(), second))
				want := strings.NewReplacer("VM VM", "VM "+name, "(VM)", "("+name+")", "on VM", "on "+name, "job 1 ", "job "+first+" ").Replace(tt.want)
				if err != nil || len(got) != 1 || got[0] != want {
					t.Errorf("%q, %v; want %q", got, err, want)
				}
				if got, err := s.Delays(t.Context(), jobNamed(t, s.View(), first)); err != nil || len(got) != 0 {
					t.Errorf("the one that runs: %q, %v", got, err)
				}
			})
		})
	}
}

// TestSlowJobsSaySo: a job that runs far longer than others of its kind did, on a
// node that does not answer, says both.
func TestSlowJobsSaySo(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		vms := s.View().VMs()
		for _, vm := range vms[:3] {
			w.Berlin.AddJob("INSTANCE_REINSTALL", vm.Name, "")
		}
		time.Sleep(5 * time.Second)
		w.Berlin.Pace(time.Hour)
		w.Berlin.ChangeNode(vms[3].Node, func(n *core.Node) { n.MemoryMiB = -1 })
		id := w.Berlin.AddJob("INSTANCE_REINSTALL", vms[3].Name, "")
		for _, tt := range []struct {
			after time.Duration
			want  string
		}{
			{time.Hour + time.Minute, "node NODE does not answer its cluster"},
			{5 * time.Minute, "it runs for 6 min; such jobs take 1 s here: look at its log and at the node|node NODE does not answer its cluster"},
		} {
			time.Sleep(tt.after)
			if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
			got, err := s.Delays(t.Context(), jobNamed(t, s.View(), id))
			want := strings.ReplaceAll(tt.want, "NODE", vms[3].Node)
			if text := strings.Join(got, "|"); err != nil || text != want {
				t.Errorf("after %v: %q, %v; want %q", tt.after, text, err, want)
			}
		}
	})
}
