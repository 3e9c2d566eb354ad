package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// kindStorage is the kind of rows that are parts of a node's storage.
const kindStorage core.Kind = "storage"

// traitStorage: rows are parts of a node's storage (selection.Units).
const traitStorage trait = 1 << 60

// storagePart is the table of a node's storage. The cluster makes a job of the
// question, so it is asked when somebody looks, and again by refresh.
type storagePart struct {
	tablePart[core.StorageUnit]
	asked
	node  core.Ref
	units []core.StorageUnit
	view  *core.View
	jobs  int // of the node that had ended when it was asked
}

type storageMsg struct {
	units []core.StorageUnit
	err   error
}

func newStoragePart(h *host, node core.Ref) *storagePart {
	p := &storagePart{node: node}
	p.tablePart = *newTablePart(h, "storage", traitStorage, storageFields(h.look))
	p.id = func(u *core.StorageUnit) core.Ref { return partRef(kindStorage, node.Cluster, u.Type+" "+u.Name) }
	p.match = func(u *core.StorageUnit) core.Row { return storageRow{u} }
	p.bad = func(u *core.StorageUnit) bool { return !u.Allocatable || u.FreeMiB == 0 }
	p.chosen = func(u *core.StorageUnit) (selection, bool) {
		return selection{Refs: []core.Ref{node}, Units: []core.StorageUnit{*u}}, true
	}
	p.tablePart.missing = func(w int) string {
		if p.have && p.failed == nil {
			return ""
		}
		return p.asked.missing(h.look.theme, w)
	}
	p.rowsOf = func(*core.View) (rows []*core.StorageUnit) {
		for i := range p.units {
			rows = append(rows, &p.units[i])
		}
		return rows
	}
	p.lacks = func() (string, string) { return "the node lists no storage", "look whether it runs" }
	return p
}

// follow asks at the first look, and again once a job on the node has ended.
func (p *storagePart) follow(v *core.View) tea.Cmd {
	p.view = v
	ended := 0
	for _, j := range v.JobsOn(p.node) {
		if j.State.Final() {
			ended++
		}
	}
	if p.asking || (p.have || p.failed != nil) && ended == p.jobs {
		return p.tablePart.follow(v)
	}
	p.jobs = ended
	return tea.Batch(p.tablePart.follow(v), p.reread())
}

// reread asks the cluster.
func (p *storagePart) reread() tea.Cmd {
	if !p.begin() {
		return nil
	}
	s, node := p.host.session, p.node
	return p.host.call(func(ctx context.Context) tea.Msg {
		units, err := s.Storage(ctx, node, "")
		return storageMsg{units, err}
	})
}

func (p *storagePart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(storageMsg)
	if !ok {
		return nil, false
	}
	again := p.end(m.err)
	if m.err == nil {
		p.units = m.units
	}
	cmd = p.tablePart.follow(p.view)
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd, true
}

func storageFields(look *look) []field[core.StorageUnit] {
	size := func(key, title string, drop int, f func(*core.StorageUnit) int) field[core.StorageUnit] {
		out := countField(look, key, title, 8, drop, f)
		out.cell = func(u *core.StorageUnit) grid.Cell { return grid.Cell{Text: sizeOr(f(u)), Style: look.theme.Text} }
		return out
	}
	return []field[core.StorageUnit]{
		textField(look, "name", "name", 18, 44, 0, func(u *core.StorageUnit) string { return u.Name }),
		textField(look, "type", "kind", 10, 12, 3, func(u *core.StorageUnit) string { return u.Type }),
		size("size", "size", 2, func(u *core.StorageUnit) int { return u.SizeMiB }),
		size("used", "used", 4, func(u *core.StorageUnit) int { return u.UsedMiB }),
		size("free", "free", 1, func(u *core.StorageUnit) int { return u.FreeMiB }),
		textField(look, "open", "new disks", 10, 12, 1, storageWord),
	}
}

func storageWord(u *core.StorageUnit) string {
	if u.Allocatable {
		return "open"
	}
	return "closed"
}

// storageRow makes a part of storage a core.Row.
type storageRow struct{ *core.StorageUnit }

func (u storageRow) FilterText() string {
	return strings.ToLower(u.Name + " " + u.Type + " " + storageWord(u.StorageUnit))
}

func (u storageRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{u.Name}
	case "type":
		values = []string{u.Type}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (u storageRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
