package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// aheadMost bounds what is kept of what is typed before a form is there: keys and
// pasted texts.
const aheadMost = 500

// keepKey takes a key that a form would take; every other one stays the shell's.
func (p *formPage) keepKey(k tea.KeyPressMsg) bool {
	fills := []string{
		"enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "backspace", "delete",
		"ctrl+n", "ctrl+p", "ctrl+x", "ctrl+u", "ctrl+k", "ctrl+w", "ctrl+e",
	}
	if (k.Text == "" || k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta) != 0) && !slices.Contains(fills, k.String()) {
		return false
	}
	p.keepAhead(k)
	return true
}

func (p *formPage) keepAhead(msg tea.Msg) {
	if len(p.ahead) < aheadMost {
		p.ahead = append(p.ahead, msg)
	}
}

// catchUp gives the form what was typed before it was there. It ends where the form
// asks something back: nobody has read the question yet.
func (p *formPage) catchUp() tea.Cmd {
	typed := p.ahead
	p.ahead = nil
	var cmds []tea.Cmd
	for _, msg := range typed {
		if !p.listens() {
			break
		}
		cmds = append(cmds, p.app.take(msg))
	}
	return tea.Batch(cmds...)
}

// listens tells whether keys reach the form, or a list of answers that it opened.
func (p *formPage) listens() bool {
	if l := p.app.top(); l != nil {
		_, chooses := l.popup.(*chooser)
		return chooses
	}
	return p.app.front() == page(p) && !p.model.Running()
}

// ask makes the form outside Update; leaving the page ends it.
func (p *formPage) ask() tea.Cmd {
	return p.work(func(ctx context.Context) tea.Msg {
		made, err := p.kind.make(ctx, p.host.session, p.arg)
		return madeMsg{made, err}
	})
}

// again asks once more after it failed.
func (p *formPage) again() tea.Cmd {
	p.failed = ""
	return p.ask()
}

// waiting draws what stands there until the form is made.
func (p *formPage) waiting(t *theme.Theme) string {
	what := p.kind.Waits
	if what == "" {
		what = "what is there now"
	}
	hint := "esc leaves"
	if n := len(p.ahead); n > 0 {
		hint = "what you type is kept (" + counted(n, "key") + "); " + hint
	}
	return "\n  " + t.Warn.Render(t.Cut(t.Sym.Loading+" asking for "+what+t.Sym.Ellipsis, p.w-4)) + "\n  " + t.Dim.Render(t.Cut(hint, p.w-4))
}

// refused draws why there is no form.
func (p *formPage) refused(t *theme.Theme) string {
	return hollowLines(t.Text, strings.TrimSpace(core.Printable(p.failed)), p.w) + "\n  " + t.Dim.Render("r asks again  esc leaves")
}
