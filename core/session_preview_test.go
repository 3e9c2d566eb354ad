package core_test

import (
	"testing"

	"gwm/core"
)

func TestPreviewShowsWhatSomebodySees(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	ann, bob := h.login("ann"), h.login("bob")
	_, err := bob.Preview(t.Context(), "bob")
	wantError(t, err, core.CodeDenied, "only a site administrator")
	_, err = bob.Preview(t.Context(), "ann")
	wantError(t, err, core.CodeNotFound, `no user named "ann"`)
	_, err = ann.Preview(t.Context(), "nobody")
	wantError(t, err, core.CodeNotFound, `no user named "nobody"`)

	p, err := ann.Preview(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	records, err := h.root.Audit(t.Context(), core.AuditQuery{Op: "preview"})
	if err != nil || len(records) != 1 || records[0].By != "ann" || records[0].Target != core.UserRef("bob") {
		t.Errorf("recorded is %+v, %v", records, err)
	}
	if vms := p.View().VMs(); len(vms) != 1 || vms[0].Name != "web1" {
		t.Errorf("the preview shows %v", vms)
	}
	if by, ok := p.Previewer(); by != "ann" || !ok || p.User().Name != "bob" {
		t.Errorf("it is the preview of %s by %s", p.User().Name, by)
	}
	h.refused(p, core.StopVM{VM: web1}, core.CodeLocked, "this is a preview of what bob sees; leave it to make changes")
	if r := h.lastRecord(core.EventDenied); r.By != "ann" || r.ActAs != core.UserRef("bob") {
		t.Errorf("recorded is %+v", r)
	}
	h.refused(p, core.StopVM{VM: web2}, core.CodeNotFound, "berlin/web2")
	_, err = p.Preview(t.Context(), "eve")
	wantError(t, err, core.CodeState, "a preview already")
	if err := p.SavePrefs(t.Context(), []byte(`{"theme":"mine"}`)); err != nil {
		t.Error(err)
	}
	if prefs, err := bob.Prefs(t.Context()); err != nil || string(prefs) != "{}" {
		t.Errorf("bob's settings are %s, %v", prefs, err)
	}
	for _, info := range bob.Sessions() {
		if info.Via == "preview" {
			t.Error("bob sees the session of who looks at him")
		}
	}
	ann.Close()
	<-p.Done()
}

func TestPreviewEnds(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]core.Op{
		"with the account that is shown": core.DeleteUser{Name: "bob"},
		"with the right to it":           core.EditUser{Name: "ann", Admin: new(bool)},
		"with the administrator":         core.DeleteUser{Name: "ann"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Admin: true}})
			p, err := h.login("ann").Preview(t.Context(), "bob")
			if err != nil {
				t.Fatal(err)
			}
			h.do(h.root, op)
			<-p.Done()
		})
	}
}

func TestActAs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	bob := h.login("bob")
	wantError(t, bob.SetActAs(core.GroupRef("staff")), core.CodeNotFound, `you are in no group named "staff"; yours are: group:ops`)
	wantError(t, bob.SetActAs(core.UserRef("eve")), core.CodeInvalid, "neither you nor a group of yours")
	if err := bob.SetActAs(core.GroupRef("ops")); err != nil {
		t.Fatal(err)
	}
	h.refused(bob, core.EditUser{Name: "bob", Admin: new(bool)}, core.CodeDenied, "")
	if r := h.lastRecord(core.EventDenied); r.ActAs != core.GroupRef("ops") || r.By != "bob" {
		t.Errorf("recorded is %+v", r)
	}
	h.do(h.root, core.RemoveMember{Group: "ops", User: "bob"})
	if as := bob.ActAs(); as != core.UserRef("bob") {
		t.Errorf("bob still acts as %s", as)
	}
}

// A bulk job has no Op of its own whose right could be asked for.
func TestReadOnlySessionsCancelNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	ann, bob := h.login("ann"), h.login("bob")
	id, err := bob.DoAll(t.Context(), "", []core.Op{core.StopVM{VM: web1}, core.RestartVM{VM: web1}})
	if err != nil {
		t.Fatal(err)
	}
	preview, err := ann.Preview(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	h.refused(preview, core.CancelJob{Job: id}, core.CodeLocked, "this is a preview of what bob sees")
	frozen := h.login("bob")
	frozen.SetReadOnly()
	h.refused(frozen, core.CancelJob{Job: id}, core.CodeLocked, "this session is read-only")
	if job := h.job(id + 1); job.State != core.JobQueued {
		t.Errorf("a part of the job is %s", job.State)
	}
	h.do(bob, core.CancelJob{Job: id})
}
