package command

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestTrendIsSummedUp(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 22, 8, 10, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		series core.Series
		want   []string
	}{
		"sizes":      {core.Series{Measure: core.MeasureMemory, Values: []int{1024, 512, 0}}, []string{"memory", "0M", "0M", "1G", "512M", "3", "0", "2026-11-22T08:00:00Z"}},
		"gaps":       {core.Series{Measure: core.MeasureRunning, Values: []int{3, -1, 1}}, []string{"running", "1", "1", "3", "2", "2", "1", "2026-11-22T08:00:00Z"}},
		"silent now": {core.Series{Measure: core.MeasureRunning, Values: []int{3, 3, -1}}, []string{"running", "?", "3", "3", "3", "2", "1", "2026-11-22T08:00:00Z"}},
		"nothing":    {core.Series{Measure: core.MeasureDisk, Values: []int{-1, -1, -1}}, []string{"disk", "?", "?", "?", "?", "0", "3", "2026-11-22T08:00:00Z"}},
	} {
		tr := core.Trend{Until: until, Series: []core.Series{c.series}}
		if diff := cmp.Diff(c.want, trendCells(trendOf(c.series, tr))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
