package core_test

import (
	"testing"

	"gwm/core"
)

func TestRecentIsWhatConcernsThePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, eve := h.login("bob"), h.login("eve")
	h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
	h.do(h.root, core.SetLock{On: web1, Reason: "one"})
	h.do(h.root, core.SetLock{On: web2, Reason: "two"})
	h.refused(eve, core.StopVM{VM: web2}, core.CodeNotFound, "")
	recent := func(s *core.Session, n int) []core.Record {
		t.Helper()
		list, err := s.Recent(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := recent(bob, 1)
	if len(list) != 1 || list[0].Op != "lock.set" || list[0].Target != web1 || list[0].Addr != "" || list[0].Session != "" {
		t.Errorf("bob reads %+v", list)
	}
	if list = recent(eve, 10); len(list) != 2 || list[0].Event != core.EventDenied || list[0].By != "eve" {
		t.Errorf("eve reads %+v", list)
	}
	for _, r := range recent(h.root, 50) {
		if r.Event == core.EventDenied || r.Event == core.EventLogin || r.Event == core.EventRead {
			t.Errorf("the administrator reads %+v", r)
		}
	}
	_, before, _ := h.kept()
	for range 3 {
		recent(bob, 10)
	}
	if _, after, _ := h.kept(); after != before {
		t.Errorf("looking at it was recorded: %d records more", after-before)
	}
	h.do(h.root, core.ClearLock{On: web1})
	h.grant(core.UserRef("bob"), web1, core.VerbSee)
	for _, r := range recent(bob, 10) {
		if r.Target == web1 && r.By != "bob" {
			t.Errorf("bob still reads %+v", r)
		}
	}
	bob.Close()
	if _, err := bob.Recent(t.Context(), 1); err == nil {
		t.Error("a closed session reads")
	}
}
