package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// hostRow is a key of a node: one that is trusted, or one that it has shown.
type hostRow struct{ core.HostKey }

// kindHost is the kind of such rows.
const kindHost core.Kind = "host key"

// traitHosts: rows are keys of nodes (selection.Hosts).
const traitHosts trait = 1 << (iota + 52)

// hostsTraits are what a page can do while the table is in front.
const hostsTraits = traitMove | traitFilter | traitSort | traitWide | traitTrouble | traitHosts

// hostsPart is the table of the keys that the nodes of a cluster show to gwm, as
// a tab of its page.
type hostsPart struct {
	list[hostRow]
	asked
	turns   turns
	cluster string
	view    *core.View
}

type hostsMsg struct {
	keys []core.HostKey
	err  error
}

func newHostsPart(h *host, cluster string) *hostsPart {
	p := &hostsPart{cluster: cluster}
	p.list = newList(h, hostFields(h.look))
	p.id = func(k *hostRow) core.Ref {
		return core.Ref{Kind: kindHost, Cluster: k.Host, Name: k.state() + k.Fingerprint}
	}
	p.match = func(k *hostRow) core.Row { return k }
	p.bad = func(k *hostRow) bool { return k.Trusted.IsZero() }
	return p
}

func (p *hostsPart) traits() trait { return hostsTraits }

// follow takes a view while the tab is in front and asks for the keys.
func (p *hostsPart) follow(v *core.View) tea.Cmd {
	p.view = v
	if !p.turns.turn(p.host.session, v) {
		return nil
	}
	return p.reread()
}

func (p *hostsPart) reread() tea.Cmd {
	if !p.begin() {
		return nil
	}
	s, cluster := p.host.session, p.cluster
	return p.host.call(func(ctx context.Context) tea.Msg {
		keys, err := s.HostKeys(ctx, cluster)
		return hostsMsg{keys, err}
	})
}

func (p *hostsPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(hostsMsg)
	if !ok {
		return nil, false
	}
	again := p.end(m.err)
	rows := make([]*hostRow, len(m.keys))
	for i, k := range m.keys {
		rows[i] = &hostRow{k}
	}
	cmd = p.load(rows, nil)
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd, true
}

func (p *hostsPart) choice(about core.Ref) selection {
	sel := selection{Refs: []core.Ref{about}}
	if k, ok := p.current(); ok {
		sel.Hosts = []core.HostKey{k.HostKey}
	}
	return sel
}

func (p *hostsPart) body(w, h int) string {
	t := p.host.look.theme
	p.above = 0
	if p.shown.len() > 0 {
		note := p.note(t, w, h)
		p.above = len(note)
		return stack(note, p.table(w, h-1-len(note)), w, h)
	}
	if missing := p.missing(t, w); missing != "" {
		return missing
	}
	switch {
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, w, "no key matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, w, "every key that a node has shown is trusted", "z shows all of them again")
	}
	return hollow(t, w, "no node of "+p.cluster+" has shown its SSH key yet", "open a console (c) there: its key is then here to be compared; K: gwm's own")
}

// idle tells that there is no key that something could be done with.
func (p *hostsPart) idle(id string) bool {
	return id == "host.forget" && p.shown.len() == 0 || p.list.idle(id)
}

// note is what must be known of the key under the cursor before anything is done
// with it.
func (p *hostsPart) note(t *theme.Theme, w, h int) []string {
	k, ok := p.current()
	switch {
	case !ok || !k.Trusted.IsZero() || h < 6:
		return nil
	case k.Known == "":
		return []string{
			t.Warn.Render(t.Cut(" "+t.Sym.Warn+" first contact with "+core.Printable(k.Host)+": compare there, then A trusts the key", w)),
			t.Cut("   "+k.Compare(), w),
		}
	}
	said := []string{
		t.Danger.Render(t.Fit(" "+t.Sym.Warn+" HARD STOP: "+core.Printable(k.Host)+" shows another key than before", w)),
		t.Cut("   trusted "+core.Printable(k.Known), w),
		t.Error.Render(t.Cut("   shown   "+core.Printable(k.Fingerprint), w)),
	}
	if h >= 12 {
		said = append(said, t.Dim.Render(t.Cut("   If the node was installed anew: D on the trusted key, then A on this one.", w)),
			t.Dim.Render(t.Cut("   If not, somebody sits between gwm and it. gwm does not log in meanwhile.", w)))
	}
	return said
}

// state is what gwm thinks of a key, in a word.
func (k *hostRow) state() string {
	switch {
	case !k.Trusted.IsZero():
		return "trusted"
	case k.Known != "":
		return "CHANGED"
	}
	return "first contact"
}

// nodes names the nodes that show it.
func (k *hostRow) nodes() string { return hostName(k.Host) }

// hostName is the node that a key is kept for, in words.
func hostName(host string) string {
	if host == core.AnyHost {
		return "every node"
	}
	return host
}

// met is when it was trusted, or shown first.
func (k *hostRow) met() time.Time {
	if k.Trusted.IsZero() {
		return k.Offered
	}
	return k.Trusted
}

func hostFields(look *look) []field[hostRow] {
	text := func(f func(*hostRow) string) func(*hostRow) grid.Cell {
		return func(k *hostRow) grid.Cell { return grid.Cell{Text: f(k), Style: look.theme.Text} }
	}
	by := func(k *hostRow) string { return k.By }
	print := func(k *hostRow) string { return k.Fingerprint }
	kind := func(k *hostRow) string { return k.Type() }
	nodes, state := (*hostRow).nodes, (*hostRow).state
	return []field[hostRow]{
		{Column: grid.Column{Key: "node", Title: "node", Min: 10, Ideal: 32, Elastic: true}, cmp: byText(nodes), cell: text(nodes)},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 8, Ideal: 15}, cmp: byText(state),
			cell: func(k *hostRow) grid.Cell {
				t := look.theme
				switch {
				case !k.Trusted.IsZero():
					return grid.Cell{Text: t.Sym.Good + " trusted", Short: "trusted", Style: t.Good}
				case k.Known != "":
					return grid.Cell{Text: t.Sym.Bad + " CHANGED", Short: "CHANGED", Style: t.Error}
				}
				return grid.Cell{Text: t.Sym.Warn + " first contact", Short: "new", Style: t.Warn}
			},
		},
		{Column: grid.Column{Key: "fingerprint", Title: "fingerprint", Min: 50, Ideal: 50}, cmp: byText(print), cell: text(print)},
		{Column: grid.Column{Key: "type", Title: "type", Min: 11, Ideal: 11, Drop: 4}, cmp: byText(kind), cell: text(kind)},
		{
			Column: grid.Column{Key: "met", Title: "since", Min: 10, Ideal: 16, Drop: 2}, desc: true, cmp: byTime((*hostRow).met),
			cell: func(k *hostRow) grid.Cell { return grid.Cell{Text: clock(k.met()), Style: look.theme.Dim} },
		},
		{Column: grid.Column{Key: "by", Title: "trusted by", Min: 10, Ideal: 14, Drop: 3}, cmp: byText(by), cell: text(by)},
	}
}

// FilterText, FilterField and FilterNumber make it a core.Row.
func (k *hostRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{k.nodes(), k.state(), k.Fingerprint, k.Type(), k.By}, " "))
}

func (k *hostRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "node":
		values = []string{k.Host}
	case "state":
		values = []string{k.state()}
	case "by":
		values = []string{k.By}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (k *hostRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
