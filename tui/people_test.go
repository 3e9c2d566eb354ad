package tui_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// crowd adds some people to a world: a disabled one, one with a long name, one
// who was invited, a group with its own administrator, and an owner of a VM.
func crowd(w *coretest.World, _ *core.Session) {
	s := w.Local()
	defer s.Close()
	yes := true
	for _, u := range []core.User{
		{Name: "carla", Comment: "Carla Left"},
		{Name: "maximilian.von-und-zu-hohenstaufen", Comment: "Maximilian Friedrich von und zu Hohenstaufen-Lichtenberg"},
		{Name: "zoe", Comment: "Zoe"},
	} {
		w.Do(s, core.AddUser{User: u})
	}
	w.Do(s, core.EditUser{Name: "carla", Disabled: &yes})
	w.Do(s, core.AddGroup{Group: core.Group{Name: "web", Comment: "the web team", Members: []string{"ann", "zoe"}}})
	w.Do(s, core.SetGrant{Who: core.UserRef("ann"), On: core.GroupRef("web"), Verbs: []core.Verb{core.VerbAdmin}})
	w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.DB1), Owner: core.UserRef("bob")})
	disk := 400 << 10
	w.Do(s, core.SetQuota{Who: core.UserRef("bob"), Cluster: coretest.Berlin, Limits: core.Limits{DiskMiB: &disk}})
	w.Do(s, core.AddInvite{User: "zoe", TTL: 48 * time.Hour, Code: core.NewSecret("abcd-efgh-ijkl-mnop-qrst-uvwx-yz23")})
}

// applicants lets two people ask for an account.
func applicants(w *coretest.World, _ *core.Session) {
	for _, a := range [][2]string{{"dora", "Dora from the web team"}, {"evan", "Evan"}} {
		name, comment := a[0], a[1]
		n := core.Newcomer{Key: coretest.UserKey(name), Addr: "198.51.100.7:4711"}
		if name == "evan" {
			n.Addr = "203.0.113.9:22222"
		}
		if err := w.Core.Apply(context.Background(), n, name, comment); err != nil {
			panic(err)
		}
	}
}

// users lists the names of all accounts.
func users(t *testing.T, w *coretest.World) string {
	t.Helper()
	s := w.Local()
	defer s.Close()
	all, err := s.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, u := range all {
		name := u.Name
		if u.Disabled {
			name += " off"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// members lists who is in a group.
func members(t *testing.T, w *coretest.World, group string) string {
	t.Helper()
	s := w.Local()
	defer s.Close()
	all, err := s.Groups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		if g.Name == group {
			return strings.Join(g.Members, " ")
		}
	}
	return "no group"
}

func TestAUserIsAddedWithACode(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("7", "a")
		d.Type("ann")
		d.Press("tab")
		d.Shows("there is a user ann already")
		d.Press("shift+tab", "ctrl+u")
		d.Type("dora")
		d.Press("tab")
		d.Type("Dora D.")
		d.Press("tab", "tab", "tab", "space")
		d.Shows("[x] ops", "gwm user add dora --comment", "gwm group member add ops dora", "Then a code is made")
		d.Press("ctrl+x")
		d.Shows("ssh enroll@HOST", "it is shown only once")
		d.Press("y")
		if code := d.Clipboard(); len(code) != 34 {
			t.Errorf("the clipboard holds %q, which is no code", code)
		}
		d.Press("esc")
		d.Advance(time.Second)
		d.Shows("all › users", "dora", "Dora D.", "invited")
		if got := members(t, w, "ops"); got != "bob dora" {
			t.Errorf("ops are %q", got)
		}
	})
}

func TestUsersAreDisabledAndDeleted(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("7", "j", "X")
		d.Shows("Disable user ann?", "their sessions end now")
		d.Press("y")
		d.Advance(time.Second)
		d.Shows("○ disabled")
		d.Press("X")
		d.Shows("disable ann: disabled already")
		d.Press("U")
		d.Advance(time.Second)
		d.Press("space", "space", "X")
		d.Type("disable 2")
		d.Press("enter")
		if got, want := users(t, w), "admin, ann off, bob off"; got != want {
			t.Errorf("users are %s, want %s", got, want)
		}
		d.Press("\\", "D")
		d.Advance(time.Second)
		d.Shows("Delete user bob", "Goes: 1 key, 1 membership.")
		d.Type("bob")
		d.Press("enter")
		d.Advance(time.Second)
		d.Hides("Bob of ops")
		if got, want := users(t, w), "admin, ann off"; got != want {
			t.Errorf("users are %s, want %s", got, want)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("7", "D")
		d.Advance(time.Second)
		d.Type("admin")
		d.Press("enter")
		d.Shows("admin is the last site administrator")
		if got, want := users(t, w), "admin, ann, bob"; got != want {
			t.Errorf("users are %s, want %s", got, want)
		}
	})
}

