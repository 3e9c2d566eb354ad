package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

func screenActions() []action {
	return []action{
		{
			ID: "refresh", Keys: []string{"R"}, Word: "refresh", Title: "refresh now", Help: "Ask the clusters in sight for new data now.",
			Group: groupScreen, Do: func(a *App, _ selection) tea.Cmd { return a.refresh() },
		},
		{
			ID: "sort", Keys: []string{"S"}, Title: "sort", Help: "Choose the column to sort by; the same column again reverses.",
			Group: groupScreen, Scope: scope{Traits: traitSort}, Do: func(a *App, _ selection) tea.Cmd { return a.openSort() },
		},
		{
			ID: actWide, Keys: []string{"w"}, Title: "wide or wrapped", Help: "Show all columns of a table, or wrap the long lines of a text.",
			Group: groupScreen, Scope: scope{Traits: traitWide},
		},
		{
			ID: actPanel, Keys: []string{"i"}, Title: "panel", Help: "Show details of the row beside the table, or hide them.",
			Group: groupScreen, Scope: scope{Traits: traitPanel},
			When: func(a *App, _ selection) string {
				if a.w < panelLeast {
					return fmt.Sprintf("it needs %d columns", panelLeast)
				}
				return ""
			},
		},
		{
			ID: "full", Keys: []string{"f"}, Title: "full screen", Help: "Give the page the lines of the bars too.",
			Group: groupScreen, Do: func(a *App, _ selection) tea.Cmd { a.full = !a.full; a.layout(); return nil },
		},
		{
			ID: actFollow, Keys: []string{"F"}, Title: "follow", Help: "Stay at the end of the log while it grows.", Idle: "the end is followed already",
			Group: groupScreen, Scope: scope{Traits: traitFollow, Without: traitTerm | traitSeat}, Hint: 2,
		},
		{
			ID: actTimes, Keys: []string{"t"}, Title: "timestamps", Help: "Show or hide the time of each line.",
			Group: groupScreen, Scope: scope{Traits: traitTimes},
		},
		{
			ID: actTrouble, Keys: []string{"z"}, Title: "problems only", Help: "Show only what needs attention.", Idle: "there is nothing here that could need attention",
			Group: groupScreen, Scope: scope{Traits: traitTrouble}, Hint: 8,
		},
		{
			ID: "mouse", Keys: []string{"%"}, Word: "mouse", Title: "mouse on or off", Help: "Take the mouse, or leave it to the terminal to select text.",
			Group: groupScreen, Do: func(a *App, _ selection) tea.Cmd { return a.toggleMouse() },
		},
		{
			ID: "theme", Keys: []string{"T"}, Word: "theme", Args: "NAME", Title: "theme", Help: "Choose the colours; your choice is kept.",
			Group: groupScreen, Complete: themeNames,
			Run: func(a *App, arg string) tea.Cmd {
				if arg == "" {
					return a.openThemePicker()
				}
				return a.setTheme(arg)
			},
		},
		{
			ID: "form.resume", Word: "resume", Title: "resume a form", Help: "Open the form that you filled in last and did not save.",
			Group: groupGo, Do: func(a *App, _ selection) tea.Cmd { return a.resume() },
		},
		{
			ID: "readonly", Word: "readonly", Title: "read-only", Help: "Refuse every change for the rest of this session.",
			Group: groupScreen, Do: func(a *App, _ selection) tea.Cmd { return a.makeReadOnly() },
		},
		{
			ID: "help", Keys: []string{"?"}, Word: "help", Title: "help", Help: "List every key; type to search, enter runs.",
			Group: groupScreen, Do: func(a *App, _ selection) tea.Cmd { return a.openHelp() },
		},
	}
}

func themeNames(*App, string) []string {
	var out []string
	for _, s := range theme.Skins() {
		out = append(out, s.Name)
	}
	return out
}

// setTheme draws everything in another skin from now on.
func (a *App) setTheme(name string) tea.Cmd {
	skin, ok := theme.FindSkin(name)
	if !ok {
		return a.say(Problem, "there is no theme of that name; type :theme and choose one")
	}
	mode := a.look.theme.Mode
	a.look.theme = theme.New(skin, mode, a.options.ASCII)
	if a.look.theme.Skin.Name != name {
		return a.say(Warning, "this terminal shows "+mode.String()+" colours, too few for "+name)
	}
	return a.keepLater()
}

func (a *App) toggleMouse() tea.Cmd {
	a.mouse = !a.mouse
	text := "mouse off: the terminal selects text again"
	if a.mouse {
		text = "mouse on: click, double click, wheel"
	}
	return tea.Batch(a.say(Info, text), a.keepLater())
}

func (a *App) makeReadOnly() tea.Cmd {
	a.session.SetReadOnly()
	return a.say(Info, "this session is read-only until it ends")
}

// openSort offers the columns of the page in front.
func (a *App) openSort() tea.Cmd {
	s, ok := a.front().(sorter)
	if !ok {
		return nil
	}
	key, desc := s.sorted()
	m := a.newMenu("Sort by")
	for _, c := range s.columns() {
		it := menuItem{title: c.Title, run: func() tea.Cmd {
			return tea.Batch(s.sort(c.Key, c.Key == key && !desc), a.keepLater())
		}}
		if c.Key == key {
			it.note = "sorted by; again reverses"
			m.cursor = len(m.items)
		}
		m.add(it)
	}
	return a.pop(m)
}

func (a *App) openThemePicker() tea.Cmd {
	m := a.newMenu("Theme")
	for _, s := range theme.Skins() {
		if s.Name == a.look.theme.Skin.Name {
			m.cursor = len(m.items)
		}
		m.add(menuItem{title: s.Name, note: s.Title, run: func() tea.Cmd { return a.setTheme(s.Name) }})
	}
	return a.pop(m)
}

// openClusterPicker lists the clusters that the lists can be limited to: what is
// typed narrows it. The cursor is on the one that is chosen.
func (a *App) openClusterPicker() tea.Cmd {
	clusters := []entry{{title: "all", fill: "all", lead: " ", note: "all clusters in one table", run: func() tea.Cmd { return a.setScope("all") }}}
	at := 0
	for _, c := range a.view.Clusters() {
		if a.scope == c.Cluster.Name {
			at = len(clusters)
		}
		clusters = append(clusters, a.clusterEntry(c))
	}
	c := a.newChooser("Cluster", "> ", "", func(typed string) []entry {
		var out []entry
		for _, i := range match(strings.TrimSpace(typed), len(clusters), func(i int) string { return clusters[i].title }) {
			out = append(out, clusters[i])
		}
		return out
	})
	c.cursor, c.footer = at, "type to narrow  enter choose  esc close"
	c.settle(1)
	return a.pop(c)
}

// clusterEntry is a cluster as a line of a chooser, with how it is.
func (a *App) clusterEntry(c core.ClusterSummary) entry {
	t, name := a.look.theme, c.Cluster.Name
	e := entry{title: name, fill: name, lead: t.Sym.Good, leadStyle: t.Good, run: func() tea.Cmd { return a.setScope(name) }}
	switch {
	case c.Health.Loading:
		e.lead, e.leadStyle, e.note = t.Sym.Loading, t.Dim, "first answer is awaited"
	case !c.Health.Reachable():
		e.lead, e.leadStyle, e.note = t.Sym.Bad, t.Error, "unreachable"
	default:
		e.note = fmt.Sprintf("%d of %d VMs run", c.Running, c.VMs)
	}
	if c.Cluster.ReadOnly {
		e.note += "  [RO]"
	}
	return e
}
