package tui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// jobPage is a job with its log, live until it ends: a job of ours, or one that
// somebody gave to a cluster elsewhere. A bulk job shows its children instead.
type jobPage struct {
	reader
	place    place
	view     *core.View
	id       core.JobID // of ours; 0: a cluster's
	row      core.JobRow
	known    bool
	job      core.Job // of ours, as it was read last
	upstream *core.UpstreamJob
	serial   int64 // of the last line in the log
	asking   bool
	failed   *core.Error // why it could not be read
	delays   []string    // what keeps it from going on
	told     time.Time   // when delays was asked for
	children list[core.JobRow]
	inside   jobSteps
	tab      int
	w, h     int
}

// logKept is how many lines of a log a screen holds.
const logKept = 20_000

// logChunk is how many lines are asked for at once.
const logChunk = 1000

type (
	jobMsg struct {
		job   core.Job
		lines []core.LogLine
		err   error
	}
	upstreamMsg struct {
		job *core.UpstreamJob
		err error
	}
	delaysMsg []string
)

func newJobPage(h *host, at place) *jobPage {
	p := &jobPage{place: at, reader: reader{host: h, text: logview.New(h.look.theme, logKept)}}
	p.children = newJobList(h, true)
	p.inside = newJobSteps(h)
	if at.On.Cluster == "" {
		n, err := strconv.ParseInt(at.Arg, 10, 64)
		if err == nil {
			p.id = core.JobID(n)
		}
	}
	return p
}

func (p *jobPage) at() place { return p.place }

func (p *jobPage) traits() trait {
	if p.bulk() {
		return traitMove | traitOpen | traitMarks | traitSort | traitWide | traitTrouble
	}
	if p.tab == jobTabSteps {
		return traitTabs | readerTraits
	}
	return traitTabs | readerTraits | traitFollow | traitTimes
}

// bulk tells whether the job stands for several.
func (p *jobPage) bulk() bool { return len(p.job.Children) > 0 }

func (p *jobPage) resize(w, h int) {
	p.w, p.h = w, h
	p.children.resize(w, h-3)
	p.text.Resize(w, max(h-3, 0))
}

func (p *jobPage) show(v *core.View) tea.Cmd {
	p.view = v
	jobs := v.Jobs()
	p.known = false
	var children []*core.JobRow
	for i := range jobs {
		r := &jobs[i]
		switch {
		case p.id != 0 && r.Ours != nil && r.Ours.ID == p.id,
			p.id == 0 && r.Upstream != nil && r.Cluster == p.place.On.Cluster && r.Upstream.ID == p.place.Arg:
			p.row, p.known = *r, true
			if r.Ours != nil && p.job.ID == 0 {
				p.job = *r.Ours
			}
		case p.id != 0 && r.Ours != nil && r.Ours.Parent == p.id:
			children = append(children, r)
		}
	}
	slices.SortFunc(children, func(a, b *core.JobRow) int { return cmp.Compare(a.Ours.ID, b.Ours.ID) })
	return tea.Batch(p.children.load(children, nil), p.ask(false), p.askDelays(), p.askSteps())
}

// delayEvery is how often it is asked what keeps a job from going on.
const delayEvery = 3 * time.Second

// askDelays asks what keeps the job from going on, while it has not ended.
func (p *jobPage) askDelays() tea.Cmd {
	r := p.current()
	if !p.known || p.bulk() || r.State.Final() || time.Since(p.told) < delayEvery {
		return nil
	}
	p.told = time.Now()
	s := p.host.session
	return p.host.call(func(ctx context.Context) tea.Msg {
		delays, err := s.Delays(ctx, r)
		if err != nil {
			return delaysMsg(nil) // the page says itself what it cannot read
		}
		return delaysMsg(delays)
	})
}

// ask reads the job and what is new in its log. With wait it returns when there
// is news. Only one question is under way at a time.
func (p *jobPage) ask(wait bool) tea.Cmd {
	if p.asking || p.ended() {
		return nil
	}
	p.asking = true
	s := p.host.session
	if p.id == 0 {
		cluster, id, prev := p.place.On.Cluster, p.place.Arg, p.upstream
		if !wait {
			prev = nil
		}
		return p.host.call(func(ctx context.Context) tea.Msg {
			job, err := s.Upstream(ctx, cluster, id, prev)
			return upstreamMsg{job, err}
		})
	}
	id, after := p.id, p.serial
	return p.host.call(func(ctx context.Context) tea.Msg {
		var job core.Job
		var err error
		if wait {
			job, err = s.WaitJob(ctx, id, after)
		} else {
			job, err = s.Job(ctx, id)
		}
		if err != nil {
			return jobMsg{err: err}
		}
		lines, err := s.JobLog(ctx, id, after, logChunk)
		return jobMsg{job, lines, err}
	})
}

