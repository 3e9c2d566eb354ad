package tui

import (
	"strings"
	"time"

	"gwm/core"
	grid "gwm/tui/table"
)

// groupRow is a group with what the list shows beside it.
type groupRow struct {
	core.Group
	admins []string // as far as they are to be seen
	locked bool
}

// newGroupsPage makes the table of groups.
func newGroupsPage(h *host, at place) *rosterPage[groupRow] {
	p := newRosterPage(h, at, "group", traitGroups, groupFields(h.look))
	p.id = func(g *groupRow) core.Ref { return core.GroupRef(g.Name) }
	p.match = func(g *groupRow) core.Row { return g }
	p.open = func(g *groupRow) (place, bool) { return groupPlace(g.Name), true }
	p.take = groupRows
	p.empty = func() (what, hint string) {
		if h.session.User().Admin {
			return "there are no groups yet", "a adds one; what is granted to a group all its members have"
		}
		return "you are in no group", "ask an administrator to add you to one"
	}
	return p.begin()
}

func groupPlace(name string) place { return place{Page: pageGroup, On: core.GroupRef(name)} }

func groupRows(r *roster) []*groupRow {
	rows := make([]*groupRow, len(r.groups))
	for i, g := range r.groups {
		rows[i] = r.groupRow(g)
	}
	return rows
}

func (r *roster) groupRow(g core.Group) *groupRow {
	row := &groupRow{Group: g}
	_, row.locked = r.locks[core.GroupRef(g.Name)]
	for _, grant := range r.grants {
		if grant.On == core.GroupRef(g.Name) {
			row.admins = append(row.admins, grant.Who.Name)
		}
	}
	return row
}

func (g *groupRow) state() string {
	words := g.Source
	if g.locked {
		words = strings.TrimSpace("locked " + words)
	}
	return words
}

func groupFields(look *look) []field[groupRow] {
	text := func(f func(*groupRow) string) func(*groupRow) grid.Cell {
		return func(g *groupRow) grid.Cell { return grid.Cell{Text: f(g), Style: look.theme.Text} }
	}
	name := func(g *groupRow) string { return g.Name }
	comment := func(g *groupRow) string { return g.Comment }
	members := func(g *groupRow) string { return strings.Join(g.Members, " ") }
	admins := func(g *groupRow) string { return strings.Join(g.admins, " ") }
	return []field[groupRow]{
		{Column: grid.Column{Key: "name", Title: "name", Min: 10, Ideal: 16, Elastic: true}, cmp: byText(name), cell: text(name)},
		{Column: grid.Column{Key: "comment", Title: "comment", Min: 12, Ideal: 24, Drop: 2, Elastic: true}, cmp: byText(comment), cell: text(comment)},
		{
			Column: grid.Column{Key: "size", Title: "members", Min: 7, Ideal: 7, Drop: 1, Right: true}, desc: true,
			cmp: byNumber(func(g *groupRow) int { return len(g.Members) }), cell: text(func(g *groupRow) string { return count(len(g.Members)) }),
		},
		{Column: grid.Column{Key: "admins", Title: "admins", Min: 8, Ideal: 14, Drop: 4}, cmp: byText(admins), cell: text(admins)},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 8, Ideal: 11, Drop: 3}, cmp: byText((*groupRow).state),
			cell: func(g *groupRow) grid.Cell {
				if g.locked {
					return grid.Cell{Text: look.theme.Sym.Lock + " " + g.state(), Style: look.theme.Warn}
				}
				return grid.Cell{Text: g.state(), Style: look.theme.Dim}
			},
		},
		{Column: grid.Column{Key: "members", Title: "who", Min: 12, Ideal: 28, Drop: 5, Elastic: true}, cell: text(members)},
		{
			Column: grid.Column{Key: "created", Title: "created", Min: 10, Ideal: 10, Drop: 6},
			cmp:    byTime(func(g *groupRow) time.Time { return g.Created }),
			cell: func(g *groupRow) grid.Cell {
				return grid.Cell{Text: g.Created.Local().Format(time.DateOnly), Style: look.theme.Dim}
			},
		},
	}
}

// FilterText, FilterField and FilterNumber make a group a core.Row.
func (g *groupRow) FilterText() string {
	words := append([]string{g.Name, g.Comment, g.state()}, g.Members...)
	return strings.ToLower(strings.Join(words, " "))
}

func (g *groupRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name", "group":
		values = []string{g.Name}
	case "by": // a member; "user" means it too
		values = g.Members
	case "state", "status":
		values = strings.Fields(g.state())
	case "owner":
		values = g.admins
	default:
		return nil, false
	}
	return lowered(values), true
}

func (g *groupRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
