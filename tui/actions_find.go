package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

func findActions() []action {
	marks := scope{Traits: traitMarks, Without: traitPlay}
	const (
		noMatch = "there is nothing to go to; / searches this page"
		noRow   = "there is no row to mark"
	)
	return []action{
		{
			ID: "filter", Keys: []string{"/"}, Title: "filter", Hint: 4, Group: groupFind,
			Help:  "Show only the rows that match: words, status:down, cluster:berlin, !not, /regexp/, ~fuzzy, memory>8G; tab completes.",
			Scope: scope{Traits: traitFilter, Without: traitSearch}, Do: func(a *App, _ selection) tea.Cmd { return a.openFilter() },
		},
		{
			ID: "search", Keys: []string{"/"}, Title: "search", Hint: 4, Group: groupFind,
			Help:  "Find a text on this page.",
			Scope: scope{Traits: traitSearch, Without: traitFilter}, Do: func(a *App, _ selection) tea.Cmd { return a.openFilter() },
		},
		{
			ID: actMatchNext, Keys: []string{"n"}, Title: "next match", Help: "Go to the next line that matches the search.", Idle: noMatch,
			Group: groupFind, Scope: scope{Traits: traitSearch},
		},
		{
			ID: actMatchPrev, Keys: []string{"N"}, Title: "previous match", Help: "Go to the previous line that matches the search.", Idle: noMatch,
			Group: groupFind, Scope: scope{Traits: traitSearch},
		},
		{
			ID: "palette", Keys: []string{":"}, Title: "commands", Help: "Type a command, a page or the name of an object.",
			Hint: 5, Group: groupFind, Do: func(a *App, _ selection) tea.Cmd { return a.openPalette("") },
		},
		{
			ID: "goto", Keys: []string{"ctrl+p"}, Word: "find", Title: "find an object", Help: "Find any VM, node or cluster by name, address, MAC, owner, tag, OS, node, network or note; it says by what.",
			Group: groupFind, Do: func(a *App, _ selection) tea.Cmd { return a.openFinder() },
		},
		{
			ID: actMark, Keys: []string{"space"}, Title: "mark", Help: "Mark the row and move down; actions work on all marked rows.",
			Group: groupMarks, Scope: marks, Idle: noRow,
		},
		{
			ID: actMarkRange, Keys: []string{"V"}, Title: "mark a range", Help: "Mark every row from the last mark to the cursor.",
			Group: groupMarks, Scope: marks, Idle: noRow,
		},
		{
			ID: actMarkAll, Keys: []string{"*"}, Title: "invert the marks", Help: "Mark every visible row that is not marked, and the other way round.",
			Group: groupMarks, Scope: marks, Idle: noRow,
		},
		{
			ID: actMarkNone, Keys: []string{"\\"}, Title: "clear the marks", Help: "Unmark every row, also those that the filter hides.",
			Group: groupMarks, Scope: marks, Idle: "no row is marked",
		},
	}
}

// marksLine is what the bottom says about marks: "7 marked, 2 hidden by the filter".
func marksLine(sel selection) string {
	if !sel.Marked {
		return ""
	}
	text := fmt.Sprintf("%d marked", len(sel.Refs)+len(sel.Jobs))
	if n := len(sel.Hidden); n > 0 {
		text += fmt.Sprintf(", %d hidden by the filter", n)
	}
	return text
}
