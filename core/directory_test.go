package core_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// companyHouse is a house with a directory that knows zoe, whose password is
// "open sesame".
func companyHouse(t *testing.T) (*house, *coretest.Directory) {
	t.Helper()
	h, d := newHouse(t), coretest.NewDirectory()
	d.Set("open sesame", core.Person{Name: "zoe", Comment: "Zoe Zander"})
	h.core = h.with(func(c *core.Config) { c.Directory = d })
	root, err := h.core.Local(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	h.root = root
	return h, d
}

// password logs somebody in as the SSH server does.
func (h *house) password(name, password string) (*core.Session, error) {
	h.t.Helper()
	user, err := h.core.CheckPassword(h.t.Context(), name, core.NewSecret(password), "192.0.2.9:1")
	if err != nil {
		return nil, err
	}
	return h.core.Login(h.t.Context(), core.Credential{User: user, Method: core.MethodPassword, Addr: "192.0.2.9:1"})
}

func (h *house) user(name string) (core.User, bool) {
	h.t.Helper()
	users, err := h.root.Users(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, u := range users {
		if u.Name == name {
			return u, true
		}
	}
	return core.User{}, false
}

func (h *house) members(group string) string {
	h.t.Helper()
	groups, err := h.root.Groups(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, g := range groups {
		if g.Name == group {
			return fmt.Sprint(g.Source, g.Members)
		}
	}
	return "none"
}

func TestPasswordMakesAccount(t *testing.T) {
	t.Parallel()
	h, _ := companyHouse(t)
	s, err := h.password("Zoe", "open sesame")
	if err != nil {
		t.Fatal(err)
	}
	u, ok := h.user("zoe")
	if !ok || u.Source != core.SourceLDAP || u.Comment != "Zoe Zander" || u.Admin || u.LastSeen.IsZero() {
		t.Errorf("the account is %+v", u)
	}
	if len(s.View().Clusters()) != 0 {
		t.Error("a new account sees something")
	}
	r := h.lastRecord(core.EventLogin)
	if r.By != "zoe" || r.Args["method"] != "password" || r.Addr != "192.0.2.9:1" {
		t.Errorf("the audit log has %+v", r)
	}
	if strings.Contains(h.everything(), "sesame") {
		t.Error("the store holds the password")
	}
	yes, local := true, ""
	h.do(h.root, core.EditUser{Name: "zoe", Disabled: &yes})
	<-s.Done()
	wantError(t, s.Err(), core.CodeDenied, "disabled")
	no := false
	h.do(h.root, core.EditUser{Name: "zoe", Disabled: &no})
	if s, err = h.password("zoe", "open sesame"); err != nil {
		t.Fatal(err)
	}
	h.do(h.root, core.EditUser{Name: "zoe", Source: &local})
	<-s.Done()
	wantError(t, s.Err(), core.CodeDenied, "does not log in with a password any more")
}

// TestPasswordRefusals holds that every refusal has one text and takes one time.
func TestPasswordRefusals(t *testing.T) {
	t.Parallel()
	yes := true
	for _, tc := range []struct {
		name, user, password string
		change               func(h *house, d *coretest.Directory)
		why                  string // in the audit log; empty: not there
		asked                int
	}{
		{name: "wrong password", user: "zoe", password: "open", asked: 1},
		{name: "unknown", user: "nobody", password: "open sesame", asked: 1},
		{name: "empty password", user: "zoe", password: ""},
		{name: "endless password", user: "zoe", password: strings.Repeat("x", 1025)},
		{name: "door", user: "enroll", password: "x", change: func(_ *house, d *coretest.Directory) {
			d.Set("x", core.Person{Name: "enroll"})
		}},
		{name: "injection", user: "zoe)(uid=*", password: "open sesame"},
		{name: "local person", user: "local", password: "x", change: func(_ *house, d *coretest.Directory) {
			d.Set("x", core.Person{Name: "local"})
		}},
		{name: "local account", user: "ann", password: "x", asked: 1, why: "not one of the directory", change: func(_ *house, d *coretest.Directory) {
			d.Set("x", core.Person{Name: "ann"})
		}},
		{name: "disabled", user: "zoe", password: "open sesame", asked: 1, why: "disabled", change: func(h *house, _ *coretest.Directory) {
			h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Source: core.SourceLDAP, Disabled: yes}})
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h, d := companyHouse(t)
				if tc.change != nil {
					tc.change(h, d)
				}
				began := time.Now()
				_, err := h.password(tc.user, tc.password)
				if diff := cmp.Diff([]any{"permission denied", core.CodeDenied, time.Second},
					[]any{err.Error(), core.CodeOf(err), time.Since(began)}); diff != "" {
					t.Error(diff)
				}
				if d.Asked() != tc.asked {
					t.Errorf("%d passwords reached the directory", d.Asked())
				}
				if tc.why != "" {
					if r := h.lastRecord(core.EventDenied); r.By != tc.user || !strings.Contains(r.Result, tc.why) {
						t.Errorf("the audit log has %+v", r)
					}
				}
			})
		})
	}
}

