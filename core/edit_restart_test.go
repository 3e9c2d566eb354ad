package core_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// requestsFor lists the opcodes that the cluster received for a VM since a number
// of requests before.
func requestsFor(w *coretest.World, vm core.Ref, since int) (ops []string) {
	for _, line := range w.Berlin.Submitted()[since:] {
		if op, name, _ := strings.Cut(line, " "); name == vm.Name {
			ops = append(ops, op)
		}
	}
	return ops
}

// cores is the edit that gives a VM a number of VCPUs and restarts it.
func cores(vm core.Ref, n string) core.EditVM {
	return core.EditVM{VM: vm, Restart: true, Params: []core.ParamEdit{{Name: core.ParamVCPUs, Value: n}}}
}

// TestEditThenRestart: the restart comes after the change, and not after one that
// failed; gwm may end in between.
func TestEditThenRestart(t *testing.T) {
	t.Parallel()
	both := []string{"INSTANCE_SET_PARAMS", "INSTANCE_REBOOT"}
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		defer s.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		since := len(w.Berlin.Submitted())
		ended(t, s, w.Do(s, cores(vm, "7")), core.JobDone)
		if got := requestsFor(w, vm, since); !slices.Equal(got, both) {
			t.Errorf("the cluster received %v, want %v", got, both)
		}

		w.Berlin.Pace(time.Minute)
		since = len(w.Berlin.Submitted())
		id, err := s.Do(t.Context(), cores(vm, "3"))
		if err != nil {
			t.Fatal(err)
		}
		w.Until(s, "the restart under way", func(*core.View) bool { return len(requestsFor(w, vm, since)) == 2 })
		w.Stop()
		w = coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		s = w.Login("admin")
		ended(t, s, id, core.JobDone)
		if got := requestsFor(w, vm, since); !slices.Equal(got, both) {
			t.Errorf("over an end of gwm the cluster received %v, want %v", got, both)
		}

		w.Berlin.FailJobs(vm.Name, "no memory")
		since = len(w.Berlin.Submitted())
		ended(t, s, w.Do(s, cores(vm, "9")), core.JobFailed)
		if got := requestsFor(w, vm, since); !slices.Equal(got, both[:1]) {
			t.Errorf("after a change that failed the cluster received %v, want %v", got, both[:1])
		}
	})
}

// TestEditThenRestartNeedsBoth: who may change a VM and not switch it, cannot have
// it restarted, and one that is down has nothing to restart.
func TestEditThenRestartNeedsBoth(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Local()
		defer root.Close()
		vm, cold := coretest.BerlinVM(coretest.Web1), coretest.BerlinVM(coretest.Cold)
		may := core.SetGrant{Who: core.UserRef("ann"), On: vm, Verbs: []core.Verb{core.VerbModify}}
		w.Do(root, may)
		ann := w.Login("ann")
		_, err := ann.Do(t.Context(), cores(vm, "7"))
		wantError(t, err, core.CodeDenied, "power")
		_, err = root.Do(t.Context(), cores(cold, "7"))
		wantError(t, err, core.CodeInvalid, "is down, so it cannot be restarted")
		_, err = ann.Do(t.Context(), cores(cold, "7"))
		wantError(t, err, core.CodeNotFound, "no VM")

		both := may
		both.Verbs = []core.Verb{core.VerbModify, core.VerbPower}
		w.Do(root, both)
		w.Berlin.Pace(time.Minute)
		since := len(w.Berlin.Submitted())
		id, err := ann.Do(t.Context(), cores(vm, "7"))
		if err != nil {
			t.Fatal(err)
		}
		w.Until(root, "the change under way", func(*core.View) bool { return len(requestsFor(w, vm, since)) == 1 })
		w.Do(root, may)
		w.Wait()
		job := ended(t, root, id, core.JobFailed)
		wantError(t, job.Error, core.CodeDenied, "was begun and does not go on")
		if got := requestsFor(w, vm, since); len(got) != 1 {
			t.Errorf("without the right the cluster received %v", got)
		}
	})
}
