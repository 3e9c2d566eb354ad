package tui

import (
	"context"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// codeAsk asks for a code of the second factor. Once it was taken, again goes on:
// what was refused for want of a code is done again.
type codeAsk struct {
	app   *App
	why   string                                       // what needs the code
	show  func(ctx context.Context, code string) error // takes the code
	again func() tea.Cmd
	line  line
	busy  bool
	said  string
}

// codeMsg brings the answer to a code. It does not hold the code: messages are
// kept.
type codeMsg struct {
	ask *codeAsk
	err error
}

func (m codeMsg) reach(*App) tea.Cmd { return m.ask.answered(m.err) }

// lacksCode opens the question where err says that a code is missing.
func (a *App) lacksCode(err error, again func() tea.Cmd) (tea.Cmd, bool) {
	if core.CodeOf(err) != core.CodeStepUp || again == nil {
		return nil, false
	}
	s := a.session
	return a.unasked(func() tea.Cmd {
		return a.pop(&codeAsk{app: a, show: s.StepUp, why: core.Printable(core.AsError(err).Message), again: again, line: newLine("")})
	}), true
}

func (q *codeAsk) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if q.busy {
		return nil, false
	}
	q.said = ""
	if k.String() != "enter" {
		q.line.key(k)
		return nil, false
	}
	code := q.line.String()
	if strings.TrimSpace(code) == "" {
		q.said = "type the code first"
		return nil, false
	}
	q.busy, q.line = true, newLine("")
	return q.app.call(func(ctx context.Context) tea.Msg {
		return codeMsg{q, q.show(ctx, code)}
	}), false
}

// answered closes the question and goes on, or tells what was wrong.
func (q *codeAsk) answered(err error) tea.Cmd {
	q.busy = false
	if err != nil {
		q.said = core.AsError(err).Error()
		return nil
	}
	for _, l := range q.app.popups {
		if l.popup == popup(q) {
			q.app.unpop(l)
			return q.again()
		}
	}
	return nil // it was closed meanwhile: nothing is done
}

func (q *codeAsk) paste(text string) {
	if !q.busy {
		q.line.insert(text)
	}
}

func (q *codeAsk) wheel(int)                 {}
func (q *codeAsk) click(int) (tea.Cmd, bool) { return nil, false }

func (q *codeAsk) draw(w, _ int) drawing {
	t := q.app.look.theme
	width := min(w, 76)
	inner := width - 4
	lines := wrap(upperFirst(q.why)+".", inner)
	lines = append(lines, "")
	prompt := "Code of your app, or a recovery code: "
	if theme.Width(prompt) > inner-20 {
		prompt = "Code: "
	}
	n := min(utf8.RuneCountInString(q.line.String()), max(inner-theme.Width(prompt)-1, 0))
	lines = append(lines, t.Strong.Render(prompt)+strings.Repeat("*", n))
	y := len(lines)
	switch {
	case q.busy:
		lines = append(lines, t.Dim.Render("asking"+t.Sym.Ellipsis))
	case q.said != "":
		for _, l := range wrap(t.Sym.Bad+" "+core.Printable(q.said), inner) {
			lines = append(lines, t.Error.Render(l))
		}
	}
	return drawing{
		lines:   frame(t, "Second factor", "enter go on  esc leave, nothing is done", lines, width),
		cursorX: 2 + theme.Width(prompt) + n, cursorY: y,
	}
}
