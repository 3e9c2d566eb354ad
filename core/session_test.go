package core_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	yes := true
	tests := []struct {
		name string
		end  func(h *house, s *core.Session)
		why  string
	}{
		{"user disabled", func(h *house, _ *core.Session) { h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes}) }, "your account was disabled"},
		{"user deleted", func(h *house, _ *core.Session) { h.do(h.root, core.DeleteUser{Name: "bob"}) }, "your account was removed"},
		{"key removed", func(h *house, s *core.Session) {
			h.do(h.root, core.RemoveKey{User: "bob", Fingerprint: s.Sessions()[0].Key})
		}, "the key that you logged in with was removed"},
		{"closed", func(_ *house, s *core.Session) { s.Close(); s.Close() }, "the session was closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				s, other := h.login("bob"), h.login("ann")
				began := time.Now()
				tt.end(h, s)
				<-s.Done()
				if d := time.Since(began); d >= time.Second {
					t.Errorf("the session ended after %s", d)
				}
				if err := s.Err(); err == nil || core.AsError(err).Message != tt.why {
					t.Errorf("it ended because: %v, want %q", err, tt.why)
				}
				if other.Err() != nil {
					t.Errorf("the other session ended too: %v", other.Err())
				}
				if _, err := s.Do(t.Context(), core.StartVM{VM: web1}); !errors.Is(err, s.Err()) {
					t.Errorf("an ended session answers %v", err)
				}
				if _, err := s.Users(t.Context()); !errors.Is(err, s.Err()) {
					t.Errorf("an ended session shows users: %v", err)
				}
				if r := h.lastRecord(core.EventLogout); r.By != "bob" || r.Result != tt.why {
					t.Errorf("recorded is the logout of %q: %q", r.By, r.Result)
				}
			})
		})
	}
}

func TestSessionEndsByTime(t *testing.T) {
	t.Parallel()
	t.Run("certificate", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			h, began := newHouse(t), time.Now()
			s, err := h.core.Login(t.Context(), core.Credential{User: "bob", Cert: "id 1", Until: began.Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			<-s.Done()
			if d := time.Since(began); d != time.Hour {
				t.Errorf("the session ended after %s", d)
			}
		})
	})
	t.Run("key", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			h, began := newHouse(t), time.Now()
			k := keys(t, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE")[0]
			k.Expires = began.Add(2 * time.Hour)
			h.do(h.root, core.AddKey{User: "bob", Key: k})
			s, err := h.core.Login(t.Context(), core.Credential{User: "bob", Key: k.Fingerprint})
			if err != nil {
				t.Fatal(err)
			}
			<-s.Done()
			if d := time.Since(began); d != 2*time.Hour {
				t.Errorf("the session ended after %s", d)
			}
			if _, ok := h.core.UserByKey(k.Blob); ok {
				t.Error("the expired key still has a user")
			}
		})
	})
}

func TestEndOfSlowStoreDoesNotKeepOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, yes := newHouse(t), true
		a, b := h.login("bob"), h.login("bob")
		began := time.Now()
		disabled := false
		h.store.FailCommit(func(core.Batch) error {
			if disabled {
				<-time.After(4 * time.Second) // the record of the logouts, on a slow disk
			}
			disabled = true
			return nil
		})
		answer := make(chan error)
		go func() {
			_, err := h.root.Do(t.Context(), core.EditUser{Name: "bob", Disabled: &yes})
			answer <- err
		}()
		<-a.Done()
		<-b.Done()
		if d := time.Since(began); d >= time.Second {
			t.Errorf("both sessions ended after %s", d)
		}
		if err := <-answer; err != nil {
			t.Error(err)
		}
	})
}

func TestOtherProcessEndsSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, yes := newHouse(t), true
		second := h.another()
		stop := running(t, second)
		s, err := second.Login(t.Context(), credential(t, "bob"))
		if err != nil {
			t.Fatal(err)
		}
		h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
		<-s.Done()
		stop()
	})
}

func TestRunEndsSessions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := running(t, h.core)
		s := h.login("bob")
		stop()
		<-s.Done()
		wantError(t, s.Err(), core.CodeState, "the server stops")
		_, err := h.core.Login(t.Context(), credential(t, "bob"))
		wantError(t, err, core.CodeState, "the server stops")
	})
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	h, yes := newHouse(t), true
	h.do(h.root, core.EditUser{Name: "eve", Disabled: &yes})
	bob := credential(t, "bob")
	tests := []struct {
		name string
		cred core.Credential
		why  string
	}{
		{"nobody", core.Credential{User: "mallory", Key: bob.Key}, "your account was removed"},
		{"disabled", credential(t, "eve"), "your account was disabled"},
		{"somebody else's key", core.Credential{User: "ann", Key: bob.Key}, "the key that you logged in with was removed"},
		{"no key", core.Credential{User: "bob"}, "no key was verified"},
		{"name of the local administrator", core.Credential{User: "local", Cert: "x"}, "the name is reserved"},
		{"name of a local administrator", core.Credential{User: "bob@local", Cert: "x"}, "the name is reserved"},
		{"old certificate", core.Credential{User: "bob", Cert: "x", Until: time.Unix(1, 0)}, "your certificate has expired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.core.Login(t.Context(), tt.cred)
			if err == nil || err.Error() != "login refused; ask the administrator" || core.CodeOf(err) != core.CodeDenied {
				t.Errorf("the answer is %v", err)
			}
			if r := h.lastRecord(core.EventDenied); r.Op != "login" || r.Result != tt.why || r.By != tt.cred.User {
				t.Errorf("recorded is %q by %q: %q, want %q", r.Op, r.By, r.Result, tt.why)
			}
		})
	}
}

