package core_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
)

// Somebody may hold the same right twice: without end at some hours, and always
// until tonight. Together that is not "always, without end".
func TestTwoRightsDoNotMakeAGreaterOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		now := time.Now().UTC()
		day, tonight := hours(t, "daily 00:00-23:00"), now.Add(8*time.Hour)
		h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: web1, Verbs: []core.Verb{core.VerbAdmin}, Hours: day})
		h.do(h.root, core.SetGrant{Who: core.GroupRef("ops"), On: web1, Verbs: []core.Verb{core.VerbAdmin}, Until: tonight})
		bob := h.login("bob")
		give := core.SetGrant{Who: core.UserRef("eve"), On: web1, Verbs: []core.Verb{core.VerbAdmin}}
		h.refused(bob, give, core.CodeDenied, "your own right on berlin/web1 ends at")
		give.Until = tonight
		h.do(bob, give)
		give.Until, give.Hours = time.Time{}, day
		h.do(bob, give)
		give.Hours = hours(t, "daily 00:00-23:30")
		h.refused(bob, give, core.CodeDenied, "your own right on berlin/web1 ends at")
	})
}

// Who administers a cluster until tonight gives a new owner nothing for longer,
// also where another right of theirs has no end but hours.
func TestOwnersGetNoMoreThanOneRightGives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		tonight := time.Now().UTC().Add(8 * time.Hour)
		berlin := core.ClusterRef("berlin")
		h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: berlin, Verbs: []core.Verb{core.VerbAdmin}, Hours: hours(t, "daily 00:00-23:00")})
		h.do(h.root, core.SetGrant{Who: core.GroupRef("ops"), On: berlin, Verbs: []core.Verb{core.VerbAdmin}, Until: tonight})
		bob := h.login("bob")
		h.do(bob, core.SetOwner{VM: web1, Owner: core.UserRef("eve"), Grant: true})
		grants, err := bob.Grants(t.Context(), core.UserRef("eve"), web1)
		if err != nil || len(grants) != 1 || !grants[0].Until.Equal(tonight) {
			t.Errorf("eve got %+v, %v", grants, err)
		}
	})
}

// A machine does not keep reading keys after the right of who let it has ended.
func TestTokensEndWithTheRight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		tonight := time.Now().UTC().Add(8 * time.Hour)
		h.do(h.root, core.SetGrant{Who: core.UserRef("bob"), On: web1, Verbs: []core.Verb{core.VerbAdmin}, Until: tonight})
		bob := h.login("bob")
		_, err := bob.NewToken(t.Context(), web1, "", time.Time{})
		wantError(t, err, core.CodeDenied, "your own right on berlin/web1 ends at")
		if _, err := bob.NewToken(t.Context(), web1, "", tonight); err != nil {
			t.Error(err)
		}
	})
}
