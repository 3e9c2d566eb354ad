package tui

import (
	"slices"
	"strings"
	"time"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// userRow is a user with what the list shows beside the account.
type userRow struct {
	core.User
	groups  []string
	keys    int // -1: not for the person to know
	live    int // sessions
	locked  bool
	invited bool
}

// newUsersPage makes the table of users.
func newUsersPage(h *host, at place) *rosterPage[userRow] {
	p := newRosterPage(h, at, "user", traitUsers, userFields(h.look))
	p.id = func(u *userRow) core.Ref { return core.UserRef(u.Name) }
	p.match = func(u *userRow) core.Row { return u }
	p.faded = func(u *userRow) (fade, bool) { return fadeStale, u.Disabled }
	p.bad = func(u *userRow) bool { return u.Disabled || u.locked || u.keys == 0 && u.Source == "" }
	p.open = func(u *userRow) (place, bool) { return userPlace(u.Name), true }
	p.take = userRows
	p.empty = func() (what, hint string) { return "there are no users that you may see", "a adds one" }
	return p.begin()
}

func userPlace(name string) place { return place{Page: pageUser, On: core.UserRef(name)} }

// userRows are the rows of everybody in a roster.
func userRows(r *roster) []*userRow {
	in := map[string][]string{}
	for _, g := range r.groups {
		for _, m := range g.Members {
			in[m] = append(in[m], g.Name)
		}
	}
	rows := make([]*userRow, len(r.users))
	for i, u := range r.users {
		rows[i] = r.userRow(u, in[u.Name])
	}
	return rows
}

func (r *roster) userRow(u core.User, groups []string) *userRow {
	row := &userRow{User: u, groups: groups, keys: -1, live: len(r.live[u.Name])}
	if n, ok := r.keys[u.Name]; ok {
		row.keys = n
	}
	_, row.locked = r.locks[core.UserRef(u.Name)]
	_, row.invited = r.invites[u.Name]
	return row
}

// states are the words for how an account stands, the worst first; "2fa" is a
// second factor, as far as that is for the person to know.
func (u *userRow) states() []string {
	var words []string
	add := func(on bool, word string) {
		if on {
			words = append(words, word)
		}
	}
	add(u.Disabled, "disabled")
	add(u.locked, "locked")
	add(u.Admin, "admin")
	add(u.Source != "", u.Source)
	add(u.invited, "invited")
	add(u.keys == 0 && u.Source == "", "no key")
	add(len(words) == 0, "active")
	add(u.TOTP, "2fa")
	return words
}

// userState is the symbol, the words and the style for how an account stands.
func userState(t *theme.Theme, u *userRow) (symbol, words string, style theme.Style) {
	words = strings.Join(u.states(), ", ")
	switch {
	case u.Disabled:
		return t.Sym.Off, words, t.Off
	case u.locked:
		return t.Sym.Lock, words, t.Warn
	case u.keys == 0 && u.Source == "":
		return t.Sym.Warn, words, t.Warn
	}
	return t.Sym.Done, words, t.Good
}

func userFields(look *look) []field[userRow] {
	text := func(f func(*userRow) string) func(*userRow) grid.Cell {
		return func(u *userRow) grid.Cell { return grid.Cell{Text: f(u), Style: look.theme.Text} }
	}
	name := func(u *userRow) string { return u.Name }
	comment := func(u *userRow) string { return u.Comment }
	groups := func(u *userRow) string { return strings.Join(u.groups, " ") }
	return []field[userRow]{
		{Column: grid.Column{Key: "name", Title: "name", Min: 10, Ideal: 16, Elastic: true}, cmp: byText(name), cell: text(name)},
		{Column: grid.Column{Key: "comment", Title: "full name", Min: 12, Ideal: 22, Drop: 3, Elastic: true}, cmp: byText(comment), cell: text(comment)},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 11, Ideal: 18, Drop: 1},
			cmp:    byText(func(u *userRow) string { return strings.Join(u.states(), " ") }),
			cell: func(u *userRow) grid.Cell {
				symbol, words, style := userState(look.theme, u)
				first, _, _ := strings.Cut(words, ",")
				return grid.Cell{Text: symbol + " " + words, Short: symbol + " " + first, Style: style}
			},
		},
		{Column: grid.Column{Key: "groups", Title: "groups", Min: 8, Ideal: 18, Drop: 4}, cmp: byText(groups), cell: text(groups)},
		{
			Column: grid.Column{Key: "keys", Title: "keys", Min: 4, Ideal: 5, Drop: 5, Right: true}, desc: true,
			cmp: byNumber(func(u *userRow) int { return u.keys }),
			cell: func(u *userRow) grid.Cell {
				if u.keys < 0 {
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				return grid.Cell{Text: count(u.keys), Style: look.theme.Text}
			},
		},
		{
			Column: grid.Column{Key: "live", Title: "live", Min: 4, Ideal: 5, Drop: 6, Right: true}, desc: true,
			cmp: byNumber(func(u *userRow) int { return u.live }),
			cell: func(u *userRow) grid.Cell {
				if u.live == 0 {
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				return grid.Cell{Text: count(u.live), Style: look.theme.Info}
			},
		},
		{
			Column: grid.Column{Key: "seen", Title: "seen", Min: 5, Ideal: 6, Drop: 2, Right: true}, desc: true,
			cmp: byTime(func(u *userRow) time.Time { return u.LastSeen }),
			cell: func(u *userRow) grid.Cell {
				if u.LastSeen.IsZero() {
					return grid.Cell{Text: "never", Style: look.theme.Dim}
				}
				return grid.Cell{Text: age(u.LastSeen), Style: look.theme.Text}
			},
		},
		{
			Column: grid.Column{Key: "created", Title: "created", Min: 10, Ideal: 10, Drop: 7},
			cmp:    byTime(func(u *userRow) time.Time { return u.Created }),
			cell: func(u *userRow) grid.Cell {
				return grid.Cell{Text: u.Created.Local().Format(time.DateOnly), Style: look.theme.Dim}
			},
		},
	}
}

// FilterText, FilterField and FilterNumber make a user a core.Row.
func (u *userRow) FilterText() string {
	words := append([]string{u.Name, u.Comment}, u.groups...)
	return strings.ToLower(strings.Join(append(words, u.states()...), " "))
}

func (u *userRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name", "by":
		values = []string{u.Name}
	case "group":
		values = slices.Clone(u.groups)
	case "state", "status":
		values = u.states()
	case "role":
		values = []string{"user"}
		if u.Admin {
			values = []string{"admin"}
		}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (u *userRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
