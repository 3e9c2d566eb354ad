package core

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// noon is when everything in these tests happens.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// crowd makes the picture of some records.
func crowd(records ...any) *people {
	puts := map[string][]byte{}
	for _, r := range records {
		key := ""
		switch r := r.(type) {
		case User:
			key = userKey(r.Name)
		case Group:
			key = groupKey(r.Name)
		case Grant:
			key = grantKey(r.Who, r.On)
		case Lock:
			key = lockKey(r.On)
		case Cluster:
			key = clusterKey(r.Name)
		}
		raw, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		puts[key] = raw
	}
	p, err := (*people)(nil).apply(1, puts, nil)
	if err != nil {
		panic(err)
	}
	return p
}

func TestAllow(t *testing.T) {
	t.Parallel()
	bob, ops := UserRef("bob"), GroupRef("ops")
	berlin, web1, n1 := ClusterRef("berlin"), VMRef("berlin", "web1"), NodeRef("berlin", "n1")
	grant := func(who, on Ref, verbs ...Verb) Grant { return Grant{Who: who, On: on, Verbs: verbs} }
	ending := func(g Grant, until time.Time) Grant { g.Until = until; return g }
	house := []any{
		User{Name: "ann", Admin: true},
		User{Name: "bob"},
		User{Name: "eve"},
		User{Name: "off", Admin: true, Disabled: true},
		Group{Name: "ops", Members: []string{"bob", "eve"}},
		Group{Name: "dev", Members: []string{"ann"}},
		Cluster{Name: "berlin", User: "gwm"},
		Cluster{Name: "rome", User: "gwm", ReadOnly: true},
		Cluster{Name: "oslo"},
	}
	tests := []struct {
		name string
		more []any
		who  string
		verb Verb
		on   Ref
		rule string // "+" in front: allowed
	}{
		{"nothing by default", nil, "bob", VerbSee, web1, "no-grant"},
		{"site administrator", nil, "ann", VerbRemove, web1, "+site-admin"},
		{"disabled administrator", nil, "off", VerbSee, web1, "disabled"},
		{"no account", nil, "zoe", VerbSee, web1, "no-account"},
		{"at the machine", nil, "root@local", VerbRemove, web1, "+local"},
		{"own grant", []any{grant(bob, web1, VerbPower)}, "bob", VerbPower, web1, "+grant user:bob berlin/web1"},
		{"any verb gives see", []any{grant(bob, web1, VerbTags)}, "bob", VerbSee, web1, "+grant user:bob berlin/web1"},
		{"see gives nothing else", []any{grant(bob, web1, VerbSee)}, "bob", VerbPower, web1, "no-grant"},
		{"admin gives every verb", []any{grant(bob, web1, VerbAdmin)}, "bob", VerbRemove, web1, "+grant user:bob berlin/web1"},
		{"admin gives rights", []any{grant(bob, web1, VerbAdmin)}, "bob", VerbManage, web1, "+grant user:bob berlin/web1"},
		{"modify gives no rights", []any{grant(bob, web1, VerbModify)}, "bob", VerbManage, web1, "no-grant"},
		{"admin does not lock", []any{grant(bob, web1, VerbAdmin)}, "bob", VerbLock, web1, "no-grant"},
		{"group's grant", []any{grant(ops, web1, VerbPower)}, "eve", VerbPower, web1, "+grant group:ops berlin/web1"},
		{"other group's grant", []any{grant(GroupRef("dev"), web1, VerbPower)}, "eve", VerbPower, web1, "no-grant"},
		{"other VM", []any{grant(bob, web1, VerbAdmin)}, "bob", VerbSee, VMRef("berlin", "web2"), "no-grant"},
		{"VM does not show its cluster", []any{grant(bob, web1, VerbAdmin)}, "bob", VerbSee, berlin, "no-grant"},
		{"expired", []any{ending(grant(bob, web1, VerbPower), noon)}, "bob", VerbSee, web1, "no-grant"},
		{"not yet expired", []any{ending(grant(bob, web1, VerbPower), noon.Add(1))}, "bob", VerbPower, web1, "+grant user:bob berlin/web1"},
		{"cluster see shows VMs", []any{grant(bob, berlin, VerbSee)}, "bob", VerbSee, web1, "+grant user:bob berlin"},
		{"cluster see does nothing to VMs", []any{grant(bob, berlin, VerbSee)}, "bob", VerbPower, web1, "no-grant"},
		{"create_vm shows the cluster", []any{grant(bob, berlin, VerbCreateVM)}, "bob", VerbSee, berlin, "+grant user:bob berlin"},
		{"create_vm shows the nodes", []any{grant(bob, berlin, VerbCreateVM)}, "bob", VerbSee, n1, "+grant user:bob berlin"},
		{"create_vm shows no VM", []any{grant(bob, berlin, VerbCreateVM)}, "bob", VerbSee, web1, "no-grant"},
		{"tags show no VM", []any{grant(bob, berlin, VerbTags)}, "bob", VerbSee, web1, "no-grant"},
		{"export exports VMs", []any{grant(bob, berlin, VerbExport)}, "bob", VerbExport, web1, "+grant user:bob berlin"},
		{"export shows VMs", []any{grant(bob, berlin, VerbExport)}, "bob", VerbSee, web1, "+grant user:bob berlin"},
		{"cluster tags are not VM tags", []any{grant(bob, berlin, VerbTags)}, "bob", VerbTags, web1, "no-grant"},
		{"migrate shows VMs", []any{grant(bob, berlin, VerbMigrate)}, "bob", VerbSee, web1, "+grant user:bob berlin"},
		{"migrate migrates VMs", []any{grant(bob, berlin, VerbMigrate)}, "bob", VerbMigrate, web1, "+grant user:bob berlin"},
		{"migrate empties nodes", []any{grant(bob, berlin, VerbMigrate)}, "bob", VerbMigrate, n1, "+grant user:bob berlin"},
		{"migrate does not replace disks", []any{grant(bob, berlin, VerbMigrate)}, "bob", VerbReplaceDisks, web1, "no-grant"},
		{"replace_disks acts on VMs", []any{grant(bob, berlin, VerbReplaceDisks)}, "bob", VerbReplaceDisks, web1, "+grant user:bob berlin"},
		{"cluster admin removes VMs", []any{grant(bob, berlin, VerbAdmin)}, "bob", VerbRemove, web1, "+grant user:bob berlin"},
		{"cluster admin is none of the site", []any{grant(bob, berlin, VerbAdmin)}, "bob", VerbAdmin, Site(), "no-grant"},
		{"cluster admin is none of others", []any{grant(bob, berlin, VerbAdmin)}, "bob", VerbSee, ClusterRef("rome"), "no-grant"},
		{"oneself", nil, "bob", VerbSee, bob, "+self"},
		{"own keys", nil, "bob", VerbModify, bob, "+self"},
		{"not own rights", nil, "bob", VerbAdmin, bob, "no-grant"},
		{"who is in the same group", nil, "bob", VerbSee, UserRef("eve"), "+same group"},
		{"not their keys", nil, "bob", VerbModify, UserRef("eve"), "no-grant"},
		{"stranger", nil, "bob", VerbSee, UserRef("ann"), "no-grant"},
		{"own group", nil, "bob", VerbSee, ops, "+member"},
		{"group administrator", []any{grant(bob, GroupRef("dev"), VerbAdmin)}, "bob", VerbAdmin, GroupRef("dev"), "+grant user:bob group:dev"},
		{"group administrator sees members", []any{grant(bob, GroupRef("dev"), VerbAdmin)}, "bob", VerbSee, UserRef("ann"), "+grant user:bob group:dev"},
		{"members do not administer", nil, "bob", VerbAdmin, ops, "no-grant"},
		{"read-only cluster", nil, "ann", VerbPower, VMRef("rome", "web1"), "read-only rome"},
		{"cluster without a user", nil, "ann", VerbPower, VMRef("oslo", "web1"), "read-only oslo"},
		{"read-only cluster is seen", nil, "ann", VerbSee, VMRef("rome", "web1"), "+site-admin"},
		{"read-only cluster is managed", nil, "ann", VerbManage, ClusterRef("rome"), "+site-admin"},
		{"read-only does not tell who has no right", nil, "bob", VerbPower, VMRef("rome", "web1"), "no-grant"},
		{"locked cluster", []any{Lock{On: berlin}}, "ann", VerbPower, web1, "lock berlin"},
		{"locked cluster is not managed", []any{Lock{On: berlin}}, "ann", VerbManage, berlin, "lock berlin"},
		{"locked cluster is seen", []any{Lock{On: berlin}}, "ann", VerbSee, web1, "+site-admin"},
		{"locked cluster can be unlocked", []any{Lock{On: berlin}}, "ann", VerbLock, berlin, "+site-admin"},
		{"locked VM", []any{Lock{On: web1}}, "ann", VerbPower, web1, "lock berlin/web1"},
		{"locked VM beside", []any{Lock{On: web1}}, "ann", VerbPower, VMRef("berlin", "web2"), "+site-admin"},
		{"locked site", []any{Lock{On: Site()}}, "root@local", VerbAdmin, Site(), "lock site"},
		{"locked user", []any{Lock{On: bob}}, "bob", VerbModify, bob, "lock user:bob"},
		{"locked user is administered", []any{Lock{On: bob}}, "ann", VerbAdmin, bob, "+site-admin"},
		{"locked group binds its members", []any{Lock{On: ops}}, "bob", VerbModify, bob, "lock group:ops"},
		{"locked group is not changed", []any{Lock{On: ops}}, "ann", VerbAdmin, ops, "lock group:ops"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := allow(crowd(slices.Concat(house, tt.more)...), tt.who, tt.verb, tt.on, noon)
			got := d.Rule
			if d.OK {
				got = "+" + got
			}
			if got != tt.rule || d.Why == "" {
				t.Errorf("allow: %q (%s), want %q", got, d.Why, tt.rule)
			}
		})
	}
}

