package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// tryLeave leaves, after a question where something would be lost.
func (p *formPage) tryLeave() tea.Cmd {
	switch {
	case p.saving:
		return p.app.say(Warning, "it is being saved; wait for the answer")
	case p.model.Running():
		if p.stop != nil {
			p.stop()
		}
		return nil
	case p.model.Changed():
		return p.app.pop(&leaveQuestion{page: p})
	}
	p.over = true
	return p.leave()
}

// leave closes the page, wherever it is in the pile.
func (p *formPage) leave() tea.Cmd {
	a := p.app
	done := p.made.Done
	if !p.over {
		done = nil
	}
	for i, o := range a.stack {
		if o.page != page(p) {
			continue
		}
		if i == len(a.stack)-1 {
			cmd := a.leave()
			if done != nil {
				cmd = tea.Batch(cmd, done(a))
			}
			return cmd
		}
		a.drop(i)
	}
	return nil
}

// leaveQuestion asks what becomes of what was filled in.
type leaveQuestion struct{ page *formPage }

func (q *leaveQuestion) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "y", "Y":
		q.page.over = true
		q.page.made.Done = nil
		return tea.Batch(q.page.leave(), q.page.app.keepLater()), true
	case "d":
		return tea.Batch(q.page.leave(), q.page.app.say(Info, "a draft is kept; open the form again to go on")), true
	}
	return nil, true
}

func (q *leaveQuestion) paste(string)              {}
func (q *leaveQuestion) wheel(int)                 {}
func (q *leaveQuestion) click(int) (tea.Cmd, bool) { return nil, false }

func (q *leaveQuestion) draw(w, _ int) drawing {
	t := q.page.host.look.theme
	lines := []string{
		t.Border.Render(strings.Repeat(t.Sym.H, w)),
		t.Fit(" "+t.Warn.Render("Leave without saving?"), w),
		t.Fit(" "+t.Key.Render("y")+" forget it  "+t.Key.Render("d")+" keep a draft  "+t.Key.Render("n")+" stay (default)", w),
	}
	return drawing{lines: lines, bottom: true, cursorY: -1}
}
