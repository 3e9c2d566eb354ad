package tui_test

import (
	"strings"
	"testing"
)

func TestPaletteOpensObjects(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Command("vm web1")
		d.Shows("all › berlin › vms › web1.example.org")
		d.Press("esc")
		d.Press("ctrl+p")
		d.Type("shop2")
		d.Press("enter")
		d.Shows("all › paris › vms › shop2.example.org")
	})
}

func TestPaletteBeginsWithWhatWasSeenLately(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press(":", "enter")
		if d.Quit() {
			d.Error("enter in the fresh palette left gwm")
		}
		d.Press("esc", "esc", ":")
		d.Hides("seen lately")
		d.Type("vm web1")
		d.Press("enter", ":")
		d.Hides("seen lately") // it is in front
		d.Press("esc", "esc", ":")
		d.Shows("web1.example.org  VM on berlin, seen lately")
		d.Press("enter")
		d.Shows("all › berlin › vms › web1.example.org")
		d.Press("esc", "ctrl+p")
		d.Shows("web1.example.org  VM on berlin, seen lately")
	})
}

func TestPaletteOffersOnlyWhatIsVisible(t *testing.T) {
	t.Parallel()
	sit(t, "ann", func(d *desk) {
		for _, typed := range []string{"vm ", "node ", "cluster ", "can power ", "example", "start "} {
			d.Press(":")
			d.Type(typed)
			d.Hides("web2", "paris", "node1")
			d.Press("esc")
		}
		d.Press("ctrl+p")
		d.Type("e")
		d.Shows("web1.example.org")
		d.Hides("web2", "paris", "node1")
		d.Press("esc", ":")
		d.Type("vm web2.example.org")
		d.Press("enter")
		invisible := d.Screen()
		d.Press("esc", ":")
		d.Type("vm web9.example.org")
		d.Press("enter")
		if want := strings.ReplaceAll(invisible, "web2", "web9"); d.Screen() != want {
			d.Errorf("a VM that may not be seen is told from one that does not exist:\n%s\n%s", want, d.Screen())
		}
	})
}

func TestPaletteExplainsRights(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{"ann": "yes: ", "bob": "no: needs power on berlin/web1.example.org"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			sit(t, user, func(d *desk) {
				d.Command("can power web1")
				d.Shows(want)
			})
		})
	}
}

// TestPaletteCompletesPeople offers those whom the person may see, where a user is
// meant, and the objects behind them.
func TestPaletteCompletesPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		user, typed  string
		shows, hides []string
	}{
		{"admin", "grant ", []string{"grant ann", "grant bob", "grant group:ops"}, nil},
		{"admin", "grant bo", []string{"grant bob"}, []string{"grant ann"}},
		{"admin", "grant bob ", []string{"grant bob berlin", "grant bob berlin/web1"}, []string{"grant ann"}},
		{"admin", "can power web1 ", []string{"can power web1 bob"}, nil},
		{"admin", "preview ", []string{"preview ann", "preview off"}, nil},
		{"admin", "quota ", []string{"quota default", "quota bob"}, nil},
		{"ann", "grant ", []string{"grant ann"}, []string{"grant eve"}},
		{"ann", "preview ", []string{"preview off"}, []string{"preview eve"}},
	} {
		t.Run(c.user+" "+c.typed, func(t *testing.T) {
			t.Parallel()
			sit(t, c.user, func(d *desk) {
				d.Press(":")
				d.Type(c.typed)
				d.Shows(c.shows...)
				d.Hides(c.hides...)
			})
		})
	}
	sit(t, "admin", func(d *desk) {
		d.Press(":")
		d.Type("grant bob berlin")
		for range len("bob berlin") {
			d.Press("backspace")
		}
		d.Type("ann ")
		d.Shows("grant ann berlin")
		d.Hides("grant bob")
		d.Press("esc")
		d.Command("can power web1 bob")
		d.Shows("bob: no: needs power on berlin/web1.example.org")
		d.Press(":")
		d.Type("can power web1 ")
		d.Press("enter")
		d.Shows("yes: ")
	})
}

func TestHelpRunsAnAction(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("?")
		d.Shows("Move one line down.")
		d.Type("the nodes of all")
		d.Hides("Move one line down.")
		d.Press("enter")
		d.Shows("all › nodes", "candidate")
	})
}
