package core

import (
	"slices"
	"strings"
	"time"
)

// Usage is what the VMs of a user or a group take on one cluster, and what they
// may take. The VMs of a group are charged to the group alone.
type Usage struct {
	Who      Ref         `json:"who"`
	Cluster  string      `json:"cluster"`
	Limits   Limits      `json:"limits"`
	Source   QuotaSource `json:"source"`
	Used     Amount      `json:"used"`     // with what is reserved
	Reserved Amount      `json:"reserved"` // by jobs whose effect the cluster does not show yet
	Owned    int         `json:"owned"`    // VMs that the cluster lists
	Running  int         `json:"running"`  // those of them whose memory and virtual CPUs count
}

// Exceeds tells by how much the use of a resource is over its limit; 0 is not.
func (u Usage) Exceeds(r Resource) int {
	if limit := u.Limits.Of(r); limit != nil {
		return max(u.Used.Of(r)-*limit, 0)
	}
	return 0
}

// counts tells whether memory and virtual CPUs of the VM count as taken: always
// where it is not known to be down. One that should run and does not counts too,
// because the cluster starts it again by itself.
func (v *VM) counts() bool {
	switch v.State {
	case StateDown, StateOffline:
		return false
	case StateUnknown:
		return v.AdminState != "down" && v.AdminState != "offline"
	case StateRunning, StateError:
	}
	return true
}

// takes is what the VM takes from its owner's quota as it is.
func (v *VM) takes() Amount {
	a := v.wouldTake()
	if !v.counts() {
		a.MemoryMiB, a.VCPUs = 0, 0
	}
	return a
}

// wouldTake is what the VM takes when it runs.
func (v *VM) wouldTake() Amount {
	return Amount{MemoryMiB: max(v.MemoryMiB, 0), DiskMiB: max(v.DiskMiB, 0), VCPUs: max(v.VCPUs, 0), VMs: 1}
}

// account is what quotas are reckoned from at one moment.
type account struct {
	now    time.Time
	people *people
	snap   *Snapshot
	book   book
	ledger *ledger
	before *people // whose owners are stored; nil: people
	shift  shift   // from the owners of before to those of people
}

// account returns what is known now.
func (c *Core) account() account {
	a := account{now: time.Now(), people: c.people.Load(), book: c.ledger.load(), ledger: &c.ledger}
	a.snap = c.snap.Load()
	return a
}

// account returns what the transaction sees, with what it changed so far.
func (tx *txn) account() account {
	return account{
		now: tx.now, people: tx.rights(), book: tx.book, snap: tx.snap,
		ledger: &tx.core.ledger, before: tx.core.people.Load(), shift: tx.shift,
	}
}

// payer is who pays for a VM: its owner, or who asked for it where it is so new
// that it has none.
func (a account) payer(c Charge) Ref {
	if o, ok := a.people.owners[c.VM]; ok {
		return o.Owner
	}
	return c.Who
}

// shown is what the snapshot counts of a VM.
func (a account) shown(vm Ref) Amount {
	if st := a.snap.Clusters[vm.Cluster]; st != nil {
		if v, ok := st.VM(vm.Name); ok {
			return v.takes()
		}
	}
	return Amount{}
}

// takes is what a VM takes as it is and with what is reserved for it.
func (a account) takes(vm Ref) Amount {
	sum := a.shown(vm)
	st := a.snap.Clusters[vm.Cluster]
	for _, r := range a.book[vm.Cluster] {
		if r.VM == vm && st != nil && r.holds(st) {
			sum = sum.most(r.Amount)
		}
	}
	return sum
}

// paid is what a persona pays for a VM already.
func (a account) paid(who, vm Ref) Amount {
	if o, ok := a.people.owners[vm]; ok {
		if o.Owner == who {
			return a.takes(vm)
		}
		return Amount{}
	}
	var sum Amount
	st := a.snap.Clusters[vm.Cluster]
	for _, r := range a.book[vm.Cluster] {
		if r.VM == vm && r.Who == who && st != nil && r.holds(st) {
			sum = sum.most(r.Amount)
		}
	}
	return sum
}

