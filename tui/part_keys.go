package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// keysPart is a tab with the keys of a user.
type keysPart struct {
	list[core.Key]
	asked
	user string
	rev  uint64 // core.View.PeopleRev that they were read at
	view *core.View
}

// keysMsg brings the keys.
type keysMsg struct {
	keys []core.Key
	err  error
}

func newKeysPart(h *host, user string) *keysPart {
	p := &keysPart{user: user}
	p.list = newList(h, keyFields(h.look))
	p.id = func(k *core.Key) core.Ref { return core.Ref{Kind: kindKey, Name: k.Fingerprint} }
	p.faded = func(k *core.Key) (fade, bool) { return fadeStale, k.Expired(time.Now()) }
	return p
}

func (p *keysPart) traits() trait { return traitMove | traitMarks | traitSort | traitWide | traitKeys }

func (p *keysPart) follow(v *core.View) tea.Cmd {
	p.view = v
	rev := v.PeopleRev()
	if p.asking || p.have && p.rev == rev {
		return nil
	}
	p.asking, p.rev = true, rev
	s, user := p.host.session, p.user
	return p.host.call(func(ctx context.Context) tea.Msg {
		keys, err := s.Keys(ctx, user)
		return keysMsg{keys, err}
	})
}

func (p *keysPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(keysMsg)
	if !ok {
		return nil, false
	}
	p.asking, p.have, p.failed = false, true, core.AsError(m.err)
	rows := make([]*core.Key, len(m.keys))
	for i := range m.keys {
		rows[i] = &m.keys[i]
	}
	return tea.Batch(p.load(rows, nil), p.follow(p.view)), true
}

func (p *keysPart) choice(about core.Ref) selection {
	if p.rows.len() == 0 {
		return selection{Refs: []core.Ref{about}}
	}
	return p.refs()
}

func (p *keysPart) body(w, h int) string {
	t := p.host.look.theme
	if missing := p.missing(t, w); missing != "" {
		return missing
	}
	if p.rows.len() == 0 {
		return hollow(t, w, "there is no key: nobody can log in as "+core.Printable(p.user)+" with one", "a adds keys")
	}
	return p.table(w, h-1)
}

func keyFields(look *look) []field[core.Key] {
	text := func(f func(*core.Key) string) func(*core.Key) grid.Cell {
		return func(k *core.Key) grid.Cell { return grid.Cell{Text: f(k), Style: look.theme.Text} }
	}
	comment := func(k *core.Key) string { return k.Comment }
	kind := func(k *core.Key) string { return k.Type }
	print := func(k *core.Key) string { return k.Fingerprint }
	return []field[core.Key]{
		{Column: grid.Column{Key: "comment", Title: "comment", Min: 10, Ideal: 18, Drop: 1, Elastic: true}, cmp: byText(comment), cell: text(comment)},
		{Column: grid.Column{Key: "type", Title: "type", Min: 11, Ideal: 14, Drop: 3}, cmp: byText(kind), cell: text(kind)},
		{Column: grid.Column{Key: "fingerprint", Title: "fingerprint", Min: 20, Ideal: 50}, cmp: byText(print), cell: text(print)},
		{
			Column: grid.Column{Key: "expires", Title: "expires", Min: 10, Ideal: 16, Drop: 2}, cmp: byTime(func(k *core.Key) time.Time { return k.Expires }),
			cell: func(k *core.Key) grid.Cell { return expiryCell(look, k.Expires) },
		},
		{
			Column: grid.Column{Key: "added", Title: "added", Min: 10, Ideal: 10, Drop: 4}, desc: true, cmp: byTime(func(k *core.Key) time.Time { return k.Added }),
			cell: func(k *core.Key) grid.Cell {
				return grid.Cell{Text: k.Added.Local().Format(time.DateOnly), Style: look.theme.Dim}
			},
		},
	}
}

// expiryCell says when something ends, or that it has.
func expiryCell(look *look, at time.Time) grid.Cell {
	t := look.theme
	switch now := time.Now(); {
	case at.IsZero():
		return grid.Cell{Text: "never", Style: t.Dim}
	case !now.Before(at):
		return grid.Cell{Text: t.Sym.Bad + " " + age(at) + " ago", Style: t.Error}
	case at.Sub(now) < 7*24*time.Hour:
		return grid.Cell{Text: t.Sym.Warn + " in " + span(at.Sub(now)), Style: t.Warn}
	}
	return grid.Cell{Text: at.Local().Format(time.DateOnly), Style: t.Text}
}
