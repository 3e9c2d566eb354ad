package tui

import (
	"time"

	"gwm/core"
	"gwm/tui/theme"
)

// problem is one line of the overview's list of what needs attention.
type problem struct {
	what  string // name of the object
	short string // the same without a domain, for where the line is too long; may be empty
	on    selection
	to    place // where it leads; zero: to what it is on
	why   string
	when  time.Time
	warn  bool         // less than an error
	is    core.Problem // that can be cleared; zero: what goes by itself alone
}

func (p problem) line(t *theme.Theme, w int, selected bool) string {
	style, symbol := t.Error, t.Sym.Bad
	if p.warn {
		style, symbol = t.Warn, t.Sym.Warn
	}
	when := age(p.when)
	room := max(w-5-theme.Width(when), 4)
	text := core.Printable(p.what + ": " + p.why)
	if p.short != "" && theme.Width(text) > room {
		text = core.Printable(p.short + ": " + p.why)
	}
	text = t.Fit(text, room)
	if selected {
		return t.Selected.Render("  " + symbol + " " + text + " " + when)
	}
	return "  " + style.Render(symbol) + " " + text + " " + t.Dim.Render(when)
}

// maxProblems bounds the list; the rest is only counted.
const maxProblems = 60

// problems lists what needs attention in a view, the worst first: clusters
// without an answer, VMs in error, who is over a quota, jobs that failed in the
// last 24 hours. What somebody has cleared is left out.
func problems(v *core.View, over []core.Usage) (list []problem, more int) {
	add := func(p problem) {
		if p.is.What != "" && v.Cleared(p.is.On, p.is.What) != nil {
			return
		}
		if len(list) < maxProblems {
			list = append(list, p)
		} else {
			more++
		}
	}
	clusterProblems(v, add)
	doorProblems(v, add)
	nodeProblems(v, add)
	for _, vm := range v.VMs() {
		if !vm.Gone && (vm.State == core.StateError || vm.State == core.StateUnknown) {
			why, _ := vm.Trouble()
			add(problem{
				what: vm.Cluster + "/" + vm.Name, short: vm.Cluster + "/" + label(vm.Name), on: selection{Refs: []core.Ref{vm.Ref()}},
				is: core.Problem{On: vm.Ref(), What: vm.Problem()}, why: why, warn: vm.State == core.StateUnknown,
			})
		}
	}
	for _, u := range over {
		add(quotaProblem(u))
	}
	jobProblems(v, add)
	return list, more
}

// goal is the page that a problem leads to.
func (p problem) goal() place {
	if p.to != (place{}) {
		return p.to
	}
	return p.on.place()
}

// doorProblems tell who waits to be let in.
func doorProblems(v *core.View, add func(problem)) {
	switch n := v.Waiting(); {
	case n == 1:
		add(problem{what: "applicants", why: "somebody asks for an account", warn: true, to: place{Page: pageApplicants}})
	case n > 1:
		add(problem{what: "applicants", why: count(n) + " people ask for an account", warn: true, to: place{Page: pageApplicants}})
	}
}

func clusterProblems(v *core.View, add func(problem)) {
	for _, c := range v.Clusters() {
		on := selection{Refs: []core.Ref{core.ClusterRef(c.Cluster.Name)}}
		if h := c.Health; h.Error != nil {
			why, _ := h.Trouble()
			add(problem{what: c.Cluster.Name, on: on, why: why, when: h.Since, is: core.Problem{On: core.ClusterRef(c.Cluster.Name), What: h.Problem()}})
		}
		if left := c.Health.LeftOut.String(); left != "" {
			add(problem{what: c.Cluster.Name, on: on, why: left, warn: true})
		}
		if c.Cluster.Insecure {
			add(problem{what: c.Cluster.Name, on: on, why: "its certificate is not verified (insecure)", warn: true})
		}
	}
}

func nodeProblems(v *core.View, add func(problem)) {
	for _, n := range v.Nodes() {
		on, is := selection{Refs: []core.Ref{n.Ref()}}, core.Problem{On: n.Ref(), What: n.Problem()}
		switch {
		case n.Gone:
		case n.Offline:
			add(problem{what: n.Cluster + "/" + n.Name, short: n.Cluster + "/" + label(n.Name), on: on, why: n.Trouble(), warn: true, is: is})
		case n.MemoryMiB < 0:
			add(problem{what: n.Cluster + "/" + n.Name, short: n.Cluster + "/" + label(n.Name), on: on, why: n.Trouble(), is: is})
		}
	}
}

func jobProblems(v *core.View, add func(problem)) {
	jobs := v.Jobs()
	for i := range jobs {
		row := &jobs[i]
		is := row.Problem(v.Now())
		if is.What == "" {
			continue
		}
		add(problem{
			what: jobName(row), on: selection{Jobs: []core.JobRow{*row}},
			is: is, why: is.Why, when: row.Ended, warn: true,
		})
	}
}

// jobName names a job for people: "job 12", "berlin's job 4711".
func jobName(row *core.JobRow) string {
	if row.Ours == nil && row.Upstream != nil {
		return row.Cluster + "'s job " + row.Upstream.ID
	}
	return "job " + row.Name
}
