// Package chart draws numbers as bars and lines of one cell in height. A chart
// never stands for a number: who draws one writes the number beside it.
package chart

import (
	"math"
	"strings"

	"gwm/tui/theme"
)

// Meter is a bar of width cells, filled by a fraction from 0 to 1, in the style
// that says whether that is much. Fractions outside are taken as the nearest.
func Meter(t *theme.Theme, fraction float64, width int) string {
	full := filled(fraction, width)
	return Grade(t, fraction).Render(strings.Repeat(t.Sym.MeterFull, full)) +
		t.MeterEmpty.Render(strings.Repeat(t.Sym.MeterEmpty, max(width-full, 0)))
}

// MeterText is Meter without styles, for a cell that has one of its own.
func MeterText(t *theme.Theme, fraction float64, width int) string {
	full := filled(fraction, width)
	return strings.Repeat(t.Sym.MeterFull, full) + strings.Repeat(t.Sym.MeterEmpty, max(width-full, 0))
}

// Grade is the style for a fraction: from 0.8 on it is much, from 0.92 on nearly
// everything.
func Grade(t *theme.Theme, fraction float64) theme.Style {
	switch {
	case fraction >= 0.92:
		return t.MeterHi
	case fraction >= 0.8:
		return t.MeterWarn
	}
	return t.Meter
}

// filled rounds to cells, but shows something where there is something, and a
// gap where not all is used.
func filled(fraction float64, width int) int {
	if width <= 0 || math.IsNaN(fraction) || fraction <= 0 {
		return 0
	}
	if fraction >= 1 {
		return width
	}
	return min(max(int(math.Round(fraction*float64(width))), 1), max(width-1, 1))
}

// Spark draws the last width values, one cell each, between zero and top (0: the
// greatest of them). A value that is not a number is drawn as a gap, which is not zero.
func Spark(t *theme.Theme, values []float64, top float64, width int) string {
	values = values[max(len(values)-width, 0):]
	if top <= 0 {
		for _, v := range values {
			if v > top {
				top = v
			}
		}
	}
	cells := t.Sym.Spark
	var b strings.Builder
	b.WriteString(theme.Spaces(width - len(values)))
	for _, v := range values {
		if math.IsNaN(v) {
			b.WriteString(t.Sym.Gap)
			continue
		}
		level := 0
		if v > 0 && top > 0 {
			level = min(max(int(math.Ceil(v/top*float64(len(cells)-1))), 1), len(cells)-1)
		}
		b.WriteString(cells[level])
	}
	return b.String()
}