// TestPasswordNeverTakesOver holds that not even a login that the front end took
// for good makes a local account one of the directory.
func TestPasswordNeverTakesOver(t *testing.T) {
	t.Parallel()
	h, d := companyHouse(t)
	yes := true
	d.Set("x", core.Person{Name: "bob", Comment: "Mallory", Admin: &yes, Groups: []string{"ops", "web"}})
	_, err := h.core.Login(t.Context(), core.Credential{User: "bob", Method: core.MethodPassword})
	wantError(t, err, core.CodeDenied, "login refused")
	if u, _ := h.user("bob"); u.Admin || u.Source != "" || u.Comment != "" {
		t.Errorf("bob is %+v", u)
	}
	if _, err := h.core.Login(t.Context(), credential(t, "bob")); err != nil {
		t.Errorf("with the key: %v", err)
	}
	if u, _ := h.user("bob"); u.Admin || h.members("web") != "none" {
		t.Errorf("bob is %+v", u)
	}
}

func TestDirectoryIsFollowed(t *testing.T) {
	t.Parallel()
	h, d := companyHouse(t)
	h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Source: core.SourceLDAP}, Keys: keys(t, zoeKey)})
	h.do(h.root, core.AddGroup{Group: core.Group{Name: "web", Source: core.SourceLDAP}})
	h.grant(core.GroupRef("web"), web1, core.VerbPower)
	yes, no := true, false
	login := func(admin *bool, groups ...string) *core.Session {
		t.Helper()
		d.Set("open sesame", core.Person{Name: "zoe", Comment: "Z\x1b[2J", Admin: admin, Groups: groups})
		s, err := h.core.Login(t.Context(), core.Credential{User: "zoe", Key: keys(t, zoeKey)[0].Fingerprint})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	s := login(&yes, "web", "db", "ops", "Not A Name", "site")
	if u := s.User(); !u.Admin || u.Comment != "Z·[2J" {
		t.Errorf("zoe is %+v", u)
	}
	if diff := cmp.Diff([]string{"ldap[zoe]", "ldap[zoe]", "[bob]", "none"},
		[]string{h.members("web"), h.members("db"), h.members("ops"), h.members("site")}); diff != "" {
		t.Errorf("groups: %s", diff)
	}
	if !s.Can(core.StartVM{VM: web1}).OK {
		t.Error("the group's right does not hold")
	}
	h.refused(h.root, core.AddMember{Group: "web", User: "eve"}, core.CodeState, "said by the directory (LDAP), not by hand")
	h.refused(h.root, core.RemoveMember{Group: "web", User: "zoe"}, core.CodeState, "change the group there")
	h.refused(h.root, core.AddGroup{Group: core.Group{Name: "x", Source: core.SourceLDAP, Members: []string{"eve"}}}, core.CodeState, "by hand")
	h.refused(h.root, core.AddGroup{Group: core.Group{Name: "x", Source: "nis"}}, core.CodeInvalid, "no source")

	s = login(&no, "db")
	if s.User().Admin || h.members("web") != "ldap[]" || h.members("db") != "ldap[zoe]" {
		t.Errorf("zoe is %+v, web %s, db %s", s.User(), h.members("web"), h.members("db"))
	}
	if s.Can(core.StartVM{VM: web1}).OK {
		t.Error("the right outlives the membership")
	}
	r := h.lastRecord(core.EventDone)
	if diff := cmp.Diff([]core.Change{{Field: "admin", From: "true", To: "false"}, {Field: "group", From: "web"}}, r.Changes); diff != "" || r.Op != "user.directory" {
		t.Errorf("the audit log has %+v", r)
	}
	login(nil)
	if h.members("db") != "ldap[zoe]" {
		t.Error("a directory that says nothing of groups changed one")
	}
}

