package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// recordingRow is a recording of a serial console.
type recordingRow struct{ core.Recording }

// kindRecording is the kind of such rows.
const kindRecording core.Kind = "recording"

// traitTapes: rows are recordings.
const traitTapes trait = 1 << (iota + 53)

// recordingsTraits are what a page can do while the table is in front.
const recordingsTraits = traitMove | traitOpen | traitFilter | traitSort | traitWide | traitTrouble | traitTapes

// recordingsPart is the table of what was recorded, of one VM, of a cluster or of
// all, newest first.
type recordingsPart struct {
	list[recordingRow]
	asked
	turns turns
	on    core.Ref // a VM or a cluster; zero: everywhere
}

// recordingsMsg brings the recordings.
type recordingsMsg struct {
	found []core.Recording
	err   error
}

// mostRecordings is how many are read.
const mostRecordings = 1000

func newRecordingsPart(h *host, on core.Ref) *recordingsPart {
	p := &recordingsPart{on: on}
	p.list = newList(h, recordingFields(h.look, on.Kind != core.KindVM))
	p.id = func(r *recordingRow) core.Ref { return core.Ref{Kind: kindRecording, Name: r.ID} }
	p.match = func(r *recordingRow) core.Row { return r }
	p.bad = func(r *recordingRow) bool { return r.Failure != "" }
	p.open = func(r *recordingRow) (place, bool) { return recordingPlace(r.ID), true }
	return p
}

func recordingPlace(id string) place { return place{Page: pageRecording, Arg: id} }

func (p *recordingsPart) traits() trait { return recordingsTraits }

// follow asks for the recordings where there may be others.
func (p *recordingsPart) follow(v *core.View) tea.Cmd {
	if !p.turns.turn(p.host.session, v) {
		return nil
	}
	return p.reread()
}

// reread asks for them again.
func (p *recordingsPart) reread() tea.Cmd {
	if !p.begin() {
		return nil
	}
	s, q := p.host.session, core.RecordingQuery{Limit: mostRecordings}
	if p.on.Kind == core.KindVM {
		q.VM = p.on
	} else {
		q.Cluster = p.on.Cluster
	}
	return p.host.call(func(ctx context.Context) tea.Msg {
		found, err := s.Recordings(ctx, q)
		return recordingsMsg{found, err}
	})
}

func (p *recordingsPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(recordingsMsg)
	if !ok {
		return nil, false
	}
	again := p.end(m.err)
	if m.err == nil {
		rows := make([]*recordingRow, len(m.found))
		for i, r := range m.found {
			rows[i] = &recordingRow{r}
		}
		cmd = p.load(rows, nil)
	}
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd, true
}

// choice is the recording under the cursor, or else what the page is about.
func (p *recordingsPart) choice(about core.Ref) selection {
	switch r, ok := p.current(); {
	case ok:
		return selection{Refs: []core.Ref{p.id(r)}, Tapes: []core.Recording{r.Recording}}
	case about.IsZero():
		return selection{}
	}
	return selection{Refs: []core.Ref{about}}
}

// body draws the table, or why there is none.
func (p *recordingsPart) body(w, h int) string {
	t := p.host.look.theme
	if p.shown.len() > 0 {
		return p.table(w, h-1)
	}
	if missing := p.missing(t, w); missing != "" {
		return missing
	}
	switch {
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, w, "no recording matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, w, "every recording is complete", "z shows all of them again")
	}
	return hollow(t, w, "nothing is recorded that you may see", "what serial consoles show is recorded where the cluster has a policy for it: cluster edit")
}

// lasted is how long a recording took; one that goes on, until now.
func (r *recordingRow) lasted() time.Duration {
	if r.Ended.IsZero() {
		return time.Since(r.Began)
	}
	return r.Ended.Sub(r.Began)
}

func recordingFields(look *look, several bool) []field[recordingRow] {
	text := func(f func(*recordingRow) string) func(*recordingRow) grid.Cell {
		return func(r *recordingRow) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} }
	}
	people := func(r *recordingRow) string { return strings.Join(r.People, ", ") }
	vm := func(r *recordingRow) string { return r.VM.Name }
	node := func(r *recordingRow) string { return r.Node }
	out := []field[recordingRow]{
		{
			Column: grid.Column{Key: "began", Title: "began", Min: 10, Ideal: 16}, desc: true,
			cmp: byTime(func(r *recordingRow) time.Time { return r.Began }),
			cell: func(r *recordingRow) grid.Cell {
				return grid.Cell{Text: clock(r.Began), Short: r.Began.Local().Format(time.DateOnly), Style: look.theme.Dim}
			},
		},
		{
			Column: grid.Column{Key: "lasted", Title: "lasted", Min: 6, Ideal: 8}, desc: true,
			cmp: byNumber(func(r *recordingRow) int { return int(r.lasted() / time.Second) }),
			cell: func(r *recordingRow) grid.Cell {
				if r.Ended.IsZero() {
					return grid.Cell{Text: look.theme.Sym.Running + " now", Style: look.theme.Warn}
				}
				return grid.Cell{Text: span(r.lasted()), Style: look.theme.Text}
			},
		},
		{Column: grid.Column{Key: "vm", Title: "VM", Min: 20, Ideal: 28, Elastic: true}, cmp: byText(vm), cell: text(vm)},
		{Column: grid.Column{Key: "people", Title: "people", Min: 8, Ideal: 20, Drop: 1, Elastic: true}, cmp: byText(people), cell: text(people)},
		{
			Column: grid.Column{Key: "bytes", Title: "size", Min: 8, Ideal: 10, Drop: 3}, desc: true, cmp: byNumber(func(r *recordingRow) int { return int(r.Bytes) }),
			cell: func(r *recordingRow) grid.Cell { return grid.Cell{Text: sizeOf(int(r.Bytes)), Style: look.theme.Dim} },
		},
		{Column: grid.Column{Key: "node", Title: "node", Min: 10, Ideal: 20, Drop: 4}, cmp: byText(node), cell: text(node)},
		{
			Column: grid.Column{Key: "failure", Title: "missing", Min: 10, Ideal: 30, Drop: 2, Elastic: true},
			cell:   func(r *recordingRow) grid.Cell { return grid.Cell{Text: r.Failure, Style: look.theme.Warn} },
		},
	}
	if several {
		return out
	}
	return slices.DeleteFunc(out, func(f field[recordingRow]) bool { return f.Key == "vm" })
}

// FilterText, FilterField and FilterNumber make a recording a core.Row.
func (r *recordingRow) FilterText() string {
	return strings.ToLower(strings.Join(append([]string{r.ID, r.VM.String(), r.Node}, r.People...), " "))
}

func (r *recordingRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "id":
		values = []string{r.ID}
	case "name":
		values = []string{r.VM.Name}
	case "cluster":
		values = []string{r.VM.Cluster}
	case "node":
		values = []string{r.Node}
	case "by":
		values = r.People
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *recordingRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
