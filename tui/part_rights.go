package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// rightsPart is the table of rights that pages have as a tab: who holds what on
// an object, or what a user or a group holds. The page that has it hands over
// what arrives (take), and the view while the tab is in front (follow).
type rightsPart struct {
	list[core.Right]
	asked
	on, of core.Ref // one of them is set
	view   *core.View
	used   map[core.Ref]core.Usage
}

// rightsMsg brings the rights.
type rightsMsg struct {
	rights []core.Right
	err    error
}

// rightsTraits are what a page can do while the table is in front.
const rightsTraits = traitMove | traitOpen | traitSort | traitWide | traitRights

// newRightsOn makes the table of who holds what on an object: its Users tab.
func newRightsOn(h *host, on core.Ref) *rightsPart {
	p := &rightsPart{on: on}
	p.list = newList(h, p.fields(h.look))
	return p.ready()
}

// newRightsOf makes the table of what a user or a group holds: the Permissions
// tab.
func newRightsOf(h *host, of core.Ref) *rightsPart {
	p := &rightsPart{of: of}
	p.list = newList(h, p.fields(h.look))
	return p.ready()
}

func (p *rightsPart) ready() *rightsPart {
	p.id = func(r *core.Right) core.Ref {
		return core.Ref{Kind: "right", Cluster: r.Who.String(), Name: r.On.String() + " " + r.From.String()}
	}
	p.faded = func(r *core.Right) (fade, bool) { return fadeStale, !r.Now }
	p.open = func(r *core.Right) (place, bool) { return grantPlace(r.Who, r.On), r.Grant != nil }
	return p
}

// follow takes a view while the tab is in front and asks for what may have
// changed with it.
func (p *rightsPart) follow(v *core.View) tea.Cmd {
	p.view = v
	p.used = nil
	if p.on.Kind == core.KindCluster {
		p.used = map[core.Ref]core.Usage{}
		for _, u := range v.UsageOn(p.on.Cluster) {
			p.used[u.Who] = u
		}
	}
	p.grid.Redraw()
	if !p.begin() {
		return nil
	}
	s, on, of := p.host.session, p.on, p.of
	return p.host.call(func(ctx context.Context) tea.Msg {
		var m rightsMsg
		if on.IsZero() {
			m.rights, m.err = s.RightsOf(ctx, of)
		} else {
			m.rights, m.err = s.RightsOn(ctx, on)
		}
		return m
	})
}

// take takes the rights when they arrive; ok is false for another message.
func (p *rightsPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(rightsMsg)
	if !ok {
		return nil, false
	}
	again := p.end(m.err)
	if m.err == nil {
		rows := make([]*core.Right, len(m.rights))
		for i := range m.rights {
			rows[i] = &m.rights[i]
		}
		cmd = p.load(rows, nil)
	}
	if again {
		cmd = tea.Batch(cmd, p.follow(p.view))
	}
	return cmd, true
}

// choice is the selection of a page with the table in front; about is what the
// page is about.
func (p *rightsPart) choice(about core.Ref) selection {
	sel := selection{Refs: []core.Ref{about}, Blank: core.Right{Who: p.of, On: p.on}}
	if r, ok := p.current(); ok {
		sel.Rights = []core.Right{*r}
	}
	return sel
}

// body draws the table, or why there is none.
func (p *rightsPart) body(w, h int) string {
	t := p.host.look.theme
	if missing := p.missing(t, w); missing != "" {
		return missing
	}
	switch {
	case p.rows.len() == 0 && p.on.IsZero():
		return hollow(t, w, core.Printable(p.of.String())+" was given no rights that you may see", "a gives some")
	case p.rows.len() == 0:
		return hollow(t, w, "nobody was given rights on "+core.Printable(p.on.String()), "a gives some")
	}
	return p.table(w, h-1)
}

func (p *rightsPart) fields(look *look) []field[core.Right] {
	text := func(key, title string, least, ideal, drop int, f func(*core.Right) string) field[core.Right] {
		return field[core.Right]{
			Column: grid.Column{Key: key, Title: title, Min: least, Ideal: ideal, Drop: drop}, cmp: byText(f),
			cell: func(r *core.Right) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} },
		}
	}
	verbs := text("verbs", "may", 12, 26, 0, func(r *core.Right) string { return joinVerbs(r.Verbs) })
	verbs.Elastic = true
	until := text("until", "until", 16, 16, 3, rightUntil)
	hours := text("hours", "hours", 12, 26, 5, func(r *core.Right) string {
		if r.Grant == nil {
			return ""
		}
		return r.Grant.Hours.String()
	})
	by := text("by", "by", 8, 12, 6, func(r *core.Right) string {
		if r.Grant == nil {
			return ""
		}
		return r.Grant.By
	})
	if p.on.IsZero() {
		return []field[core.Right]{
			text("on", "on", 14, 28, 0, func(r *core.Right) string { return r.On.String() }), verbs,
			text("from", "where from", 18, 24, 2, func(r *core.Right) string {
				switch {
				case r.Grant == nil:
					return "site administrator"
				case r.Who != p.of:
					return "from " + r.Who.String()
				}
				return "granted directly"
			}),
			until, hours, by,
		}
	}
	out := []field[core.Right]{
		text("who", "who", 12, 22, 0, func(r *core.Right) string { return r.Who.String() }), verbs,
		text("from", "where from", 18, 22, 2, func(r *core.Right) string { return r.Why() }),
		until, hours, by,
	}
	if p.on.Kind == core.KindCluster {
		out = append(out, field[core.Right]{
			Column: grid.Column{Key: "quota", Title: "quota", Min: 12, Ideal: 18, Drop: 4},
			cell: func(r *core.Right) grid.Cell {
				u, ok := p.used[r.Who]
				if !ok {
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				text, style := fullest(look.theme, u)
				return grid.Cell{Text: text, Style: style}
			},
		})
	}
	return out
}

// rightUntil says when a right ends, or why it does not hold now.
func rightUntil(r *core.Right) string {
	switch {
	case r.Grant == nil:
		return ""
	case r.Grant.Expired(time.Now()):
		return "ended " + clock(r.Grant.Until)
	case !r.Now:
		return "not at this hour"
	}
	if r.Grant.Until.IsZero() {
		return ""
	}
	return clock(r.Grant.Until)
}
