package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gwm/tui/theme"
)

// popup is what lies over the page and takes all keys until it is done.
type popup interface {
	// key handles a key; esc never arrives, the shell closes the popup then.
	key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool)
	// paste takes pasted text. It can never confirm anything.
	paste(text string)
	// click and wheel take the mouse; y counts the popup's lines, 0 its first.
	click(y int) (cmd tea.Cmd, done bool)
	wheel(lines int)
	// draw paints the popup into at most w by h cells.
	draw(w, h int) drawing
}

// drawing is a painted popup.
type drawing struct {
	lines   []string // all of the same width
	bottom  bool     // it belongs at the bottom, over the status line
	cursorX int      // the cursor's cell in the drawing; meaningful if cursorY >= 0
	cursorY int
}

// grace is how long a popup that opened by itself ignores keys: they were meant
// for what was there before.
const grace = 300 * time.Millisecond

// layer is a popup on the screen.
type layer struct {
	popup popup
	deaf  time.Time // until then keys are ignored
	x, y  int       // where it was painted last
	w, h  int
}

// pop opens a popup that the user asked for.
func (a *App) pop(p popup) tea.Cmd {
	a.popups = append(a.popups, &layer{popup: p})
	return nil
}

// unasked makes a popup that f opens ignore keys for a moment: nobody pressed a
// key for it just now.
func (a *App) unasked(f func() tea.Cmd) tea.Cmd {
	before := a.top()
	cmd := f()
	if l := a.top(); l != nil && l != before {
		l.deaf = time.Now().Add(grace)
	}
	return cmd
}

// top is the popup that has the keys, nil for none.
func (a *App) top() *layer {
	if len(a.popups) == 0 {
		return nil
	}
	return a.popups[len(a.popups)-1]
}

// unpop closes a popup, wherever it is in the pile.
func (a *App) unpop(l *layer) {
	for i, have := range a.popups {
		if have == l {
			a.popups = append(a.popups[:i:i], a.popups[i+1:]...)
			return
		}
	}
}

// popupKey gives a key to a popup.
func (a *App) popupKey(l *layer, k tea.KeyPressMsg) tea.Cmd {
	if time.Now().Before(l.deaf) {
		return nil
	}
	if k.String() == "esc" {
		a.unpop(l)
		return nil
	}
	cmd, done := l.popup.key(k)
	if done {
		a.unpop(l)
	}
	return cmd
}

// over lays the drawing of a popup over the lines of the screen and remembers
// where. It returns the cell of the cursor, or ok false for none.
func (l *layer) over(t *theme.Theme, screen []string, w int) (x, y int, ok bool) {
	d := l.popup.draw(w, len(screen))
	l.w, l.h = 0, min(len(d.lines), len(screen))
	if l.h == 0 {
		return 0, 0, false
	}
	l.w = theme.Width(d.lines[0])
	l.x, l.y = max((w-l.w)/2, 0), max((len(screen)-l.h)/3, 0)
	if d.bottom {
		l.x, l.y = 0, len(screen)-l.h
	}
	for i := range l.h {
		under := t.Fit(screen[l.y+i], w)
		screen[l.y+i] = ansi.Cut(under, 0, l.x) + "\x1b[m" + d.lines[i] + "\x1b[m" + ansi.Cut(under, l.x+l.w, w)
	}
	return l.x + d.cursorX, l.y + d.cursorY, d.cursorY >= 0
}

// frame draws a box around lines: a title in its upper edge, a footer in its
// lower one. The lines are cut or filled to width w minus the frame.
func frame(t *theme.Theme, title, footer string, lines []string, w int) []string {
	inner := max(w-4, 1)
	edge := func(left, text string, style theme.Style, right string) string {
		if text == "" {
			return t.BorderFocus.Render(left + strings.Repeat(t.Sym.H, inner+2) + right)
		}
		text = t.Cut(text, inner-2)
		rest := inner - 1 - theme.Width(text)
		return t.BorderFocus.Render(left+t.Sym.H) + " " + style.Render(text) + " " +
			t.BorderFocus.Render(strings.Repeat(t.Sym.H, max(rest, 0))+right)
	}
	side := t.BorderFocus.Render(t.Sym.V)
	out := []string{edge(t.Sym.TopLeft, title, t.PanelTitle, t.Sym.TopRight)}
	for _, l := range lines {
		out = append(out, side+" "+t.Fit(l, inner)+" "+side)
	}
	return append(out, edge(t.Sym.BotLeft, footer, t.Dim, t.Sym.BotRight))
}
