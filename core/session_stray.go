package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Strays lists the VMs that need attention on the clusters that the person
// administers, by cluster and name. A cluster that does not answer has no missing
// VMs: nobody knows. Session.Refresh asks the clusters before.
func (s *Session) Strays(ctx context.Context) ([]Stray, error) {
	if _, err := s.reader(ctx); err != nil {
		return nil, err
	}
	v := s.View()
	var all []Stray
	for _, st := range v.managed() {
		all = append(all, v.straysOf(st)...)
	}
	for i := range all {
		for k := range all[i].Claims {
			v.people.withinClaim(&all[i].Claims[k], all[i].VM, s.who, v.now)
		}
	}
	return all, nil
}

// StrayCounts counts the VMs that need attention on the clusters that the person
// administers, by kind; kinds without any are missing in it. It is counted once
// for a view. The map is shared and must not be changed.
func (v *View) StrayCounts() map[StrayKind]int { return v.strayCounts() }

func (v *View) countStrays() map[StrayKind]int {
	counts := map[StrayKind]int{}
	add := func(kind StrayKind, n int) {
		if counts[kind] += n; counts[kind] == 0 {
			delete(counts, kind)
		}
	}
	for _, st := range v.managed() {
		l := v.strayList(st)
		for kind, n := range l.counts {
			add(kind, n)
		}
		for name := range v.writing(st) {
			if l.of(name)&bitConflict != 0 {
				add(StrayConflict, -1)
			}
		}
		if st.Health.Reachable() && !st.Health.Loading {
			add(StrayMissing, len(l.missing))
		}
	}
	return counts
}

// managed lists the clusters that the person administers, by name.
func (v *View) managed() []*ClusterState {
	var list []*ClusterState
	for _, name := range v.snap.names() {
		if d := v.may(VerbManage, ClusterRef(name)); d.OK || d.Locked {
			list = append(list, v.snap.Clusters[name])
		}
	}
	return list
}

func (v *View) strayList(st *ClusterState) *strayList {
	return v.engine.strays.list(v.people, st, v.engine.core.writeTags, v.now)
}

// writing names the VMs of a cluster whose tags a job of ours is about to change,
// or changed after the cluster was asked last.
func (v *View) writing(st *ClusterState) map[string]bool {
	names := map[string]bool{}
	for _, j := range v.ours.jobs {
		if j.OpID == tagOpID && j.Target.Cluster == st.Name && (!j.State.Final() || j.Ended.After(st.Health.Fetched)) {
			names[j.Target.Name] = true
		}
	}
	return names
}

// straysOf lists what needs attention on a cluster, by name.
func (v *View) straysOf(st *ClusterState) []Stray {
	var all []Stray
	l, writing := v.strayList(st), v.writing(st)
	for i, vm := range l.vms {
		l.kinds[i].kinds(func(kind StrayKind) {
			if kind != StrayConflict || !writing[vm.Name] {
				all = append(all, v.stray(kind, vm.Ref(), vm.Tags))
			}
		})
	}
	if st.Health.Reachable() && !st.Health.Loading {
		for _, name := range l.missing {
			all = append(all, v.stray(StrayMissing, VMRef(st.Name, name), nil))
		}
		slices.SortStableFunc(all, func(a, b Stray) int { return strings.Compare(a.VM.Name, b.VM.Name) })
	}
	return all
}

func (v *View) stray(kind StrayKind, vm Ref, tags []string) Stray {
	s := Stray{
		Kind: kind, VM: vm, Owner: v.people.owners[vm].Owner, Grants: slices.Clone(v.people.grantsOn[vm]),
		Tags: tagsOfOurs(tags), Claims: v.people.judgeClaims(readClaims(tags)),
	}
	slices.SortFunc(s.Grants, func(a, b Grant) int { return cmp.Compare(a.Who.String(), b.Who.String()) })
	s.Why = s.why(v.now)
	return s
}

// why says in a sentence what is the matter.
func (s Stray) why(now time.Time) string {
	switch s.Kind {
	case StrayOrphan:
		return "nobody owns it, so that no quota is charged"
	case StrayUngoverned:
		if slices.ContainsFunc(s.Grants, func(g Grant) bool { return !g.Expired(now) }) {
			return "only administrators hold rights on it"
		}
		return "nobody holds a right on it but administrators"
	case StrayImportable:
		return "gwm knows nothing of it, but its tags do: " + s.claimed()
	case StrayMissing:
		return "gwm keeps owner, rights, a lock or a token for it, but its cluster does not list it"
	case StrayConflict:
		return "gwm's records say: " + s.kept() + "; its tags say: " + s.claimed()
	}
	return ""
}

// claimed says what the tags say.
func (s Stray) claimed() string {
	words := make([]string, len(s.Claims))
	for i, c := range s.Claims {
		words[i] = c.String()
	}
	return cmp.Or(strings.Join(words, ", "), "nothing")
}

// kept says what the records say, in the words of claimed.
func (s Stray) kept() string {
	var words []string
	if !s.Owner.IsZero() {
		words = append(words, Claim{Who: s.Owner, Owner: true}.String())
	}
	for _, g := range s.Grants {
		words = append(words, g.Who.String()+" holds "+g.words())
	}
	return cmp.Or(strings.Join(words, ", "), "nothing")
}
