package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
	"gwm/tui/theme"
)

// The tabs of the page of a job that is no bulk job.
const (
	jobTabLog = iota
	jobTabSteps
)

func jobTabs() []string { return []string{"log", "steps"} }

// jobSteps is the tab with the steps of a job of a cluster and the jobs that it
// started, with how long each waited and took.
type jobSteps struct {
	reader
	asking bool
	whole  bool      // it is over, and this is all of it
	asked  time.Time // when it was asked for last
}

// jobTreeMsg is the answer; jobPage hands it on.
type jobTreeMsg struct {
	tree core.JobTree
	err  error
}

func newJobSteps(h *host) jobSteps {
	return jobSteps{reader: reader{host: h, text: logview.NewText(h.look.theme)}}
}

// askSteps asks the cluster for the steps while they are in front and may change.
func (p *jobPage) askSteps() tea.Cmd {
	s := &p.inside
	if p.tab != jobTabSteps || s.asking || s.whole || time.Since(s.asked) < delayEvery {
		return nil
	}
	cluster, id := p.upstreamID()
	if id == "" {
		s.replace(row(nil, "", "no cluster has it yet; its steps are told when one does", logview.Quiet))
		return nil
	}
	s.asking, s.asked = true, time.Now()
	session := p.host.session
	return p.host.call(func(ctx context.Context) tea.Msg {
		tree, err := session.JobTree(ctx, cluster, id)
		return jobTreeMsg{tree, err}
	})
}

// upstreamID names the cluster's job; an empty id: there is none yet.
func (p *jobPage) upstreamID() (cluster, id string) {
	r := p.current()
	switch {
	case p.id == 0:
		return p.place.On.Cluster, p.place.Arg
	case r.Upstream != nil:
		return r.Cluster, r.Upstream.ID
	case r.Ours != nil:
		return r.Cluster, r.Ours.Upstream
	}
	return "", ""
}

// take shows what the cluster told.
func (s *jobSteps) take(m jobTreeMsg) {
	s.asking = false
	if m.err != nil {
		e := core.AsError(m.err)
		s.replace(row(row(nil, "", e.Message, logview.Bad), "", e.Hint, logview.Quiet))
		return
	}
	s.whole = m.tree.Job.State.Final()
	for _, child := range m.tree.Children {
		s.whole = s.whole && (child.Job.State.Final() || child.Job.State == "")
	}
	s.replace(treeLines(s.host.look.theme, m.tree, ""))
}

// treeLines write a job with its steps and the jobs that it started, a level of
// indentation for each.
func treeLines(t *theme.Theme, tree core.JobTree, indent string) []logview.Line {
	up := tree.Job
	title := "job " + up.ID
	if up.State == "" {
		return append([]logview.Line{}, logview.Line{Text: indent + core.Printable(title+"  no longer known to the cluster, or you may not see it"), Level: logview.Quiet})
	}
	lines := []logview.Line{stepLine(t, indent, title+"  "+(&core.JobRow{Title: up.Summary}).Words(), up.State, up.Received, up.Started, up.Ended)}
	if up.Error != "" {
		lines = append(lines, logview.Line{Text: indent + "    " + core.Printable(up.Error), Level: logview.Bad})
	}
	for i, s := range up.Steps {
		var at core.StepTime
		if i < len(tree.Times) {
			at = tree.Times[i]
		}
		lines = append(lines, stepLine(t, indent+"  ", strconv.Itoa(i+1)+" "+s.Name, s.State, at.Began, at.Ran, at.Ended))
	}
	for _, child := range tree.Children {
		lines = append(lines, treeLines(t, child, indent+"  ")...)
	}
	return lines
}

// stepLine is a job or a step: its state, how long it waited for what it works on,
// and how long it took or goes on.
func stepLine(t *theme.Theme, indent, what string, state core.JobState, began, ran, ended time.Time) logview.Line {
	symbol, _ := jobState(t, state)
	parts := []string{indent + symbol + " " + what, string(state)}
	switch {
	case began.IsZero():
	case ran.IsZero():
		parts = append(parts, "waits since "+clock(began))
	default:
		parts = append(parts, "waited "+took(ran.Sub(began)))
	}
	switch {
	case ran.IsZero():
	case ended.IsZero():
		parts = append(parts, "works since "+clock(ran))
	default:
		parts = append(parts, "took "+took(ended.Sub(ran)))
	}
	level := logview.Plain
	switch state {
	case core.JobFailed:
		level = logview.Bad
	case core.JobRunning:
		level = logview.Good
	case core.JobQueued, core.JobSubmitting, core.JobCanceled, core.JobUnseen:
		level = logview.Quiet
	case core.JobDone:
	}
	return logview.Line{Text: core.Printable(strings.Join(parts, "  ")), Level: level}
}

// took is a duration with the digits that matter for a step.
func took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", max(d, 0).Seconds())
	}
	return span(d)
}

// front is the text in front.
func (p *jobPage) front() *reader {
	if p.tab == jobTabSteps {
		return &p.inside.reader
	}
	return &p.reader
}

// turn brings another tab to the front.
func (p *jobPage) turn(tab int) tea.Cmd {
	p.tab = tab
	return p.askSteps()
}

func (p *jobPage) filter(text string) (matched, total int, err error) { return p.front().filter(text) }

func (p *jobPage) filtered() (text string, matched, total int) { return p.front().filtered() }

// bar is the line of the tabs, with how far the log is.
func (p *jobPage) bar(status string) string {
	t := p.host.look.theme
	bar := tabBar(t, jobTabs(), p.tab, p.w)
	if p.tab == jobTabSteps {
		return p.inside.under(bar, p.w)
	}
	return t.Cut(bar+t.Dim.Render("  "+status), p.w)
}
