package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

func ownerIs(t *testing.T, s *core.Session, vm string, want core.Ref) {
	t.Helper()
	if got, _ := s.View().Owner(core.VMRef(coretest.Berlin, vm)); got != want {
		t.Errorf("%s belongs to %q, want %q", vm, got, want)
	}
}

func TestOwnersOnTheScreen(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		limit := 8 << 10
		w.Do(s, core.SetQuota{Who: core.GroupRef("ops"), Cluster: coretest.Berlin, Limits: core.Limits{MemoryMiB: &limit}})
		d.Press("2")
		d.Hides("OWNER")
		open(d, "vm db1")
		d.Press("O")
		d.Shows("set the owner", "clear the owner", "it is without an owner already", "write its tags")
		d.Press("s")
		d.Shows("Owner now", "nobody", "group:ops  too much: memory 16 GiB of 8 GiB")
		d.Press("down", "down", "down", "space")
		d.Shows("group:ops on berlin: memory 0 MiB -> 16", "That is more than the quota allows; you")
		d.Press("ctrl+x")
		d.Shows("done: make ops the owner of db1.example.org")
		d.Advance(time.Second)
		d.Shows("owner             group:ops")
		ownerIs(t, s, coretest.DB1, core.GroupRef("ops"))
		open(d, "vms")
		d.Press("/")
		d.Type("own")
		d.Press("tab")
		d.Shows("/owner:")
		d.Type("g")
		d.Press("tab", "enter")
		d.Shows("owner:group:ops", "OWNER", "db1 ", "1 of 24")
		d.Press("O", "c")
		d.Advance(time.Second)
		d.Shows("no VM matches owner:group:ops")
		ownerIs(t, s, coretest.DB1, core.Ref{})
	})
}

func TestOwnerOfMarkedVMs(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web")
		d.Press("enter", "*", "O", "s")
		d.Shows("berlin/web1.example.org, berlin/web2.example.org")
		d.Press("down", "space", "ctrl+n")
		d.Press("ctrl+x")
		d.Shows("done: make ann the owner of web1.example.org and 1 more")
		ownerIs(t, s, coretest.Web1, core.UserRef("ann"))
		ownerIs(t, s, coretest.Web2, core.UserRef("ann"))
	})
}

func TestOwnersForWhoMayNotChangeThem(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("2", "O", "s")
		d.Shows("needs admin on berlin")
	})
}

// Two set an owner at once: the second is told on the form.
func TestOwnerChangedMeanwhile(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "vm db1")
		d.Press("O", "s", "down", "space")
		w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.DB1), Owner: core.UserRef("bob")})
		d.Press("ctrl+x")
		d.Shows("somebody else changed the owner of berlin/db1.example.org meanwhile", "ctrl-r")
		d.Press("ctrl+r", "ctrl+x")
		d.Shows("done: make ann the owner")
		ownerIs(t, s, coretest.DB1, core.UserRef("ann"))
	})
}