func TestSessionLimits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var open []*core.Session
	for range 3 {
		open = append(open, h.login("bob"))
	}
	_, err := h.core.Login(t.Context(), credential(t, "bob"))
	wantError(t, err, core.CodeLimit, "you have 3 sessions open")
	open[0].Close()
	h.login("bob")
	h.login("ann")
	_, err = h.core.Login(t.Context(), credential(t, "eve"))
	wantError(t, err, core.CodeLimit, "too many people are logged in")
	if _, err := h.core.Local(t.Context(), "root", "test"); err != nil {
		t.Errorf("who sits at the machine is kept out: %v", err)
	}
}

func TestSessionsShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, ann := h.login("bob"), h.login("ann")
	names := func(s *core.Session) (users []string) {
		for _, info := range s.Sessions() {
			users = append(users, info.User)
		}
		return users
	}
	if got := names(bob); !cmp.Equal(got, []string{"bob"}) {
		t.Errorf("bob sees the sessions of %v", got)
	}
	if got := names(ann); len(got) != 3 {
		t.Errorf("an administrator sees the sessions of %v", got)
	}
}

func TestChangedTells(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob := h.login("bob")
	if len(bob.View().VMs()) != 0 {
		t.Fatal("bob sees VMs without a right")
	}
	for range 3 {
		h.grant(core.UserRef("bob"), web1, core.VerbPower)
	}
	<-bob.Changed()
	if vms := bob.View().VMs(); len(vms) != 1 || vms[0].Name != "web1" {
		t.Errorf("bob sees %v", vms)
	}
	select {
	case <-bob.Changed():
		t.Error("three changes are three signals")
	default:
	}
}

func TestGrantEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := running(t, h.core)
		began, bob := time.Now(), h.login("bob")
		h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: web1, Verbs: []core.Verb{core.VerbPower}, Until: began.Add(time.Hour)})
		for len(bob.View().VMs()) == 0 {
			<-bob.Changed()
		}
		for len(bob.View().VMs()) == 1 {
			<-bob.Changed()
		}
		if d := time.Since(began); d != time.Hour {
			t.Errorf("the VM vanished after %s", d)
		}
		h.refused(bob, core.StopVM{VM: web1}, core.CodeNotFound, "berlin/web1")
		stop()
	})
}

func TestGrantHoldsAtItsHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := running(t, h.core)
		began, bob := time.Now(), h.login("bob") // a Saturday at midnight
		h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: web1, Verbs: []core.Verb{core.VerbPower}, Hours: hours(t, "sat 01:00-03:00")})
		<-bob.Changed()
		h.refused(bob, core.StopVM{VM: web1}, core.CodeNotFound, "berlin/web1")
		for len(bob.View().VMs()) == 0 {
			<-bob.Changed()
		}
		if d := time.Since(began); d != time.Hour {
			t.Errorf("the VM appeared after %s", d)
		}
		for len(bob.View().VMs()) == 1 {
			<-bob.Changed()
		}
		if d := time.Since(began); d != 3*time.Hour {
			t.Errorf("the VM vanished after %s", d)
		}
		for len(bob.View().VMs()) == 0 {
			<-bob.Changed()
		}
		if d := time.Since(began); d != 7*24*time.Hour+time.Hour {
			t.Errorf("the VM appeared again after %s", d)
		}
		stop()
	})
}

func hours(t *testing.T, text string) core.Hours {
	t.Helper()
	h, err := core.ParseHours(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestReadOnlySession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.root.SetReadOnly()
	ops := []core.Op{core.StartVM{VM: web1}, core.AddUser{User: core.User{Name: "zoe"}}, core.ClearLock{On: core.Site()}}
	for _, op := range ops {
		h.refused(h.root, op, core.CodeLocked, "this session is read-only")
	}
	if d := h.root.Can(ops[0]); d.OK || d.Rule != "read-only session" {
		t.Errorf("Can says %+v", d)
	}
}

// running runs a core and returns what stops it.
func running(t *testing.T, c *core.Core) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	synctest.Wait()
	publish(c)
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func TestStoreKeepsItsPromises(t *testing.T) {
	t.Parallel()
	s, ctx := coretest.NewStore(), t.Context()
	rev, err := s.Commit(ctx, core.Batch{If: []core.Cond{{Key: "a/1"}}, Put: []core.Item{{Key: "a/1", Value: []byte("x")}, {Key: "a/2"}}})
	if err != nil || rev == 0 {
		t.Fatalf("commit: %d, %v", rev, err)
	}
	if _, err := s.Commit(ctx, core.Batch{If: []core.Cond{{Key: "a/1"}}, Delete: []string{"a/2"}}); !errors.Is(err, core.ErrConflict) {
		t.Errorf("a condition that fails: %v", err)
	}
	var forth, back []string
	_ = s.List(ctx, "a/", "a/1", func(it core.Item) bool { forth = append(forth, it.Key); return true })
	_ = s.ListBack(ctx, "a/", "", func(it core.Item) bool { back = append(back, it.Key); return true })
	if !cmp.Equal(forth, []string{"a/2"}) || !cmp.Equal(back, []string{"a/2", "a/1"}) {
		t.Errorf("lists: %v, %v", forth, back)
	}
	l, ok, err := s.Lease(ctx, "runner", time.Minute)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, _ := s.Lease(ctx, "runner", time.Minute); ok {
		t.Error("two hold the lease")
	}
	s.ExpireLease("runner")
	<-l.Lost()
	if _, err := s.Commit(ctx, core.Batch{If: []core.Cond{l.Guard()}}); !errors.Is(err, core.ErrConflict) {
		t.Errorf("a lost lease still guards: %v", err)
	}
}
