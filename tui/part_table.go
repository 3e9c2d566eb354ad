package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// tablePart is a tab with a table of what its page knows, or the view.
type tablePart[T any] struct {
	list[T]
	noun    string // "network"
	has     trait  // what its rows are
	rowsOf  func(v *core.View) []*T
	lacks   func() (what, hint string)              // why there is no row
	missing func(w int) string                      // in place of the table until there is an answer; nil: there is one
	chosen  func(row *T) (sel selection, done bool) // nil: rows are objects
}

// newTablePart makes a tab; the caller sets the functions of its list.
func newTablePart[T any](h *host, noun string, has trait, fields []field[T]) *tablePart[T] {
	p := &tablePart[T]{noun: noun, has: has}
	p.list = newList(h, fields)
	return p
}

func (p *tablePart[T]) traits() trait {
	out := traitMove | traitFilter | traitSort | traitWide | p.has
	if p.open != nil {
		out |= traitOpen
	}
	if p.bad != nil {
		out |= traitTrouble
	}
	return out
}

func (p *tablePart[T]) follow(v *core.View) tea.Cmd { return p.load(p.rowsOf(v), nil) }

func (p *tablePart[T]) take(tea.Msg) (cmd tea.Cmd, ok bool) { return nil, false }

func (p *tablePart[T]) choice(about core.Ref) selection {
	row, ok := p.current()
	switch {
	case !ok:
		return selection{Refs: []core.Ref{about}}
	case p.chosen != nil:
		if sel, done := p.chosen(row); done {
			return sel
		}
		return selection{Refs: []core.Ref{about}}
	}
	return p.refs()
}

func (p *tablePart[T]) body(w, h int) string {
	t := p.host.look.theme
	if p.missing != nil {
		if text := p.missing(w); text != "" {
			return text
		}
	}
	switch {
	case p.shown.len() > 0:
		return p.table(w, h-1)
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, w, "no "+p.noun+" matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, w, "no "+p.noun+" needs attention", "z shows all of them again")
	}
	what, hint := p.lacks()
	return hollow(t, w, what, hint)
}
