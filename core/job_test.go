package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestAJobKnowsWhatItWasAskedFor(t *testing.T) {
	t.Parallel()
	job := core.Job{OpID: "vm.restart", Op: []byte(`{"vm":{"kind":"vm","cluster":"berlin","name":"web1"},"mode":"hard"}`)}
	op, err := job.Again()
	if err != nil {
		t.Fatal(err)
	}
	want := core.RestartVM{VM: core.VMRef("berlin", "web1"), Mode: core.RestartHard}
	if diff := cmp.Diff(core.Op(want), op); diff != "" {
		t.Error(diff)
	}
	for _, unknown := range []string{"bulk", "", "vm.explode"} {
		if _, err := (&core.Job{OpID: unknown}).Again(); core.CodeOf(err) != core.CodeUnsupported {
			t.Errorf("%q: %v, want that this version does not know it", unknown, err)
		}
	}
}
