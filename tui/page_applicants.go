package tui

import (
	"strings"
	"time"

	"gwm/core"
	grid "gwm/tui/table"
)

// applicantRow is somebody who asks for an account.
type applicantRow struct{ core.Applicant }

// newApplicantsPage makes the table of who asks for an account, for those who
// decide it.
func newApplicantsPage(h *host, at place) *rosterPage[applicantRow] {
	p := newRosterPage(h, at, "applicant", 0, applicantFields(h.look))
	p.id = func(a *applicantRow) core.Ref { return core.Ref{Kind: kindApplicant, Name: a.Name} }
	p.match = func(a *applicantRow) core.Row { return a }
	p.open = func(a *applicantRow) (place, bool) {
		return place{Page: pageForm, Arg: "applicant approve " + a.Name}, true
	}
	p.take = func(r *roster) []*applicantRow {
		rows := make([]*applicantRow, len(r.waiting))
		for i, a := range r.waiting {
			rows[i] = &applicantRow{a}
		}
		return rows
	}
	p.empty = func() (what, hint string) {
		if !h.session.User().Admin {
			return "applicants are shown to site administrators", "esc goes back"
		}
		return "nobody asks for an account", "where registration is open people do so with: ssh " + core.DoorRegister + "@" + enrolHost
	}
	return p.begin()
}

func applicantFields(look *look) []field[applicantRow] {
	text := func(f func(*applicantRow) string) func(*applicantRow) grid.Cell {
		return func(a *applicantRow) grid.Cell { return grid.Cell{Text: f(a), Style: look.theme.Text} }
	}
	name := func(a *applicantRow) string { return a.Name }
	comment := func(a *applicantRow) string { return a.Comment }
	key := func(a *applicantRow) string { return a.Key.Fingerprint }
	addr := func(a *applicantRow) string { return a.Addr }
	return []field[applicantRow]{
		{Column: grid.Column{Key: "name", Title: "wants to be", Min: 11, Ideal: 16}, cmp: byText(name), cell: text(name)},
		{Column: grid.Column{Key: "comment", Title: "full name", Min: 12, Ideal: 24, Drop: 1, Elastic: true}, cmp: byText(comment), cell: text(comment)},
		{
			Column: grid.Column{Key: "asked", Title: "asked", Min: 5, Ideal: 6, Drop: 2, Right: true},
			cmp:    byTime(func(a *applicantRow) time.Time { return a.At }),
			cell:   func(a *applicantRow) grid.Cell { return grid.Cell{Text: age(a.At), Style: look.theme.Text} },
		},
		{Column: grid.Column{Key: "addr", Title: "from", Min: 14, Ideal: 21, Drop: 3}, cmp: byText(addr), cell: text(addr)},
		{Column: grid.Column{Key: "key", Title: "key", Min: 20, Ideal: 50, Drop: 4}, cmp: byText(key), cell: text(key)},
	}
}

// FilterText, FilterField and FilterNumber make an applicant a core.Row.
func (a *applicantRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{a.Name, a.Comment, a.Addr, a.Key.Fingerprint}, " "))
}

func (a *applicantRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name", "by":
		values = []string{a.Name}
	case "ip":
		values = []string{a.Addr}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (a *applicantRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
