package core_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

var (
	web  = core.VMRef(coretest.Berlin, coretest.Web1)
	db   = core.VMRef(coretest.Berlin, coretest.DB1)
	cold = core.VMRef(coretest.Berlin, coretest.Cold)
)

// tagsOf are the tags of ours on a VM, as the cluster has them.
func tagsOf(t *testing.T, p *coretest.Platform, vm core.Ref) []string {
	t.Helper()
	got, _, err := p.VM(t.Context(), vm.Name)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(got.Tags, func(tag string) bool { return !strings.HasPrefix(tag, "gwm:") })
}

// settled waits until no job of ours is under way and the clusters were asked
// since.
func settled(t *testing.T, w *coretest.World, s *core.Session) {
	t.Helper()
	w.Until(s, "all jobs ended", func(v *core.View) bool {
		return !slices.ContainsFunc(v.Jobs(), func(j core.JobRow) bool { return j.Ours != nil && !j.State.Final() })
	})
	err := s.Refresh(t.Context(), "")
	for range 10 {
		if core.CodeOf(err) != core.CodeState {
			break
		}
		err = s.Refresh(t.Context(), "") // the settings of a cluster were just changed
	}
	if err != nil {
		t.Fatal(err)
	}
}

// straysOf lists what needs attention as "kind vm".
func straysOf(t *testing.T, s *core.Session, kinds ...core.StrayKind) []string {
	t.Helper()
	strays, err := s.Strays(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	counts := map[core.StrayKind]int{}
	for _, st := range strays {
		counts[st.Kind]++
		if slices.Contains(kinds, st.Kind) {
			out = append(out, string(st.Kind)+" "+st.VM.String())
		}
	}
	if diff := cmp.Diff(counts, s.View().StrayCounts()); diff != "" {
		t.Errorf("the list and the counts differ: %s", diff)
	}
	return out
}

func strayOf(t *testing.T, s *core.Session, kind core.StrayKind, vm core.Ref) core.Stray {
	t.Helper()
	strays, err := s.Strays(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range strays {
		if st.Kind == kind && st.VM == vm {
			return st
		}
	}
	t.Fatalf("%s is not %s, but %v", vm, kind, strays)
	return core.Stray{}
}

// tagJobs lists the changes of tags that reached the cluster.
func tagJobs(p *coretest.Platform) []string {
	return slices.DeleteFunc(p.Submitted(), func(s string) bool { return !strings.HasPrefix(s, "TAGS_") })
}

func TestTagsFollowTheRecords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		settled(t, w, s)
		if diff := cmp.Diff([]string{"gwm:grant:user:ann:power+console"}, tagsOf(t, w.Berlin, web)); diff != "" {
			t.Errorf("after the grants of the world: %s", diff)
		}
		w.Do(s, core.SetOwner{VM: web, Owner: core.UserRef("ann"), Grant: true})
		settled(t, w, s)
		if diff := cmp.Diff([]string{"gwm:grant:user:ann:admin", "gwm:owner:user:ann"}, tagsOf(t, w.Berlin, web)); diff != "" {
			t.Errorf("after the first owner: %s", diff)
		}
		for _, j := range s.View().Jobs() {
			if j.Ours != nil && j.Ours.OpID == "owner.sync" && j.Ours.Upstream == "" {
				t.Errorf("job %s does not say which job of the cluster it was", j.Name)
			}
		}
		w.Do(s, core.SetOwner{VM: web, Owner: core.GroupRef("ops"), Revoke: true})
		settled(t, w, s)
		if diff := cmp.Diff([]string{"gwm:owner:group:ops"}, tagsOf(t, w.Berlin, web)); diff != "" {
			t.Errorf("after the second owner: %s", diff)
		}
		w.Do(s, core.DeleteGroup{Name: "ops"})
		settled(t, w, s)
		if got := tagsOf(t, w.Berlin, web); len(got) > 0 {
			t.Errorf("after the owner was deleted: %v", got)
		}
		name := " " + coretest.Web1
		want := []string{"TAGS_SET" + name, "TAGS_SET" + name, "TAGS_DEL" + name, "TAGS_SET" + name, "TAGS_DEL" + name, "TAGS_DEL" + name}
		if diff := cmp.Diff(want, tagJobs(w.Berlin)); diff != "" {
			t.Errorf("the cluster was asked: %s", diff)
		}
		if other, _ := s.View().VM(web); !slices.Contains(other.Tags, "env:prod") {
			t.Errorf("tags of others are %v", other.Tags)
		}
		w.Do(s, core.SyncTags{VM: web})
		settled(t, w, s)
		if n := len(tagJobs(w.Berlin)); n != len(want) {
			t.Errorf("the cluster was asked %d times where nothing was to do", n-len(want))
		}
		if got := straysOf(t, s, core.StrayConflict); got != nil {
			t.Errorf("conflicts: %v", got)
		}
		if _, err := s.VerifyAudit(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
}

// TestTagsOfAPersonAreNotTheirJobs holds that writing tags fills nobody's queue,
// needs no right of who changed the records, and is in the audit log.
func TestTagsOfAPersonAreNotTheirJobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true, Tuning: core.Tuning{QueueUser: 1}})
		s := w.Login("admin")
		settled(t, w, s)
		var ops []core.Op
		for _, vm := range s.View().VMs() {
			ops = append(ops, core.SetOwner{VM: vm.Ref(), Owner: core.GroupRef("ops")})
		}
		if _, err := s.DoAll(t.Context(), "adopt", ops); err != nil {
			t.Fatal(err)
		}
		w.Do(s, core.SetGrant{Who: core.UserRef("bob"), On: core.GroupRef("ops"), Verbs: []core.Verb{core.VerbAdmin}})
		w.Do(w.Login("bob"), core.DeleteGroup{Name: "ops"})
		w.Do(s, core.StartVM{VM: cold})
		settled(t, w, s)
		for _, vm := range s.View().VMs() {
			p := map[string]*coretest.Platform{coretest.Berlin: w.Berlin, coretest.Paris: w.Paris}[vm.Cluster]
			if got := tagsOf(t, p, vm.Ref()); vm.Ref() != web && len(got) > 0 {
				t.Errorf("%s has %v", vm.Ref(), got)
			}
		}
		records, err := s.Audit(t.Context(), core.AuditQuery{Target: cold, Op: "owner.sync"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range slices.Backward(records) {
			got = append(got, string(r.Event)+" by "+r.By)
		}
		if len(got) < 2 || got[0] != "requested by tags@local" || got[len(got)-1] != "done by tags@local" {
			t.Errorf("audit: %v", got)
		}
	})
}

