package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// menu is what the escape key opens: all that is not typing.
func (p *consolePage) menu() tea.Cmd {
	m := p.app.newMenu("Console of " + core.Printable(p.c.vm.Name))
	p.menuLeave(m)
	p.menuKeyboard(m)
	p.menuText(m)
	p.menuScreen(m)
	p.menuOthers(m)
	return p.app.pop(m)
}

func (p *consolePage) menuLeave(m *menu) {
	a, c := p.app, p.c
	m.add(menuItem{letter: "d", title: "detach", note: "you stay there; :consoles leads back", run: func() tea.Cmd {
		return a.leave()
	}})
	m.add(menuItem{letter: "x", title: "leave", note: "who leaves last ends the connection", run: func() tea.Cmd {
		return tea.Batch(a.forget(c), a.leave())
	}})
	m.add(menuItem{letter: keyOf(p.escape()), title: "send " + p.escape().String(), note: "to the guest; :escape changes the key", run: func() tea.Cmd {
		return p.typed([]byte{byte(p.escape())})
	}})
}

func (p *consolePage) menuKeyboard(m *menu) {
	c := p.c
	who, other := c.typist()
	switch {
	case c.typing():
		m.add(menuItem{letter: "k", title: "give the keyboard up", note: "the next who types has it", run: p.yield})
	case other:
		m.add(menuItem{letter: "k", title: "take the keyboard", note: core.Printable(who.User) + " has it and is told", run: p.take})
	default:
		m.add(menuItem{letter: "k", title: "take the keyboard", note: "nobody has it", run: p.take})
	}
	if core.CodeOf(c.state.Why) == core.CodeUntrusted {
		look := menuItem{letter: "t", title: "look at the node's key", note: "compare it, then trust it", run: p.askTrust}
		if why := mayTrust(p.app, selection{Refs: []core.Ref{core.ClusterRef(c.vm.Cluster)}}); why != "" {
			look.off = why
		}
		m.add(look)
	}
	reconnect := menuItem{letter: "r", title: "connect again now", run: func() tea.Cmd {
		c.hidden = "" // whoever asks wants to know
		return c.ask("", func(_ context.Context, line core.Line) error {
			line.Reconnect()
			return nil
		})
	}}
	if c.state.Phase == core.LineUp {
		reconnect.off = "it is connected"
	}
	m.add(reconnect)
	m.add(menuItem{letter: "b", title: "send a break", note: "Linux takes it for SysRq", run: func() tea.Cmd {
		return c.ask("the break was sent", func(ctx context.Context, line core.Line) error { return line.Break(ctx) })
	}})
}

func (p *consolePage) menuText(m *menu) {
	c := p.c
	m.add(menuItem{letter: "e", title: "type a text", note: "write a line first, then send it", run: p.compose})
	m.add(menuItem{letter: "l", title: "look back", note: "scroll, / search, v select, y copy", run: p.look})
	m.add(menuItem{letter: "s", title: "copy all that is kept", note: p.copyNote(), run: p.copyAll})
	size := menuItem{letter: "z", title: "tell the guest the window size", noteNow: func() string { return "types: " + p.stty() }, run: func() tea.Cmd {
		return p.typed([]byte(p.stty() + "\r"))
	}}
	if c.screen.Modes().Alternate {
		size.off = "a program has the whole screen; leave it first"
	}
	m.add(size)
}

func (p *consolePage) menuScreen(m *menu) {
	a, c := p.app, p.c
	m.add(menuItem{letter: "f", title: "full screen", run: func() tea.Cmd {
		a.full = !a.full
		a.layout()
		return nil
	}})
	m.add(menuItem{letter: "R", title: "reset the screen", note: "after a program left it in disorder", run: func() tea.Cmd {
		c.screen.Reset()
		return nil
	}})
	m.add(menuItem{letter: "w", title: "who is here", run: p.who})
	m.add(menuItem{letter: ":", title: "commands", run: func() tea.Cmd { return a.openPalette("") }})
	m.add(menuItem{letter: "?", title: "help", run: a.openHelp})
}

