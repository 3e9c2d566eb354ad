package core_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

func TestTwoProcessesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	second := h.another()
	root2, err := second.Local(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var all sync.WaitGroup
	for i, s := range []*core.Session{h.root, root2} {
		for n := range 10 {
			name := fmt.Sprintf("p%d-%d", i, n)
			names = append(names, name)
			all.Go(func() {
				// A loser runs again on what the winner wrote.
				if _, err := s.Do(t.Context(), core.AddUser{User: core.User{Name: name}}); err != nil {
					t.Errorf("add %s: %v", name, err)
					return
				}
				if _, err := s.Do(t.Context(), core.AddMember{Group: "ops", User: name}); err != nil {
					t.Errorf("add %s to ops: %v", name, err)
				}
			})
		}
	}
	all.Wait()
	groups, err := h.another().Local(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	list, err := groups.Groups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := append([]string{"bob"}, names...); !cmp.Equal(list[0].Members, want) {
		t.Errorf("members: %s", cmp.Diff(want, list[0].Members))
	}
	if _, err := h.root.VerifyAudit(t.Context(), nil); err != nil {
		t.Errorf("the audit log of two processes: %v", err)
	}
}

func TestStaleRightsAreNotUsed(t *testing.T) {
	t.Parallel()
	h, no := newHouse(t), false
	second := h.another() // does not run, so it hears of nothing
	ann, err := second.Login(t.Context(), credential(t, "ann"))
	if err != nil {
		t.Fatal(err)
	}
	h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Admin: true}})
	h.do(h.root, core.EditUser{Name: "ann", Admin: &no})
	h.refused(ann, core.AddUser{User: core.User{Name: "mallory"}}, core.CodeDenied, "only a site administrator")
}

func TestSameNameAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var all sync.WaitGroup
	answers := make(chan error, 5)
	for range 5 {
		all.Go(func() {
			_, err := h.root.Do(t.Context(), core.AddUser{User: core.User{Name: "zoe"}})
			answers <- err
		})
	}
	all.Wait()
	won := 0
	for range 5 {
		if err := <-answers; err == nil {
			won++
		} else {
			wantError(t, err, core.CodeConflict, "there is a user zoe already")
		}
	}
	if won != 1 {
		t.Errorf("%d of five added the same user", won)
	}
}

func TestConflictRunsAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	failures := 0
	h.store.FailCommit(func(core.Batch) error {
		if failures++; failures <= 3 {
			return core.ErrConflict
		}
		return nil
	})
	h.do(h.root, core.AddUser{User: core.User{Name: "zoe"}})
	h.store.FailCommit(func(core.Batch) error { return core.ErrConflict })
	h.refused(h.root, core.AddUser{User: core.User{Name: "yan"}}, core.CodeConflict, "others change the same records")
}

func TestStoreFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.store.Dump()
	disk := errors.New("no space left on device")
	h.store.FailCommit(func(core.Batch) error { return disk })
	_, err := h.root.Do(t.Context(), core.DeleteUser{Name: "bob"})
	wantError(t, err, core.CodeInternal, "nothing was done")
	if !errors.Is(err, disk) || strings.Contains(err.Error(), "device") {
		t.Errorf("the cause is not kept for the log, or shown: %v", err)
	}
	if diff := cmp.Diff(before, h.store.Dump()); diff != "" {
		t.Errorf("something was written: %s", diff)
	}
	if users, err := h.root.Users(t.Context()); err != nil || len(users) != 3 {
		t.Errorf("the users are %v, %v", users, err)
	}
	h.store.FailCommit(nil)
	h.do(h.root, core.DeleteUser{Name: "bob"})
}

