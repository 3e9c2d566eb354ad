package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// part is what a page shows under one of its tabs: a table or a text.
type part interface {
	filterer
	sorter
	traits() trait
	resize(w, h int)
	// body draws it in h lines of w cells.
	body(w, h int) string
	// follow hands over a view while the tab is in front, and asks for what may
	// have changed with it.
	follow(v *core.View) tea.Cmd
	// take receives what the part asked for, and every roster; ok is false for
	// what is not its own.
	take(msg tea.Msg) (cmd tea.Cmd, ok bool)
	// choice is what an action works on; about is what the page is about.
	choice(about core.Ref) selection
	act(id string) (cmd tea.Cmd, done bool)
	click(x, y int, double bool) tea.Cmd
	wheel(x, y, lines int) tea.Cmd
}

// tab is a part with its title.
type tab struct {
	title string
	part  part
}

// tabbedPage is the page of a user or a group: some lines about it, and tabs.
type tabbedPage struct {
	host  *host
	place place
	view  *core.View
	rolls rolls
	tabs  []tab
	here  int
	top   func(w, h int) (lines []string, ok bool) // ok is false where it is not there
	w, h  int
}

func (p *tabbedPage) at() place { return p.place }

// heading is a line about the user or the group, and under it what is to be known
// before anything else: that it or the site is locked, and that this is not how it is now.
func (p *tabbedPage) heading(line string, w, h int) []string {
	t := p.host.look.theme
	lines := []string{t.Cut(line, w)}
	if h >= 10 {
		lines = append(lines, lockNotes(t, p.view, p.place.On, w)...)
	}
	if f := p.rolls.failed; f != nil {
		lines = append(lines, t.Error.Render(t.Cut(" "+t.Sym.Bad+" this is how it was: "+core.Printable(f.Message), w)))
	}
	return lines
}

func (p *tabbedPage) front() part { return p.tabs[p.here].part }

func (p *tabbedPage) inFront() any { return p.front() }

func (p *tabbedPage) titles() []string {
	out := make([]string, len(p.tabs))
	for i, t := range p.tabs {
		out[i] = t.title
	}
	return out
}

func (p *tabbedPage) traits() trait { return traitTabs | p.front().traits() }

func (p *tabbedPage) resize(w, h int) {
	p.w, p.h = w, h
	for _, t := range p.tabs {
		t.part.resize(w, max(h-2, 0))
	}
}

func (p *tabbedPage) show(v *core.View) tea.Cmd {
	p.view = v
	return tea.Batch(p.rolls.follow(v), p.front().follow(v))
}

func (p *tabbedPage) update(msg tea.Msg) tea.Cmd {
	m, everybody := msg.(rosterMsg)
	if everybody {
		p.rolls.take(m)
	}
	var cmds []tea.Cmd
	for _, t := range p.tabs {
		cmd, ok := t.part.take(msg)
		cmds = append(cmds, cmd)
		if ok && !everybody {
			break
		}
	}
	if everybody {
		cmds = append(cmds, p.rolls.follow(p.view))
	}
	return tea.Batch(cmds...)
}

func (p *tabbedPage) act(id string) (cmd tea.Cmd, done bool) {
	if to, ok := tabAct(id, p.here, len(p.tabs)); ok {
		return p.turn(to), true
	}
	return p.front().act(id)
}

// turn brings another tab to the front.
func (p *tabbedPage) turn(to int) tea.Cmd {
	p.here = to
	return p.front().follow(p.view)
}

func (p *tabbedPage) selection() selection { return p.front().choice(p.place.On) }

func (p *tabbedPage) filter(text string) (matched, total int, err error) {
	return p.front().filter(text)
}

func (p *tabbedPage) filtered() (text string, matched, total int) { return p.front().filtered() }

func (p *tabbedPage) columns() []column { return p.front().columns() }

func (p *tabbedPage) sorted() (key string, desc bool) { return p.front().sorted() }

func (p *tabbedPage) sort(key string, desc bool) tea.Cmd { return p.front().sort(key, desc) }

func (p *tabbedPage) click(x, y int, double bool) tea.Cmd {
	above, ok := p.top(p.w, p.h)
	switch bar := len(above); {
	case !ok:
	case y == bar:
		if to := tabHit(p.host.look.theme, p.titles(), p.here, p.w, x); to >= 0 {
			return p.turn(to)
		}
	case y > bar:
		return p.front().click(x, y-bar-1, double)
	}
	return nil
}

func (p *tabbedPage) wheel(x, y, lines int) tea.Cmd { return p.front().wheel(x, y, lines) }

func (p *tabbedPage) paint() string {
	t := p.host.look.theme
	if p.view == nil {
		return ""
	}
	above, ok := p.top(p.w, p.h)
	if !ok {
		return p.rolls.hollow(p.w, func() (what, hint string) {
			return core.Unknown(p.place.On.Kind, p.place.On.Name).Message, "esc goes back"
		})
	}
	bar := tabBar(t, p.titles(), p.here, p.w)
	if text, reads := p.front().(*textPart); reads {
		bar = text.under(bar, p.w)
	}
	above = append(above, bar)
	return stack(above, p.front().body(p.w, p.h-len(above)), p.w, p.h)
}

// textPart is a tab with a text that is written anew whenever something changed.
type textPart struct {
	reader
	write func(v *core.View) []logview.Line
	view  *core.View
}

func newTextPart(h *host, write func(v *core.View) []logview.Line) *textPart {
	return &textPart{reader: reader{host: h, text: logview.NewText(h.look.theme)}, write: write}
}

func (p *textPart) traits() trait { return readerTraits }

func (p *textPart) resize(w, h int) { p.text.Resize(w, h) }

func (p *textPart) body(w, h int) string { return p.reader.view(w, h) }

func (p *textPart) follow(v *core.View) tea.Cmd {
	p.view = v
	p.replace(p.write(v))
	return nil
}

func (p *textPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	if _, everybody := msg.(rosterMsg); everybody && p.view != nil {
		p.replace(p.write(p.view))
	}
	return nil, false
}

func (p *textPart) choice(about core.Ref) selection { return selection{Refs: []core.Ref{about}} }

func (p *textPart) columns() []column { return nil }

func (p *textPart) sorted() (key string, desc bool) { return "", false }

func (p *textPart) sort(string, bool) tea.Cmd { return nil }

// rightsTab is the table of rights as a tab.
type rightsTab struct{ *rightsPart }

func (rightsTab) traits() trait { return rightsTraits }