// reserved is what a persona's VMs on a cluster will take beyond what the
// snapshot counts.
func (a account) reserved(who Ref, st *ClusterState) Amount {
	targets := map[Ref]Amount{}
	for _, r := range a.book[st.Name] {
		if r.holds(st) && a.payer(r.Charge) == who {
			targets[r.VM] = targets[r.VM].most(r.Amount)
		}
	}
	var sum Amount
	for vm, target := range targets {
		if _, owned := a.people.owners[vm]; owned {
			target = target.beyond(a.shown(vm))
		}
		sum = sum.plus(target)
	}
	return sum
}

// usage reckons what a persona uses on a cluster.
func (a account) usage(who Ref, cluster string) Usage {
	u := Usage{Who: who, Cluster: cluster}
	u.Limits, u.Source = a.people.limits(who, cluster)
	if st := a.snap.Clusters[cluster]; st != nil {
		h := a.holding(who, st)
		u.Owned, u.Running = h.used.VMs, h.running
		u.Reserved = a.reserved(who, st)
		u.Used = h.used.plus(u.Reserved)
	}
	return u
}

// Usage returns what a user or a group uses, by cluster: where they hold any
// right or own VMs, or were given a quota. It is nothing for who may not know
// that: it is shown to the persons themselves, to the members of a group, to the
// administrators of a cluster for what is there, and to site administrators.
func (v *View) Usage(who Ref) []Usage {
	var all []Usage
	for _, cluster := range v.snap.names() {
		if v.accountable(who, cluster) && v.concerns(who, cluster) {
			all = append(all, v.account().usage(who, cluster))
		}
	}
	return all
}

// UsageOn returns what every user and group uses on a cluster, as far as the
// person may know it: users first, then groups, by name.
func (v *View) UsageOn(cluster string) []Usage {
	st := v.snap.Clusters[cluster]
	if st == nil {
		return nil
	}
	who := map[Ref]bool{}
	for owner := range v.ledger.tally(v.people, st).of {
		who[owner] = true
	}
	for id := range v.people.quotas {
		who[id.who] = id.cluster == cluster || who[id.who]
	}
	for id, g := range v.people.grants {
		who[id.who] = id.on.Cluster == cluster && !g.Expired(v.now) || who[id.who]
	}
	delete(who, Ref{})
	var all []Usage
	for persona, concerned := range who {
		if concerned && v.accountable(persona, cluster) {
			all = append(all, v.account().usage(persona, cluster))
		}
	}
	slices.SortFunc(all, func(a, b Usage) int { return strings.Compare(a.Who.order(), b.Who.order()) })
	return all
}

// order sorts nobody first, then users, then groups, each by name.
func (r Ref) order() string {
	switch r.Kind {
	case "":
		return ""
	case KindUser:
		return "0" + r.Name
	default:
		return "1" + r.Name
	}
}

func (v *View) account() account {
	return account{now: v.now, people: v.people, snap: v.snap, book: v.book, ledger: v.ledger}
}

// accountable tells whether the person may know what somebody uses on a cluster.
func (v *View) accountable(who Ref, cluster string) bool {
	return v.people.accountable(v.who, who, cluster, v.now)
}

func (p *people) accountable(viewer string, who Ref, cluster string, now time.Time) bool {
	return p.isAdmin(viewer) || slices.Contains(p.subjects(viewer), who) ||
		p.held(viewer, VerbManage, ClusterRef(cluster), now).OK
}

// concerns tells whether a persona has anything to do with a cluster.
func (v *View) concerns(who Ref, cluster string) bool {
	if _, ok := v.ledger.tally(v.people, v.snap.Clusters[cluster]).of[who]; ok {
		return true
	}
	if _, ok := v.people.quotas[quotaID{who, cluster}]; ok && !who.IsZero() {
		return true
	}
	return slices.ContainsFunc(v.people.grantsOf[who], func(g Grant) bool {
		return g.On.Cluster == cluster && !g.Expired(v.now)
	})
}