func TestWithoutAuditNothingHappens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob := h.login("bob")
	before := h.store.Dump()
	h.store.FailCommit(func(b core.Batch) error {
		if coretest.TouchesAudit(b) {
			return errors.New("audit cannot be written")
		}
		return nil
	})
	ctx := t.Context()
	tests := map[string]func() error{
		"own records": func() error { _, err := h.root.Do(ctx, core.AddUser{User: core.User{Name: "zoe"}}); return err },
		"remote":      func() error { _, err := h.root.Do(ctx, core.StartVM{VM: web1}); return err },
		"bulk":        func() error { _, err := h.root.DoAll(ctx, "both", []core.Op{core.StartVM{VM: web1}}); return err },
		"denial":      func() error { _, err := bob.Do(ctx, core.StartVM{VM: web1}); return err },
		"login":       func() error { _, err := h.core.Login(ctx, credential(t, "ann")); return err },
		"bad login":   func() error { _, err := h.core.Login(ctx, core.Credential{User: "x"}); return err },
		"local":       func() error { _, err := h.core.Local(ctx, "", "test"); return err },
		"audit":       func() error { _, err := h.root.Audit(ctx, core.AuditQuery{}); return err },
		"verify":      func() error { _, err := h.root.VerifyAudit(ctx, nil); return err },
	}
	for name, try := range tests {
		t.Run(name, func(t *testing.T) { wantError(t, try(), core.CodeInternal, "nothing was done") })
	}
	if diff := cmp.Diff(before, h.store.Dump()); diff != "" {
		t.Errorf("something was written: %s", diff)
	}
}

func TestRemoteOpIsStored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	bob := h.login("bob")
	id := h.do(bob, &core.StopVM{VM: web1, Force: true}) // a pointer does as well
	job := h.job(id)
	got := []string{job.OpID, string(job.Op), job.Title, job.Target.String(), job.By, string(job.State)}
	want := []string{
		"vm.stop", `{"vm":{"kind":"vm","cluster":"berlin","name":"web1"},"force":true}`, "power off web1",
		"berlin/web1", "bob", "queued",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r := h.lastRecord(core.EventRequested)
	if r.Job != id || r.Rule != "grant user:bob berlin/web1" || r.Addr != "192.0.2.1:5555" || r.Args["force"] != "true" || r.Key == "" {
		t.Errorf("recorded is %+v", r)
	}
}

func TestBulk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	h.grant(core.UserRef("ann"), web1, core.VerbPower)
	bob := h.login("bob")
	ctx := t.Context()
	_, err := bob.DoAll(ctx, "", []core.Op{core.StopVM{VM: web1}, core.StopVM{VM: web2}})
	wantError(t, err, core.CodeNotFound, `no VM named "berlin/web2"`)
	_, err = h.root.DoAll(ctx, "", nil)
	wantError(t, err, core.CodeInvalid, "nothing is selected")
	done, err := h.root.DoAll(ctx, "two", []core.Op{
		core.AddUser{User: core.User{Name: "yan"}}, core.AddMember{Group: "ops", User: "eve"},
	})
	if err != nil || h.job(done).State != core.JobDone || h.job(done+2).State != core.JobDone {
		t.Errorf("two changes of gwm's own records: %+v, %v", h.job(done), err)
	}
	_, err = h.root.DoAll(ctx, "two", []core.Op{core.AddUser{User: core.User{Name: "zoe"}}, core.AddUser{User: core.User{Name: "bob"}}})
	wantError(t, err, core.CodeConflict, "there is a user bob already")
	if users, err := h.root.Users(ctx); err != nil || len(users) != 4 {
		t.Errorf("half of it was done: %v, %v", users, err)
	}
	id, err := h.root.DoAll(ctx, "", []core.Op{core.StopVM{VM: web1}, core.StopVM{VM: web2}})
	if err != nil {
		t.Fatal(err)
	}
	parent := h.job(id)
	if parent.Title != "stop web1 and 1 more" || !cmp.Equal(parent.Children, []core.JobID{id + 1, id + 2}) || parent.Target != core.ClusterRef("berlin") {
		t.Errorf("the parent is %+v", parent)
	}
	if child := h.job(id + 2); child.Parent != id || child.Title != "stop web2" {
		t.Errorf("the second child is %+v", child)
	}
	many := []core.Op{core.StartVM{VM: web1}, core.StartVM{VM: web1}, core.StartVM{VM: web1}, core.StartVM{VM: web1}, core.StartVM{VM: web1}}
	_, err = bob.DoAll(ctx, "", many)
	wantError(t, err, core.CodeLimit, "you may have 4 jobs")
}