func TestApplyLeavesTheOldPicture(t *testing.T) {
	t.Parallel()
	old := crowd(User{Name: "ann"}, Group{Name: "ops", Members: []string{"ann"}}, Lock{On: Site()}, Key{})
	next, err := old.apply(2, map[string][]byte{userKey("bob"): []byte(`{"name":"bob"}`)},
		[]string{userKey("ann"), groupKey("ops"), lockKey(Site())})
	if err != nil {
		t.Fatal(err)
	}
	names := func(p *people) []string { return slices.Sorted(maps.Keys(p.users)) }
	if !cmp.Equal(names(old), []string{"ann"}) || len(old.groupsOf["ann"]) != 1 || len(old.locks) != 1 {
		t.Errorf("the old picture changed: %+v", old)
	}
	if !cmp.Equal(names(next), []string{"bob"}) || len(next.groupsOf) != 0 || len(next.locks) != 0 || next.rev != 2 {
		t.Errorf("the new picture is %+v", next)
	}
}

// everything is a small world in which rights are drawn at random.
type everything struct {
	users, groups []string
	refs          []Ref
	verbs         []Verb
}

func world() everything {
	w := everything{users: []string{"ann", "bob", "eve"}, groups: []string{"ops", "dev"}}
	w.refs = []Ref{Site()}
	for _, c := range []string{"berlin", "rome"} {
		w.refs = append(w.refs, ClusterRef(c), VMRef(c, "web1"), VMRef(c, "web2"), NodeRef(c, "n1"))
	}
	for _, u := range w.users {
		w.refs = append(w.refs, UserRef(u))
	}
	for _, g := range w.groups {
		w.refs = append(w.refs, GroupRef(g))
	}
	w.verbs = []Verb{VerbManage, VerbLock}
	for _, k := range []Kind{KindVM, KindCluster} {
		w.verbs = append(w.verbs, VerbsOn(k)...)
	}
	return w
}

