package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// menuItem is a line of a menu.
type menuItem struct {
	letter    string // runs it at once; may be empty
	lead      string // a symbol before the title
	leadStyle theme.Style
	title     string
	note      string
	noteNow   func() string // the note where it may change while the menu is open; nil: it does not
	off       string        // why it is not possible; it stays visible
	run       func() tea.Cmd
}

// menu is a popup with a few lines to choose from.
type menu struct {
	look   *look
	title  string
	items  []menuItem
	cursor int
	first  int    // first visible item
	rows   int    // how many items were painted
	said   string // why the chosen item is not possible
}

func (a *App) newMenu(title string) *menu { return &menu{look: a.look, title: title} }

func (m *menu) add(it menuItem) { m.items = append(m.items, it) }

func (m *menu) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	m.said = ""
	key := k.String()
	for i, it := range m.items {
		if it.letter == key {
			m.cursor = i
			return m.choose()
		}
	}
	switch key {
	case "down", "j":
		m.wheel(1)
	case "up", "k":
		m.wheel(-1)
	case "home", "g":
		m.cursor = 0
	case "end", "G":
		m.cursor = len(m.items) - 1
	case "pgdown", "ctrl+d":
		m.wheel(max(m.rows-1, 1))
	case "pgup", "ctrl+u":
		m.wheel(-max(m.rows-1, 1))
	case "enter":
		return m.choose()
	case "q":
		return nil, true
	}
	return nil, false
}

func (m *menu) choose() (tea.Cmd, bool) {
	if m.cursor < 0 || m.cursor >= len(m.items) {
		return nil, false
	}
	it := m.items[m.cursor]
	if it.off != "" {
		m.said = it.off
		return nil, false
	}
	return it.run(), true
}

func (m *menu) paste(string) {}

func (m *menu) wheel(lines int) {
	m.cursor = max(min(m.cursor+lines, len(m.items)-1), 0)
}

func (m *menu) click(y int) (tea.Cmd, bool) {
	if i := m.first + y - 1; y > 0 && y <= m.rows && i < len(m.items) {
		m.cursor = i
		return m.choose()
	}
	return nil, false
}

func (m *menu) draw(w, h int) drawing {
	t := m.look.theme
	var col struct{ letter, lead, title int }
	for i, it := range m.items {
		if it.noteNow != nil {
			m.items[i].note = it.noteNow()
		}
	}
	for _, it := range m.items {
		col.letter = max(col.letter, theme.Width(it.letter)+2)
		col.lead = max(col.lead, theme.Width(it.lead)+1)
		col.title = max(col.title, theme.Width(it.title)+2)
	}
	if col.letter == 2 {
		col.letter = 0
	}
	if col.lead == 1 {
		col.lead = 0
	}
	width := max(theme.Width(m.title)+8, theme.Width(m.said)+6, 34)
	for _, it := range m.items {
		width = max(width, col.letter+col.lead+col.title+theme.Width(it.note+it.off)+4)
	}
	width = min(width, w)
	var lines []string
	said := wrap(t.Sym.Warn+" "+core.Printable(m.said), width-4)
	m.rows = max(min(len(m.items), h-3-len(said)), 1)
	m.first = scrollTo(m.first, m.cursor, m.rows, len(m.items))
	for i := m.first; i < min(m.first+m.rows, len(m.items)); i++ {
		it := m.items[i]
		note := core.Printable(it.note)
		if it.off != "" {
			note = core.Printable(it.off)
		}
		letter, lead, title := t.Fit(it.letter, col.letter), t.Fit(it.lead, col.lead), t.Fit(core.Printable(it.title), col.title)
		switch {
		case i == m.cursor:
			lines = append(lines, t.Selected.Render(t.Fit(letter+lead+title+note, width-4)))
		case it.off != "":
			lines = append(lines, t.Disabled.Render(letter+lead+title+note))
		default:
			lines = append(lines, t.Key.Render(letter)+it.leadStyle.Render(lead)+title+t.Dim.Render(note))
		}
	}
	switch {
	case len(m.items) == 0:
		lines = append(lines, t.Dim.Render("nothing to choose from"))
	case m.said != "":
		for _, l := range said {
			lines = append(lines, t.Warn.Render(l))
		}
	}
	foot := "enter choose  esc close"
	if m.rows < len(m.items) {
		foot += fmt.Sprintf("  %d of %d", m.cursor+1, len(m.items))
	}
	return drawing{lines: frame(t, m.title, foot, lines, width), cursorY: -1}
}

// scrollTo moves the first visible line so that the cursor's line is visible.
func scrollTo(first, cursor, rows, total int) int {
	first = min(first, cursor)
	first = max(first, cursor-rows+1)
	return max(min(first, total-rows), 0)
}

// openRowMenu lists every action on the selected objects.
func (a *App) openRowMenu() tea.Cmd {
	sel := a.front().selection()
	m := a.newMenu("Menu")
	for x := range a.here() {
		switch {
		case x.Group == groupLook && len(x.Scope.Kinds) > 0, x.ID == actOpen, x.ID == actMark, x.ID == "filter", x.ID == "sort", x.ID == "refresh",
			x.Group == groupAct && x.ID != "menu" && !x.Opens:
			it := a.menuItem(x, sel)
			if x.Sub != "" {
				it.letter = x.Sub + " " + x.Letter // two keys: shown, so that they are learnt
			}
			m.add(it)
		}
	}
	if name := sel.name(); name != "" {
		m.title = name
	}
	return a.pop(m)
}

// openSubMenu lists the actions of the sub menu that an action opens.
func (a *App) openSubMenu(opens action, sel selection) tea.Cmd {
	title := strings.ToUpper(opens.Title[:1]) + opens.Title[1:]
	m := a.newMenu(title)
	if name := sel.name(); name != "" {
		m.title = title + " " + name
	}
	for x := range a.here() {
		if x.Sub == opens.Keys[0] {
			it := a.menuItem(x, sel)
			it.letter = x.Letter
			m.add(it)
		}
	}
	return a.pop(m)
}

// menuItem is an action as a line of a menu.
func (a *App) menuItem(x action, sel selection) menuItem {
	it := menuItem{title: x.Title, off: a.refused(x, sel), run: func() tea.Cmd { return a.run(x) }}
	if len(x.Keys) > 0 {
		it.letter = x.Keys[0]
	}
	return it
}
