package form_test

import (
	"fmt"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"gwm/tui/form"
	"gwm/tui/theme"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	scenes := []struct {
		name string
		do   func(t *testing.T, m *form.Model)
	}{
		{"start", func(*testing.T, *form.Model) {}},
		{"wrong", func(_ *testing.T, m *form.Model) { write(m, "ann b"); press(m, "ctrl+x") }},
		{"rights", func(t *testing.T, m *form.Model) { write(m, "ann"); reach(t, m, "Rights"); press(m, "down") }},
		{"members", func(t *testing.T, m *form.Model) { reach(t, m, "Members"); write(m, "ab"); press(m, "space") }},
		{"save", func(_ *testing.T, m *form.Model) {
			write(m, "ann")
			press(m, "shift+tab", "shift+tab")
		}},
		{"busy", func(_ *testing.T, m *form.Model) { write(m, "ann"); m.Busy("saving") }},
		{"refused", func(_ *testing.T, m *form.Model) {
			write(m, "ann")
			m.Fail("somebody changed ann meanwhile; ctrl-r loads what is there now and keeps your changes")
		}},
	}
	modes := []struct {
		name  string
		skin  string
		mode  theme.Mode
		ascii bool
	}{{"none", "terminal", theme.ModeNone, true}, {"16", "terminal", theme.Mode16, false}, {"true", "slate", theme.ModeTrue, false}}
	for _, sc := range scenes {
		for _, size := range [][2]int{{40, 10}, {80, 21}, {120, 37}} {
			for _, mode := range modes {
				if mode.name != "none" && size[0] != 80 {
					continue // colours do not depend on the size
				}
				t.Run(fmt.Sprintf("%s/%dx%d-%s", sc.name, size[0], size[1], mode.name), func(t *testing.T) {
					t.Parallel()
					m := newModel(example(), size[0], size[1])
					sc.do(t, m)
					skin, ok := theme.FindSkin(mode.skin)
					if !ok {
						t.Fatal("no such skin")
					}
					m.SetTheme(theme.New(skin, mode.mode, mode.ascii))
					golden.RequireEqual(t, m.View()+"\n")
				})
			}
		}
	}
}
