package form_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"gwm/tui/form"
	"gwm/tui/theme"
)

// press gives keys to a form and returns the last event.
func press(m *form.Model, keys ...string) form.Event {
	var ev form.Event
	for _, k := range keys {
		ev, _ = m.Key(key(k))
	}
	return ev
}

func key(k string) tea.KeyPressMsg {
	named := map[string]tea.KeyPressMsg{
		"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "enter": {Code: tea.KeyEnter},
		"esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft},
		"right": {Code: tea.KeyRight}, "space": {Code: tea.KeySpace, Text: " "}, "backspace": {Code: tea.KeyBackspace},
		"pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"ctrl+x": {Code: 'x', Mod: tea.ModCtrl}, "ctrl+n": {Code: 'n', Mod: tea.ModCtrl}, "ctrl+p": {Code: 'p', Mod: tea.ModCtrl},
		"ctrl+a": {Code: 'a', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	}
	if msg, ok := named[k]; ok {
		return msg
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

// write types text.
func write(m *form.Model, text string) {
	for _, r := range text {
		if r == ' ' {
			press(m, "space")
			continue
		}
		press(m, string(r))
	}
}

func newExample() *form.Model {
	m := form.New(example(), theme.New(theme.Default(), theme.ModeNone, true))
	m.Resize(80, 24)
	m.View()
	return m
}

func TestSubmitNeedsWhatIsRequired(t *testing.T) {
	t.Parallel()
	m := newExample()
	if ev := press(m, "ctrl+x"); ev != form.None {
		t.Fatalf("an empty name was accepted: %v", ev)
	}
	write(m, "ann")
	if ev := press(m, "ctrl+x"); ev != form.Submit {
		t.Fatalf("event %v, want Submit", ev)
	}
	if got := m.Values().Text("name"); got != "ann" {
		t.Errorf("name is %q", got)
	}
}
