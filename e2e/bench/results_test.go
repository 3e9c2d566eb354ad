//go:build bench

package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// results collects what the tests found; TestMain prints it. The tests run one
// after the other.
var results table

type table struct{ rows []result }

// result is one line. Without a unit it is a heading, with a reason it was not
// measured; aim 0 is none.
type result struct {
	what   string
	value  float64
	unit   string
	aim    float64
	least  bool // the aim is a lower bound
	reason string
}

func (t *table) section(format string, args ...any) {
	t.rows = append(t.rows, result{what: fmt.Sprintf(format, args...)})
}

// note is a number without an aim.
func (t *table) note(value float64, unit, format string, args ...any) {
	t.aim(value, unit, 0, format, args...)
}

// aim is a number that should not be above most.
func (t *table) aim(value float64, unit string, most float64, format string, args ...any) {
	t.rows = append(t.rows, result{what: fmt.Sprintf(format, args...), value: value, unit: unit, aim: most})
}

// atLeast is a number that should not be below least.
func (t *table) atLeast(value float64, unit string, least float64, format string, args ...any) {
	t.rows = append(t.rows, result{what: fmt.Sprintf(format, args...), value: value, unit: unit, aim: least, least: true})
}

// missing is a number that could not be had here.
func (t *table) missing(reason error, format string, args ...any) {
	t.rows = append(t.rows, result{what: fmt.Sprintf(format, args...), reason: reason.Error()})
}

func (t *table) print(w io.Writer) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range t.rows {
		if r.reason != "" {
			fmt.Fprintf(tab, "  %s\tNOT RUN: %s\n", r.what, r.reason)
			continue
		}
		if r.unit == "" {
			fmt.Fprintf(tab, "\n%s\n", r.what)
			continue
		}
		fmt.Fprintf(tab, "  %s\t%s %s", r.what, number(r.value), r.unit)
		if r.aim > 0 {
			said, bound := "met", "at most"
			if r.least {
				bound = "at least"
			}
			if r.least && r.value < r.aim || !r.least && r.value > r.aim {
				said = "NOT MET"
			}
			fmt.Fprintf(tab, "\taim: %s %s\t%s", bound, number(r.aim), said)
		}
		fmt.Fprintln(tab)
	}
	_ = tab.Flush()
	fmt.Fprintln(w)
}

// number has three digits that mean something, and no exponent.
func number(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.3f", v), ".000")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// quantile of a list that is not empty; q is in [0, 1].
func quantile[T float64 | int | time.Duration](list []T, q float64) T {
	list = slices.Sorted(slices.Values(list))
	return list[int(q*float64(len(list)-1)+0.5)]
}

func median[T float64 | int | time.Duration](list []T) T { return quantile(list, 0.5) }
