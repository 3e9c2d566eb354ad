package core_test

import (
	"errors"
	"testing"

	"gwm/core"
)

// Check refuses and records like Do, and never carries anything out.
func TestCheckOnlyRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("eve"), web2, core.VerbSee)
	eve := h.login("eve")
	wantError(t, eve.Check(t.Context(), core.StopVM{VM: web2}), core.CodeDenied, "needs power")
	wantError(t, eve.Check(t.Context(), core.StopVM{VM: web1}), core.CodeNotFound, "web1")
	if err := h.root.Check(t.Context(), core.DeleteUser{Name: "eve"}); err != nil {
		t.Errorf("what is allowed: %v", err)
	}
	records, err := h.root.Audit(t.Context(), core.AuditQuery{By: "eve", Event: core.EventDenied})
	if err != nil || len(records) != 2 {
		t.Errorf("%d refusals are recorded, %v; want 2", len(records), err)
	}
	if users, err := h.root.Users(t.Context()); err != nil || len(users) < 3 {
		t.Errorf("users are %v, %v; a check changed them", users, err)
	}
	h.store.FailCommit(func(core.Batch) error { return errors.New("the disk is full") })
	if err := eve.Check(t.Context(), core.StopVM{VM: web2}); core.CodeOf(err) == core.CodeDenied {
		t.Errorf("a refusal that could not be recorded: %v", err)
	}
}
