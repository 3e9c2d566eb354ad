package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// rosterPage is one table of what the roster holds: users, groups, applicants or
// tokens. It follows what others change.
type rosterPage[T any] struct {
	list[T]
	rolls rolls
	place place
	view  *core.View
	noun  string // "user"
	has   trait  // what its rows are
	take  func(r *roster) []*T
	empty func() (what, hint string) // why there is no row
}

func newRosterPage[T any](h *host, at place, noun string, has trait, fields []field[T]) *rosterPage[T] {
	p := &rosterPage[T]{place: at, noun: noun, has: has, rolls: rolls{host: h}}
	p.list = newList(h, fields)
	return p
}

// begin takes over the filter that came with the place.
func (p *rosterPage[T]) begin() *rosterPage[T] {
	if p.place.Arg != "" {
		_, _, _ = p.filter(p.place.Arg) // a bad one shows everything
	}
	return p
}

func (p *rosterPage[T]) at() place { return p.place }

func (p *rosterPage[T]) traits() trait {
	out := traitMove | traitMarks | traitFilter | traitSort | traitWide | p.has
	if p.open != nil {
		out |= traitOpen
	}
	if p.bad != nil {
		out |= traitTrouble
	}
	return out
}

func (p *rosterPage[T]) show(v *core.View) tea.Cmd {
	p.view = v
	return p.rolls.follow(v)
}

func (p *rosterPage[T]) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(rosterMsg)
	if !ok {
		return nil
	}
	p.rolls.take(m)
	var cmd tea.Cmd
	if m.err == nil {
		cmd = p.load(p.take(p.host.people), nil)
	}
	return tea.Batch(cmd, p.rolls.follow(p.view))
}

func (p *rosterPage[T]) selection() selection { return p.refs() }

func (p *rosterPage[T]) paint() string {
	t := p.host.look.theme
	p.above = 0
	if f := p.rolls.failed; f != nil && p.shown.len() > 0 {
		p.above = 1
		note := t.Error.Render(t.Cut(" "+t.Sym.Bad+" this is how it was: "+core.Printable(f.Message), p.w))
		return stack([]string{note}, p.table(p.w, p.h-2), p.w, p.h)
	}
	switch {
	case p.shown.len() > 0:
		return p.table(p.w, p.h-1)
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, p.w, "no "+p.noun+" matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, p.w, "no "+p.noun+" needs attention", "z shows all of them again")
	}
	return p.rolls.hollow(p.w, p.empty)
}

// hollow says why nothing is there: not read yet, not to be read, or really
// nothing.
func (r *rolls) hollow(w int, empty func() (what, hint string)) string {
	t := r.host.look.theme
	switch {
	case r.failed != nil:
		return hollow(t, w, core.Printable(r.failed.Message), core.Printable(r.failed.Hint))
	case !r.have:
		return "\n  " + t.Dim.Render("asking"+t.Sym.Ellipsis)
	}
	what, hint := empty()
	return hollow(t, w, what, hint)
}
