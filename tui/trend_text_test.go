package tui

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gwm/core"
)

func TestSamplesAreJoinedToCells(t *testing.T) {
	t.Parallel()
	gap := math.NaN()
	for name, c := range map[string]struct {
		values []int
		per    int
		want   []float64
	}{
		"each":                     {[]int{1, -1, 3}, 1, []float64{1, gap, 3}},
		"the last cell is whole":   {[]int{9, 1, 2}, 2, []float64{9, 2}},
		"the greatest":             {[]int{1, 5, 2, 2}, 2, []float64{5, 2}},
		"one missing is no gap":    {[]int{1, -1, 2}, 3, []float64{2}},
		"most missing is one":      {[]int{-1, -1, 2}, 3, []float64{gap}},
		"nothing":                  {nil, 6, []float64{}},
		"nothing known":            {[]int{-1}, 6, []float64{gap}},
		"none in use is no gap":    {[]int{0, 0}, 2, []float64{0}},
		"half known is what it is": {[]int{4, -1}, 2, []float64{4}},
	} {
		if diff := cmp.Diff(c.want, inCells(c.values, c.per), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	for _, c := range []struct{ n, cells, want int }{{1, 24, 1}, {24, 24, 1}, {25, 24, 2}, {288, 48, 6}, {288, 24, 12}, {288, 12, 24}} {
		if got := perCell(c.n, c.cells); got != c.want {
			t.Errorf("%d samples in %d cells: %d a cell, want %d", c.n, c.cells, got, c.want)
		}
	}
}

func TestTrendInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []int
		most   int
		want   string
	}{
		"moves":       {[]int{512, -1, 1024}, 2048, "1G of 2G, 512M to 1G"},
		"stays":       {[]int{512, 512}, 0, "512M, all the time"},
		"one":         {[]int{512}, 2048, "512M of 2G"},
		"silent now":  {[]int{512, 1024, -1}, 2048, "not known now, 512M to 1G"},
		"never known": {[]int{-1, -1}, 2048, "not known"},
	} {
		if got := trendWords(core.Series{Measure: core.MeasureMemory, Values: c.values}, c.most); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
