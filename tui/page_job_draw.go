package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui/theme"
)

func (p *jobPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.view == nil:
		return ""
	case !p.known && p.job.ID == 0 && p.upstream == nil:
		return p.absent()
	}
	above := p.header()
	h := p.h - len(above)
	if p.bulk() {
		if p.children.shown.len() == 0 {
			what, hint := "none of its jobs failed", "z shows all of them again"
			if p.children.rows.len() == 0 {
				what, hint = "its jobs are no longer kept", ""
			}
			return stack(above, hollow(t, p.w, what, hint), p.w, p.h)
		}
		return stack(above, p.children.table(p.w, h-1), p.w, p.h)
	}
	if p.tab == jobTabSteps {
		return stack(above, p.inside.view(p.w, h), p.w, p.h)
	}
	if p.text.Len() == 0 {
		return stack(above, t.Dim.Render("  "+p.silence()), p.w, p.h)
	}
	return stack(above, p.reader.view(p.w, h), p.w, p.h)
}

// absent says why there is nothing to see.
func (p *jobPage) absent() string {
	t := p.host.look.theme
	switch {
	case p.failed != nil:
		return hollow(t, p.w, core.Printable(p.failed.Message), core.Printable(p.failed.Hint))
	case p.asking:
		return hollow(t, p.w, t.Sym.Loading+" loading job "+core.Printable(p.place.Arg)+t.Sym.Ellipsis, "")
	}
	return hollow(t, p.w, "there is no job "+core.Printable(p.place.Arg)+", or you may not see it", "finished jobs are kept for 30 days; esc goes back")
}

// silence says why the log is empty.
func (p *jobPage) silence() string {
	r := p.current()
	switch state := r.State; {
	case p.failed != nil:
		return core.Printable(p.failed.Error())
	case r.Archived():
		return r.Cluster + " archived it; its log was not kept"
	case state == core.JobQueued:
		return "it waits for its turn; the log begins when it runs"
	case state.Final():
		return "it wrote no log"
	}
	return "no line yet"
}

// header is what is known of the job beside its log: state, who and when, what
// went wrong, steps.
func (p *jobPage) header() []string {
	t, r := p.host.look.theme, p.current()
	symbol, style := jobState(t, r.State)
	title := t.Strong.Render(core.Printable(r.Words()))
	if name := p.host.look.clusterHere(r.Cluster, theme.Style{}).Render(r.Cluster); p.place.On.Cluster == "" && name != r.Cluster {
		title = name + " " + title // nothing else on the page has its colour
	}
	out := []string{t.Cut(" "+style.Render(symbol+" "+string(r.State))+"  "+title, p.w)}
	out = append(out, t.Dim.Render(t.Cut(" "+p.origin(r), p.w)))
	if words := r.ArchivedWords(); words != "" {
		out = append(out, t.Cut(" "+words, p.w))
	}
	out = append(out, p.trace(r)...)
	if p.bulk() {
		return append(out, p.bulkLine())
	}
	out = append(out, p.delayLines(r)...)
	out = append(out, p.stepLines()...)
	if p.failed != nil && p.text.Len() > 0 {
		out = append(out, t.Warn.Render(t.Cut(" "+t.Sym.Warn+" "+core.Printable(p.failed.Error()), p.w)))
	}
	status := p.text.Status()
	if r.State.Final() && p.text.Following() {
		status = "end"
	}
	return append(out, p.bar(status))
}

// origin tells who asked, where it runs and when.
func (p *jobPage) origin(r core.JobRow) string {
	var parts []string
	if r.By != "" {
		parts = append(parts, "by "+core.Printable(r.By))
	}
	if r.Ours != nil {
		parts = append(parts, "job "+r.Ours.ID.String())
	}
	switch {
	case r.Upstream != nil:
		parts = append(parts, core.Printable(r.Cluster+"'s job "+r.Upstream.ID))
	case r.Ours != nil && r.Ours.Upstream != "":
		parts = append(parts, core.Printable(r.Cluster+"'s job "+r.Ours.Upstream))
	case r.Cluster != "":
		parts = append(parts, "on "+core.Printable(r.Cluster))
	}
	if begin := jobBegin(&r); !r.Created.IsZero() && (begin.IsZero() || begin.Sub(r.Created) > 5*time.Second) {
		parts = append(parts, "asked "+clock(r.Created))
	}
	if begin := jobBegin(&r); !begin.IsZero() {
		parts = append(parts, "began "+clock(begin))
		switch {
		case r.State == core.JobUnseen:
		case r.State.Final():
			parts = append(parts, "took "+duration(begin, r.Ended))
		default:
			parts = append(parts, "for "+duration(begin, r.Ended))
		}
	}
	if r.Ours != nil && r.Ours.CancelBy != "" {
		parts = append(parts, "cancel asked by "+core.Printable(r.Ours.CancelBy))
	}
	return strings.Join(parts, " "+p.host.look.theme.Sym.Dot+" ")
}

