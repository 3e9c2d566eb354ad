package tui

import (
	"strings"
	"time"

	"gwm/core"
	grid "gwm/tui/table"
)

// tokenRow is the right of a machine to read the key feed.
type tokenRow struct{ core.Token }

// newTokensPage makes the table of tokens for what the person administers.
func newTokensPage(h *host, at place) *rosterPage[tokenRow] {
	p := newRosterPage(h, at, "token", traitTokens, tokenFields(h.look))
	p.id = func(k *tokenRow) core.Ref { return core.Ref{Kind: kindToken, Name: k.ID} }
	p.match = func(k *tokenRow) core.Row { return k }
	p.faded = func(k *tokenRow) (fade, bool) { return fadeStale, k.Expired(time.Now()) }
	p.bad = func(k *tokenRow) bool { return k.Expired(time.Now()) }
	p.take = func(r *roster) []*tokenRow {
		rows := make([]*tokenRow, len(r.tokens))
		for i, k := range r.tokens {
			rows[i] = &tokenRow{k}
		}
		return rows
	}
	p.empty = func() (what, hint string) {
		return "there is no token for anything that you administer", "a adds one; with it a machine reads the public keys of who may log in there"
	}
	return p.begin()
}

func tokenFields(look *look) []field[tokenRow] {
	text := func(f func(*tokenRow) string) func(*tokenRow) grid.Cell {
		return func(k *tokenRow) grid.Cell { return grid.Cell{Text: f(k), Style: look.theme.Text} }
	}
	id := func(k *tokenRow) string { return k.ID }
	on := func(k *tokenRow) string { return k.On.String() }
	comment := func(k *tokenRow) string { return k.Comment }
	by := func(k *tokenRow) string { return k.By }
	return []field[tokenRow]{
		{Column: grid.Column{Key: "on", Title: "keys of", Min: 12, Ideal: 24, Elastic: true}, cmp: byText(on), cell: text(on)},
		{Column: grid.Column{Key: "comment", Title: "comment", Min: 12, Ideal: 24, Drop: 2, Elastic: true}, cmp: byText(comment), cell: text(comment)},
		{
			Column: grid.Column{Key: "expires", Title: "expires", Min: 10, Ideal: 12, Drop: 1}, cmp: byTime(func(k *tokenRow) time.Time { return k.Expires }),
			cell: func(k *tokenRow) grid.Cell { return expiryCell(look, k.Expires) },
		},
		{Column: grid.Column{Key: "id", Title: "id", Min: 12, Ideal: 12, Drop: 3}, cmp: byText(id), cell: text(id)},
		{Column: grid.Column{Key: "by", Title: "by", Min: 8, Ideal: 12, Drop: 4}, cmp: byText(by), cell: text(by)},
		{
			Column: grid.Column{Key: "created", Title: "created", Min: 10, Ideal: 10, Drop: 5}, desc: true, cmp: byTime(func(k *tokenRow) time.Time { return k.Created }),
			cell: func(k *tokenRow) grid.Cell {
				return grid.Cell{Text: k.Created.Local().Format(time.DateOnly), Style: look.theme.Dim}
			},
		},
	}
}

// FilterText, FilterField and FilterNumber make a token a core.Row.
func (k *tokenRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{k.ID, k.On.String(), k.Comment, k.By}, " "))
}

func (k *tokenRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "id":
		values = []string{k.ID}
	case "by":
		values = []string{k.By}
	case "cluster":
		values = []string{k.On.Cluster}
	case "target":
		values = []string{k.On.String()}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (k *tokenRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
