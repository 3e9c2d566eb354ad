package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func consoleActions() []action {
	screen := scope{Traits: traitTerm}
	tape := scope{Traits: traitPlay}
	return []action{
		{
			ID: actConsole, Keys: []string{"c"}, Word: "console", Args: "[VM]", Complete: completeVMs, Title: "console", Group: groupAct,
			Help:  "Sit at the serial console of the VM: all keys go there, " + core.DefaultEscape.String() + " opens a menu (:escape changes that).",
			Scope: scope{Kinds: []core.Kind{core.KindVM}}, Hint: 11, When: noConsole,
			Do: func(a *App, sel selection) tea.Cmd { return a.push(place{Page: pageConsole, On: sel.ref()}) },
		},
		{
			ID: "vm.screen", Keys: []string{"v"}, Word: "screen", Args: "[VM]", Complete: completeVMs, Title: "screen", Group: groupAct,
			Help:  "Open the screen of the VM in a browser by a link that is good once, or with a VNC viewer.",
			Scope: scope{Kinds: []core.Kind{core.KindVM}, Without: traitTerm}, When: noScreen,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.open(place{Page: pageScreen, On: sel.ref()}) // not in the history: to come back would make another link
			},
		},
		{
			ID: "consoles", Word: "consoles", Title: "consoles", Group: groupGo,
			Help: "List the consoles that this screen sits at, also those that were left with detach.",
			Do:   func(a *App, _ selection) tea.Cmd { return a.openConsoles() },
		},
		{
			ID: actEscape, Word: "escape", Args: "[KEY]", Title: "escape key", Group: groupScreen,
			Help:     "Choose the key that opens the menu of a console; your choice is kept.",
			Complete: func(*App, string) []string { return escapes() },
			Run:      func(a *App, arg string) tea.Cmd { return a.chooseEscape(arg) },
		},
		{
			ID: actSelect, Keys: []string{"v"}, Title: "select", Help: "Begin to select lines, or end it; y copies them.",
			Group: groupLook, Scope: screen, Hint: 2,
		},
		{
			ID: actCopyRows, Keys: []string{"y"}, Title: "copy", Help: "Copy the selected lines, or else the line of the cursor, to the clipboard of your terminal.",
			Group: groupLook, Scope: screen, Hint: 3,
		},
		{
			ID: actLive, Keys: []string{"F"}, Title: "return", Help: "Back to the console: end looking back; where the console has ended, sit down at it again.",
			Group: groupScreen, Scope: scope{Traits: traitSeat}, Hint: 1,
		},
		{
			ID: "vm.recordings", Keys: []string{"r"}, Title: "recordings", Help: "List what was recorded of the serial console of the VM.",
			Group: groupLook, Scope: scope{Kinds: []core.Kind{core.KindVM}}, When: onlyOne,
			Do: func(a *App, sel selection) tea.Cmd { return a.push(place{Page: pageRecordings, On: sel.ref()}) },
		},
		{
			ID: "go.recordings", Word: "recordings", Args: "[FILTER]", Title: "recordings", Help: "List what was recorded of serial consoles, newest first.",
			Group: groupGo, Complete: func(*App, string) []string { return nil },
			Run: func(a *App, arg string) tea.Cmd { return a.goTo(a.listPlace(pageRecordings, arg)) },
		},
		{
			ID: actPlay, Keys: []string{"space"}, Title: "play or pause", Help: "Play the recording, or stop; at its end play it again.",
			Group: groupScreen, Scope: tape, Hint: 1,
		},
		{ID: actSlower, Keys: []string{"<"}, Title: "slower", Help: "Play at half the speed, down to 0.5 times.", Group: groupScreen, Scope: tape, Hint: 5},
		{ID: actFaster, Keys: []string{">"}, Title: "faster", Help: "Play at twice the speed, up to 16 times.", Group: groupScreen, Scope: tape, Hint: 4},
		{ID: actSeekBack, Keys: []string{","}, Title: "10 s back", Help: "Go 10 seconds back in the recording; left does it too.", Group: groupScreen, Scope: tape, Hint: 6},
		{ID: actSeekOn, Keys: []string{"."}, Title: "10 s on", Help: "Go 10 seconds on in the recording; right does it too.", Group: groupScreen, Scope: tape, Hint: 7},
	}
}

// noConsole is why the serial console of what is selected cannot be opened, and
// noScreen why its screen cannot.
func noConsole(a *App, sel selection) string { return notOpened(a, sel, core.ConsoleSerial) }
func noScreen(a *App, sel selection) string  { return notOpened(a, sel, core.ConsoleVNC) }

func notOpened(a *App, sel selection, kind core.ConsoleKind) string {
	if why := onlyOne(a, sel); why != "" {
		return why
	}
	vm, ok := a.view.VM(sel.ref())
	switch {
	case !ok || vm.Gone:
		return "it is gone"
	case vm.State == core.StateDown || vm.State == core.StateOffline:
		return "it does not run; start it first"
	}
	op := core.OpenConsole{VM: sel.ref(), Kind: kind}
	if d := a.session.Can(op); !d.OK && !overridable(a.session, op) {
		return core.Printable(d.Why)
	}
	return ""
}

// consoleBadge is the mark of consoles that go on behind the page.
func (a *App) consoleBadge() (badge, bool) {
	n, unseen := 0, false
	for _, c := range a.consoles {
		if p, ok := a.front().(*consolePage); (!ok || p.c != c) && c.live() {
			n, unseen = n+1, unseen || c.unseen
		}
	}
	if n == 0 {
		return badge{}, false
	}
	text := counted(n, "console")
	if unseen {
		text += ", news"
	}
	return badge{text, a.look.theme.Accent}, true
}
