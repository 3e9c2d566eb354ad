package core_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// phone is somebody with an authenticator app.
type phone struct {
	t   *testing.T
	uri string
}

func (p phone) code() string { return coretest.Code(p.t, p.uri, time.Now()) }

// enrolFactor sets a second factor up, and waits until the next code.
func (h *house) enrolFactor(s *core.Session) (phone, []string) {
	h.t.Helper()
	uri, err := s.BeginTOTP(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	p := phone{h.t, uri}
	recovery, err := s.ConfirmTOTP(h.t.Context(), p.code())
	if err != nil {
		h.t.Fatal(err)
	}
	time.Sleep(30 * time.Second)
	return p, recovery
}

// inBubble runs a test whose time is false.
func inBubble(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newHouse(t)) })
}

func TestSecondFactorIsAskedForBeforeWhatDestroys(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		ann := h.login("ann")
		p, _ := h.enrolFactor(ann)
		if !ann.User().TOTP {
			t.Error("the account does not say that it has a second factor")
		}
		ann.Close()

		ann = h.login("ann")
		remove := core.DeleteUser{Name: "eve"}
		if d := ann.Can(remove); !d.OK {
			t.Errorf("it cannot be done with a code either: %+v", d)
		}
		wantError(t, ann.Check(t.Context(), remove), core.CodeStepUp, "delete user eve: your second factor is needed")
		h.refused(ann, remove, core.CodeStepUp, "type the code that your authenticator app shows")
		if r := h.lastRecord(core.EventDenied); r.Op != "user.delete" || r.Rule != "second factor" {
			t.Errorf("recorded is %+v", r)
		}
		_, err := ann.DoAll(t.Context(), "", []core.Op{core.StopVM{VM: web1}, core.StopVM{VM: web2}})
		wantError(t, err, core.CodeStepUp, "stop web1")
		h.do(ann, core.AddGroup{Group: core.Group{Name: "staff"}})

		if err := ann.StepUp(t.Context(), " "+p.code()[:3]+" "+p.code()[3:]); err != nil {
			t.Fatal(err)
		}
		h.do(ann, remove)
		time.Sleep(10*time.Minute - time.Second)
		if err := ann.Check(t.Context(), core.DeleteUser{Name: "bob"}); err != nil {
			t.Errorf("just before ten minutes are over: %v", err)
		}
		time.Sleep(time.Second)
		h.refused(ann, core.DeleteUser{Name: "bob"}, core.CodeStepUp, "")
		other := h.login("ann")
		if err := ann.StepUp(t.Context(), p.code()); err != nil {
			t.Fatal(err)
		}
		h.refused(other, core.DeleteUser{Name: "bob"}, core.CodeStepUp, "")
		h.do(h.root, core.DeleteUser{Name: "bob"})
	})
}

func TestSecondFactorGuardsTheWaysAroundIt(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		ann, yes := h.login("ann"), true
		h.enrolFactor(ann)
		ann.Close()
		ann = h.login("ann")
		for _, op := range []core.Op{
			core.AddUser{User: core.User{Name: "zoe", Admin: true}},
			core.EditUser{Name: "eve", Admin: &yes},
			core.AddKey{User: "ann", Key: newKeys(t)[0]},
			core.ResetTOTP{User: "ann"},
		} {
			h.refused(ann, op, core.CodeStepUp, op.Spec().Title)
		}
		_, err := ann.Invite(t.Context(), "bob", 0)
		wantError(t, err, core.CodeStepUp, "invite bob")
		h.do(ann, core.AddUser{User: core.User{Name: "zoe", TOTP: true}})
		if users, err := ann.Users(t.Context()); err != nil || users[len(users)-1].TOTP {
			t.Errorf("a new account has a second factor: %v", err)
		}
		_, err = ann.BeginTOTP(t.Context())
		wantError(t, err, core.CodeState, "you have a second factor already")
		wantError(t, ann.RemoveTOTP(t.Context(), "000000"), core.CodeDenied, "this code is not right")
	})
}

