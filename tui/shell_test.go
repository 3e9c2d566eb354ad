package tui_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// TestShell holds the shell's own parts over a page, in four sizes and three
// colour modes.
func TestShell(t *testing.T) {
	t.Parallel()
	long := "the server stops in 5 minutes for an update; jobs go on and are there when you come back"
	scenes := []struct {
		name string
		user string
		do   func(w *coretest.World, d *tuitest.Driver)
	}{
		{"start", "admin", func(*coretest.World, *tuitest.Driver) {}},
		{"help", "admin", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", "?") }},
		{"palette", "admin", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", ":"); d.Type("web") }},
		{"menu", "bob", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", "m") }},
		{"power", "admin", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", "p") }},
		{"ask", "ann", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", "p", "d") }},
		{"type", "admin", func(_ *coretest.World, d *tuitest.Driver) {
			d.Press("2", "*", "/")
			d.Type("web")
			d.Press("enter", "p", "X")
			d.Type("power")
			d.Press("enter")
		}},
		{"filter-wrong", "admin", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", "/"); d.Type("/web[/") }},
		{"queued", "ann", func(_ *coretest.World, d *tuitest.Driver) { d.Press("2", "p", "d", "y") }},
		{"announced", "ann", func(_ *coretest.World, d *tuitest.Driver) { d.Send(tui.Announce{Text: long, Kind: tui.Warning}) }},
		{"badges", "admin", func(w *coretest.World, d *tuitest.Driver) {
			s := w.Local()
			defer s.Close()
			c, _ := s.View().Cluster(coretest.Paris)
			c.Cluster.Insecure, c.Cluster.ReadOnly = true, true
			w.Do(s, core.EditCluster{Cluster: c.Cluster})
			d.Advance(5 * time.Second)
			d.Press("C")
			d.Type("paris")
			d.Press("enter")
		}},
		{"ended", "ann", func(w *coretest.World, d *tuitest.Driver) {
			s, off := w.Local(), true
			defer s.Close()
			w.Do(s, core.EditUser{Name: "ann", Disabled: &off})
			d.Settle()
		}},
	}
	modes := []struct {
		name    string
		profile colorprofile.Profile
		ascii   bool
	}{{"plain", colorprofile.ASCII, true}, {"16", colorprofile.ANSI, false}, {"true", colorprofile.TrueColor, false}}
	for _, sc := range scenes {
		for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 40}, {200, 60}} {
			for _, mode := range modes {
				if mode.name != "plain" && size[0] != 80 {
					continue // colours do not depend on the size
				}
				t.Run(fmt.Sprintf("%s/%dx%d-%s", sc.name, size[0], size[1], mode.name), func(t *testing.T) {
					t.Parallel()
					o := tui.Options{Width: size[0], Height: size[1], Profile: mode.profile, ASCII: mode.ascii, Demo: true}
					synctest.Test(t, func(t *testing.T) {
						w := coretest.Start(t)
						d := tuitest.New(t, w.Login(sc.user), o)
						defer d.Close()
						d.Advance(30 * time.Second)
						if mode.name == "true" {
							d.Press(":")
							d.Type("theme slate")
							d.Press("enter")
						}
						sc.do(w, d)
						golden.RequireEqual(t, d.ANSI()+"\n")
					})
				})
			}
		}
	}
}
