package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// openFilter begins to type a filter, or a search, for the page in front.
func (a *App) openFilter() tea.Cmd {
	f, ok := a.front().(filterer)
	if !ok {
		return nil
	}
	text, _, _ := f.filtered()
	l := newLine(text)
	a.typing, a.filterErr, a.offered = &l, "", nil
	a.layout()
	if w, ok := f.(interface{ warm() tea.Cmd }); ok {
		return w.warm()
	}
	return nil
}

// setFilter gives the page another filter text.
func (a *App) setFilter(text string) tea.Cmd {
	f, ok := a.front().(filterer)
	if !ok {
		return nil
	}
	a.filterErr = ""
	if _, _, err := f.filter(text); err != nil {
		a.filterErr = core.Printable(core.AsError(err).Error())
	}
	a.layout()
	if s, ok := ahead[interface{ settled() tea.Cmd }](a); ok {
		return tea.Batch(a.keepLater(), s.settled())
	}
	return a.keepLater()
}

// filterKey edits the filter text while it is typed; the page follows each key.
func (a *App) filterKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		a.typing = nil
		return a.setFilter("")
	case "enter":
		if a.filterErr != "" {
			return nil // the text stays open until it is right
		}
		a.typing = nil
		a.layout()
		return nil
	case "tab":
		return a.filterTab()
	case "up", "down", "pgup", "pgdown":
		id := map[string]string{"up": actUp, "down": actDown, "pgup": actPageUp, "pgdown": actPageDown}[k.String()]
		cmd, _ := a.front().act(id)
		return cmd
	}
	before := a.typing.String()
	a.offered = nil
	if a.typing.key(k); a.typing.String() == before {
		return nil
	}
	return a.setFilter(a.typing.String())
}

// filterShown tells whether the filter has its line above the page.
func (a *App) filterShown() bool {
	if a.typing != nil {
		return true
	}
	f, ok := a.front().(filterer)
	if !ok {
		return false
	}
	text, _, _ := f.filtered()
	return text != ""
}

// drawFilter is the line with the filter text and "12 of 240". The cursor's
// cell is -1 when nothing is typed.
func (a *App) drawFilter(w int) (text string, cursor int) {
	t := a.look.theme
	f, ok := a.front().(filterer)
	if !ok {
		return "", -1
	}
	have, matched, total := f.filtered()
	right := t.Dim.Render(fmt.Sprintf("%d of %d ", matched, total))
	if a.typing != nil && len(a.offered) > 0 {
		right = t.Accent.Render(t.Cut(strings.Join(a.offered, "  "), max(w-theme.Width(a.typing.String())-6, w/2))) + " "
	}
	if a.filterErr != "" {
		text := have
		if a.typing != nil {
			text = a.typing.String()
		}
		right = t.Error.Render(t.Cut(t.Sym.Bad+" "+a.filterErr, max(w-theme.Width(text)-6, w/2))) + " "
	}
	room := max(w-theme.Width(right)-3, 1)
	if a.typing == nil {
		return " " + t.Key.Render("/") + t.Strong.Render(t.Fit(core.Printable(have), room)) + " " + right, -1
	}
	typed, at := a.typing.draw(t, room)
	return " " + t.Key.Render("/") + typed + " " + right, 2 + at
}
