package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// seatRow is somebody who sits at a console.
type seatRow struct{ core.SeatInfo }

// kindSeat is the kind of such rows.
const kindSeat core.Kind = "seat"

// traitSitters: rows are people at consoles (selection.Seats).
const traitSitters trait = 1 << (iota + 51)

// seatsTraits are what a page can do while the table is in front.
const seatsTraits = traitMove | traitFilter | traitSort | traitWide | traitSitters

// seatsPart is the table of who sits at consoles, of one VM or of all. It follows
// as people come, go and type.
type seatsPart struct {
	list[seatRow]
	asked
	turns turns
	on    core.Ref // a VM or a cluster; zero: everywhere
	view  *core.View
}

// sittersMsg brings who sits there.
type sittersMsg struct {
	found []core.SeatInfo
	err   error
}

// turns knows the moment that something about consoles was asked for.
type turns struct {
	begun            bool
	consoles, people uint64
}

// turn tells whether the answer may be another one by now.
func (m *turns) turn(s *core.Session, v *core.View) bool {
	now := turns{true, s.ConsolesRev(), v.PeopleRev()}
	if *m == now {
		return false
	}
	*m = now
	return true
}

func newSeatsPart(h *host, on core.Ref) *seatsPart {
	p := &seatsPart{on: on}
	p.list = newList(h, seatFields(h, on.Kind != core.KindVM))
	p.id = func(r *seatRow) core.Ref { return core.Ref{Kind: kindSeat, Name: r.ID} }
	p.match = func(r *seatRow) core.Row { return r }
	if on.Kind != core.KindVM {
		p.open = func(r *seatRow) (place, bool) { return place{Page: pageVM, On: r.VM, Arg: vmArgConsoles}, true }
	}
	return p
}

func (p *seatsPart) traits() trait {
	if p.open != nil {
		return seatsTraits | traitOpen
	}
	return seatsTraits
}

// follow takes a view and asks who sits there where that may have changed.
func (p *seatsPart) follow(v *core.View) tea.Cmd {
	p.view = v
	if !p.turns.turn(p.host.session, v) {
		return nil
	}
	return p.reread()
}

func (p *seatsPart) reread() tea.Cmd {
	if !p.begin() {
		return nil
	}
	s, on := p.host.session, p.on
	return p.host.call(func(ctx context.Context) tea.Msg {
		if on.Kind == core.KindVM {
			found, err := s.Seats(ctx, on)
			return sittersMsg{found, err}
		}
		found, err := s.AllSeats(ctx)
		return sittersMsg{found, err}
	})
}

func (p *seatsPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(sittersMsg)
	if !ok {
		return nil, false
	}
	again := p.end(m.err)
	var rows []*seatRow
	for _, s := range m.found {
		if p.on.Cluster == "" || s.VM.Cluster == p.on.Cluster {
			rows = append(rows, &seatRow{s})
		}
	}
	cmd = p.load(rows, nil)
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd, true
}

// choice is the VM of the row under the cursor, with who sits there.
func (p *seatsPart) choice(about core.Ref) selection {
	r, ok := p.current()
	switch {
	case ok:
		return selection{Refs: []core.Ref{r.VM}, Seats: []core.SeatInfo{r.SeatInfo}}
	case about.Kind == core.KindVM:
		return selection{Refs: []core.Ref{about}}
	}
	return selection{}
}

// body draws the table, or why there is none.
func (p *seatsPart) body(w, h int) string {
	t := p.host.look.theme
	if p.shown.len() > 0 {
		return p.table(w, h-1)
	}
	if missing := p.missing(t, w); missing != "" {
		return missing
	}
	if p.find.text != "" && p.rows.len() > 0 {
		return hollow(t, w, "nobody who sits at a console matches "+core.Printable(p.find.text), "esc clears the filter")
	}
	if p.on.Kind == core.KindVM {
		return hollow(t, w, "nobody sits at its consoles now", "who does is listed here; c sits down, v opens the screen")
	}
	return hollow(t, w, "nobody sits at a console now", "who does is listed here: at VMs that you administer, and you yourself")
}

// idle tells that there is nobody whose seat could be ended.
func (p *seatsPart) idle(id string) bool {
	return id == "seat.end" && p.shown.len() == 0 || p.list.idle(id)
}

