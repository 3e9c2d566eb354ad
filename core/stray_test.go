package core_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

func TestOwnersThatAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, nobody := core.UserRef("bob"), core.Ref{}
	h.do(h.root, core.SetOwner{VM: web1, Owner: bob, Was: &nobody})
	h.do(h.root, core.SetGrant{Who: core.UserRef("eve"), On: web1, Verbs: []core.Verb{core.VerbAdmin}})
	eve := h.login("eve")
	ann := core.UserRef("ann")
	for name, c := range map[string]struct {
		by   *core.Session
		op   core.Op
		code core.Code
		text string
	}{
		"nothing named":        {h.root, core.SetOwner{}, core.CodeInvalid, ""},
		"no such VM":           {h.root, core.SetOwner{VM: core.VMRef("berlin", "web9"), Owner: bob}, core.CodeNotFound, "web9"},
		"no such user":         {h.root, core.SetOwner{VM: web1, Owner: core.UserRef("zoe")}, core.CodeNotFound, "no user named"},
		"no such group":        {h.root, core.SetOwner{VM: web1, Owner: core.GroupRef("zoe")}, core.CodeNotFound, "no group named"},
		"a cluster":            {h.root, core.SetOwner{VM: web1, Owner: core.ClusterRef("berlin")}, core.CodeInvalid, "not possible here"},
		"a grant to nobody":    {h.root, core.SetOwner{VM: web1, Grant: true}, core.CodeInvalid, "no new owner"},
		"the second editor":    {h.root, core.SetOwner{VM: web1, Owner: ann, Was: &ann}, core.CodeConflict, "meanwhile"},
		"the second to adopt":  {h.root, core.SetOwner{VM: web1, Owner: ann, Was: &nobody}, core.CodeConflict, "meanwhile"},
		"admin of the VM only": {eve, core.SetOwner{VM: web1, Owner: core.UserRef("eve")}, core.CodeDenied, "admin on berlin"},
		"what eve cannot see":  {eve, core.ForgetVM{VM: core.VMRef("paris", "x")}, core.CodeNotFound, "paris"},
		"import of nothing":    {h.root, core.ImportVM{VM: web1}, core.CodeInvalid, "no tags"},
		"tags that are gone":   {h.root, core.ImportVM{VM: web1, Tags: []string{"gwm:owner:user:bob"}}, core.CodeConflict, "meanwhile"},
		"tags of others":       {h.root, core.SyncTags{VM: web1, Only: []string{"env:prod"}}, core.CodeInvalid, "not a tag"},
		"a VM that is listed":  {h.root, core.ForgetVM{VM: web1}, core.CodeState, "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			h := *h
			h.t = t
			h.refused(c.by, c.op, c.code, c.text)
		})
	}
	if owner, ok := h.root.View().Owner(web1); !ok || owner != bob {
		t.Errorf("the owner is %v", owner)
	}
	if owner, ok := eve.View().Owner(web2); ok {
		t.Errorf("eve is told the owner of a VM that she may not see: %v", owner)
	}
	for filter, want := range map[string]bool{
		"owner:bob": true, "owner:user:bob": true, "owner:b*": true, "owner:ann": false, "!owner:bob": false, "owner:": false, "owner:group:bob": false,
	} {
		f, err := core.ParseFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		vm, _ := h.root.View().VM(web1)
		if got := f.Match(h.root.View().Row(vm)); got != want || !f.Asks("owner") {
			t.Errorf("%s finds it: %v", filter, got)
		}
	}
}

