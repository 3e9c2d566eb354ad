package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// seatActions are about who sits at consoles, and what was recorded of them.
func seatActions() []action {
	tapes := scope{Traits: traitTapes, Without: traitTerm | traitRights, Kinds: []core.Kind{kindRecording}}
	return []action{
		{
			ID: "go.seats", Word: "seats", Args: "[FILTER]", Title: "who sits at consoles", Group: groupGo,
			Help: "List who sits at the consoles of what you administer, and where you sit, with who has the keyboard.", Complete: func(*App, string) []string { return nil },
			Run: func(a *App, arg string) tea.Cmd { return a.goTo(a.listPlace(pageSeats, arg)) },
		},
		{
			ID: "vm.seats", Word: "at", Args: "[VM]", Complete: completeVMs, Title: "who sits at its consoles", Group: groupLook,
			Help: "Show who sits at the consoles of a VM now.", Scope: scope{Kinds: []core.Kind{core.KindVM}, Without: traitSitters}, When: onlyOne,
			Run: func(a *App, arg string) tea.Cmd {
				on := a.front().selection().ref()
				if arg != "" || on.Kind != core.KindVM {
					var err error
					if on, err = a.view.Find(core.KindVM, arg); err != nil {
						return a.fail(err)
					}
				}
				return a.push(place{Page: pageVM, On: on, Arg: vmArgConsoles})
			},
		},
		{
			ID: "seat.end", Keys: []string{"D"}, Word: "seat-end", Title: "end the seat", Group: groupAct,
			Help:  "Make the person leave the console: your own, or at a VM that you administer; what runs in the VM goes on.",
			Scope: scope{Traits: traitSitters, Without: traitStrays | traitRights, Kinds: []core.Kind{core.KindVM}}, Hint: 2, Idle: "nobody sits there",
			Make: func(_ *App, sel selection) (ops []core.Op, why string) {
				if len(sel.Seats) == 0 {
					return nil, "nobody sits there; :seats lists who sits where"
				}
				for _, s := range sel.Seats {
					ops = append(ops, core.CloseConsole{Seat: s.ID, VM: s.VM, User: s.User})
				}
				return ops, ""
			},
		},
		{
			ID: "recording.remove", Keys: []string{"D"}, Word: "recording-remove", Title: "remove the recording", Group: groupAct,
			Help: "Remove a recording before its time; for site administrators.", Scope: tapes, Hint: 4,
			Make: func(_ *App, sel selection) (ops []core.Op, why string) {
				if len(sel.Tapes) == 0 {
					return nil, "no recording is selected; :recordings lists them"
				}
				for _, r := range sel.Tapes {
					ops = append(ops, core.RemoveRecording{ID: r.ID})
				}
				return ops, ""
			},
		},
		{
			ID: "recording.export", Keys: []string{"y"}, Word: "recording-export", Title: "copy", Group: groupLook,
			Help: "Copy the command that exports the recording as asciicast, or the one that prints its text.", Scope: tapes, Hint: 3,
			When: func(_ *App, sel selection) string {
				if len(sel.Tapes) == 0 {
					return "no recording is selected; :recordings lists them"
				}
				return ""
			},
			Do: func(a *App, sel selection) tea.Cmd { return a.openTapeCopy(sel.Tapes[0]) },
		},
	}
}

// openTapeCopy offers what can be copied of a recording.
func (a *App) openTapeCopy(r core.Recording) tea.Cmd {
	m := a.newMenu("Copy")
	name, _, _ := strings.Cut(r.VM.Name, ".")
	for _, it := range []struct{ letter, what, text string }{
		{"e", "command to export it", "gwm recording export " + r.ID + " > " + quoteWord(name+".cast")},
		{"t", "command to print its text", "gwm recording show " + r.ID},
		{"i", "its ID", r.ID},
	} {
		text := core.Printable(it.text)
		m.add(menuItem{letter: it.letter, title: it.what, note: text, run: func() tea.Cmd { return a.copy(it.what, text) }})
	}
	return a.pop(m)
}

// taped marks what belongs to a cluster whose serial consoles are recorded.
func taped(t *theme.Theme, c core.ClusterSummary) string {
	if c.Cluster.Recording == core.RecordingOff {
		return ""
	}
	return " " + t.Danger.Render("REC")
}

// tapedWords is a policy in words.
func tapedWords(p core.RecordingPolicy) string {
	switch p {
	case core.RecordingBest:
		return "recorded; where that fails they go on and say so"
	case core.RecordingRequired:
		return "recorded; where that fails they end"
	case core.RecordingOff:
	}
	return "not recorded"
}