// stty is the command that tells a guest the size of the window.
func (p *consolePage) stty() string { return fmt.Sprintf("stty cols %d rows %d", p.w, p.h) }

// copyNote says what of the console is copied, and how to get the rest.
func (p *consolePage) copyNote() string {
	if p.c.state.Recording == "on" {
		return "all of it: gwm recording export"
	}
	return "as much as fits a clipboard"
}

// copyAll copies the end of what is kept.
func (p *consolePage) copyAll() tea.Cmd {
	text, note := p.c.view.All(), ""
	text = strings.ToValidUTF8(text[max(len(text)-maxCopy, 0):], "")
	if p.c.state.Recording == "on" {
		note = "; all that was recorded: gwm recording export " + core.Printable(p.c.vm.String())
	}
	return p.app.copyCounted("the console of "+core.Printable(p.c.vm.Name), text, note)
}

// menuOthers lists the other consoles of this screen.
func (p *consolePage) menuOthers(m *menu) {
	for i, c := range p.app.consoles {
		if c != p.c {
			m.add(p.app.consoleItem(i))
		}
	}
}

// typed types what the menu means, as a key would.
func (p *consolePage) typed(out []byte) tea.Cmd {
	if who, ok := p.c.typist(); ok {
		return p.askTake(who)
	}
	p.c.view.Bottom()
	return p.c.send(out)
}

// who lists the people at the console.
func (p *consolePage) who() tea.Cmd {
	m := p.app.newMenu("At " + core.Printable(p.c.vm.Name))
	for _, s := range p.c.state.People {
		note := "since " + clock(s.Since) + " from " + s.Addr
		if s.ID == p.c.state.Typist {
			note = "has the keyboard, " + note
		}
		if p.c.seat != nil && s.ID == p.c.seat.Info().ID {
			note = "you, " + note
		}
		m.add(menuItem{title: s.User, note: note, run: func() tea.Cmd { return nil }})
	}
	return p.app.pop(m)
}

// compose lets a line be written before it is sent.
func (p *consolePage) compose() tea.Cmd {
	c := p.app.newChooser("Type into "+core.Printable(p.c.vm.Name), "> ", "", func(typed string) []entry {
		return []entry{
			{title: "send it with enter", run: func() tea.Cmd { return p.typed([]byte(typed + "\r")) }},
			{title: "send it without enter", run: func() tea.Cmd { return p.typed([]byte(typed)) }},
		}
	})
	c.footer = "enter send  esc close"
	return p.app.pop(c)
}

// consoleItem is a console of this screen as a line of a menu, with its number.
func (a *App) consoleItem(i int) menuItem {
	c := a.consoles[i]
	it := menuItem{title: c.vm.Name, note: c.vm.Cluster, run: func() tea.Cmd { return a.goTo(place{Page: pageConsole, On: c.vm}) }}
	if i < 9 {
		it.letter = strconv.Itoa(i + 1)
	}
	switch {
	case c.over != nil || c.state.Phase == core.LineEnded:
		it.note += ", ended"
	case c.state.Phase != core.LineUp:
		it.note += ", " + string(c.state.Phase)
	case c.unseen:
		it.note += ", wrote something"
	}
	return it
}

// openConsoles lists the consoles that this screen sits at.
func (a *App) openConsoles() tea.Cmd {
	if len(a.consoles) == 0 {
		return a.hint("you sit at no console; c on a VM opens its serial console")
	}
	m := a.newMenu("Consoles")
	for i := range a.consoles {
		m.add(a.consoleItem(i))
	}
	return a.pop(m)
}

// reopen sits down again at a console that is over.
func (a *App) reopen(p *consolePage) tea.Cmd {
	if p.c.live() || p.c.opening {
		return nil
	}
	p.looking = false
	return tea.Batch(p.c.close(), p.c.open(a))
}