func TestDirectoryKeepsTheLastAdministrator(t *testing.T) {
	t.Parallel()
	h, d := companyHouse(t)
	yes, no := true, false
	h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Source: core.SourceLDAP, Admin: true}})
	h.do(h.root, core.EditUser{Name: "ann", Admin: &no})
	login := func() core.User {
		t.Helper()
		d.Set("open sesame", core.Person{Name: "zoe", Admin: &no, Groups: []string{"web"}})
		s, err := h.password("zoe", "open sesame")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		return s.User()
	}
	if u := login(); !u.Admin || h.members("web") != "ldap[zoe]" {
		t.Errorf("zoe is %+v, web %s", u, h.members("web"))
	}
	if r := h.lastRecord(core.EventDenied); r.Op != "user.directory" || r.By != "zoe" || r.Target != core.UserRef("zoe") || !strings.Contains(r.Result, "no other") {
		t.Errorf("the audit log has %+v", r)
	}
	h.do(h.root, core.EditUser{Name: "ann", Admin: &yes})
	if login().Admin {
		t.Error("the directory is not followed though there is another administrator")
	}
}

// TestDirectoryDown holds that keys work without the directory, and that its
// definite no counts for keys, too.
func TestDirectoryDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, d := companyHouse(t)
		h.do(h.root, core.AddUser{User: core.User{Name: "zoe", Source: core.SourceLDAP}, Keys: keys(t, zoeKey)})
		key := core.Credential{User: "zoe", Key: keys(t, zoeKey)[0].Fingerprint}
		d.SetDown(true)
		if _, err := h.core.Login(t.Context(), key); err != nil {
			t.Errorf("with a key: %v", err)
		}
		_, err := h.password("zoe", "open sesame")
		wantError(t, err, core.CodeUnreachable, "does not answer; log in with a key")
		d.SetDown(false)
		d.Remove("zoe")
		_, err = h.core.Login(t.Context(), key)
		wantError(t, err, core.CodeDenied, "login refused")
		if r := h.lastRecord(core.EventDenied); !strings.Contains(r.Result, "does not know zoe") {
			t.Errorf("the audit log has %+v", r)
		}
	})
}

// TestSourceIsForAdministrators holds that nobody opens their own account to the
// directory, though everybody may change their own comment.
func TestSourceIsForAdministrators(t *testing.T) {
	t.Parallel()
	h, source := newHouse(t), core.SourceLDAP
	h.refused(h.login("eve"), core.EditUser{Name: "eve", Source: &source}, core.CodeDenied, "edit user eve")
}

func TestPasswordsWithoutDirectory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.core.Login(t.Context(), core.Credential{User: "bob", Method: core.MethodPassword})
	wantError(t, err, core.CodeDenied, "login refused")
	if h.core.Passwords() {
		t.Error("passwords are offered")
	}
}
