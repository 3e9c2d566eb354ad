package chart

import (
	"math"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"gwm/tui/theme"
)

func TestMeter(t *testing.T) {
	t.Parallel()
	uni := theme.New(theme.Default(), theme.Mode16, false)
	asc := theme.New(theme.Default(), theme.ModeNone, true)
	for _, c := range []struct {
		fraction         float64
		width            int
		unicode, inASCII string
	}{
		{0, 8, "────────", "........"},
		{0.001, 8, "━───────", "#......."},
		{0.5, 8, "━━━━────", "####...."},
		{0.999, 8, "━━━━━━━─", "#######."},
		{1, 8, "━━━━━━━━", "########"},
		{7, 4, "━━━━", "####"},
		{-1, 4, "────", "...."},
		{math.NaN(), 4, "────", "...."},
		{0.5, 0, "", ""},
		{0.5, -3, "", ""},
		{0.1, 1, "━", "#"},
	} {
		if got := ansi.Strip(Meter(uni, c.fraction, c.width)); got != c.unicode {
			t.Errorf("Meter(%v, %d) = %q, want %q", c.fraction, c.width, got, c.unicode)
		}
		if got := MeterText(asc, c.fraction, c.width); got != c.inASCII {
			t.Errorf("MeterText(%v, %d) = %q, want %q", c.fraction, c.width, got, c.inASCII)
		}
	}
	if Grade(uni, 0.85).Render("x") == Grade(uni, 0.95).Render("x") || Grade(uni, 0.85).Render("x") == Grade(uni, 0.5).Render("x") {
		t.Error("the three grades do not differ")
	}
}

func TestSpark(t *testing.T) {
	t.Parallel()
	uni := theme.New(theme.Default(), theme.ModeNone, false)
	for _, c := range []struct {
		name   string
		values []float64
		top    float64
		width  int
		want   string
	}{
		{"scaled to the greatest", []float64{0, 1, 4, 8}, 0, 4, " ▁▄█"},
		{"scaled to a limit", []float64{0, 1, 4, 8}, 16, 4, " ▁▂▄"},
		{"only the last", []float64{8, 8, 1}, 8, 2, "█▁"},
		{"few", []float64{8}, 8, 4, "   █"},
		{"gap", []float64{8, math.NaN(), 8}, 8, 3, "█·█"},
		{"nothing", nil, 0, 3, "   "},
		{"all zero", []float64{0, 0}, 0, 2, "  "},
		{"above the limit", []float64{99}, 8, 1, "█"},
	} {
		if got := Spark(uni, c.values, c.top, c.width); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