func TestOneTagJobWaitsForAVM(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		settled(t, w, s)
		w.Do(s, core.StartVM{VM: cold})
		w.Do(s, core.SetOwner{VM: cold, Owner: core.UserRef("ann")})
		w.Do(s, core.SetGrant{Who: core.UserRef("bob"), On: cold, Verbs: []core.Verb{core.VerbPower}})
		w.Do(s, core.SetOwner{VM: cold, Owner: core.UserRef("bob")})
		n := 0
		for _, j := range s.View().Jobs() {
			if j.Ours != nil && j.Ours.OpID == "owner.sync" && j.Ours.Target == cold {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d jobs write the tags of %s", n, cold)
		}
		if got := straysOf(t, s, core.StrayConflict); got != nil {
			t.Errorf("what is about to be written is a conflict: %v", got)
		}
		settled(t, w, s)
		if diff := cmp.Diff([]string{"gwm:grant:user:bob:power", "gwm:owner:user:bob"}, tagsOf(t, w.Berlin, cold)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTagsSurviveLostAnswers(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(p *coretest.Platform){
		"lost answers":  func(p *coretest.Platform) { p.LoseAnswers(2) },
		"lost requests": func(p *coretest.Platform) { p.DropRequests(2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := coretest.StartWith(t, coretest.Options{Tags: true})
				s := w.Login("admin")
				settled(t, w, s)
				w.Do(s, core.SetOwner{VM: cold, Owner: core.UserRef("ann")})
				settled(t, w, s)
				disturb(w.Berlin)
				w.Do(s, core.SetOwner{VM: cold, Owner: core.UserRef("bob")})
				settled(t, w, s)
				if diff := cmp.Diff([]string{"gwm:owner:user:bob"}, tagsOf(t, w.Berlin, cold)); diff != "" {
					t.Error(diff)
				}
				if got := straysOf(t, s, core.StrayConflict); got != nil {
					t.Errorf("conflicts: %v", got)
				}
				want := []string{"TAGS_SET " + coretest.Cold, "TAGS_SET " + coretest.Cold, "TAGS_DEL " + coretest.Cold}
				got := slices.DeleteFunc(tagJobs(w.Berlin), func(s string) bool { return !strings.HasSuffix(s, coretest.Cold) })
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("each is asked for once: %s", diff)
				}
			})
		})
	}
}