func TestHiddenIsUnknown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbSee)
	bob := h.login("bob")
	answer := func(op core.Op) string {
		_, err := bob.Do(t.Context(), op)
		if err == nil {
			t.Errorf("%s was allowed", op.Spec().Title)
			return ""
		}
		d := bob.Can(op)
		return err.Error() + " | " + string(core.CodeOf(err)) + " | " + d.Rule
	}
	pairs := []struct {
		name            string
		hidden, unknown core.Op
		from, to        string
	}{
		{"VM", core.StartVM{VM: web2}, core.StartVM{VM: core.VMRef("berlin", "web9")}, "web9", "web2"},
		{"rights on a VM", core.RemoveGrant{Who: core.UserRef("bob"), On: web2}, core.RemoveGrant{Who: core.UserRef("bob"), On: core.VMRef("berlin", "web9")}, "web9", "web2"},
		{"user", core.DeleteUser{Name: "eve"}, core.DeleteUser{Name: "xxx"}, "xxx", "eve"},
		{"keys", core.AddKey{User: "eve", Key: keys(t, annKey)[0]}, core.AddKey{User: "xxx", Key: keys(t, annKey)[0]}, "xxx", "eve"},
		{"job", core.CancelJob{Job: 1}, core.CancelJob{Job: 999}, "999", "1"},
	}
	for _, p := range pairs {
		hidden, unknown := answer(p.hidden), strings.ReplaceAll(answer(p.unknown), p.from, p.to)
		if hidden != unknown {
			t.Errorf("%s: hidden answers %q, unknown %q", p.name, hidden, unknown)
		}
	}
	h.refused(bob, core.StartVM{VM: web1}, core.CodeDenied, "start web1: needs power on berlin/web1; ask an administrator of berlin")
	if r := h.lastRecord(core.EventDenied); r.Op != "vm.start" || r.By != "bob" || r.Rule != "no-grant" || r.Target != web1 {
		t.Errorf("recorded is %+v", r)
	}
	h.refused(bob, core.RemoveCluster{Name: "berlin"}, core.CodeDenied, "only a site administrator may do this")
	h.refused(h.login("eve"), core.EditCluster{Cluster: berlin()}, core.CodeNotFound, `no cluster named "berlin"`)
}

func TestDanger(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	start, stop := core.StartVM{VM: web1}, core.StopVM{VM: web1}
	check := func(name string, want core.Danger, ops ...core.Op) {
		t.Helper()
		if got := h.root.Danger(ops...); got != want {
			t.Errorf("%s: danger %d, want %d", name, got, want)
		}
	}
	check("start", core.Safe, start)
	check("start two", core.Safe, start, start)
	check("stop", core.Disruptive, stop)
	check("stop two", core.Destructive, stop, stop)
	cl := berlin()
	cl.Protected = true
	h.do(h.root, core.EditCluster{Cluster: cl})
	check("start, protected", core.Disruptive, start)
	check("stop, protected", core.Destructive, stop)
	check("remove, protected", core.Destructive, core.RemoveCluster{Name: "berlin"})
}

func TestCanceledContext(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.root.Do(ctx, core.DeleteUser{Name: "bob"}); err == nil {
		t.Error("a canceled request was carried out")
	}
	h.do(h.root, core.DeleteUser{Name: "bob"})
}

// Ops that are asked for together build on each other, as one after the other.
func TestOpsOfOneTransactionSeeEachOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	user := func(name string) core.Op { return core.AddUser{User: core.User{Name: name}} }
	ops := []core.Op{
		user("kim"), user("lee"),
		core.AddGroup{Group: core.Group{Name: "night"}},
		core.AddMember{Group: "night", User: "kim"},
		core.AddMember{Group: "night", User: "lee"},
		core.AddMember{Group: "night", User: "bob"},
		core.DeleteUser{Name: "kim"},
		core.DeleteUser{Name: "lee"},
	}
	if _, err := h.root.DoAll(ctx, "a night shift", ops); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*core.Session{h.root, anotherRoot(t, h)} {
		groups, err := s.Groups(ctx)
		if err != nil {
			t.Fatal(err)
		}
		members := map[string][]string{}
		for _, g := range groups {
			members[g.Name] = g.Members
		}
		if diff := cmp.Diff([]string{"bob"}, members["night"]); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
	}
}

// anotherRoot is the administrator's session of a second process.
func anotherRoot(t *testing.T, h *house) *core.Session {
	t.Helper()
	s, err := h.another().Local(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
