package core

import (
	"strconv"
	"time"
)

// Stuck says in a word why a job does not go on; empty: it does, as far as is known.
type Stuck string

// The reasons.
const (
	StuckSilent Stuck = "silent" // its cluster does not answer
	StuckTurn   Stuck = "turn"   // gwm does another job on the same object first
	StuckLock   Stuck = "lock"   // another job of the cluster has what it needs
	StuckQueue  Stuck = "queue"  // the cluster does not begin it
	StuckSlow   Stuck = "slow"   // it takes much longer than such jobs do
	StuckNode   Stuck = "node"   // a node that it works on does not answer or is offline
)

// Words is the reason for people.
func (s Stuck) Words() string {
	return map[Stuck]string{
		StuckSilent: "cluster silent", StuckTurn: "after another", StuckLock: "waits for lock",
		StuckQueue: "not begun", StuckSlow: "much slower", StuckNode: "node down",
	}[s]
}

// Stuck says why a job does not go on, from what is known without asking its
// cluster: the surest of what Session.Delays tells.
func (v *View) Stuck(r *JobRow) Stuck {
	if r.State.Final() {
		return ""
	}
	if delays := v.delays(*r, queueState{}, time.Now()); len(delays) > 0 {
		return delays[0].word
	}
	return ""
}

// jobView is a JobRow as a Row that knows what only a view tells.
type jobView struct {
	JobRow
	view *View
}

// JobRow returns a job as a filter sees it, with whether it goes on: stuck:lock
// finds those that wait for another, stuck:* all that do not, "stuck:" the others.
func (v *View) JobRow(r *JobRow) Row { return jobView{*r, v} }

// FilterField returns the values of a field.
func (r jobView) FilterField(name string) ([]string, bool) {
	switch name {
	case "stuck":
		return lower(string(r.view.Stuck(&r.JobRow))), true
	case "from":
		return r.from(r.view.who), true
	}
	return r.JobRow.FilterField(name)
}

// from says where a job comes from: through gwm and who asked for it, or others.
func (r jobView) from(who string) []string {
	switch {
	case r.Ours == nil:
		return []string{"others"}
	case r.By == who:
		return []string{"gwm", "me"}
	}
	return []string{"gwm"}
}

// holdsBack says why the filter keeps a job from being begun.
func (f *JobFilter) holdsBack(cluster string, sure bool) string {
	text := "a filter of " + cluster + "'s queue holds it back"
	switch f.Action {
	case FilterLimit:
		text = "a filter of " + cluster + "'s queue lets " + strconv.Itoa(f.Limit) + " such jobs run at a time"
	case FilterReject:
		text = "a filter of " + cluster + "'s queue refuses such jobs"
	case FilterPause, FilterAccept, FilterContinue:
	}
	return f.because(text, sure)
}

// because adds what the person wrote who made the filter.
func (f *JobFilter) because(text string, sure bool) string {
	if !sure {
		text = "probably " + text
	}
	if f.Why != "" {
		text += ": " + Printable(f.Why)
	}
	return text
}
