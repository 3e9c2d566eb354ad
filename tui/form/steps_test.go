package form_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"gwm/tui/form"
)

// wizard is a form in steps, one of which asks nothing at times.
func wizard() form.Form {
	kvm := func(v form.Values) bool { return v["hypervisor"] == "kvm" }
	f := form.Form{
		Title: "Create a VM", Save: "Create", Steps: true,
		Fields: []form.Field{
			{Kind: form.Section, Label: "Cluster"},
			{Name: "cluster", Label: "Cluster", Kind: form.Choice, Value: "berlin", Options: []form.Option{{Value: "berlin"}, {Value: "paris"}}},
			{Kind: form.Section, Label: "Basics"},
			{Name: "name", Label: "Name", Required: true, Placeholder: "web1.example.org"},
			{Name: "hypervisor", Label: "Hypervisor", Kind: form.Choice, Value: "fake", Options: []form.Option{{Value: "fake"}, {Value: "kvm"}}},
			{Name: "memory", Label: "Memory", Kind: form.Number, Unit: form.MiB, Default: func(v form.Values) string { return "as " + v["cluster"] + " has it" }},
			{Kind: form.Section, Label: "Hypervisor"},
			{Name: "boot", Label: "Boot order", When: kvm},
			{Kind: form.Section, Label: "Summary"},
		},
	}
	f.Check = func(v form.Values) map[string]error {
		if strings.Contains(v.Text("boot"), " ") {
			return map[string]error{"boot": errors.New("there is a blank in it")}
		}
		return nil
	}
	f.Summary = func(v form.Values) []string { return []string{"same as: gwm vm create " + v.Text("name")} }
	return f
}

func TestStepsGolden(t *testing.T) {
	t.Parallel()
	scenes := []struct {
		name string
		do   func(m *form.Model)
	}{
		{"first", func(*form.Model) {}},
		{"second", func(m *form.Model) { press(m, "ctrl+n"); write(m, "web1") }},
		{"last", func(m *form.Model) { press(m, "ctrl+n"); write(m, "web1"); press(m, "ctrl+n") }},
		{"wrong", func(m *form.Model) { press(m, "ctrl+n", "ctrl+n", "ctrl+x", "ctrl+p") }},
	}
	for _, sc := range scenes {
		for _, size := range [][2]int{{40, 12}, {80, 21}, {120, 30}} {
			t.Run(fmt.Sprintf("%s/%dx%d", sc.name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				m := newModel(wizard(), size[0], size[1])
				sc.do(m)
				golden.RequireEqual(t, screen(m)+"\n")
			})
		}
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	m := newModel(wizard(), 80, 21)
	has := func(what string, want bool) {
		t.Helper()
		if got := strings.Contains(screen(m), what); got != want {
			t.Errorf("%q on the screen: %v, want %v\n%s", what, got, want, screen(m))
		}
	}
	has("Boot order", false)
	has("[ Create ]", false)
	press(m, "ctrl+n") // Basics
	has("Name *", true)
	has("as berlin has it", true)
	write(m, "web1")
	press(m, "ctrl+n") // Hypervisor asks nothing for fake
	has("[ Create ]", true)
	press(m, "ctrl+p", "tab", "down", "space") // kvm
	press(m, "ctrl+n")
	has("Boot order", true)
	write(m, "d e")
	press(m, "enter") // the last field leads to the next step
	has("[ Create ]", true)
	if ev := press(m, "ctrl+x"); ev != form.None {
		t.Errorf("what is wrong was saved: %v", ev)
	}
	has("there is a blank in it", true) // back where it is wrong
	press(m, "backspace", "backspace")
	if ev := press(m, "ctrl+x"); ev != form.None {
		t.Errorf("ctrl-x in the middle of the steps, what it does unseen: %v", ev)
	}
	has("What saving does", true)
	if ev := press(m, "ctrl+x"); ev != form.Submit {
		t.Errorf("ctrl-x below what it does: %v", ev)
	}
	screen(m)
	if m.Click(3, 0); !strings.Contains(screen(m), "> Cluster") {
		t.Errorf("a click on the first step leads to\n%s", screen(m))
	}
}
