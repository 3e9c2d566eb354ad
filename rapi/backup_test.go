package rapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestBackups reads the recorded answers before and after an export.
func TestBackups(t *testing.T) {
	t.Parallel()
	for capture, want := range map[string][]core.NodeBackup{
		"query-export":       nil,
		"query-export-after": {{Node: "node1.alpha.gwm.test", Name: "web2.alpha.gwm.test"}},
	} {
		got, silent, err := client(t, replay(t, capture).URL).Backups(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || silent != nil {
			t.Errorf("%s (-want +got):\n%s\nnot asked: %v", capture, diff, silent)
		}
	}
}
