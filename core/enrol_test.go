package core_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// The keys of people who have no account yet.
const (
	zoeKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE zoe@desk"
	yanKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUF yan@desk"
)

func newcomer(t *testing.T, line string) core.Newcomer {
	t.Helper()
	return core.Newcomer{Key: keys(t, line)[0], Addr: "198.51.100.7:4242"}
}

func (h *house) invite(user string, ttl time.Duration) string {
	h.t.Helper()
	code, err := h.root.Invite(h.t.Context(), user, ttl)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// everything is all that the store holds, and the audit log as people read it.
func (h *house) everything() string {
	h.t.Helper()
	var all strings.Builder
	err := h.store.List(h.t.Context(), "", "", func(it core.Item) bool {
		all.WriteString(it.Key + " " + string(it.Value) + "\n")
		return true
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all.String()
}

func TestEnrol(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code := h.invite("bob", 0)
	n := newcomer(t, zoeKey)
	typed := strings.ToUpper(strings.ReplaceAll(code, "-", " "))
	user, err := h.core.Enrol(t.Context(), n, typed)
	if err != nil || user != "bob" {
		t.Fatalf("enrolled as %q, %v", user, err)
	}
	if got, ok := h.core.UserByKey(n.Key.Blob); got != "bob" || !ok {
		t.Errorf("the key logs in %q, %v", got, ok)
	}
	r := h.lastRecord(core.EventDone)
	if r.Op != "user.enrol" || r.By != "bob" || r.Key != n.Key.Fingerprint || r.Args["invited by"] != "local" {
		t.Errorf("the audit log has %+v", r)
	}
	_, err = h.core.Enrol(t.Context(), newcomer(t, yanKey), code)
	wantError(t, err, core.CodeDenied, "this code is not valid")
	if all := h.everything(); strings.Contains(all, code) || strings.Contains(all, strings.ToUpper(strings.ReplaceAll(code, "-", ""))) {
		t.Error("the store holds the code")
	}
}

// TestEnrolRefuses holds that every code that is not good gets one answer.
func TestEnrolRefuses(t *testing.T) {
	t.Parallel()
	yes := true
	for _, tc := range []struct {
		name string
		code func(h *house) string
		why  string // for the audit log
	}{
		{"no code", func(*house) string { return "" }, "not the form"},
		{"too long", func(*house) string { return strings.Repeat("a", 100_000) }, "not the form"},
		{"wrong letters", func(h *house) string { return "9" + h.invite("bob", 0)[1:] }, "not the form"},
		{"never made", func(*house) string { return strings.Repeat("abcd-", 6) + "abcd" }, "no such code"},
		{"replaced", func(h *house) string { first := h.invite("bob", 0); h.invite("bob", 0); return first }, "no such code"},
		{"taken back", func(h *house) string {
			code := h.invite("bob", 0)
			h.do(h.root, core.RemoveInvite{User: "bob"})
			return code
		}, "no such code"},
		{"account disabled", func(h *house) string {
			code := h.invite("bob", 0)
			h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
			return code
		}, "no such code"},
		{"account deleted and made again", func(h *house) string {
			code := h.invite("bob", 0)
			h.do(h.root, core.DeleteUser{Name: "bob"})
			h.do(h.root, core.AddUser{User: core.User{Name: "bob"}})
			return code
		}, "no such code"},
		{"account disabled meanwhile", func(h *house) string {
			code := h.invite("bob", 0)
			h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
			h.do(h.root, core.EditUser{Name: "bob", Disabled: new(bool)})
			return code
		}, "no such code"},
		{"made by somebody who may not any more", func(h *house) string {
			h.do(h.root, core.AddUser{User: core.User{Name: "mallory", Admin: true}, Keys: keys(h.t, yanKey)})
			mallory, err := h.core.Login(h.t.Context(), core.Credential{User: "mallory", Key: keys(h.t, yanKey)[0].Fingerprint})
			if err != nil {
				h.t.Fatal(err)
			}
			code, err := mallory.Invite(h.t.Context(), "ann", 0)
			if err != nil {
				h.t.Fatal(err)
			}
			h.do(h.root, core.DeleteUser{Name: "mallory"})
			if open, err := h.root.Invites(h.t.Context()); err != nil || len(open) != 0 {
				h.t.Errorf("open are %v, %v", open, err)
			}
			return code
		}, "mallory, who made the code, is no site administrator any more"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			n := newcomer(t, zoeKey)
			user, err := h.core.Enrol(t.Context(), n, tc.code(h))
			wantError(t, err, core.CodeDenied, "this code is not valid; check it")
			if _, ok := h.core.UserByKey(n.Key.Blob); ok || user != "" {
				t.Errorf("the key was attached to %q", user)
			}
			r := h.lastRecord(core.EventDenied)
			if r.Op != "user.enrol" || r.By != "enroll" || !strings.Contains(r.Result, tc.why) || r.Key != n.Key.Fingerprint {
				t.Errorf("the audit log has %+v", r)
			}
		})
	}
}

func TestEnrolExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		code := h.invite("bob", time.Hour)
		<-time.After(time.Hour)
		_, err := h.core.Enrol(t.Context(), newcomer(t, zoeKey), code)
		wantError(t, err, core.CodeDenied, "this code is not valid")
		h.refused(h.root, core.RemoveInvite{User: "bob"}, core.CodeNotFound, "no code is open")
		if open, err := h.root.Invites(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("open are %v, %v", open, err)
		}
		h.invite("eve", 0)
		if strings.Contains(h.everything(), `"user":"bob","by"`) {
			t.Error("the code that has expired is still stored")
		}
	})
}

