package core_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// rightLines writes rights as a person would read them.
func rightLines(rights []core.Right) []string {
	lines := []string{}
	for _, r := range rights {
		line := fmt.Sprintf("%s: %v on %s, %s", r.Who, r.Verbs, r.On, r.Why())
		if !r.Now {
			line += " (not now)"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestRightsOnAnObject(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	berlin := core.ClusterRef("berlin")
	h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
	h.grant(core.GroupRef("ops"), berlin, core.VerbMigrate, core.VerbCreateVM)
	h.grant(core.UserRef("eve"), berlin, core.VerbCreateVM)
	h.do(h.root, core.SetGrant{
		Who: core.UserRef("eve"), On: web1, Verbs: []core.Verb{core.VerbSee}, Hours: hours(t, "mon 00:00-00:01"),
		Until: time.Now().Add(time.Hour),
	})
	got, err := h.login("bob").RightsOn(t.Context(), web1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"user:bob: [admin] on berlin/web1, granted here",
		"user:eve: [see] on berlin/web1, granted here",
		"group:ops: [see] on berlin/web1, from berlin",
		"user:ann: [admin] on berlin/web1, site administrator",
	}
	lines := rightLines(got)
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], " (not now)") // it may be the first minute of a Monday
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	_, err = h.login("eve").RightsOn(t.Context(), core.VMRef("berlin", "web2"))
	wantError(t, err, core.CodeNotFound, "berlin/web2")
	_, err = h.login("bob").RightsOn(t.Context(), berlin)
	wantError(t, err, core.CodeDenied, "only who may give rights on berlin")
	_, err = h.root.RightsOn(t.Context(), core.VMRef("berlin", "nothing"))
	wantError(t, err, core.CodeNotFound, "berlin/nothing")
}

func TestRightsOfSomebody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	h.grant(core.GroupRef("ops"), web2, core.VerbSee)
	h.grant(core.UserRef("eve"), web2, core.VerbAdmin)
	want := []string{
		"user:bob: [power] on berlin/web1, granted here",
		"group:ops: [see] on berlin/web2, granted here",
	}
	for _, s := range []*core.Session{h.root, h.login("bob")} {
		got, err := s.RightsOf(t.Context(), core.UserRef("bob"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, rightLines(got)); diff != "" {
			t.Error(diff)
		}
	}
	_, err := h.login("eve").RightsOf(t.Context(), core.UserRef("bob"))
	wantError(t, err, core.CodeNotFound, `no user named "bob"`)
	h.do(h.root, core.AddMember{Group: "ops", User: "eve"})
	got, err := h.login("eve").RightsOf(t.Context(), core.UserRef("bob"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[1:], rightLines(got)); diff != "" {
		t.Errorf("what eve reads of bob: %s", diff)
	}
	got, err = h.root.RightsOf(t.Context(), core.UserRef("ann"))
	if err != nil || !cmp.Equal(rightLines(got), []string{"user:ann: [admin] on site, site administrator"}) {
		t.Errorf("the administrator's rights are %v, %v", rightLines(got), err)
	}
}

func TestWhySomebodyElseMay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbPower)
	d, err := h.root.WhyOf(t.Context(), "bob", core.VerbPower, web1)
	if err != nil || !d.OK || d.Rule != "grant user:bob berlin/web1" {
		t.Errorf("it says %+v, %v", d, err)
	}
	d, err = h.root.WhyOf(t.Context(), "eve", core.VerbPower, web1)
	if err != nil || d.OK || !strings.Contains(d.Why, "needs power on berlin/web1") {
		t.Errorf("it says %+v, %v", d, err)
	}
	bob := h.login("bob")
	_, err = bob.WhyOf(t.Context(), "eve", core.VerbPower, web1)
	wantError(t, err, core.CodeNotFound, `no user named "eve"`)
	h.do(h.root, core.AddMember{Group: "ops", User: "eve"})
	_, err = bob.WhyOf(t.Context(), "eve", core.VerbPower, web1)
	wantError(t, err, core.CodeDenied, "only who may give rights")
	_, err = bob.WhyOf(t.Context(), "bob", core.VerbPower, web2)
	wantError(t, err, core.CodeNotFound, "berlin/web2")
}

func TestRightsForSomebody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, berlin := core.UserRef("bob"), core.ClusterRef("berlin")
	h.grant(bob, web1, core.VerbPower)
	h.grant(core.GroupRef("ops"), berlin, core.VerbMigrate)
	h.grant(bob, berlin, core.VerbCreateVM)
	h.do(h.root, core.SetGrant{Who: core.UserRef("eve"), On: web1, Verbs: []core.Verb{core.VerbAdmin}})
	got, err := h.root.RightsFor(t.Context(), bob, web1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"user:bob: [power] on berlin/web1, granted here",
		"group:ops: [see] on berlin/web1, from berlin",
	}
	if diff := cmp.Diff(want, rightLines(got)); diff != "" {
		t.Error(diff)
	}
	got, err = h.login("eve").RightsFor(t.Context(), bob, web1) // she does not see him, but what he has on what is hers
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[:1], rightLines(got)); diff != "" {
		t.Error(diff)
	}
	_, err = h.login("eve").RightsFor(t.Context(), core.UserRef("ann"), web1)
	wantError(t, err, core.CodeNotFound, `"ann"`)
	_, err = h.login("bob").RightsFor(t.Context(), bob, web1)
	wantError(t, err, core.CodeDenied, "only who may give rights on berlin/web1")
}