// ended tells whether everything is read of a job that is over.
func (p *jobPage) ended() bool {
	switch {
	case core.CodeOf(p.lost()) == core.CodeNotFound:
		return true
	case p.upstream != nil:
		return p.upstream.State.Final()
	case p.id != 0:
		return p.job.State.Final() && p.serial >= p.job.LogLines && p.job.ID != 0 && p.text.Len() >= int(min(p.job.LogLines, 1))
	}
	return false
}

func (p *jobPage) update(msg tea.Msg) tea.Cmd {
	if delays, ok := msg.(delaysMsg); ok {
		p.delays = delays
		return nil
	}
	if tree, ok := msg.(jobTreeMsg); ok {
		p.inside.take(tree)
		return nil
	}
	p.asking = false
	switch msg := msg.(type) {
	case jobMsg:
		if p.trouble(msg.err) {
			return nil
		}
		if msg.err == nil {
			p.job = msg.job
			p.add(msg.lines)
		}
		if msg.err == nil && p.job.State.Final() && len(msg.lines) < logChunk {
			return nil
		}
		return p.ask(len(msg.lines) < logChunk)
	case upstreamMsg:
		if p.trouble(msg.err) {
			return nil
		}
		if msg.err == nil && msg.job != nil {
			p.upstream = msg.job
			p.add(upstreamLog(msg.job))
		}
		return p.ask(true)
	}
	return nil
}

// lost is why the job could not be read, nil where it could.
func (p *jobPage) lost() error {
	if p.failed == nil {
		return nil
	}
	return p.failed
}

// trouble remembers why the job cannot be read, and tells whether to stop
// asking: then the next view asks again. That a wait took long is no trouble.
func (p *jobPage) trouble(err error) bool {
	p.failed = nil
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	p.failed = core.AsError(err)
	return true
}

// upstreamLog is the log of all steps in the order in which it was written.
func upstreamLog(job *core.UpstreamJob) []core.LogLine {
	var out []core.LogLine
	for i, s := range job.Steps {
		for _, l := range s.Log {
			l.Step = i
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b core.LogLine) int { return cmp.Compare(a.Serial, b.Serial) })
	return out
}

// add appends the lines that are new.
func (p *jobPage) add(lines []core.LogLine) {
	several := len(p.steps()) > 1
	for _, l := range lines {
		if l.Serial <= p.serial {
			continue
		}
		p.serial = l.Serial
		out := logview.Line{At: l.At.Local(), Text: core.Printable(l.Text)}
		switch {
		case l.Step < 0:
			out.Level = logview.Quiet
		case several:
			out.Label = strconv.Itoa(l.Step + 1)
		}
		p.text.Append(out)
	}
}

// steps are the parts of the cluster's job, as far as it tells.
func (p *jobPage) steps() []core.Step {
	switch {
	case p.upstream != nil:
		return p.upstream.Steps
	case p.known && p.row.Upstream != nil:
		return p.row.Upstream.Steps
	}
	return nil
}

func (p *jobPage) act(id string) (cmd tea.Cmd, done bool) {
	if p.bulk() {
		return p.children.act(id)
	}
	if tab, ok := tabAct(id, p.tab, len(jobTabs())); ok {
		return p.turn(tab), true
	}
	return p.front().act(id)
}

func (p *jobPage) selection() selection {
	switch {
	case p.bulk() && p.children.shown.len() > 0:
		return jobSelection(&p.children)
	case p.known:
		return selection{Jobs: []core.JobRow{p.current()}}
	}
	return selection{}
}

// current is the row with the state that was read last.
func (p *jobPage) current() core.JobRow {
	r := p.row
	if p.id != 0 && p.job.ID != 0 {
		job := p.job
		r.Ours, r.State, r.Ended = &job, job.State, job.Ended
	}
	if up := p.upstream; up != nil {
		if p.row.Archived() && up.State.Final() && up.Archived.IsZero() {
			up = up.Archive(p.row.Upstream.Archived) // what was read tells more than lists
		}
		if up.State.Final() || !p.row.Archived() {
			r.Upstream, r.State, r.Ended = up, up.State, up.Ended
		}
	}
	return r
}

func (p *jobPage) columns() []column               { return p.children.columns() }
func (p *jobPage) sorted() (key string, desc bool) { return p.children.sorted() }

func (p *jobPage) sort(key string, desc bool) tea.Cmd { return p.children.sort(key, desc) }

func (p *jobPage) click(x, y int, double bool) tea.Cmd {
	top := len(p.header())
	if p.bulk() {
		return p.children.click(x, y-top, double)
	}
	if tab := tabHit(p.host.look.theme, jobTabs(), p.tab, p.w, x); y == top-1 && tab >= 0 {
		return p.turn(tab)
	}
	return nil
}

func (p *jobPage) wheel(x, y, lines int) tea.Cmd {
	if p.bulk() {
		return p.children.wheel(x, y, lines)
	}
	return p.front().wheel(x, y, lines)
}
