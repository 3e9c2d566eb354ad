package rapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestLocks reads the recorded queue of a cluster where two jobs waited for a third.
func TestLocks(t *testing.T) {
	t.Parallel()
	got, err := client(t, replay(t, "query-lock-busy").URL).Locks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []core.JobLock{
		{Name: "cluster/BGL", Owners: []string{"38", "39", "40"}},
		{Name: "instance/new2.alpha.gwm.test", Owners: []string{"38"}, Waiting: []string{"39", "40"}},
		{Name: "nodegroup/473801ad-7910-43cb-9576-2d1a5b24af5e", Owners: []string{"38"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