func TestKeysComeAndGo(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Command("profile")
		d.Press("2", "D")
		d.Shows("y yes")
		d.Press("y")
		d.Shows("this is your only key")
		d.Press("a")
		key := func(name string) string {
			return "ssh-ed25519 " + blob(name) + " " + name + "\n"
		}
		d.Paste("ssh-ed25519 AAAA broken\n")
		d.Press("ctrl+x")
		d.Shows("this is not a public key")
		d.Press("ctrl+u", "ctrl+u", "backspace", "ctrl+u")
		d.Paste("# two laptops\n" + key("first") + "\n" + key("second"))
		d.Press("ctrl+x")
		d.Advance(time.Second)
		d.Shows("ann@laptop", "first", "second", "3")
	})
}

func TestAnAdminOfAGroupHasHisGroupAndNothingElse(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		crowd(w, s)
		d.Press("8")
		d.Shows("web", "the web team")
		d.Hides("ops")
		d.Press("a")
		d.Shows("add a group: only a site administrator may do this")
		d.Press("enter", "2", "a")
		d.Type("bob nobody")
		d.Press("ctrl+x")
		d.Shows("no user named \"nobody\" that you may see")
		if got := members(t, w, "web"); got != "ann bob zoe" {
			t.Errorf("web are %q", got)
		}
		d.Press("esc", "y")
		d.Advance(time.Second)
		d.Press("j", "A")
		d.Advance(time.Second)
		d.Shows("done: grant admin on group:web to bob")
		d.Press("X", "y")
		d.Advance(time.Second)
		d.Press("D", "y")
		if got := members(t, w, "web"); got != "ann zoe" {
			t.Errorf("web are %q", got)
		}
		d.Command("user-delete zoe")
		d.Shows("delete zoe: only a site administrator may do this")
	})
}

func TestListsFollowOthers(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("7")
		d.Hides("carla")
		other := w.Local()
		w.Do(other, core.AddUser{User: core.User{Name: "carla", Comment: "Carla New"}})
		d.Advance(time.Second)
		d.Shows("Carla New", "no key")
		d.Command("user carla")
		w.Do(other, core.DeleteUser{Name: "carla"})
		d.Advance(time.Second)
		d.Shows("(gone)", "Carla New")
	})
}

func TestTwoEditOneUser(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("7", "j", "E", "ctrl+u")
		d.Type("Ann the First")
		other, comment := w.Local(), "Ann the Second"
		w.Do(other, core.EditUser{Name: "ann", Comment: &comment})
		d.Press("ctrl+x")
		d.Shows("somebody else changed ann meanwhile", "ctrl-r loads")
		d.Press("ctrl+r", "ctrl+x")
		d.Advance(time.Second)
		d.Shows("all › users", "Ann the First")
	})
}

func TestTwoEditOneGroup(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Command("group ops")
		d.Press("E", "ctrl+u")
		d.Type("The first")
		w.Do(w.Local(), core.EditGroup{Name: "ops", Comment: "The second"})
		d.Press("ctrl+x")
		d.Shows("somebody else changed ops meanwhile", "ctrl-r loads")
		d.Press("ctrl+r", "ctrl+x")
		d.Advance(time.Second)
		d.Shows("The first")
	})
}

func TestAnApplicantIsApproved(t *testing.T) {
	t.Parallel()
	inWorld(t, coretest.Options{Registration: true}, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		applicants(w, s)
		d.Advance(time.Second)
		d.Shows("2 people ask for an account")
		d.Command("applicants")
		d.Shows("Dora from the web team", "198.51.100.7")
		d.Press("enter")
		d.Shows("SHA256:", "198.51.100.7")
		d.Press("ctrl+u")
		d.Type("dora.web")
		d.Press("tab", "space", "ctrl+x")
		d.Advance(time.Second)
		d.Hides("Dora from")
		if got, want := users(t, w), "admin, ann, bob, dora.web"; got != want {
			t.Errorf("users are %s, want %s", got, want)
		}
		if got := members(t, w, "ops"); got != "bob dora.web" {
			t.Errorf("ops are %q", got)
		}
		d.Press("X")
		d.Shows("Reject applicant evan?", "The wish for an account named evan is forgotten")
		d.Press("n", "X", "y")
		d.Advance(time.Second)
		d.Shows("nobody asks for an account")
	})
}

func TestATokenIsShownOnce(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Command("tokens")
		d.Shows("there is no token")
		d.Press("a", "tab")
		d.Type("hook")
		d.Press("ctrl+x", "y")
		secret := d.Clipboard()
		d.Shows(secret, "for the keys of site")
		d.Press("esc")
		d.Advance(time.Second)
		d.Shows("hook", core.TokenID(secret), "never")
		d.Hides(secret)
		d.Press("D", "y")
		d.Advance(time.Second)
		d.Shows("there is no token")
	})
}

// blob is the base64 part of the key of a name.
func blob(name string) string { return base64.StdEncoding.EncodeToString(coretest.UserKey(name).Blob) }
