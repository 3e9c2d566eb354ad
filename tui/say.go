package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/theme"
)

// size writes MiB in at most five characters: 512M, 1.5G, 64G, 2.3T.
func size(mib int) string {
	if mib == 0 {
		return "0"
	}
	f := float64(mib)
	for _, unit := range []string{"M", "G", "T", "P"} {
		if f < 1000 || unit == "P" {
			if f < 10 && f != float64(int(f)) {
				return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") + unit
			}
			return strconv.FormatFloat(f, 'f', 0, 64) + unit
		}
		f /= 1024
	}
	return ""
}

// sizeOr is size, and "?" for a number that is not known (negative).
func sizeOr(mib int) string {
	if mib < 0 {
		return "?"
	}
	return size(mib)
}

// span writes a duration in its two greatest units at most: 45s, 12m, 3h, 5d, 2y.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = max(d, 0); {
	case d < time.Second:
		return "0s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 2*day:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d < 2*365*day:
		return strconv.Itoa(int(d/day)) + "d"
	default:
		return strconv.Itoa(int(d/(365*day))) + "y"
	}
}

// age is how long ago t was, "" for a zero time.
func age(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return span(time.Since(t))
}

// stamp writes a time for people, "" for a zero one.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// clock is the time of day, with the date where it was not today.
func clock(t time.Time) string {
	t, now := t.Local(), time.Now()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// counted is "1 VM", "2 VMs".
func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// vmState is the symbol and the word for a VM's state, and their style. An error
// is told in the cluster's own word.
func vmState(t *theme.Theme, vm *core.VM) (symbol, word string, style theme.Style) {
	if vm.Gone {
		return t.Sym.Gone, "(gone)", t.Gone
	}
	switch vm.State {
	case core.StateRunning:
		return t.Sym.Running, "running", t.Running
	case core.StateDown:
		return t.Sym.Down, "down", t.Down
	case core.StateOffline:
		return t.Sym.Off, "offline", t.Off
	case core.StateError:
		return t.Sym.Error, errorWord(vm), t.Error
	case core.StateUnknown:
	}
	return t.Sym.Unknown, vm.Word(), t.Warn
}

// errorWord is what is wrong with a VM, told from the states that are as they should be.
func errorWord(vm *core.VM) string {
	word := vm.Word()
	if word == "down" || word == "up" {
		return "error " + word
	}
	return word
}

// jobState is the symbol and the style of a job's state.
func jobState(t *theme.Theme, s core.JobState) (symbol string, style theme.Style) {
	switch s {
	case core.JobQueued, core.JobSubmitting:
		return t.Sym.Queued, t.Dim
	case core.JobRunning:
		return t.Sym.Active, t.Info
	case core.JobDone:
		return t.Sym.Done, t.Good
	case core.JobFailed:
		return t.Sym.Failed, t.Error
	case core.JobCanceled:
		return t.Sym.Canceled, t.Dim
	case core.JobUnseen:
	}
	return t.Sym.Unknown, t.Dim
}

// unanswered is the line above a page of what is on a cluster that does not answer.
func unanswered(t *theme.Theme, c core.ClusterSummary, w int) []string {
	if c.Cluster.Name == "" || c.Health.Reachable() {
		return nil
	}
	symbol, sentence, style := health(t, c.Health)
	return []string{style.Render(t.Cut(" "+symbol+" "+c.Cluster.Name+": "+sentence, w))}
}

// health is the symbol, the sentence and the style for a cluster's health.
func health(t *theme.Theme, h core.Health) (symbol, sentence string, style theme.Style) {
	switch {
	case h.Reachable() && h.Loading:
		return t.Sym.Loading, "data " + age(h.Fetched) + " old, waiting for the first answer", t.Warn
	case h.Reachable():
		return t.Sym.Good, "", t.Good
	case h.Error == nil:
		return t.Sym.Loading, "waiting for the first answer", t.Dim
	}
	since := "unreachable"
	if !h.Since.IsZero() {
		since = "unreachable since " + clock(h.Since)
	}
	why := core.Printable(h.Cause())
	if h.Fetched.IsZero() {
		return t.Sym.Bad, since + ", no data yet: " + why, t.Error
	}
	return t.Sym.Bad, since + ", data " + age(h.Fetched) + " old: " + why, t.Error
}

// duration is how long a job took, or has taken so far.
func duration(from, to time.Time) string {
	switch {
	case from.IsZero():
		return ""
	case to.IsZero():
		return span(time.Since(from))
	}
	return span(to.Sub(from))
}

// ago is a time with its age, "" for a zero one.
func ago(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t) + " (" + age(t) + " ago)"
}