func TestTagsOfAFrozenCluster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		settled(t, w, s)
		w.Do(s, core.SetLock{On: core.ClusterRef(coretest.Berlin), Reason: "x"})
		settled(t, w, s)
		before := len(tagJobs(w.Berlin))
		_, err := s.Do(t.Context(), core.SetOwner{VM: cold, Owner: core.UserRef("ann")})
		wantError(t, err, core.CodeLocked, "locked")
		w.Do(s, core.ClearLock{On: core.ClusterRef(coretest.Berlin)})
		readOnly := core.Cluster{Name: coretest.Berlin, URL: "https://berlin.example.org:5080", User: "gwm", ReadOnly: true}
		w.Do(s, core.EditCluster{Cluster: readOnly})
		w.Do(s, core.SetOwner{VM: cold, Owner: core.UserRef("ann")})
		settled(t, w, s)
		if n := len(tagJobs(w.Berlin)); n != before {
			t.Errorf("a frozen cluster was asked %d times to change tags", n-before)
		}
		if diff := cmp.Diff([]string{"conflict " + cold.String()}, straysOf(t, s, core.StrayConflict)); diff != "" {
			t.Error(diff)
		}
		if why := strayOf(t, s, core.StrayConflict, cold).Why; why != "gwm's records say: user:ann is the owner; its tags say: nothing" {
			t.Errorf("the conflict is explained: %s", why)
		}
		readOnly.ReadOnly = false
		w.Do(s, core.EditCluster{Cluster: readOnly})
		w.Do(s, core.SyncTags{VM: cold})
		settled(t, w, s)
		if got := straysOf(t, s, core.StrayConflict); got != nil {
			t.Errorf("after the sync: %v", got)
		}
	})
}

// TestLostStore holds that owners and grants come back from the tags alone.
func TestLostStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		hours, err := core.ParseHours("mon-fri 08:00-18:00 Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		w.Do(s, core.SetOwner{VM: web, Owner: core.UserRef("ann"), Grant: true})
		w.Do(s, core.SetOwner{VM: db, Owner: core.GroupRef("ops")})
		w.Do(s, core.SetGrant{Who: core.GroupRef("ops"), On: db, Verbs: core.VerbsOn(core.KindVM), Hours: hours})
		w.Do(s, core.SetGrant{Who: core.UserRef("bob"), On: cold, Verbs: []core.Verb{core.VerbPower}, Until: time.Now().Add(999 * time.Hour)})
		settled(t, w, s)
		want := told(t, s)
		w.Stop()

		w = coretest.StartWith(t, coretest.Options{Tags: true, Berlin: w.Berlin, Paris: w.Paris, DontWait: true})
		w.Wait()
		s = w.Login("admin")
		settled(t, w, s)
		for _, vm := range []core.Ref{web, db, cold} {
			st := strayOf(t, s, core.StrayImportable, vm)
			w.Do(s, core.ImportVM{VM: vm, Tags: st.Tags})
		}
		if diff := cmp.Diff(want, told(t, s)); diff != "" {
			t.Errorf("the records after the import differ: %s", diff)
		}
		if got := straysOf(t, s, core.StrayImportable, core.StrayConflict); got != nil {
			t.Errorf("after the import: %v", got)
		}
	})
}

// What one VM's tags are believed for says nothing of the tags of another.
func TestImportBesideAnotherChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		s := w.Login("admin")
		settled(t, w, s)
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.Tags = []string{"gwm:owner:user:ann"} })
		settled(t, w, s)
		_, err := s.DoAll(t.Context(), "", []core.Op{
			core.ImportVM{VM: web, Tags: []string{"gwm:owner:user:ann"}},
			core.SetOwner{VM: db, Owner: core.UserRef("bob")},
		})
		if err != nil {
			t.Fatal(err)
		}
		settled(t, w, s)
		if got := tagsOf(t, w.Berlin, db); !slices.Equal(got, []string{"gwm:owner:user:bob"}) {
			t.Errorf("%s has the tags %v", db.Name, got)
		}
	})
}

// told writes what the records say of owners and of grants on VMs.
func told(t *testing.T, s *core.Session) []string {
	t.Helper()
	var out []string
	for _, vm := range s.View().VMs() {
		if owner, ok := s.View().Owner(vm.Ref()); ok {
			out = append(out, vm.Name+" owner "+owner.String())
		}
	}
	grants, err := s.Grants(t.Context(), core.Ref{}, core.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grants {
		if g.On.Kind == core.KindVM {
			line := g.On.Name + " " + g.Who.String() + " until " + g.Until.Truncate(time.Second).String() + " at " + g.Hours.String()
			for _, v := range g.Verbs {
				line += " " + string(v)
			}
			out = append(out, line)
		}
	}
	return out
}
