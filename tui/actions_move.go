package tui

import (
	tea "charm.land/bubbletea/v2"
)

func moveActions() []action {
	move := func(id, title, help string, keys ...string) action {
		return action{ID: id, Keys: keys, Title: title, Help: help, Group: groupMove, Scope: scope{Traits: traitMove}}
	}
	list := []action{
		move(actDown, "down", "Move one line down.", "down", "j"),
		move(actUp, "up", "Move one line up.", "up", "k"),
		move(actPageDown, "page down", "Move one page down.", "pgdown"),
		move(actPageUp, "page up", "Move one page up.", "pgup"),
		move(actHalfDown, "half a page down", "Move half a page down.", "ctrl+d"),
		move(actHalfUp, "half a page up", "Move half a page up.", "ctrl+u"),
		move(actTop, "top", "Move to the first line.", "g", "home"),
		move(actBottom, "bottom", "Move to the last line.", "G", "end"),
		move(actRight, "right", "Show the columns further right.", "right"),
		move(actLeft, "left", "Show the columns further left.", "left"),
		{
			ID: actTabNext, Keys: []string{"tab"}, Title: "next tab", Help: "Go to the next tab of the page.",
			Group: groupMove, Scope: scope{Traits: traitTabs}, Hint: 3,
		},
		{
			ID: actTabPrev, Keys: []string{"shift+tab"}, Title: "previous tab", Help: "Go to the previous tab of the page.",
			Group: groupMove, Scope: scope{Traits: traitTabs},
		},
	}
	for n := '1'; n <= '9'; n++ {
		digit := string(n)
		list = append(list, action{
			ID: actTab + digit, Keys: []string{digit}, Title: "tab " + digit, Help: "Go to that tab of the page; 1 to 9.", Idle: "this page has no tab " + digit,
			Group: groupMove, Scope: scope{Traits: traitTabs}, Quiet: n > '1',
		})
	}
	return append(list,
		action{
			ID: actOpen, Keys: []string{"enter"}, Title: "open", Help: "Open what the cursor is on.", Idle: "there is nothing to open here",
			Group: groupOpen, Scope: scope{Traits: traitOpen}, Hint: 1,
		},
		action{
			ID: "back", Keys: []string{"esc"}, Title: "back",
			Help:  "One step back: close the popup, clear the filter, clear the marks, leave the page.",
			Group: groupOpen, Do: func(a *App, _ selection) tea.Cmd { return a.back() },
		},
		action{
			ID: "previous", Keys: []string{"-"}, Title: "previous page", Help: "Go to the page that was shown before, and back again.",
			Group: groupOpen, Do: func(a *App, _ selection) tea.Cmd { return a.toPrevious() },
		},
		action{
			ID: "history.back", Keys: []string{"["}, Title: "back in history", Help: "Go back through the pages that were shown.",
			Group: groupOpen, Do: func(a *App, _ selection) tea.Cmd { return a.travel(-1) },
		},
		action{
			ID: "history.forward", Keys: []string{"]"}, Title: "forward in history", Help: "Go forward through the pages that were shown.",
			Group: groupOpen, Do: func(a *App, _ selection) tea.Cmd { return a.travel(+1) },
		},
		action{
			ID: "quit", Keys: []string{"q"}, Title: "quit", Help: "Leave gwm; on any page but the first one, leave the page. Jobs go on.",
			Group: groupOpen, Do: func(a *App, _ selection) tea.Cmd { return a.quitAtRoot() },
		},
		action{
			ID: "quit.now", Title: "quit gwm", Help: "Leave gwm from anywhere (ctrl-c twice does it too). Jobs go on.",
			Group: groupOpen, Word: "q", Do: func(a *App, _ selection) tea.Cmd { return a.quit() },
		},
	)
}
