package tui

import tea "charm.land/bubbletea/v2"

// filter, filtered and reread are those of the storage while it is in front.
func (p *nodePage) filter(text string) (matched, total int, err error) {
	if p.tab == nodeTabStorage {
		return p.storage.filter(text)
	}
	return p.historyReader.filter(text)
}

func (p *nodePage) filtered() (text string, matched, total int) {
	if p.tab == nodeTabStorage {
		return p.storage.filtered()
	}
	return p.historyReader.filtered()
}

func (p *nodePage) reread() tea.Cmd {
	if p.tab == nodeTabStorage {
		return p.storage.reread()
	}
	return p.historyReader.reread()
}