// TestTwoSessionsBeginAFactor: the first one hears that the second one was faster.
func TestTwoSessionsBeginAFactor(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		begin := func(s *core.Session) phone {
			uri, err := s.BeginTOTP(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return phone{t, uri}
		}
		confirm := func(s *core.Session, code string) error {
			_, err := s.ConfirmTOTP(t.Context(), code)
			return err
		}
		first, second, third := h.login("ann"), h.login("ann"), h.login("ann")
		old := begin(first)
		now := begin(second)
		wantError(t, confirm(first, old.code()), core.CodeConflict, "another session of yours began anew meanwhile")
		wantError(t, confirm(third, old.code()), core.CodeInvalid, "this code is not right")
		wantError(t, confirm(second, old.code()), core.CodeInvalid, "this code is not right")
		if err := confirm(second, now.code()); err != nil {
			t.Fatal(err)
		}
		wantError(t, confirm(first, old.code()), core.CodeConflict, "another session of yours has set up your second factor meanwhile")
		wantError(t, confirm(second, now.code()), core.CodeState, "no second factor waits")
	})
}

func TestCodesAreTakenOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		ann, other := h.login("ann"), h.login("ann")
		uri, err := ann.BeginTOTP(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, ann.StepUp(t.Context(), "123456"), core.CodeState, "you have no second factor")
		_, err = ann.ConfirmTOTP(t.Context(), "12345")
		wantError(t, err, core.CodeInvalid, "this code is not right")
		p := phone{t, uri}
		used := p.code()
		recovery, err := ann.ConfirmTOTP(t.Context(), used)
		if err != nil || len(recovery) != 8 {
			t.Fatalf("%d recovery codes, %v", len(recovery), err)
		}
		wantError(t, other.StepUp(t.Context(), used), core.CodeDenied, "this code was used already; wait for the next one")
		if err := other.StepUp(t.Context(), strings.ToUpper(recovery[3])); err != nil {
			t.Error(err)
		}
		wantError(t, other.StepUp(t.Context(), recovery[3]), core.CodeDenied, "not right")
		time.Sleep(30 * time.Second)
		if err := other.StepUp(t.Context(), p.code()); err != nil {
			t.Error(err)
		}
		wantError(t, ann.StepUp(t.Context(), p.code()), core.CodeDenied, "used already")
		if err := ann.RemoveTOTP(t.Context(), recovery[0]); err != nil {
			t.Error(err)
		}
		h.do(ann, core.DeleteUser{Name: "eve"})
		if _, ok, _ := h.store.Read(t.Context(), "secret/user/ann/totp"); ok || ann.User().TOTP {
			t.Error("something is left of the second factor")
		}
		all := h.everything()
		for _, c := range append(recovery, strings.ReplaceAll(recovery[1], "-", "")) {
			if strings.Contains(strings.ToLower(all), c) {
				t.Errorf("the store holds the recovery code %s", c)
			}
		}
	})
}

func TestWrongCodesEndTheSessionAndCountForAll(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		ann, other := h.login("ann"), h.login("ann")
		p, recovery := h.enrolFactor(ann)
		for range 2 {
			wantError(t, ann.StepUp(t.Context(), "wrong"), core.CodeDenied, "this code is not right")
		}
		wantError(t, other.StepUp(t.Context(), "wrong"), core.CodeDenied, "1 more may be wrong")
		wantError(t, other.StepUp(t.Context(), "wrong"), core.CodeDenied, "0 more may be wrong")
		if r := h.lastRecord(core.EventDenied); r.Op != "totp.show" || r.By != "ann" || r.Result != "this code is not right" {
			t.Errorf("recorded is %+v", r)
		}
		wantError(t, other.StepUp(t.Context(), "wrong"), core.CodeDenied, "wrong code number 5")
		<-other.Done()
		wantError(t, ann.StepUp(t.Context(), p.code()), core.CodeLimit, "too many wrong codes")
		wantError(t, ann.StepUp(t.Context(), recovery[0]), core.CodeLimit, "too many wrong codes")
		if ann.Err() != nil {
			t.Error("a session that waited in vain was ended")
		}
		time.Sleep(15 * time.Minute)
		for range 4 {
			wantError(t, ann.StepUp(t.Context(), "wrong"), core.CodeDenied, "not right")
		}
		wantError(t, ann.StepUp(t.Context(), "wrong"), core.CodeDenied, "wrong code number 10")
		ann = h.login("ann")
		time.Sleep(29 * time.Minute)
		wantError(t, ann.StepUp(t.Context(), p.code()), core.CodeLimit, "too many wrong codes")
		time.Sleep(time.Minute)
		if err := ann.StepUp(t.Context(), p.code()); err != nil {
			t.Error(err)
		}
	})
}

