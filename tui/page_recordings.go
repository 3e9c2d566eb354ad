package tui

import (
	"context"
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

// recordingsPage lists what was recorded, of one VM or of all, newest first.
type recordingsPage struct {
	list[recordingRow]
	asked
	place place
}

// recordingsMsg brings the recordings.
type recordingsMsg struct {
	found []core.Recording
	err   error
}

// mostRecordings is how many are read.
const mostRecordings = 1000

func newRecordingsPage(h *host, at place) *recordingsPage {
	p := &recordingsPage{place: at}
	p.list = newList(h, recordingFields(h.look))
	p.id = func(r *recordingRow) core.Ref { return core.Ref{Kind: kindRecording, Name: r.ID} }
	p.match = func(r *recordingRow) core.Row { return r }
	p.bad = func(r *recordingRow) bool { return r.Failure != "" }
	p.open = func(r *recordingRow) (place, bool) { return recordingPlace(r.ID), true }
	if at.Arg != "" {
		_, _, _ = p.filter(at.Arg) // a bad one shows everything
	}
	return p
}

func recordingPlace(id string) place { return place{Page: pageRecording, Arg: id} }

func (p *recordingsPage) at() place { return p.place }

func (p *recordingsPage) traits() trait {
	return traitMove | traitOpen | traitFilter | traitSort | traitWide | traitTrouble
}

func (p *recordingsPage) show(*core.View) tea.Cmd {
	if p.have || p.failed != nil || p.asking {
		return nil // a view says nothing of recordings
	}
	return p.reread()
}

// reread asks for them again.
func (p *recordingsPage) reread() tea.Cmd {
	if !p.begin() {
		return nil
	}
	s, q := p.host.session, core.RecordingQuery{Limit: mostRecordings}
	if p.place.On.Kind == core.KindVM {
		q.VM = p.place.On
	} else {
		q.Cluster = p.place.On.Cluster
	}
	return p.host.call(func(ctx context.Context) tea.Msg {
		found, err := s.Recordings(ctx, q)
		return recordingsMsg{found, err}
	})
}

func (p *recordingsPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(recordingsMsg)
	if !ok {
		return nil
	}
	again := p.end(m.err)
	var cmd tea.Cmd
	if m.err == nil {
		rows := make([]*recordingRow, len(m.found))
		for i, r := range m.found {
			rows[i] = &recordingRow{r}
		}
		cmd = p.load(rows, nil)
	}
	if again {
		return tea.Batch(cmd, p.reread())
	}
	return cmd
}

func (p *recordingsPage) selection() selection { return selection{} }

func (p *recordingsPage) paint() string {
	t := p.host.look.theme
	if p.shown.len() > 0 {
		return p.table(p.w, p.h-1)
	}
	if missing := p.missing(t, p.w); missing != "" {
		return missing
	}
	if p.find.text != "" && p.rows.len() > 0 {
		return hollow(t, p.w, "no recording matches "+core.Printable(p.find.text), "esc clears the filter")
	}
	return hollow(t, p.w, "nothing is recorded that you may see", "what serial consoles show is recorded where the cluster has a policy for it: cluster edit")
}

// lasted is how long a recording took; one that goes on, until now.
func (r *recordingRow) lasted() time.Duration {
	if r.Ended.IsZero() {
		return time.Since(r.Began)
	}
	return r.Ended.Sub(r.Began)
}

func recordingFields(look *look) []field[recordingRow] {
	text := func(f func(*recordingRow) string) func(*recordingRow) grid.Cell {
		return func(r *recordingRow) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} }
	}
	people := func(r *recordingRow) string { return strings.Join(r.People, ", ") }
	vm := func(r *recordingRow) string { return r.VM.Name }
	node := func(r *recordingRow) string { return r.Node }
	return []field[recordingRow]{
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
		{Column: grid.Column{Key: "vm", Title: "VM", Min: 12, Ideal: 28, Elastic: true}, cmp: byText(vm), cell: text(vm)},
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
}

// FilterText, FilterField and FilterNumber make a recording a core.Row.
func (r *recordingRow) FilterText() string {
	return strings.ToLower(strings.Join(append([]string{r.ID, r.VM.String(), r.Node}, r.People...), " "))
}

func (r *recordingRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "id":
		values = []string{r.ID}
	case "vm":
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