// TestABadAnswerForgetsNothing plays answers of every kind: nothing that gwm keeps
// may be forgotten, nor called missing, but after a good one without the VM.
func TestABadAnswerForgetsNothing(t *testing.T) {
	t.Parallel()
	bad := core.Health{Fetched: time.Now(), Error: core.Errorf(core.CodeUnreachable, "no answer")}
	states := map[string]*core.ClusterState{
		"no state":             nil,
		"not asked yet":        {Health: core.Health{Loading: true, Fetched: time.Now()}},
		"never answered":       {},
		"the last one failed":  {Health: bad},
		"it is listed":         {Health: core.Health{Fetched: time.Now()}, VMs: []*core.VM{{Name: "web1"}}},
		"it was listed before": {Health: core.Health{Fetched: time.Now()}, VMs: []*core.VM{{Name: "web1", Gone: true}}},
		"it is gone":           {Health: core.Health{Fetched: time.Now()}, VMs: []*core.VM{{Name: "web2"}}},
		"all are gone":         {Health: core.Health{Fetched: time.Now()}},
	}
	for name, st := range states {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.do(h.root, core.SetOwner{VM: web1, Owner: core.UserRef("bob"), Grant: true})
			h.do(h.root, core.AddToken{On: web1, Secret: core.NewSecret(tokenSecrets[0])})
			h.do(h.root, core.SetLock{On: web1, Reason: "x"})
			snap := &core.Snapshot{Rev: 3, Clusters: map[string]*core.ClusterState{}}
			if st != nil {
				st.Name = "berlin"
				snap.Clusters["berlin"] = st
			}
			h.core.Publish(snap)
			gone := strings.HasSuffix(name, "gone")
			if missing := straysOf(t, h.root, core.StrayMissing); (missing != nil) != gone {
				t.Errorf("missing: %v", missing)
			}
			_, err := h.root.Do(t.Context(), core.ForgetVM{VM: web1})
			if (err == nil) != gone {
				t.Errorf("forgotten: %v", err)
			}
			grants, err := h.root.Grants(t.Context(), core.Ref{}, web1)
			if err != nil || (len(grants) == 0) != gone {
				t.Errorf("%d grants are left: %v", len(grants), err)
			}
			tokens, err := h.root.Tokens(t.Context())
			if err != nil || (len(tokens) == 0) != gone {
				t.Errorf("%d tokens are left: %v", len(tokens), err)
			}
			if gone {
				h.refused(h.root, core.ForgetVM{VM: web1}, core.CodeNotFound, "keeps nothing")
			}
		})
	}
}

