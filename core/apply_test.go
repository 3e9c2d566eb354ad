package core_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

// openHouse is a house in which people may ask for an account.
func openHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.core = h.with(func(c *core.Config) { c.Registration = true })
	root, err := h.core.Local(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	h.root = root
	return h
}

// with opens one more core on the same store with another configuration.
func (h *house) with(change func(*core.Config)) *core.Core {
	h.t.Helper()
	cfg := core.Config{Store: h.store, Inventory: inventory.New, Tuning: core.Tuning{SessionsUser: 10}}
	change(&cfg)
	c, err := core.New(h.t.Context(), cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	publish(c)
	return c
}

func (h *house) waiting() []core.Applicant {
	h.t.Helper()
	all, err := h.root.Applicants(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestApply(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	n := newcomer(t, zoeKey)
	if err := h.core.Apply(t.Context(), n, "zoe", "Zoe Zander"); err != nil {
		t.Fatal(err)
	}
	if r := h.lastRecord(core.EventDone); r.Op != "applicant.add" || r.By != "register" || r.Key != n.Key.Fingerprint {
		t.Errorf("the audit log has %+v", r)
	}
	if _, ok := h.core.UserByKey(n.Key.Blob); ok {
		t.Fatal("the key of somebody who waits logs in")
	}
	w := h.waiting()
	if len(w) != 1 || w[0].Name != "zoe" || w[0].Comment != "Zoe Zander" || w[0].Key.Fingerprint != n.Key.Fingerprint || w[0].Addr != n.Addr {
		t.Fatalf("waiting are %+v", w)
	}
	h.refused(h.root, core.ApproveApplicant{Name: "zoe", Key: "SHA256:another"}, core.CodeConflict, "somebody else asks for the name zoe meanwhile")
	h.do(h.root, core.ApproveApplicant{Name: "zoe", Key: n.Key.Fingerprint})
	s, err := h.core.Login(t.Context(), core.Credential{User: "zoe", Key: n.Key.Fingerprint})
	if err != nil {
		t.Fatal(err)
	}
	if u := s.User(); u.Admin || u.Comment != "Zoe Zander" || len(s.View().Clusters()) != 0 {
		t.Errorf("zoe is %+v and sees %d clusters", u, len(s.View().Clusters()))
	}
	if len(h.waiting()) != 0 {
		t.Error("zoe waits still")
	}
	h.refused(h.root, core.RejectApplicant{Name: "zoe", Key: n.Key.Fingerprint}, core.CodeNotFound, "nobody waits")
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	if err := h.core.Apply(t.Context(), newcomer(t, zoeKey), "zoe", ""); err != nil {
		t.Fatal(err)
	}
	yan := newcomer(t, yanKey)
	dsa := yan
	dsa.Key.Type, dsa.Key.Blob = "ssh-dss", []byte{0, 0, 0, 1}
	for _, tc := range []struct {
		name          string
		n             core.Newcomer
		want, comment string
		code          core.Code
		text          string
	}{
		{"again", newcomer(t, zoeKey), "zoe2", "", core.CodeConflict, "you have asked already, for the name zoe"},
		{"name of another", yan, "zoe", "", core.CodeConflict, "cannot be had"},
		{"bad name", yan, "Yan!", "", core.CodeInvalid, "cannot be the name"},
		{"reserved name", yan, "enroll", "", core.CodeInvalid, "reserved"},
		{"escape", yan, "yan", "\x1b[2J", core.CodeInvalid, "cannot be shown"},
		{"key of an account", newcomer(t, bobKey), "bob2", "", core.CodeConflict, "this key cannot be used here"},
		{"weak key", dsa, "yan", "", core.CodeInvalid, "not a public key"},
	} {
		if err := h.core.Apply(t.Context(), tc.n, tc.want, tc.comment); core.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", tc.name, err)
		} else {
			wantError(t, err, tc.code, tc.text)
		}
	}
	closed := newHouse(t)
	wantError(t, closed.core.Apply(t.Context(), yan, "yan", ""), core.CodeDenied, "nobody can ask")
}

// TestApplyHidesAccounts holds that a stranger does not learn which accounts
// there are, and that the administrator does.
func TestApplyHidesAccounts(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	n := newcomer(t, zoeKey)
	if err := h.core.Apply(t.Context(), n, "bob", "Bob, honestly"); err != nil {
		t.Fatal(err)
	}
	h.refused(h.root, core.ApproveApplicant{Name: "bob", Key: n.Key.Fingerprint}, core.CodeConflict, "there is a user bob already; if this is somebody else")
	h.do(h.root, core.ApproveApplicant{Name: "bob", Key: n.Key.Fingerprint, As: "bob2"})
	if user, ok := h.core.UserByKey(n.Key.Blob); !ok || user != "bob2" {
		t.Errorf("the key is %q's", user)
	}
}

func TestApplyLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := openHouse(t)
		n := 0
		apply := func(source int) error {
			n++
			name := fmt.Sprintf("new%d", n)
			return h.core.Apply(t.Context(), core.Newcomer{
				Key: coretest.UserKey(name), Addr: fmt.Sprintf("[2001:db8:0:%x::%x]:1", source, n),
			}, name, "")
		}
		for range 3 {
			if err := apply(1); err != nil {
				t.Fatal(err)
			}
		}
		wantError(t, apply(1), core.CodeLimit, "too many people wait")
		for source := range 7 {
			if err := apply(10 + source); err != nil {
				t.Fatal(err)
			}
		}
		wantError(t, apply(50), core.CodeLimit, "too many people wait")
		<-time.After(10 * time.Minute)
		if err := apply(50); err != nil {
			t.Error(err)
		}
		for len(h.waiting()) < 100 {
			<-time.After(10 * time.Minute)
			if err := apply(100 + n); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(10 * time.Minute)
		wantError(t, apply(999), core.CodeLimit, "too many people wait")
		<-time.After(31 * 24 * time.Hour)
		if err := apply(999); err != nil || len(h.waiting()) != 1 {
			t.Errorf("after a month: %v, %d wait", err, len(h.waiting()))
		}
	})
}

func TestApplicantsAreForAdministrators(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	if err := h.core.Apply(t.Context(), newcomer(t, zoeKey), "zoe", ""); err != nil {
		t.Fatal(err)
	}
	eve := h.login("eve")
	if got, err := eve.Applicants(t.Context()); err != nil || got != nil {
		t.Errorf("eve sees %+v, %v", got, err)
	}
	key := newcomer(t, zoeKey).Key.Fingerprint
	h.refused(eve, core.ApproveApplicant{Name: "zoe", Key: key}, core.CodeDenied, "approve applicant zoe")
	h.refused(eve, core.RejectApplicant{Name: "nobody", Key: key}, core.CodeDenied, "reject applicant nobody")
	h.do(h.login("ann"), core.RejectApplicant{Name: "zoe", Key: key})
	if err := h.core.Apply(t.Context(), newcomer(t, zoeKey), "zoe", ""); err != nil {
		t.Errorf("after a rejection: %v", err)
	}
}
