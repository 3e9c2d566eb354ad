package coretest_test

import (
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
)

func TestWorldIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	var first []core.VM
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			var vms []core.VM
			for _, vm := range coretest.Start(t).Login("admin").View().VMs() {
				vms = append(vms, *vm)
			}
			if first == nil {
				first = vms
			}
			if len(vms) != 24 || len(first) != 24 {
				t.Fatalf("the world has %d VMs, want 24", len(vms))
			}
			for i := range vms {
				if vms[i].Search != first[i].Search || !vms[i].Modified.Equal(first[i].Modified) {
					t.Errorf("%s differs between two worlds", vms[i].Name)
				}
			}
		})
	}
}

func TestStopVMAndFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		ann := w.Login("ann")
		id := w.Do(ann, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web1)})
		job, err := ann.WaitJob(t.Context(), id, 1<<62)
		if err != nil || job.State != core.JobDone {
			t.Fatalf("job is %+v, %v; want done", job, err)
		}
		lines, err := ann.JobLog(t.Context(), id, 0, 0)
		if err != nil || len(lines) != 5 {
			t.Fatalf("log is %v, %v; want 5 lines", lines, err)
		}
		w.Until(ann, "web1 is down", func(v *core.View) bool {
			vm, ok := v.VM(core.VMRef(coretest.Berlin, coretest.Web1))
			return ok && vm.State == core.StateDown
		})
	})
}
