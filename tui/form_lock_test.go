package tui

import (
	"testing"
	"time"

	"gwm/core"
)

// TestLockText holds that every page says the same of a lock.
func TestLockText(t *testing.T) {
	t.Parallel()
	at := time.Now().Add(-time.Hour)
	for _, tt := range []struct {
		name string
		lock core.Lock
		want string
	}{
		{"a VM", core.Lock{On: core.VMRef("berlin", "web1"), By: "ann", At: at, Reason: "new disk"}, "locked by ann since " + clock(at) + ": new disk"},
		{"a user", core.Lock{On: core.UserRef("bob"), By: "ann", At: at}, "locked by ann since " + clock(at)},
		{"the site", core.Lock{On: core.Site(), By: "ann", At: at, Reason: "move"}, "everything is locked by ann since " + clock(at) + ": move"},
		{"the settings of a cluster", core.Lock{On: core.ClusterRef("berlin"), Reason: "by the configuration"}, "read-only: by the configuration"},
		{"hostile", core.Lock{On: core.UserRef("bob"), By: "ann", At: at, Reason: "a\x1b[2Jb"}, "locked by ann since " + clock(at) + ": a·[2Jb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := lockText(tt.lock); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
