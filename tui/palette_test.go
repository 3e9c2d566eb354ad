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
