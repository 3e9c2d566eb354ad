package tui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// The smallest screen that can be worked on; below it one line says so.
const (
	minWidth  = 40
	minHeight = 12
)

// tallEnough is the height from which messages have a line of their own.
const tallEnough = 16

func (a *App) fits() bool { return a.w >= minWidth && a.h >= minHeight }

// messageLine tells whether the line above the status line is there.
func (a *App) messageLine() bool {
	_, grabs := a.front().(grabber)
	return a.h >= tallEnough && !a.full && !grabs
}

// layout gives the page the part of the screen that the bars leave.
func (a *App) layout() {
	if !a.fits() {
		return
	}
	body := area{y: 1, w: a.w, h: a.h - 2}
	if a.full {
		body = area{y: 0, w: a.w, h: a.h - 1}
	}
	if a.filterShown() {
		body.y++
		body.h--
	}
	if a.messageLine() {
		body.h--
	}
	a.body = body
	a.front().resize(body.w, body.h)
}

// View implements tea.Model.
func (a *App) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: a.title()}
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
		if g, ok := a.grabbing(); ok && g.moves() {
			v.MouseMode = tea.MouseModeAllMotion
		}
	}
	v.ReportFocus = a.wantsFocus()
	if skin := a.look.theme.Skin; skin.Exact() {
		v.BackgroundColor, v.ForegroundColor = skin.Background(), skin.Foreground()
	}
	lines, cursor := a.screen()
	if text := strings.Join(lines, "\n"); text != a.content {
		a.content = text
	}
	v.Content, v.Cursor = a.content, cursor
	return v
}

func (a *App) title() string {
	var words []string
	for _, c := range a.front().at().path() {
		words = append(words, core.Printable(c.text))
	}
	return "gwm " + strings.Join(words, " > ")
}

// screen paints the lines of the whole screen.
func (a *App) screen() (lines []string, cursor *tea.Cursor) {
	switch {
	case a.w <= 0 || a.h <= 0:
		return nil, nil
	case a.ended != nil:
		return a.drawEnd(), nil
	case !a.fits():
		return []string{a.look.theme.Cut(fmt.Sprintf("gwm needs %dx%d, this is %dx%d", minWidth, minHeight, a.w, a.h), a.w)}, nil
	}
	lines = make([]string, 0, a.h)
	if !a.full {
		lines = append(lines, a.drawCrumbs(a.w))
	}
	if a.filterShown() {
		text, x := a.drawFilter(a.w)
		if x >= 0 && a.top() == nil {
			cursor = tea.NewCursor(x, len(lines))
		}
		lines = append(lines, text)
	}
	lines = append(lines, pageLines(a.front().paint(), a.body.h)...)
	if x, y, ok := a.typingAt(); ok {
		cursor = tea.NewCursor(x, y)
	}
	message := a.drawMessage(a.w)
	own := 0 // lines of its own; the others cover the end of the page
	if a.messageLine() {
		own = 1
		if len(message) == 0 {
			message = []string{""}
		}
	}
	lines = append(lines[:len(lines)+own-len(message)], message...)
	lines = append(lines, a.drawBottom(a.w))
	if l := a.top(); l != nil {
		if x, y, ok := l.over(a.look.theme, lines, a.w); ok {
			cursor = tea.NewCursor(x, y)
		}
	}
	return lines, cursor
}

// drawBottom is the bottom line: the page's own where it has the keys.
func (a *App) drawBottom(w int) string {
	if g, ok := a.front().(grabber); ok && g.grabs() {
		return g.bar(w)
	}
	return a.drawStatus(w)
}

// typingAt is the cell where a page that takes text has its cursor.
func (a *App) typingAt() (x, y int, ok bool) {
	if g, ok := a.grabbing(); ok {
		x, y, ok = g.cursor()
		return x, a.body.y + y, ok
	}
	p, ok := a.front().(typer)
	if !ok || a.top() != nil {
		return 0, 0, false
	}
	x, y, ok = p.cursor()
	return x, a.body.y + y, ok
}

// pageLines makes exactly h lines of a painted page.
func pageLines(text string, h int) []string {
	lines := strings.SplitN(text, "\n", h+1)
	for len(lines) < h {
		lines = append(lines, "")
	}
	return lines[:h]
}

// maxMessage is how many lines a long message takes; all of it is in :messages.
const maxMessage = 3

// drawMessage is what stands above the status line: the message, else the marks,
// else nothing.
func (a *App) drawMessage(w int) []string {
	t := a.look.theme
	if n := a.toast; n != nil {
		lines := a.toastLines(w)
		for i, l := range lines {
			lines[i] = " " + a.kindStyle(n.kind).Render(l)
		}
		return lines
	}
	if marks := marksLine(a.selected()); marks != "" {
		return []string{" " + t.Marked.Render(t.Cut(t.Sym.Mark+" "+marks, w-2))}
	}
	return nil
}

// toastLines are the message in lines that fit w cells with a margin.
func (a *App) toastLines(w int) []string {
	lines := wrap(a.toastText(), w-4)
	for i := range lines {
		if i > 0 {
			lines[i] = "  " + lines[i]
		}
	}
	if len(lines) > maxMessage {
		lines = lines[:maxMessage]
		lines[maxMessage-1] += a.look.theme.Sym.Ellipsis
	}
	return lines
}

// drawEnd is the final screen: why the session ended.
func (a *App) drawEnd() []string {
	t := a.look.theme
	reason := core.Printable(core.AsError(a.ended).Error())
	if errors.Is(a.ended, errEnded) {
		reason = a.ended.Error()
	}
	width := min(a.w, 70)
	lines := append([]string{""}, wrap(upperFirst(reason), max(width-4, 1))...)
	lines = append(lines, "")
	for _, l := range wrap("Jobs that were started go on. Press a key to leave.", max(width-4, 1)) {
		lines = append(lines, t.Dim.Render(l))
	}
	box := frame(t, "The session has ended", "", lines, width)
	out := make([]string, 0, a.h)
	for len(out) < (a.h-len(box))/3 {
		out = append(out, "")
	}
	for _, l := range box {
		out = append(out, theme.Spaces((a.w-width)/2)+l)
	}
	return out[:min(len(out), a.h)]
}

// kindSymbol and kindStyle are how a message of a kind begins and looks.
func (a *App) kindSymbol(k Kind) string {
	s := a.look.theme.Sym
	switch k {
	case Good:
		return s.Done
	case Warning:
		return s.Warn
	case Problem:
		return s.Bad
	default:
		return s.Dot
	}
}

func (a *App) kindStyle(k Kind) theme.Style {
	t := a.look.theme
	switch k {
	case Good:
		return t.Good
	case Warning:
		return t.Warn
	case Problem:
		return t.Error
	default:
		return t.Info
	}
}