// lines say in words who sits there, for a text about the VM.
func (p *seatsPart) lines(t *theme.Theme) []string {
	var out []string
	for i := range p.rows.len() {
		r := p.rows.row(i)
		words := []string{r.User, r.way(), "since " + clock(r.Since)}
		if does := r.part(); does != "" {
			words = slices.Insert(words, 1, does)
		}
		out = append(out, strings.Join(words, " "+t.Sym.Dot+" "))
	}
	return out
}

// way is by which console somebody sits there, and how they reached it.
func (r *seatRow) way() string {
	switch {
	case r.Kind == core.ConsoleSerial:
		return "serial"
	case r.Via == core.ViaBrowser:
		return "screen in a browser"
	case r.Via == core.ViaViewer:
		return "screen in a viewer"
	}
	return "screen"
}

// part is what they do there: of a screen everybody has a mouse and keys.
func (r *seatRow) part() string {
	switch {
	case r.Kind != core.ConsoleSerial:
		return ""
	case r.Keyboard:
		return "keyboard"
	}
	return "watches"
}

func seatFields(h *host, several bool) []field[seatRow] {
	look := h.look
	text := func(f func(*seatRow) string) func(*seatRow) grid.Cell {
		return func(r *seatRow) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} }
	}
	user := func(r *seatRow) string { return r.User }
	vm := func(r *seatRow) string { return r.VM.Name }
	cluster := func(r *seatRow) string { return r.VM.Cluster }
	way, part := (*seatRow).way, (*seatRow).part
	from := func(r *seatRow) string { return r.Addr }
	out := []field[seatRow]{
		{
			Column: grid.Column{Key: "who", Title: "who", Min: 8, Ideal: 18, Elastic: true}, cmp: byText(user),
			cell: func(r *seatRow) grid.Cell {
				if r.User == h.session.User().Name {
					return grid.Cell{Text: r.User + " (you)", Short: r.User, Style: look.theme.Accent}
				}
				return grid.Cell{Text: r.User, Style: look.theme.Text}
			},
		},
		{
			Column: grid.Column{Key: "part", Title: "does", Min: 8, Ideal: 9}, cmp: byText(part),
			cell: func(r *seatRow) grid.Cell {
				switch part(r) {
				case "keyboard":
					return grid.Cell{Text: "keyboard", Style: look.theme.Good}
				case "":
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				return grid.Cell{Text: part(r), Style: look.theme.Dim}
			},
		},
		{Column: grid.Column{Key: "way", Title: "console", Min: 6, Ideal: 19, Drop: 2}, cmp: byText(way), cell: text(way)},
		{
			Column: grid.Column{Key: "since", Title: "since", Min: 8, Ideal: 16}, cmp: byTime(func(r *seatRow) time.Time { return r.Since }),
			cell: func(r *seatRow) grid.Cell {
				return grid.Cell{Text: clock(r.Since), Short: age(r.Since), Style: look.theme.Dim}
			},
		},
		{Column: grid.Column{Key: "from", Title: "from", Min: 15, Ideal: 21, Drop: 3}, cmp: byText(from), cell: text(from)},
	}
	if !several {
		return out
	}
	at := []field[seatRow]{
		{Column: grid.Column{Key: "vm", Title: "at", Min: 20, Ideal: 26, Elastic: true}, cmp: byText(vm), cell: text(vm)},
		{
			Column: grid.Column{Key: "cluster", Title: "cluster", Min: 8, Ideal: 10, Drop: 1}, cmp: byText(cluster),
			cell: func(r *seatRow) grid.Cell {
				return grid.Cell{Text: r.VM.Cluster, Style: look.cluster(r.VM.Cluster, look.theme.Text)}
			},
		},
	}
	return append(append(out[:1:1], at...), out[1:]...)
}

// FilterText, FilterField and FilterNumber make it a core.Row.
func (r *seatRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{r.User, r.VM.String(), r.way(), r.part(), r.Addr, r.ID}, " "))
}

func (r *seatRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "by":
		values = []string{r.User}
	case "cluster":
		values = []string{r.VM.Cluster}
	case "id":
		values = []string{r.ID}
	case "ip":
		values = []string{r.Addr}
	case "name":
		values = []string{r.VM.Name}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *seatRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