// trace explains a failure: what, and what to do.
func (p *jobPage) trace(r core.JobRow) []string {
	t := p.host.look.theme
	if r.State != core.JobFailed {
		return nil
	}
	if p.bulk() {
		return nil
	}
	why, hint := r.Failure()
	out := wrapped(t, t.Error, " "+t.Sym.Failed+" "+core.Printable(why), p.w, max(p.h/5, 1))
	if hint != "" {
		out = append(out, t.Dim.Render(t.Cut("   "+core.Printable(hint), p.w)))
	}
	return out
}

// delayLines say what keeps the job from going on.
func (p *jobPage) delayLines(r core.JobRow) (out []string) {
	if r.State.Final() {
		return nil
	}
	t := p.host.look.theme
	for _, d := range p.delays[:min(len(p.delays), 2)] {
		out = append(out, wrapped(t, t.Warn, " "+t.Sym.Warn+" "+core.Printable(d), p.w, 2)...)
	}
	return out
}

// bulkLine counts the children by state.
func (p *jobPage) bulkLine() string {
	t := p.host.look.theme
	n := map[core.JobState]int{}
	for _, c := range p.children.given.of {
		n[c.State]++
	}
	parts := []string{counted(len(p.job.Children), "job")}
	for _, s := range []core.JobState{core.JobRunning, core.JobSubmitting, core.JobQueued, core.JobDone, core.JobFailed, core.JobCanceled} {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	line := " " + strings.Join(parts, ", ")
	if n[core.JobFailed] > 0 {
		return t.Warn.Render(t.Cut(line+"; A tries the failed ones again, z shows only them", p.w))
	}
	return t.Dim.Render(t.Cut(line, p.w))
}

// stepLines lists the opcodes of the cluster's job and the jobs that it started,
// in at most a quarter of the height: those around the one that runs or failed. A single step is the title already.
func (p *jobPage) stepLines() []string {
	t := p.host.look.theme
	var out []string
	steps, at := p.steps(), 0
	if len(steps) > 1 {
		for i, s := range steps {
			if s.State == core.JobDone && at == i {
				at++
			}
			symbol, style := jobState(t, s.State)
			out = append(out, t.Cut(fmt.Sprintf(" %s %d %s", style.Render(symbol), i+1, core.Printable(s.Name)), p.w))
		}
	}
	up := p.row.Upstream
	if p.upstream != nil {
		up = p.upstream
	}
	if up != nil {
		for _, id := range up.Children {
			out = append(out, p.childLine(id))
		}
		for _, why := range up.Refused {
			symbol, style := jobState(t, core.JobFailed)
			out = append(out, t.Cut(" "+style.Render(symbol)+" "+core.Printable(why), p.w))
		}
	}
	limit := max(p.h/4, 2) // a step and what is left out
	if all := len(out); all > limit {
		before := min(1, limit-2) // the one that was done last stays in sight where there is room
		from := min(max(at-before, 0), all-limit+1)
		out = append(out[from:from+limit-1:from+limit-1], t.Dim.Render(fmt.Sprintf(" %d to %d of %d steps", from+1, from+limit-1, all)))
	}
	return out
}

// childLine is a job that the cluster's job started, as far as it is known.
func (p *jobPage) childLine(id string) string {
	t := p.host.look.theme
	jobs := p.view.Jobs()
	for i := range jobs {
		r := &jobs[i]
		if r.Cluster == p.row.Cluster && r.Upstream != nil && r.Upstream.ID == id {
			symbol, style := jobState(t, r.State)
			return t.Cut(" "+style.Render(symbol)+" job "+core.Printable(id)+" "+core.Printable(r.Words()), p.w)
		}
	}
	return t.Dim.Render(t.Cut(" "+t.Sym.Arrow+" job "+core.Printable(id), p.w))
}

// wrapped breaks a sentence into lines of w cells, at most limit of them; all but
// the first are indented.
func wrapped(t *theme.Theme, style theme.Style, s string, w, limit int) []string {
	lines := strings.Split(ansi.Wrap(s, max(w-3, 1), ""), "\n")
	if len(lines) > limit {
		lines = lines[:limit]
		lines[limit-1] += t.Sym.Ellipsis
	}
	for i, l := range lines {
		if i > 0 {
			l = "   " + l
		}
		lines[i] = style.Render(t.Cut(l, w))
	}
	return lines
}