func (w everything) draw(t *rapid.T) (records []any) {
	for _, u := range w.users {
		records = append(records, User{Name: u, Admin: rapid.IntRange(0, 5).Draw(t, "admin") == 0, Disabled: rapid.IntRange(0, 5).Draw(t, "disabled") == 0})
	}
	for _, g := range w.groups {
		members := rapid.SliceOfNDistinct(rapid.SampledFrom(w.users), 0, 3, rapid.ID).Draw(t, "members")
		records = append(records, Group{Name: g, Members: members})
	}
	for _, c := range []string{"berlin", "rome"} {
		records = append(records, Cluster{Name: c, User: "gwm", ReadOnly: rapid.IntRange(0, 5).Draw(t, "read-only") == 0})
	}
	taken := map[grantID]bool{}
	for range rapid.IntRange(0, 8).Draw(t, "grants") {
		if g := w.drawGrant(t); !taken[grantID{g.Who, g.On}] {
			taken[grantID{g.Who, g.On}] = true
			records = append(records, g)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "locks") {
		records = append(records, Lock{On: rapid.SampledFrom(w.refs).Draw(t, "lock")})
	}
	return records
}

func (w everything) drawGrant(t *rapid.T) Grant {
	who := UserRef(rapid.SampledFrom(w.users).Draw(t, "who"))
	if rapid.Bool().Draw(t, "to a group") {
		who = GroupRef(rapid.SampledFrom(w.groups).Draw(t, "who"))
	}
	on := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(w.refs), func(r Ref) bool { return VerbsOn(r.Kind) == nil })).Draw(t, "on")
	g := Grant{Who: who, On: on, Verbs: []Verb{rapid.SampledFrom(VerbsOn(on.Kind)).Draw(t, "verb")}}
	if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
		g.Until = noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "until")) * time.Hour)
	}
	return g
}

