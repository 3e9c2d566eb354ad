package tui_test

import (
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/colorprofile"

	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// at80 is an ordinary terminal.
var at80 = tui.Options{Width: 80, Height: 24, Profile: colorprofile.ANSI, Term: "xterm", Version: "1.0"}

// desk is where somebody of the world sits at an ordinary terminal.
type desk struct {
	*testing.T
	*tuitest.Driver
	*coretest.World
}

// sit puts a user of a fresh world at a desk, in a bubble of its own.
func sit(t *testing.T, user string, f func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		d := &desk{t, tuitest.New(t, w.Login(user), at80), w}
		defer d.Close()
		f(d)
	})
}

// asked holds for how many jobs berlin was asked until now.
func (d *desk) asked(n int) {
	d.Helper()
	if got := d.Berlin.Submitted(); len(got) != n {
		d.Errorf("the cluster was asked %d times, not %d: %v", len(got), n, got)
	}
}
