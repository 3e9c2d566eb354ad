package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// memberRow is a member of a group. Who may not be seen has a name only.
type memberRow struct {
	userRow
	seen  bool
	admin bool // of the group
}

// membersPart is a tab with the members of a group.
type membersPart struct {
	list[memberRow]
	group string
	have  bool
	from  string // "" or where the members come from
}

func newMembersPart(h *host, group string) *membersPart {
	p := &membersPart{group: group}
	p.list = newList(h, memberFields(h.look))
	p.id = func(m *memberRow) core.Ref { return core.UserRef(m.Name) }
	p.match = func(m *memberRow) core.Row { return m }
	p.faded = func(m *memberRow) (fade, bool) { return fadeStale, m.Disabled }
	p.open = func(m *memberRow) (place, bool) { return userPlace(m.Name), m.seen }
	return p
}

func (p *membersPart) traits() trait {
	return traitMove | traitOpen | traitMarks | traitFilter | traitSort | traitWide | traitMembers
}

func (p *membersPart) follow(*core.View) tea.Cmd {
	if p.have {
		return nil
	}
	return p.fill()
}

func (p *membersPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	if m, everybody := msg.(rosterMsg); everybody && m.err == nil {
		return p.fill(), true
	}
	return nil, false
}

// fill takes the members of the roster.
func (p *membersPart) fill() tea.Cmd {
	r := p.host.people
	g, ok := r.group(p.group)
	if !ok || r.session != p.host.session {
		return nil
	}
	p.have, p.from = true, g.Source
	rows := make([]*memberRow, len(g.Members))
	for i, name := range g.Members {
		u, seen := r.user(name)
		if !seen {
			u.Name = name
		}
		rows[i] = &memberRow{userRow: *r.userRow(u, nil), seen: seen, admin: r.administers(name, p.group)}
	}
	return p.load(rows, nil)
}

func (p *membersPart) choice(about core.Ref) selection {
	if p.shown.len() == 0 {
		return selection{Refs: []core.Ref{about}}
	}
	return p.refs()
}

func (p *membersPart) body(w, h int) string {
	t := p.host.look.theme
	switch {
	case p.shown.len() > 0:
		return p.table(w, h-1)
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, w, "no member matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.from != "":
		return hollow(t, w, "nobody is in it yet", "the directory says who is, when they log in")
	}
	return hollow(t, w, "nobody is in it yet", "a adds members; they get every right that the group has")
}

func memberFields(look *look) []field[memberRow] {
	text := func(f func(*memberRow) string) func(*memberRow) grid.Cell {
		return func(m *memberRow) grid.Cell { return grid.Cell{Text: f(m), Style: look.theme.Text} }
	}
	name := func(m *memberRow) string { return m.Name }
	comment := func(m *memberRow) string { return m.Comment }
	role := func(m *memberRow) string {
		if m.admin {
			return "group admin"
		}
		return "member"
	}
	return []field[memberRow]{
		{Column: grid.Column{Key: "name", Title: "name", Min: 10, Ideal: 16, Elastic: true}, cmp: byText(name), cell: text(name)},
		{Column: grid.Column{Key: "role", Title: "here", Min: 11, Ideal: 12, Drop: 1}, cmp: byText(role), cell: text(role)},
		{Column: grid.Column{Key: "comment", Title: "full name", Min: 12, Ideal: 24, Drop: 2, Elastic: true}, cmp: byText(comment), cell: text(comment)},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 11, Ideal: 18, Drop: 3},
			cmp:    byText(func(m *memberRow) string { return strings.Join(m.states(), " ") }),
			cell: func(m *memberRow) grid.Cell {
				if !m.seen {
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				symbol, words, style := userState(look.theme, &m.userRow)
				return grid.Cell{Text: symbol + " " + words, Style: style}
			},
		},
	}
}
