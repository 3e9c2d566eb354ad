package form_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

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
		"ctrl+a": {Code: 'a', Mod: tea.ModCtrl}, "ctrl+b": {Code: 'b', Mod: tea.ModCtrl}, "ctrl+s": {Code: 's', Mod: tea.ModCtrl},
		"ctrl+q": {Code: 'q', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
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

// reach gives the keys to the field with a label, or to the button with one.
func reach(t *testing.T, m *form.Model, label string) {
	t.Helper()
	for range 40 {
		for line := range strings.SplitSeq(screen(m), "\n") {
			if strings.HasPrefix(line, "> "+label) {
				return
			}
		}
		press(m, "tab")
	}
	t.Fatalf("no field %q takes the keys:\n%s", label, screen(m))
}

func screen(m *form.Model) string { return ansi.Strip(m.View()) }

func newModel(f form.Form, w, h int) *form.Model {
	m := form.New(f, theme.New(theme.Default(), theme.ModeNone, true))
	m.Resize(w, h)
	m.View()
	return m
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 80, 24)
	if ev := press(m, "ctrl+x"); ev != form.None {
		t.Fatalf("an empty name was accepted: %v", ev)
	}
	if s := screen(m); strings.Count(s, "it must not be empty") != 2 {
		t.Errorf("the error is not both under its field and at the end:\n%s", s)
	}
	write(m, "ann b")
	if s := screen(m); !strings.Contains(s, "write ann-b") || press(m, "ctrl+x") != form.None {
		t.Errorf("what Check finds is not shown, or does not stop:\n%s", s)
	}
	press(m, "ctrl+u")
	write(m, "ann")
	if ev := press(m, "ctrl+x"); ev != form.None || !strings.Contains(screen(m), "What saving does") {
		t.Fatalf("event %v: it was saved before what it does was in sight:\n%s", ev, screen(m))
	}
	if ev := press(m, "ctrl+x"); ev != form.Submit {
		t.Fatalf("event %v, want Submit", ev)
	}
	m.Busy("saving")
	if ev := press(m, "ctrl+x"); ev != form.None {
		t.Errorf("it was submitted twice: %v", ev)
	}
	write(m, "more")
	m.Fail("ann exists already")
	if got := m.Values().Text("name"); got != "ann" || !strings.Contains(screen(m), "! ann exists already") {
		t.Errorf("after a refusal the name is %q:\n%s", got, screen(m))
	}
}

func TestSavingNeedsWhatItDoesInSight(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		w, h int
		want form.Event
	}{
		{"beside the fields", 120, 24, form.Submit},
		{"under them, all in sight", 80, 60, form.Submit},
		{"under them, scrolled away", 80, 24, form.None},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newModel(example(), tt.w, tt.h)
			write(m, "ann")
			screen(m)
			if ev := press(m, "ctrl+x"); ev != tt.want {
				t.Errorf("event %v, want %v:\n%s", ev, tt.want, screen(m))
			}
			if s := screen(m); !strings.Contains(s, "What saving does") {
				t.Errorf("what it does is not in sight:\n%s", s)
			}
		})
	}
}

func TestErrorsLeadBack(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 80, 24)
	write(m, "ann")
	reach(t, m, "Memory")
	press(m, "ctrl+u")
	write(m, "much")
	reach(t, m, "Until")
	press(m, "ctrl+x")
	if s := screen(m); !strings.Contains(s, "> Memory") || !strings.Contains(s, "! Memory: write a size") {
		t.Errorf("saving does not lead to the first error:\n%s", s)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 100, 60)
	write(m, "ann")
	press(m, "enter")
	write(m, "on call")
	reach(t, m, "Administrator")
	press(m, "space")
	reach(t, m, "Password")
	write(m, "hunter2")
	reach(t, m, "SSH keys")
	m.Paste("ssh-ed25519 AAAA ann\r\nssh-rsa \x1b[31mBBBB\u202e ann\r\n")
	reach(t, m, "Cluster")
	press(m, "down", "space", "down", "space")
	reach(t, m, "Owner")
	if ev := press(m, "enter"); ev != form.Pick {
		t.Fatalf("a long list gave %v", ev)
	}
	if f, options := m.Picking(); f.Name != "owner" || len(options) != 240 {
		t.Fatalf("picking %q of %d", f.Name, len(options))
	}
	m.Picked("person-bc")
	reach(t, m, "Rights")
	press(m, "space", "down", "space", "down", "space", "down", "space")
	reach(t, m, "Members")
	write(m, "person-ab")
	press(m, "space")
	reach(t, m, "Until")
	write(m, "+7d")
	want := form.Values{
		"name": "ann", "comment": "on call", "admin": "yes", "code": "hunter2",
		"keys": "ssh-ed25519 AAAA ann\nssh-rsa [31mBBBB ann\n", "cluster": "oslo", "owner": "person-bc",
		"memory": "1.5G", "vms": "unlimited", "verbs": "view\nconsole", "members": "person-ab", "until": "+7d", "by": "admin",
	}
	if diff := cmp.Diff(want, m.Values()); diff != "" {
		t.Error(diff)
	}
	if s := screen(m); strings.Contains(s, "hunter2") {
		t.Errorf("a secret is on the screen:\n%s", s)
	}
	if _, ok := m.Draft()["code"]; ok {
		t.Error("a secret is in the draft")
	}
	again := newModel(example(), 100, 60)
	again.SetValues(m.Draft())
	want["code"] = ""
	if diff := cmp.Diff(want, again.Values()); diff != "" {
		t.Errorf("the draft loses something:\n%s", diff)
	}
}

