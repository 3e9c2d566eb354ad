package tui

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// A text that is longer than one line or askPaste bytes is asked about before it
// is typed into a console. Paced it goes out in pieces of pastePiece bytes, not
// over the end of a line, one every pasteTime: a serial port of 115,200 baud
// takes that with time to spare, and a login shell keeps up.
const (
	askPaste   = 1 << 10
	maxPaste   = 1 << 20
	pastePiece = 64
	pasteTime  = 20 * time.Millisecond
	slowTime   = 150 * time.Millisecond
)

// pasting is a text that is typed piece by piece.
type pasting struct {
	rest  []byte
	total int
	every time.Duration
}

func (g *pasting) percent() int { return (g.total - len(g.rest)) * 100 / max(g.total, 1) }

// pasteStepMsg is the time for the next piece.
type pasteStepMsg struct {
	c *console
	g *pasting
}

func (m pasteStepMsg) reach(*App) tea.Cmd { return m.c.pasteStep(m) }

// drop takes a pasted text: a short one is typed, about others the person is
// asked.
func (p *consolePage) drop(text string) tea.Cmd {
	c := p.c
	if who, ok := c.typist(); ok {
		return p.askTake(who)
	}
	lines := strings.Count(strings.TrimRight(text, "\r\n"), "\n") + 1
	switch {
	case text == "":
		return nil
	case len(text) > maxPaste:
		return p.app.say(Warning, fmt.Sprintf("%s is too much to paste into a console; %s is the most", sizeOf(len(text)), sizeOf(maxPaste)))
	case lines == 1 && !strings.HasSuffix(text, "\n") && len(text) <= askPaste:
		c.view.Bottom()
		return c.send(c.screen.Modes().Pasted(text))
	}
	return p.app.unasked(func() tea.Cmd {
		m := p.app.newMenu(fmt.Sprintf("Paste %s, %s?", counted(lines, "line"), sizeOf(len(text))))
		m.add(menuItem{title: "no", run: func() tea.Cmd { return nil }})
		m.add(menuItem{title: "paste", note: "line by line", run: func() tea.Cmd { return c.pasteIn(text, pasteTime) }})
		m.add(menuItem{title: "paste slowly", note: "for a guest that loses characters", run: func() tea.Cmd { return c.pasteIn(text, slowTime) }})
		return p.app.pop(m)
	})
}

// pasteIn types a text piece by piece.
func (c *console) pasteIn(text string, every time.Duration) tea.Cmd {
	out := c.screen.Modes().Pasted(text)
	c.view.Bottom()
	c.paste = &pasting{rest: out, total: len(out), every: every}
	return c.pasteStep(pasteStepMsg{c, c.paste})
}

// pasteOn waits for the next piece.
func (c *console) pasteOn() tea.Cmd {
	g, ctx := c.paste, c.ctx
	if g == nil {
		return nil
	}
	return func() tea.Msg {
		if !pause(ctx, g.every) {
			return nil
		}
		return pasteStepMsg{c, g}
	}
}

// pasteStep types a piece.
func (c *console) pasteStep(m pasteStepMsg) tea.Cmd {
	g := m.g
	if c.paste != g || c.sending { // given up; or what is typed meanwhile goes first, and sent comes back here
		return nil
	}
	n := min(len(g.rest), pastePiece)
	if end := bytes.IndexByte(g.rest[:n], '\r'); end >= 0 {
		n = end + 1
	}
	piece := g.rest[:n]
	g.rest = g.rest[n:]
	if len(g.rest) == 0 {
		c.paste = nil
	}
	return c.send(piece)
}
