package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// historyReader is a reader on a page that has the history of its object as a
// tab: while that is in front, filter and copies are about its records.
type historyReader struct {
	reader
	history *recordsPart
	past    bool // the history is in front
}

func (r *historyReader) filter(text string) (matched, total int, err error) {
	if r.past {
		return r.history.filter(text)
	}
	return r.reader.filter(text)
}

func (r *historyReader) filtered() (text string, matched, total int) {
	if r.past {
		return r.history.filtered()
	}
	return r.reader.filtered()
}

func (r *historyReader) settled() tea.Cmd {
	if r.past {
		return r.history.settled()
	}
	return nil
}

func (r *historyReader) reread() tea.Cmd {
	if r.past {
		return r.history.reread()
	}
	return nil
}

func (r *historyReader) suggest(field, prefix string) []string {
	if r.past {
		return r.history.suggest(field, prefix)
	}
	return nil
}

func (r *historyReader) records() (here *core.Record, shown []*core.Record) {
	if r.past {
		return r.history.records()
	}
	return nil, nil
}

func (r *historyReader) question() core.AuditQuery { return r.history.question() }
