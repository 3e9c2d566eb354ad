package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// openHelp lists every action that exists here, by group; typing searches, enter
// runs.
func (a *App) openHelp() tea.Cmd {
	sel := a.front().selection()
	here := slices.Collect(a.here())
	c := a.newChooser("Help", "search: ", "", func(typed string) []entry { return helpEntries(a, here, sel, typed) })
	c.footer = "type to search  enter runs it  esc close"
	return a.pop(c)
}

func helpEntries(a *App, here []action, sel selection, typed string) []entry {
	typed = strings.ToLower(strings.TrimSpace(typed))
	out := typingHelp(a, typed)
	for _, g := range groups() {
		first := true
		for _, x := range here {
			if x.Quiet || x.Group != g || !strings.Contains(helpText(x), typed) {
				continue
			}
			if first {
				out = append(out, entry{head: string(g)})
				first = false
			}
			e := entry{title: x.Title, note: x.Help, off: a.refused(x, sel), key: strings.Join(keyNames(x), " "), run: func() tea.Cmd { return a.run(x) }}
			if e.key == "" && x.Word != "" {
				e.key = ":" + x.Word
			}
			out = append(out, e)
		}
	}
	return out
}

// typingHelp lists the keys of a page that takes keys itself.
func typingHelp(a *App, typed string) []entry {
	p, ok := a.front().(typer)
	if !ok {
		return nil
	}
	var out []entry
	for _, k := range p.keys() {
		if strings.Contains(k[0]+" "+k[1], typed) {
			out = append(out, entry{title: k[0], note: k[1], run: func() tea.Cmd { return nil }})
		}
	}
	if len(out) > 0 {
		out = append([]entry{{head: "Fill in"}}, out...)
	}
	return out
}

// helpText is what the search of the help looks through.
func helpText(x action) string {
	return strings.ToLower(strings.Join([]string{string(x.Group), x.Title, x.Help, x.Word, strings.Join(keyNames(x), " ")}, " "))
}

// keyNames lists the keys of an action as people read them.
func keyNames(x action) []string {
	var out []string
	for _, k := range x.Keys {
		out = append(out, keyName(k))
	}
	if x.Sub != "" {
		out = append(out, x.Sub+" "+x.Letter)
	}
	return out
}

func keyName(key string) string {
	switch key {
	case "pgdown":
		return "page down"
	case "pgup":
		return "page up"
	}
	if len(key) > 1 {
		return strings.ReplaceAll(key, "+", "-")
	}
	return key
}