func TestStrays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, eve := core.UserRef("bob"), core.UserRef("eve")
	admin := []core.Verb{core.VerbAdmin}
	h.do(h.root, core.AddGroup{Group: core.Group{Name: "empty"}})
	h.do(h.root, core.SetGrant{Who: eve, On: core.ClusterRef("berlin"), Verbs: admin})
	named := func(name string, tags ...string) *core.VM { return &core.VM{Cluster: "berlin", Name: name, Tags: tags} }
	vms := []*core.VM{
		named("a-bare"), named("b-owned"), named("c-admins"), named("d-fine", "gwm:owner:user:bob", "gwm:grant:user:bob:see"),
		named("e-import", "env:x", "gwm:grant:user:eve:admin", "gwm:owner:user:zoe"), named("f-other", "gwm:owner:user:eve"),
		named("g-none-left"), named("h-old", "gwm:owner:17"),
	}
	publish := func(rev uint64, vms []*core.VM) {
		h.core.Publish(&core.Snapshot{Rev: rev, Clusters: map[string]*core.ClusterState{
			"berlin": {Name: "berlin", VMs: vms, Health: core.Health{Fetched: time.Now()}},
		}})
	}
	publish(3, append(slices.Clone(vms), named("z-gone")))
	see := []core.Verb{core.VerbSee}
	for _, op := range []core.Op{
		core.SetOwner{VM: core.VMRef("berlin", "b-owned"), Owner: bob},
		core.SetGrant{Who: eve, On: core.VMRef("berlin", "c-admins"), Verbs: see},
		core.SetGrant{Who: core.UserRef("ann"), On: core.VMRef("berlin", "c-admins"), Verbs: see},
		core.SetGrant{Who: core.GroupRef("empty"), On: core.VMRef("berlin", "g-none-left"), Verbs: see},
		core.SetGrant{Who: bob, On: core.VMRef("berlin", "d-fine"), Verbs: see},
		core.SetOwner{VM: core.VMRef("berlin", "d-fine"), Owner: bob},
		core.SetOwner{VM: core.VMRef("berlin", "f-other"), Owner: bob, Grant: true},
		core.SetOwner{VM: core.VMRef("berlin", "z-gone"), Owner: bob},
		core.SetLock{On: core.VMRef("berlin", "z-gone"), Reason: "x"},
	} {
		h.do(h.root, op)
	}
	publish(4, vms)
	want := []string{
		"orphan berlin/a-bare", "ungoverned berlin/a-bare", "ungoverned berlin/b-owned",
		"orphan berlin/c-admins", "ungoverned berlin/c-admins", "importable berlin/e-import", "conflict berlin/f-other",
		"orphan berlin/g-none-left", "ungoverned berlin/g-none-left", "orphan berlin/h-old", "ungoverned berlin/h-old",
		"missing berlin/z-gone",
	}
	boss := h.login("eve")
	if diff := cmp.Diff(want, straysOf(t, boss, core.StrayKinds()...)); diff != "" {
		t.Error(diff)
	}
	// One VM changes: the others are not looked at again, and the answer is right.
	next := slices.Clone(vms)
	next[0] = named("a-bare", "gwm:owner:user:bob")
	publish(5, next)
	want = append([]string{"importable berlin/a-bare"}, want[2:]...)
	if diff := cmp.Diff(want, straysOf(t, boss, core.StrayKinds()...)); diff != "" {
		t.Errorf("after a change: %s", diff)
	}
	if got := straysOf(t, h.login("bob"), core.StrayKinds()...); got != nil {
		t.Errorf("who administers no cluster is shown %v", got)
	}
	st := strayOf(t, boss, core.StrayImportable, core.VMRef("berlin", "e-import"))
	if got := fmt.Sprint(st.Claims); got != "[user:zoe is the owner user:eve holds admin]" || st.Claims[0].Why != "there is no user zoe" {
		t.Errorf("claims are %v, %s", got, st.Claims[0].Why)
	}
}