func TestSecondFactorIsReset(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		bob, ann := h.login("bob"), h.login("ann")
		h.enrolFactor(bob)
		h.refused(bob, core.ResetTOTP{User: "bob"}, core.CodeDenied, "only a site administrator")
		h.refused(bob, core.ResetTOTP{User: "eve"}, core.CodeNotFound, `no user named "eve"`)
		h.refused(ann, core.ResetTOTP{User: "eve"}, core.CodeState, "eve has no second factor")
		h.do(ann, core.ResetTOTP{User: "bob"})
		if bob.User().TOTP {
			t.Error("bob still has a second factor")
		}
		p, recovery := h.enrolFactor(bob)
		h.do(ann, core.DeleteUser{Name: "bob"})
		if _, ok, _ := h.store.Read(t.Context(), "secret/user/bob/totp"); ok {
			t.Error("the second factor outlived the account")
		}
		h.do(ann, core.AddUser{User: core.User{Name: "bob"}, Keys: keys(t, bobKey)})
		bob = h.login("bob")
		if bob.User().TOTP {
			t.Error("who has the name now inherits the second factor")
		}
		wantError(t, bob.StepUp(t.Context(), p.code()), core.CodeState, "you have no second factor")
		wantError(t, bob.StepUp(t.Context(), recovery[0]), core.CodeState, "you have no second factor")
	})
}

func TestSecondFactorOfOthersIsOutOfReach(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		_, err := h.root.BeginTOTP(t.Context())
		wantError(t, err, core.CodeState, "has no account")
		bob := h.login("bob")
		_, recovery := h.enrolFactor(bob)
		preview, err := h.login("ann").Preview(t.Context(), "bob")
		if err != nil {
			t.Fatal(err)
		}
		quiet := h.login("bob")
		quiet.SetReadOnly()
		for why, s := range map[string]*core.Session{"this is a preview of what bob sees": preview, "this session is read-only": quiet} {
			_, err = s.BeginTOTP(t.Context())
			wantError(t, err, core.CodeDenied, why)
			_, err = s.ConfirmTOTP(t.Context(), recovery[0])
			wantError(t, err, core.CodeDenied, why)
			wantError(t, s.StepUp(t.Context(), recovery[0]), core.CodeDenied, why)
			wantError(t, s.RemoveTOTP(t.Context(), recovery[0]), core.CodeDenied, why)
		}
		if err := bob.StepUp(t.Context(), recovery[0]); err != nil || !bob.User().TOTP {
			t.Errorf("a refused session used the code up: %v", err)
		}
	})
}

func TestAdministratorsMustHaveASecondFactor(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, h *house) {
		h.core = h.withConfig(func(c *core.Config) { c.RequireFactor = true })
		ann := h.login("ann")
		h.refused(ann, core.DeleteUser{Name: "eve"}, core.CodeDenied, "delete user eve: site administrators need a second factor for this; set one up first: totp begin")
		if d := ann.Can(core.DeleteUser{Name: "eve"}); d.OK || d.Rule != "second factor" {
			t.Errorf("the screen offers it: %+v", d)
		}
		h.do(ann, core.AddGroup{Group: core.Group{Name: "staff"}})
		h.enrolFactor(ann)
		h.do(ann, core.DeleteUser{Name: "eve"})
		h.grant(core.UserRef("bob"), core.GroupRef("ops"), core.VerbAdmin)
		h.do(h.login("bob"), core.DeleteGroup{Name: "ops"})
		h.do(h.root, core.DeleteUser{Name: "bob"})
	})
}
