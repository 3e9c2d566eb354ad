package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// crowd adds some people to a world: a disabled one, one with a long name, one
// who was invited, a group with its own administrator, and owners of VMs.
func crowd(w *coretest.World, _ *core.Session) {
	s := w.Local()
	defer s.Close()
	yes := true
	for _, u := range []core.User{
		{Name: "carla", Comment: "Carla Left"},
		{Name: "maximilian.von-und-zu-hohenstaufen", Comment: "Maximilian Friedrich von und zu Hohenstaufen-Lichtenberg"},
		{Name: "zoe", Comment: "Zoë \x1b[31mred"},
	} {
		u.Comment = core.Printable(u.Comment)
		w.Do(s, core.AddUser{User: u})
	}
	w.Do(s, core.EditUser{Name: "carla", Disabled: &yes})
	w.Do(s, core.AddGroup{Group: core.Group{Name: "web", Comment: "the web team", Members: []string{"ann", "zoe"}}})
	w.Do(s, core.SetGrant{Who: core.UserRef("ann"), On: core.GroupRef("web"), Verbs: []core.Verb{core.VerbAdmin}})
	w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.DB1), Owner: core.UserRef("bob")})
	w.Do(s, core.AddInvite{User: "zoe", TTL: 48 * time.Hour, Code: core.NewSecret("abcd-efgh-ijkl-mnop-qrst-uvwx-yz23")})
}

func TestUsersAreDisabledAndDeleted(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("7", "j", "j")
		d.Shows("Bob of ops", "NAME", "3 of 3")
	})
}
