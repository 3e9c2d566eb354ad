package tui_test

import (
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestProfileOfWhoSitsAtTheMachine: who has no account has a page about that, and
// nothing on it offers to change the account.
func TestProfileOfWhoSitsAtTheMachine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		s, err := w.Core.Local(t.Context(), "root", "tui")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		d := &desk{t, tuitest.New(t, s, at80), w}
		defer d.Close()
		d.Command("profile")
		d.Shows("root@local", "at the machine itself", "every verb on everything", "live sessions", "(this one)", ":user-add")
		d.Press("X")
		d.Hides("Disable", "no user named")
		d.Press("m")
		d.Hides("invite", "lock")
		d.Press("esc", "2")
		d.Shows("did", "login")
	})
}

// TestLockOfTheSiteIsOnEveryPage: it stops what is done to users and groups too.
func TestLockOfTheSiteIsOnEveryPage(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		s := d.Local()
		defer s.Close()
		d.Do(s, core.SetLock{On: core.Site(), Reason: "we move"})
		d.Do(s, core.SetLock{On: core.UserRef("ann"), Reason: "on leave"})
		d.Settle()
		for _, at := range []string{"group ops", "user bob", "vm web1", "overview paris"} {
			d.Command(at)
			d.Shows("everything is locked by local since 00:00:00: we move")
		}
		d.Command("user ann")
		d.Shows("everything is locked by local", " locked by local since 00:00:00: on leave")
	})
}
