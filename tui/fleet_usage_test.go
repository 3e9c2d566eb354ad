package tui

import (
	"strings"
	"testing"

	"gwm/core"
	"gwm/tui/theme"
)

// On a narrow screen there is room for one number: that which is too large.
func TestUsageRowShowsWhatIsOverFirst(t *testing.T) {
	t.Parallel()
	u := core.Usage{
		Who: core.GroupRef("web"), Cluster: "berlin",
		Used:   core.Amount{MemoryMiB: 8192, DiskMiB: 40960},
		Limits: core.Limits{MemoryMiB: new(8192), DiskMiB: new(12288)},
	}
	row := usageRow(theme.New(theme.Default(), theme.ModeNone, true), u, 13, 40)
	if !strings.Contains(row, "disk 40G/12G over") || strings.Contains(row, "mem") {
		t.Errorf("a row of 40 cells shows %q", row)
	}
}
