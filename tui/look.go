package tui

import (
	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// look is how everything is drawn; it is shared by the shell and all pages and
// changed in Update only.
type look struct {
	theme   *theme.Theme
	colours map[string]string // of the clusters that have one, by name
	escape  core.Escape       // opens the menu of a console
}

// cluster is how the name of a cluster looks among others: in its colour, or in
// the given style where it has none.
func (l *look) cluster(name string, style theme.Style) theme.Style {
	if tint, ok := l.theme.Tint(l.colours[name]); ok {
		return tint.Text
	}
	return style
}

// clusterHere is the same where all that is on the screen belongs to it.
func (l *look) clusterHere(name string, style theme.Style) theme.Style {
	if tint, ok := l.theme.Tint(l.colours[name]); ok {
		return tint.Block
	}
	return style
}

// clusterCell is a cluster's name in its column.
func (l *look) clusterCell(name string) grid.Cell {
	return grid.Cell{Text: name, Style: l.cluster(name, l.theme.Text)}
}