// TestEnrolKeepsCode holds that a key that cannot be used does not cost the code.
func TestEnrolKeepsCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code := h.invite("bob", 0)
	_, err := h.core.Enrol(t.Context(), newcomer(t, eveKey), code)
	wantError(t, err, core.CodeConflict, "belongs to another account")
	if _, err := h.core.Enrol(t.Context(), newcomer(t, zoeKey), code); err != nil {
		t.Errorf("with another key: %v", err)
	}
}

// TestEnrolOnce holds that of many who use one code at once one gets in.
func TestEnrolOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code := h.invite("bob", 0)
	answers := make(chan error, 10)
	for i := range cap(answers) {
		n := core.Newcomer{Key: coretest.UserKey("new" + string(rune('a'+i)))}
		go func() {
			_, err := h.core.Enrol(context.Background(), n, code)
			answers <- err
		}()
	}
	in := 0
	for range cap(answers) {
		switch err := <-answers; core.CodeOf(err) {
		case "":
			in++
		case core.CodeDenied:
		default:
			t.Error(err)
		}
	}
	if in != 1 {
		t.Errorf("%d people used one code", in)
	}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	yes := true
	seen := map[string]bool{}
	for range 100 {
		code := h.invite("eve", 0)
		if seen[code] || len(strings.ReplaceAll(code, "-", "")) < 26 || strings.Trim(code, "-abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Fatalf("the code is %q", code)
		}
		seen[code] = true
	}
	h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
	for _, tc := range []struct {
		name string
		who  *core.Session
		user string
		ttl  time.Duration
		code core.Code
		text string
	}{
		{"nobody", h.root, "zoe", 0, core.CodeNotFound, "zoe"},
		{"disabled", h.root, "bob", 0, core.CodeState, "disabled"},
		{"too long", h.root, "eve", core.InviteMaxTTL + time.Second, core.CodeInvalid, "at most 7 days"},
		{"negative", h.root, "eve", -time.Hour, core.CodeInvalid, "at most 7 days"},
		{"oneself", h.login("eve"), "eve", 0, core.CodeDenied, "eve"},
		{"hidden", h.login("eve"), "ann", 0, core.CodeNotFound, "ann"},
	} {
		_, err := tc.who.Invite(t.Context(), tc.user, tc.ttl)
		if core.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.text) {
			t.Errorf("%s: %v (%s)", tc.name, err, core.CodeOf(err))
		}
	}
	h.refused(h.root, core.AddInvite{User: "eve", TTL: time.Hour, Code: core.NewSecret("1234")}, core.CodeInvalid, "no code")
	open, err := h.login("ann").Invites(t.Context())
	if err != nil || len(open) != 1 || open[0].User != "eve" || open[0].Hash != "" {
		t.Errorf("open are %+v, %v", open, err)
	}
	if open, err := h.login("eve").Invites(t.Context()); err != nil || open != nil {
		t.Errorf("eve sees %+v, %v", open, err)
	}
}

// TestDoorNames holds that nobody can be called as a door is.
func TestDoorNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var got []core.Code
	for _, name := range []string{core.DoorEnrol, core.DoorRegister} {
		_, err := h.root.Do(t.Context(), core.AddUser{User: core.User{Name: name}})
		got = append(got, core.CodeOf(err))
	}
	if diff := cmp.Diff([]core.Code{core.CodeInvalid, core.CodeInvalid}, got); diff != "" {
		t.Error(diff)
	}
}
