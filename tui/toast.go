package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// toastTime is how long good news and information stay on the bottom line;
// warnings and problems stay until a key is pressed.
const toastTime = 6 * time.Second

// readTime is how long a message that came by itself cannot be sent away by a
// key that was on its way already.
const readTime = time.Second

// maxNotes bounds the messages that are kept.
const maxNotes = 500

// note is one message of the shell.
type note struct {
	at    time.Time
	kind  Kind
	text  string
	link  place // where it leads; zero: nowhere
	fresh bool  // enter opens the link until another key is pressed
	brief bool  // the next key sends it away
}

// say shows a message on the bottom line and keeps it. It returns nil, so that
// an action can end with it.
func (a *App) say(kind Kind, text string) tea.Cmd {
	a.note(note{kind: kind, text: core.Printable(text)})
	return nil
}

// fail shows an error in the words that are meant for people.
func (a *App) fail(err error) tea.Cmd {
	return a.say(Problem, core.AsError(err).Error())
}

// hint says what a key did where that need not be seen, or why it did nothing. It
// is not kept, since a key may be held down, and does not cover what must still
// be read.
func (a *App) hint(text string) tea.Cmd {
	if t := a.toast; t == nil || t.kind == Info || t.kind == Good {
		a.toast = &note{at: time.Now(), kind: Info, text: core.Printable(text), brief: true}
	}
	return nil
}

// note shows and keeps a message.
func (a *App) note(n note) {
	n.at = time.Now()
	a.notes = append(a.notes, n)
	if len(a.notes) > maxNotes {
		a.notes = append([]note(nil), a.notes[len(a.notes)-maxNotes:]...)
	}
	a.toast = &a.notes[len(a.notes)-1]
	a.noted++
}

// dropToast takes the message off the bottom line when a key is pressed, unless
// it has hardly been there. The key that opens a fresh link is used up.
func (a *App) dropToast(key string) (open place, used bool) {
	t := a.toast
	if t == nil {
		return place{}, false
	}
	if t.fresh && key == "enter" {
		a.toast = nil
		return t.link, true
	}
	t.fresh = false
	if t.brief {
		a.toast = nil
		return place{}, false
	}
	if time.Since(t.at) >= readTime && (t.kind == Warning || t.kind == Problem) {
		a.toast = nil
	}
	return place{}, false
}

// expireToast takes good news off the bottom line after their time.
func (a *App) expireToast(now time.Time) {
	if t := a.toast; t != nil && (t.kind == Info || t.kind == Good) && now.Sub(t.at) >= toastTime {
		a.toast = nil
	}
}

// toastText is the message with its symbol.
func (a *App) toastText() string {
	text := a.kindSymbol(a.toast.kind) + " " + a.toast.text
	if a.toast.fresh {
		text += "  (enter opens it)"
	}
	return text
}