func TestFixedBoxesSayWhy(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		down int
		want string
	}{{0, "view cannot be changed here: from group ops on berlin"}, {3, "delete cannot be changed here: you do not hold it yourself"}} {
		m := newModel(example(), 80, 24)
		reach(t, m, "Rights")
		for range at.down {
			press(m, "down")
		}
		press(m, "space")
		if got := m.Values()["verbs"]; got != "view\npower" || !strings.Contains(screen(m), at.want) {
			t.Errorf("verbs are %q:\n%s", got, screen(m))
		}
	}
}

func TestLeave(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 80, 24)
	if ev := press(m, "esc"); ev != form.Leave || m.Changed() {
		t.Errorf("esc gave %v, changed %v", ev, m.Changed())
	}
	write(m, "a")
	if !m.Changed() {
		t.Error("a letter is no change")
	}
	press(m, "backspace")
	if m.Changed() {
		t.Error("a letter taken back is a change")
	}
}

func TestReservedKeysDoNothing(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+z"} {
		m := newModel(example(), 80, 24)
		write(m, "ann")
		for range 16 {
			before := screen(m)
			if ev := press(m, k); ev != form.None || screen(m) != before {
				t.Errorf("%s does something (%v):\n%s", k, ev, screen(m))
			}
			press(m, "tab")
		}
	}
}

func TestSections(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 80, 24)
	press(m, "ctrl+n")
	if s := screen(m); !strings.Contains(s, "> Cluster") {
		t.Errorf("ctrl-n does not go to the next part:\n%s", s)
	}
	press(m, "ctrl+p")
	if s := screen(m); !strings.Contains(s, "> Name") {
		t.Errorf("ctrl-p does not go back:\n%s", s)
	}
}

func TestDependentFields(t *testing.T) {
	t.Parallel()
	m := newModel(form.Form{Fields: []form.Field{
		{Name: "kind", Label: "Kind", Kind: form.Choice, Value: "user", Options: []form.Option{{Value: "user"}, {Value: "group"}}},
		{Name: "who", Label: "Who", Kind: form.Choice, Offer: func(v form.Values) []form.Option {
			return []form.Option{{Value: v["kind"] + "-a"}, {Value: v["kind"] + "-b"}}
		}},
		{Name: "admin", Label: "Admin", Kind: form.YesNo, When: func(v form.Values) bool { return v["kind"] == "group" }},
	}}, 80, 24)
	reach(t, m, "Who")
	press(m, "space")
	if diff := cmp.Diff(form.Values{"kind": "user", "who": "user-a"}, m.Values()); diff != "" {
		t.Error(diff)
	}
	reach(t, m, "Kind")
	press(m, "down", "space")
	if diff := cmp.Diff(form.Values{"kind": "group", "who": "", "admin": ""}, m.Values()); diff != "" {
		t.Error(diff)
	}
}