// TestImportBelievesOnlyWhatWasShown plays somebody who may write tags on the
// cluster and wants rights in gwm.
func TestImportBelievesOnlyWhatWasShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		settled(t, w, s)
		w.Do(s, core.SetGrant{
			Who: core.UserRef("bob"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbAdmin}, Until: time.Now().Add(time.Hour),
		})
		bob := w.Login("bob")
		w.Berlin.ChangeVM(coretest.Cold, func(vm *core.VM) {
			vm.Tags = append(vm.Tags, "gwm:owner:user:ann", "gwm:grant:user:ann:admin", "gwm:grant:user:eve:admin", "gwm:grant:user:ann")
		})
		settled(t, w, s)
		shown := strayOf(t, bob, core.StrayImportable, cold)
		var why []string
		for _, c := range shown.Claims {
			why = append(why, c.String()+": "+c.Why)
		}
		want := []string{
			"user:ann is the owner: ",
			"user:ann holds admin: your own right on berlin/cold1.example.org ends at",
			"user:eve holds admin: there is no user eve",
			"gwm:grant:user:ann: gwm does not write such a tag",
		}
		if !slices.EqualFunc(want, why, func(w, got string) bool { return strings.HasPrefix(got, w) }) {
			t.Errorf("shown: %q", why)
		}
		w.Berlin.ChangeVM(coretest.Cold, func(vm *core.VM) { vm.Tags = append(vm.Tags, "gwm:grant:user:bob:admin") })
		settled(t, w, s)
		_, err := bob.Do(t.Context(), core.ImportVM{VM: cold, Tags: shown.Tags})
		wantError(t, err, core.CodeConflict, "changed meanwhile")
		w.Do(bob, core.ImportVM{VM: cold, Tags: strayOf(t, bob, core.StrayImportable, cold).Tags})
		grants, err := s.Grants(t.Context(), core.Ref{}, cold)
		if err != nil || len(grants) > 0 {
			t.Errorf("granted: %v, %v", grants, err)
		}
		if owner, _ := s.View().Owner(cold); owner != core.UserRef("ann") {
			t.Errorf("the owner is %v", owner)
		}
		// The rest stays for somebody to decide, also when gwm writes tags itself.
		w.Do(s, core.SetGrant{Who: core.GroupRef("ops"), On: cold, Verbs: []core.Verb{core.VerbSee}})
		settled(t, w, s)
		if got := tagsOf(t, w.Berlin, cold); len(got) != 6 {
			t.Errorf("tags are %v", got)
		}
		if got := straysOf(t, s, core.StrayConflict); len(got) != 1 {
			t.Errorf("conflicts: %v", got)
		}
		w.Do(s, core.SyncTags{VM: cold})
		settled(t, w, s)
		if diff := cmp.Diff([]string{"gwm:grant:group:ops:see", "gwm:owner:user:ann"}, tagsOf(t, w.Berlin, cold)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestImportReplacesTheRecords holds that, where tags win, nothing else is left.
func TestImportReplacesTheRecords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		w.Do(s, core.SetOwner{VM: web, Owner: core.UserRef("bob")})
		settled(t, w, s)
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.Tags = []string{"gwm:grant:group:ops:power"} })
		settled(t, w, s)
		w.Do(s, core.ImportVM{VM: web, Tags: strayOf(t, s, core.StrayConflict, web).Tags})
		if diff := cmp.Diff([]string{web.Name + " group:ops until 0001-01-01 00:00:00 +0000 UTC at  power"}, told(t, s)); diff != "" {
			t.Error(diff)
		}
		records, err := s.Audit(t.Context(), core.AuditQuery{Op: "owner.import"})
		if err != nil {
			t.Fatal(err)
		}
		changes := []core.Change{
			{Field: "owner", From: "user:bob"}, {Field: "grant group:ops", To: "power"}, {Field: "grant user:ann", From: "power, console"},
		}
		if diff := cmp.Diff(changes, records[0].Changes); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRandomGovernment changes owners and grants at random and holds that the
// tags always end as the records.
func TestRandomGovernment(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, 7))
				w := coretest.StartWith(t, coretest.Options{Tags: true})
				s := w.Login("admin")
				people := []core.Ref{core.UserRef("ann"), core.UserRef("bob"), core.GroupRef("ops"), {}}
				for range 40 {
					vm, who := []core.Ref{web, db, cold}[rnd.IntN(3)], people[rnd.IntN(4)]
					var op core.Op = core.SetOwner{VM: vm, Owner: who, Revoke: rnd.IntN(2) == 0, Grant: !who.IsZero() && rnd.IntN(3) == 0}
					if rnd.IntN(2) == 0 && !who.IsZero() {
						op = core.SetGrant{Who: who, On: vm, Verbs: core.VerbsOn(core.KindVM)[rnd.IntN(3):5]}
					} else if rnd.IntN(3) == 0 && !who.IsZero() {
						op = core.RemoveGrant{Who: who, On: vm}
					}
					if _, err := s.Do(t.Context(), op); err != nil && core.CodeOf(err) != core.CodeNotFound {
						t.Fatal(err)
					}
					switch rnd.IntN(12) {
					case 0:
						w.Berlin.LoseAnswers(1)
					case 1:
						<-time.After(time.Duration(rnd.IntN(3000)) * time.Millisecond) // of the bubble: jobs go on
					}
				}
				settled(t, w, s)
				if got := straysOf(t, s, core.StrayConflict, core.StrayImportable); got != nil {
					t.Errorf("tags and records differ: %v", got)
				}
			})
		})
	}
}
