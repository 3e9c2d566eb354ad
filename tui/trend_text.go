package tui

import (
	"context"
	"math"
	"strconv"
	"time"

	"gwm/core"
	"gwm/tui/chart"
	"gwm/tui/logview"
	"gwm/tui/theme"
)

// limits are what measures of an object can rise to, in their own unit; what has
// none is drawn up to the greatest sample.
type limits map[core.Measure]int

// trendLines tell what an object used over the last day in w cells: a line for
// each measure with its samples drawn, and what they mean in numbers.
func trendLines(h *host, on core.Ref, most limits, w int) []logview.Line {
	tr, err := h.session.Trend(context.Background(), on)
	if err != nil {
		return nil // the page says itself that it is not there
	}
	lines := []logview.Line{head("over the last day")}
	if tr.Len() == 0 {
		return row(lines, "", "no samples yet; one is taken every "+strconv.Itoa(int(core.TrendStep/time.Minute))+" minutes", logview.Quiet)
	}
	t := h.look.theme
	cells := 12
	for _, n := range []int{24, 48} {
		if w >= n+54 { // a label and the numbers
			cells = n
		}
	}
	per := perCell(tr.Len(), cells)
	gap := false
	for _, s := range tr.Series {
		values := inCells(s.Values, per)
		for _, v := range values {
			gap = gap || math.IsNaN(v)
		}
		drawn := chart.Spark(t, values, float64(most[s.Measure]), cells)
		lines = row(lines, measureWord(s.Measure), drawn+"  "+trendWords(s, most[s.Measure]))
	}
	note := "one cell is " + span(time.Duration(per)*core.TrendStep) + ", since " + clock(tr.Since())
	if gap {
		note += "; " + t.Sym.Gap + " nothing is known"
	}
	return row(lines, " ", note, logview.Quiet)
}

// perCell is how many samples one cell stands for, so that n of them fit into
// cells: a number of them that people can name.
func perCell(n, cells int) int {
	for _, per := range []int{1, 2, 3, 6, 12} {
		if per*cells >= n {
			return per
		}
	}
	return 24
}

// inCells joins samples to cells of so many, counted from the last: the greatest
// of them, or no number where most are not known.
func inCells(values []int, per int) []float64 {
	out := make([]float64, 0, len(values)/per+1)
	for from := -((per - len(values)%per) % per); from < len(values); from += per {
		known, most := 0, 0
		group := values[max(from, 0):min(from+per, len(values))]
		for _, v := range group {
			if v >= 0 {
				known, most = known+1, max(most, v)
			}
		}
		cell := float64(most)
		if known*2 < len(group) || known == 0 {
			cell = math.NaN()
		}
		out = append(out, cell)
	}
	return out
}

// trendWords say what the samples of a measure come to.
func trendWords(s core.Series, most int) string {
	write := size
	if s.Measure == core.MeasureRunning {
		write = count
	}
	least, top, known := math.MaxInt, -1, 0
	for _, v := range s.Values {
		if v >= 0 {
			least, top, known = min(least, v), max(top, v), known+1
		}
	}
	if known == 0 {
		return "not known"
	}
	text := "not known now"
	if now := s.Values[len(s.Values)-1]; now >= 0 {
		text = write(now)
		if most > 0 {
			text += " of " + write(most)
		}
	}
	switch {
	case known == 1:
		return text
	case least == top:
		return text + ", all the time"
	}
	return text + ", " + write(least) + " to " + write(top)
}

func measureWord(m core.Measure) string {
	switch m {
	case core.MeasureMemory:
		return "memory in use"
	case core.MeasureConfigured:
		return "memory allocated"
	case core.MeasureDisk:
		return "disk in use"
	case core.MeasureRunning:
		return "VMs running"
	}
	return core.Printable(string(m))
}

// meterWords is a bar with what is used of a whole, for a line of text.
func meterWords(t *theme.Theme, used, total int) string {
	if total <= 0 {
		return "not known"
	}
	return chart.MeterText(t, float64(used)/float64(total), 20) + " " + size(used) + " of " + size(total) + " used, " +
		strconv.Itoa(percent(used, total)) + "%"
}
