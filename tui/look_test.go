package tui_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/theme"
	"gwm/tui/tuitest"
)

// paintRed gives berlin the colour red.
func paintRed(w *coretest.World) {
	root := w.Local()
	defer root.Close()
	berlin, _ := root.View().Cluster(coretest.Berlin)
	berlin.Cluster.Colour = "red"
	w.Do(root, core.EditCluster{Cluster: berlin.Cluster})
}

// TestAClusterIsKnownByItsColour opens each page of what is on berlin: its name
// stands in its colour in the top line, and in every column of clusters.
func TestAClusterIsKnownByItsColour(t *testing.T) {
	t.Parallel()
	red, ok := theme.New(theme.Default(), theme.Mode16, false).Tint("red")
	if !ok {
		t.Fatal("there is no red")
	}
	block, text := red.Block.Render("berlin"), red.Text.Render("berlin")
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		paintRed(w)
		w.Do(s, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web1)})
		d.Advance(2 * time.Second)
		for _, c := range []struct{ line, want string }{
			{"clusters", text},
			{"vms", text},
			{"nodes", text},
			{"jobs", text},
			{"vm db1", block},
			{"cluster berlin", block},
			{"node node1.berlin.example.org", block},
			{"job 1", block},
			{"strays", text},
			{"backups berlin", block},
		} {
			d.Press("esc", "esc", "esc")
			d.Command(c.line)
			d.Advance(time.Second)
			if c.line == "clusters" {
				d.Press("j") // the bar of the cursor has a colour of its own
			}
			if screen := d.ANSI(); !strings.Contains(screen, c.want) {
				t.Errorf(":%s does not show berlin in red:\n%s", c.line, screen)
			}
		}
		for _, line := range []string{"quota ann berlin", "grant bob db1", "cluster-edit berlin", "vms berlin", "nodes berlin", "jobs berlin"} {
			d.Press("esc", "esc", "esc")
			d.Command(line)
			d.Advance(time.Second)
			if top, _, _ := strings.Cut(d.ANSI(), "\n"); strings.Contains(ansi.Strip(top), "berlin") && !strings.Contains(top, block) {
				t.Errorf(":%s does not show berlin in red in the top line: %q", line, top)
			}
		}
		d.Press("esc", "esc", "esc")
		d.Command("vm db1")
		d.Press("p", "d")
		if edge := red.Text.Render(strings.Repeat("─", 100)); !strings.Contains(d.ANSI(), edge) {
			t.Errorf("the question about a VM of berlin has no red edge:\n%s", d.ANSI())
		}
	})
}

// TestColourSaysNothingAlone holds that a screen without colours is the same
// whether a cluster has one or not.
func TestColourSaysNothingAlone(t *testing.T) {
	t.Parallel()
	shown := func(t *testing.T, red bool) (screens []string) {
		synctest.Test(t, func(t *testing.T) {
			w := coretest.Start(t)
			defer w.Stop()
			if red {
				paintRed(w)
			}
			d := tuitest.New(t, w.Login("admin"), tui.Options{Width: 100, Height: 30, Profile: colorprofile.Ascii})
			defer d.Close()
			for _, key := range []string{"2", "3", "d"} {
				d.Press(key)
				d.Advance(time.Second)
				screens = append(screens, d.ANSI())
			}
		})
		return screens
	}
	plain, red := shown(t, false), shown(t, true)
	for i := range plain {
		if plain[i] != red[i] {
			t.Errorf("a colour changes a screen without colours:\n%s\n%s", plain[i], red[i])
		}
	}
}

// TestEveryColourIsThere holds that the theme has each colour that a cluster can
// have.
func TestEveryColourIsThere(t *testing.T) {
	t.Parallel()
	for _, skin := range theme.Skins() {
		for _, name := range core.Colours() {
			if _, ok := theme.New(skin, theme.ModeTrue, false).Tint(name); !ok {
				t.Errorf("%s has no %s", skin.Name, name)
			}
		}
	}
}
