package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// entry is a line of a chooser.
type entry struct {
	head      string // a heading: only this is set, and it cannot be chosen
	key       string // shown at the right
	title     string
	note      string
	lead      string // a symbol before the title; may be empty
	leadStyle theme.Style
	off       string         // why it is not possible; it stays visible
	fill      string         // what tab puts into the line
	more      bool           // it needs an argument: enter does what tab does
	run       func() tea.Cmd // nil with more
}

// chooser is a popup with a line to type in and what matches it.
type chooser struct {
	look   *look
	title  string
	prompt string
	footer string
	find   func(typed string) []entry

	line    line
	entries []entry
	cursor  int
	first   int
	rows    int
	said    string
}

// newChooser makes a chooser with a text typed already.
func (a *App) newChooser(title, prompt, typed string, find func(string) []entry) *chooser {
	c := &chooser{look: a.look, title: title, prompt: prompt, footer: "enter run  tab complete  esc close", find: find, line: newLine(typed)}
	c.search()
	return c
}

// search looks for what is typed and puts the cursor on the best match.
func (c *chooser) search() {
	c.entries, c.cursor, c.first, c.said = c.find(c.line.String()), 0, 0, ""
	c.settle(1)
}

// settle moves the cursor off a heading, in a direction.
func (c *chooser) settle(step int) {
	c.cursor = max(min(c.cursor, len(c.entries)-1), 0)
	for at := c.cursor; at >= 0 && at < len(c.entries); at += step {
		if c.entries[at].head == "" {
			c.cursor = at
			return
		}
	}
	if step < 0 {
		c.settle(1)
	}
}

func (c *chooser) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	c.said = ""
	switch k.String() {
	case "up", "ctrl+p":
		c.wheel(-1)
	case "down", "ctrl+n":
		c.wheel(1)
	case "pgup":
		c.wheel(-max(c.rows-1, 1))
	case "pgdown":
		c.wheel(max(c.rows-1, 1))
	case "enter":
		return c.choose()
	case "tab":
		c.complete()
	case "backspace":
		if c.line.String() == "" {
			return nil, true
		}
		fallthrough
	default:
		before := c.line.String()
		if c.line.key(k) && c.line.String() != before {
			c.search()
		}
	}
	return nil, false
}

func (c *chooser) paste(text string) {
	c.line.insert(text)
	c.search()
}

func (c *chooser) wheel(lines int) {
	step := 1
	if lines < 0 {
		step = -1
	}
	c.cursor += lines
	c.settle(step)
}

func (c *chooser) click(y int) (tea.Cmd, bool) {
	i := c.first + y - 2
	if y < 2 || y >= 2+c.rows || i >= len(c.entries) || c.entries[i].head != "" {
		return nil, false
	}
	c.cursor = i
	return c.choose()
}

// complete puts the entry under the cursor into the line.
func (c *chooser) complete() {
	if c.cursor < len(c.entries) && c.entries[c.cursor].fill != "" {
		c.line = newLine(c.entries[c.cursor].fill)
		c.search()
	}
}

func (c *chooser) choose() (tea.Cmd, bool) {
	if c.cursor >= len(c.entries) || c.entries[c.cursor].head != "" {
		c.said = "nothing matches"
		return nil, false
	}
	e := c.entries[c.cursor]
	switch {
	case e.off != "":
		c.said = e.off
		return nil, false
	case e.more:
		c.complete()
		return nil, false
	}
	return e.run(), true
}

func (c *chooser) draw(w, h int) drawing {
	t := c.look.theme
	width := min(w, max(44, min(76, w*3/4)))
	inner := width - 4
	typed, at := c.line.draw(t, max(inner-theme.Width(c.prompt)-1, 1))
	lines := []string{t.Key.Render(c.prompt) + typed}
	c.rows = max(min(h-6, 16), 1)
	c.first = scrollTo(c.first, c.cursor, c.rows, len(c.entries))
	if c.first == 1 {
		c.first = 0
	}
	for i := c.first; i < min(c.first+c.rows, len(c.entries)); i++ {
		lines = append(lines, c.drawEntry(c.entries[i], i == c.cursor, inner))
	}
	for len(lines) < c.rows+1 { // always the same height, so that nothing jumps while typing
		lines = append(lines, "")
	}
	switch {
	case c.said != "":
		lines[c.rows] = t.Warn.Render(t.Cut(t.Sym.Warn+" "+core.Printable(c.said), inner))
	case len(c.entries) == 0:
		lines[1] = t.Dim.Render("nothing matches")
	}
	return drawing{lines: frame(t, c.title, c.footer, lines, width), cursorX: 2 + theme.Width(c.prompt) + at, cursorY: 1}
}

func (c *chooser) drawEntry(e entry, here bool, w int) string {
	t := c.look.theme
	if e.head != "" {
		return t.PanelTitle.Render(t.Cut(e.head, w))
	}
	lead := ""
	if e.lead != "" {
		lead = e.lead + " "
		w -= theme.Width(lead)
	}
	note := e.note
	if e.off != "" {
		note = e.off
	}
	right := theme.Width(e.key)
	if right > 0 {
		right++
	}
	title := t.Cut(core.Printable(e.title), max(w-right, 1))
	note = t.Cut(core.Printable(note), w-right-theme.Width(title)-2)
	if note != "" {
		note = "  " + note
	}
	gap := strings.Repeat(" ", max(w-theme.Width(title)-theme.Width(note)-theme.Width(e.key), 0))
	switch {
	case here:
		return t.Selected.Render(lead + t.Fit(title+note+gap+e.key, w))
	case e.off != "":
		return t.Disabled.Render(lead + title + note + gap + e.key)
	}
	return e.leadStyle.Render(lead) + title + t.Dim.Render(note) + gap + t.Key.Render(e.key)
}