// allowed lists everything that somebody may do.
func (w everything) allowed(p *people) map[string]bool {
	all := map[string]bool{}
	for _, who := range append([]string{"local"}, w.users...) {
		for _, on := range w.refs {
			for _, verb := range w.verbs {
				if allow(p, who, verb, on, noon).OK {
					all[fmt.Sprintf("%s %s %s", who, verb, on)] = true
				}
			}
		}
	}
	return all
}

func TestTakingAwayNeverAllowsMore(t *testing.T) {
	t.Parallel()
	w := world()
	rapid.Check(t, func(t *rapid.T) {
		records := w.draw(t)
		before := w.allowed(crowd(records...))
		more := func(what string, after map[string]bool) {
			for thing := range after {
				if !before[thing] {
					t.Fatalf("%s allows %s", what, thing)
				}
			}
		}
		for i, r := range records {
			if g, ok := r.(Grant); ok {
				left := slices.Delete(slices.Clone(records), i, i+1)
				more("removing the grant of "+g.Who.String()+" on "+g.On.String(), w.allowed(crowd(left...)))
			}
		}
		l := Lock{On: rapid.SampledFrom(w.refs).Draw(t, "new lock")}
		more("locking "+l.On.String(), w.allowed(crowd(append(slices.Clone(records), l)...)))
	})
}

func TestWhatIsDoneIsSeen(t *testing.T) {
	t.Parallel()
	w := world()
	rapid.Check(t, func(t *rapid.T) {
		p := crowd(w.draw(t)...)
		for _, who := range w.users {
			for _, on := range w.refs {
				for _, verb := range w.verbs {
					if allow(p, who, verb, on, noon).OK && !allow(p, who, VerbSee, on, noon).OK {
						t.Fatalf("%s may %s %s and not see it", who, verb, on)
					}
				}
			}
		}
	})
}
