package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
)

// run carries an action of the form out; esc ends it.
func (p *formPage) run() tea.Cmd {
	act, ok := p.model.Acting()
	if !ok {
		return nil
	}
	v := p.model.Values()
	p.model.Busy(act.Label + " (esc ends it)")
	return p.work(func(ctx context.Context) tea.Msg {
		set, said, err := act.Do(ctx, v)
		return actedMsg{set, said, err}
	})
}

// work is host.call with an end of its own.
func (p *formPage) work(f func(ctx context.Context) tea.Msg) tea.Cmd {
	stopped, stop := context.WithCancel(p.host.ctx)
	p.stop = stop
	return p.host.call(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(stopped, cancel)()
		return f(ctx)
	})
}

// submit asks what the danger of the ops demands, then saves.
func (p *formPage) submit() tea.Cmd {
	v := p.model.Values()
	if p.made.Ops == nil {
		return p.do(v)
	}
	ops, err := p.made.Ops(v)
	switch {
	case err != nil:
		p.model.Fail(core.Printable(core.AsError(err).Error()))
		return nil
	case len(ops) == 0:
		p.model.Say("nothing was changed, so there is nothing to save")
		return nil
	}
	return p.app.confirm(ops, p.doOps)
}

// doOps carries the ops out, and what follows them.
func (p *formPage) doOps(ops []core.Op) tea.Cmd {
	p.busy()
	v := p.model.Values()
	return p.work(func(ctx context.Context) tea.Msg {
		if p.made.Before != nil {
			if err := p.made.Before(ctx, p.host.session, ops); err != nil {
				return failMsg{err, ops}
			}
		}
		msg := p.app.doOps(ctx, p.host.session, ops)
		if _, done := msg.(submittedMsg); !done || p.made.After == nil {
			return msg
		}
		return p.finish(ctx, v)
	})
}

// do does what takes the place of ops, or follows them.
func (p *formPage) do(v form.Values) tea.Cmd {
	p.busy()
	return p.work(func(ctx context.Context) tea.Msg { return p.finish(ctx, v) })
}

func (p *formPage) finish(ctx context.Context, v form.Values) tea.Msg {
	save := p.made.Do
	if p.made.Ops != nil {
		save = p.made.after
	}
	text, err := save(ctx, p.host.session, v)
	return resultMsg{text, err}
}

func (p *formPage) busy() {
	p.saving = true
	p.model.Busy("saving")
}

func (p *formPage) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case madeMsg:
		return p.take(msg)
	case actedMsg:
		if msg.err != nil {
			p.model.Fail(msg.err.Error())
			return nil
		}
		before := p.model.Values()
		p.model.SetValues(msg.set)
		p.model.Say(msg.said)
		return p.keepDraft(before)
	case resultMsg:
		p.saving = false
		if msg.err != nil {
			return p.refuse(msg.err, func() tea.Cmd { return p.do(p.model.Values()) })
		}
		p.over = true
		if msg.text != "" {
			p.result = strings.ReplaceAll(msg.text, " "+core.DoorEnrol+"@"+enrolHost, enrolWords(p.app.options.Reached))
			return p.app.keepLater()
		}
		return tea.Batch(p.app.say(Good, "done: "+p.made.Title), p.leave())
	case failMsg:
		p.saving = false
		return p.refuse(msg.err, func() tea.Cmd { return p.doOps(msg.ops) })
	case submittedMsg:
		p.saving, p.over = false, true
		return tea.Batch(p.app.submitted(msg), p.leave())
	}
	return nil
}

// refuse shows why it was not saved. What was filled in stays. Where a code of the
// second factor was missing, again saves once there is one.
func (p *formPage) refuse(err error, again func() tea.Cmd) tea.Cmd {
	text := core.Printable(core.AsError(err).Error())
	if core.CodeOf(err) == core.CodeConflict {
		text += "; ctrl-r loads what is there now and keeps your changes"
	}
	p.model.Fail(text)
	cmd, _ := p.app.lacksCode(err, again)
	return cmd
}
