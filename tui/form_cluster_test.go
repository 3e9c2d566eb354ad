package tui_test

import (
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/theme"
	"gwm/tui/tuitest"
)

func TestClusterIsAddedEditedAndRemoved(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "cluster-edit berlin")
		d.Shows("cluster edit berlin", "[https://berlin.example.org:5080", "[gwm", "INSECURE", "Nothing is changed yet.")
		d.Press("tab", "tab", "tab", "end", "space")
		d.Shows("(x) INSECURE", "insecure: false -> true", "INSECURE: whoever stands between can read the password")
		danger := theme.New(theme.Default(), theme.Mode16, false).Danger
		if screen := d.ANSI(); !strings.Contains(screen, danger.Render(" ! INSECURE: whoever stands between can read the password and give orders ")) {
			t.Errorf("what is insecure is not shown as a danger:\n%s", screen)
		}
		d.Press("tab", "tab", "tab", "tab", "tab", "tab", "tab", "enter")
		d.Advance(time.Second)
		d.Shows("it answers:", "INSECURE: whoever stands between")
		d.Press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab")
		d.Press("home", "space")
		d.Hides("INSECURE: whoever")
		d.Press("tab", "tab", "space", "tab")
		d.Type(" and test")
		d.Press("tab")
		d.Press("enter")
		d.Type("red")
		d.Press("enter")
		d.Shows("[red]", "colour: - -> red", "--colour red")
		d.Press("tab", "enter")
		d.Type("best")
		d.Press("enter")
		d.Shows("[best-effort]", "recording: - -> best-effort", "--recording best-effort")
		d.Press("ctrl+x")
		d.Advance(time.Second)
		d.Shows("done: edit cluster berlin")
		if c, _ := s.View().Cluster(coretest.Berlin); !c.Cluster.Protected || c.Cluster.Colour != "red" || c.Cluster.Recording != core.RecordingBest || c.Cluster.Insecure || c.Cluster.Description != "production and test" || c.Cluster.User != "gwm" {
			t.Errorf("the cluster is %+v", c.Cluster)
		}
		open(d, "cluster-add")
		d.Type("rome")
		d.Press("tab")
		d.Type("http://rome")
		d.Press("tab")
		d.Shows("the address of rome is not an https URL")
		d.Press("shift+tab", "ctrl+u")
		d.Type("https://rome:5080")
		d.Press("tab")
		d.Type("gwm")
		d.Press("ctrl+x")
		d.Shows("user and password go together")
		d.Type("s3cret-word")
		d.Shows("gwm cluster add rome", "11 characters, not shown")
		d.Hides("s3cret-word")
		d.Press("ctrl+x")
		d.Advance(time.Second)
		d.Shows("done: add cluster rome")
		open(d, "cluster-remove rome")
		d.Shows("forgets rome")
	})
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "cluster-add")
		d.Shows("only a site administrator may add clusters")
		open(d, "cluster-edit berlin")
		d.Shows("you may not edit berlin")
	})
}