func TestRebase(t *testing.T) {
	t.Parallel()
	made := func(comment, limit string) form.Form {
		return form.Form{Fields: []form.Field{
			{Name: "comment", Label: "Comment", Value: comment},
			{Name: "limit", Label: "Limit", Kind: form.Number, Value: limit},
		}}
	}
	m := newModel(made("old", "4"), 80, 24)
	reach(t, m, "Limit")
	press(m, "ctrl+u")
	write(m, "8")
	m.Busy("loading")
	m.Rebase(made("new", "6"))
	write(m, "0")
	if diff := cmp.Diff(form.Values{"comment": "new", "limit": "80"}, m.Values()); diff != "" {
		t.Error(diff)
	}
	if s := screen(m); !strings.Contains(s, "somebody set it to 6 meanwhile") {
		t.Errorf("the other change is not told:\n%s", s)
	}
}

func TestMouse(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 80, 60)
	click := func(text string) form.Event {
		t.Helper()
		for y, line := range strings.Split(screen(m), "\n") {
			if x := strings.Index(line, text); x >= 0 {
				return m.Click(x, y)
			}
		}
		t.Fatalf("%q is not on the screen", text)
		return form.None
	}
	click("Name *")
	write(m, "ann")
	click("[ ] every verb")
	click("( ) oslo")
	click("[ ] console")
	if ev := click("of 240"); ev != form.Pick {
		t.Errorf("a click on a long list gave %v", ev)
	}
	v := m.Values()
	if v["name"] != "ann" || !v.Yes("admin") || v["cluster"] != "oslo" || v["verbs"] != "view\nconsole\npower" {
		t.Errorf("clicks made %v", v)
	}
	if ev := click("[ Save ]"); ev != form.Submit {
		t.Errorf("a click on the button gave %v", ev)
	}
	if ev := click("[ Cancel ]"); ev != form.Leave {
		t.Errorf("a click on the button gave %v", ev)
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	f := example()
	f.Actions = []form.Action{{Label: "Test connection"}}
	m := newModel(f, 80, 24)
	press(m, "shift+tab", "shift+tab", "shift+tab")
	if a, ok := m.Acting(); !ok || a.Label != "Test connection" {
		t.Fatalf("the keys are not on the action:\n%s", screen(m))
	}
	if ev := press(m, "enter"); ev != form.Act {
		t.Fatalf("event %v", ev)
	}
	m.Busy("Test connection")
	m.SetValues(form.Values{"comment": "fingerprint", "nowhere": "x"})
	m.Say("it answers")
	if m.Values()["comment"] != "fingerprint" || !strings.Contains(screen(m), "it answers") {
		t.Errorf("the answer is not shown:\n%s", screen(m))
	}
}

// TestEverythingIsReached goes through every stop in every size: what has the
// keys is on the screen, and no line is wider than it.
func TestEverythingIsReached(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 9}, {40, 10}, {60, 14}, {80, 21}, {99, 20}, {100, 20}, {120, 37}, {200, 57}} {
		f := example()
		f.Fields[0].Label = strings.Repeat("a very long label ", 5)
		f.Fields[0].Help = strings.Repeat("help that goes on ", 20)
		f.Fields[13].Value = strings.Repeat("long-name-", 30)
		f.Check = func(form.Values) map[string]error {
			return map[string]error{"comment": errors.New(strings.Repeat("wrong ", 30))}
		}
		m := newModel(f, size[0], size[1])
		press(m, "ctrl+x")
		for range 17 {
			s := m.View()
			lines := strings.Split(s, "\n")
			if len(lines) != size[1] {
				t.Errorf("%v: %d lines", size, len(lines))
			}
			for _, l := range lines {
				if ansi.StringWidth(l) > size[0] {
					t.Errorf("%v: too wide: %q", size, l)
				}
			}
			if x, y, ok := m.Cursor(); !ok || x >= size[0] || y >= size[1]-2 {
				t.Errorf("%v: the cursor is at %d,%d %v:\n%s", size, x, y, ok, ansi.Strip(s))
			}
			press(m, "tab")
		}
	}
}

func TestLongText(t *testing.T) {
	t.Parallel()
	m := newModel(example(), 80, 24)
	reach(t, m, "SSH keys")
	var all []string
	for i := range 200 {
		all = append(all, fmt.Sprintf("key %d", i))
	}
	m.Paste(strings.Join(all, "\n"))
	if got := m.Values().List("keys"); len(got) != 200 {
		t.Errorf("%d of 200 lines arrived", len(got))
	}
	if s := screen(m); !strings.Contains(s, "key 199") {
		t.Errorf("the end is not in sight:\n%s", s)
	}
}
