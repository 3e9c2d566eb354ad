package core_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// TestJobTree: a job tells how long its step waited and took, and is not there
// for who does not see what it works on.
func TestJobTree(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s, ann := w.Login("admin"), w.Login("ann")
		var name string
		for _, vm := range s.View().VMs() {
			if _, ok := ann.View().VM(vm.Ref()); !ok && vm.Cluster == coretest.Berlin {
				name = vm.Name
			}
		}
		w.Berlin.Pace(10 * time.Second)
		id := w.Berlin.AddJob("INSTANCE_REBOOT", name, "")
		began := time.Now().UTC()
		time.Sleep(time.Minute)
		got, err := s.JobTree(t.Context(), coretest.Berlin, id)
		want := []core.StepTime{{Began: began, Ran: began.Add(10 * time.Second), Ended: began.Add(20 * time.Second)}}
		if err != nil || got.Job.ID != id || got.Job.State != core.JobDone {
			t.Errorf("%+v, %v", got, err)
		}
		if diff := cmp.Diff(want, got.Times); diff != "" {
			t.Error(diff)
		}
		if _, err := ann.JobTree(t.Context(), coretest.Berlin, id); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("ann sees a job on %s: %v", name, err)
		}
		w.Berlin.Fail("StepTimes", core.Errorf(core.CodeUnsupported, "no queries"))
		if got, err := s.JobTree(t.Context(), coretest.Berlin, id); err != nil || got.Times != nil {
			t.Errorf("a cluster without queries: %+v, %v", got, err)
		}
	})
}
