package core

import (
	"context"
	"strings"
)

// SetQuota bounds what a user or a group may use on a cluster, in place of what
// held for them before; with a zero Who it sets the cluster's default. RemoveQuota
// takes it away: then the default holds, or nothing where that itself is removed.
// With Was, what the editor started from (the zero Limits where there was none),
// both are refused where somebody else changed the quota meanwhile. Both need an administrator of the cluster.
type (
	SetQuota struct {
		Who     Ref     `json:"who,omitzero"`
		Cluster string  `json:"cluster"`
		Limits  Limits  `json:"limits"`
		Was     *Limits `json:"was,omitempty"`
	}
	RemoveQuota struct {
		Who     Ref     `json:"who,omitzero"`
		Cluster string  `json:"cluster"`
		Was     *Limits `json:"was,omitempty"`
	}
)

// QuotaDefaultWord stands for the default of a cluster where a command line names
// a user or a group.
const QuotaDefaultWord = "default"

// quotaWord is who a quota is for, as the command line takes it.
func quotaWord(who Ref) string {
	switch who {
	case Ref{}:
		return QuotaDefaultWord
	case UserRef(QuotaDefaultWord):
		return who.String()
	}
	return whoWord(who)
}

// quotaTitle names a quota in a sentence.
func quotaTitle(who Ref, cluster string) string {
	if who.IsZero() {
		return "the default quota on " + cluster
	}
	return "the quota of " + who.Name + " on " + cluster
}

// Spec describes the change.
func (o SetQuota) Spec() Spec {
	s := Spec{
		ID: "quota.set", Title: "set " + quotaTitle(o.Who, o.Cluster), Verb: VerbManage, Target: ClusterRef(o.Cluster),
		Effect:  "who is over the limits keeps what runs and gets no more",
		Command: append([]string{"quota", "set", quotaWord(o.Who), o.Cluster}, o.Limits.flags()...),
	}
	if o.Was != nil {
		s.Diff = o.Limits.changesFrom(*o.Was)
	}
	return s
}

// Spec describes the removal.
func (o RemoveQuota) Spec() Spec {
	s := Spec{
		ID: "quota.remove", Title: "remove " + quotaTitle(o.Who, o.Cluster), Verb: VerbManage, Target: ClusterRef(o.Cluster),
		Effect:  "the default of " + o.Cluster + " holds for " + o.Who.Name + " again",
		Command: []string{"quota", "remove", quotaWord(o.Who), o.Cluster},
	}
	if o.Who.IsZero() {
		s.Effect = "who has no quota of their own on " + o.Cluster + " is not limited any more"
	}
	return s
}

// flags writes limits as options of the command line.
func (l Limits) flags() []string {
	var words []string
	for _, f := range []struct {
		name string
		res  Resource
	}{{"--memory", ResourceMemory}, {"--disk", ResourceDisk}, {"--cpus", ResourceVCPUs}, {"--vms", ResourceVMs}} {
		text := Unlimited
		if n := l.Of(f.res); n != nil {
			text = f.res.Text(*n)
			if f.res.IsSize() {
				text = strings.TrimSuffix(strings.Replace(text, " ", "", 1), "iB")
			}
		}
		words = append(words, f.name, text)
	}
	return words
}

// changesFrom lists the limits that differ from old ones.
func (l Limits) changesFrom(old Limits) []Change {
	var d changes
	for _, r := range Resources() {
		d.text(string(r), old.Text(r), l.Text(r))
	}
	return d
}

// maxLimit bounds a number of virtual CPUs or VMs.
const maxLimit = 1 << 30

func (o SetQuota) check() error {
	for _, r := range Resources() {
		most := maxLimit
		if r.IsSize() {
			most = maxSizeMiB
		}
		if n := o.Limits.Of(r); n != nil && (*n < 0 || *n > most) {
			return Errorf(CodeInvalid, "%s cannot be limited to %d", r, *n).
				WithHint("use 0 for none, or %s", Unlimited)
		}
	}
	return checkQuotaRefs(o.Who, o.Cluster)
}

func (o RemoveQuota) check() error { return checkQuotaRefs(o.Who, o.Cluster) }

func checkQuotaRefs(who Ref, cluster string) error {
	if err := checkKind(ClusterRef(cluster), KindCluster); err != nil || who.IsZero() {
		return err
	}
	return checkKind(who, KindUser, KindGroup)
}

func (o SetQuota) run(_ context.Context, w *worker) error {
	for _, r := range []Ref{ClusterRef(o.Cluster), o.Who} {
		if !r.IsZero() && !w.core.exists(r) {
			return notFound(r)
		}
	}
	old, had := w.tx.rights().quotas[quotaID{o.Who, o.Cluster}]
	if err := old.changedSince(o.Was, o.Who, o.Cluster); err != nil {
		return err
	}
	w.diff = o.Limits.changesFrom(old.Limits)
	if !had {
		w.diff = o.Limits.allChanges()
	}
	return w.tx.put(quotaKey(o.Who, o.Cluster), Quota{
		Who: o.Who, Cluster: o.Cluster, Limits: o.Limits, By: w.session.who, At: w.tx.now,
	})
}

func (o RemoveQuota) run(_ context.Context, w *worker) error {
	old, ok := w.tx.rights().quotas[quotaID{o.Who, o.Cluster}]
	if !ok {
		return Errorf(CodeNotFound, "there is no such quota: %s", quotaTitle(o.Who, o.Cluster)).WithHint("quota list shows which there are")
	}
	if err := old.changedSince(o.Was, o.Who, o.Cluster); err != nil {
		return err
	}
	for _, c := range old.Limits.allChanges() {
		w.diff = append(w.diff, Change{Field: c.Field, From: c.To})
	}
	w.tx.remove(quotaKey(o.Who, o.Cluster))
	return nil
}

// allChanges lists limits that were set where there were none.
func (l Limits) allChanges() []Change {
	var all []Change
	for _, r := range Resources() {
		all = append(all, Change{Field: string(r), To: l.Text(r)})
	}
	return all
}

// changedSince refuses an edit that started from other limits than q has now; a
// zero q is none.
func (q Quota) changedSince(was *Limits, who Ref, cluster string) error {
	if was == nil || len(q.Limits.changesFrom(*was)) == 0 {
		return nil
	}
	by := "somebody else"
	if q.By != "" {
		by = q.By
	}
	return Errorf(CodeConflict, "%s changed %s meanwhile", by, quotaTitle(who, cluster)).WithHint("look at it again and repeat your change")
}

// removeQuotas deletes the quotas that concern says something is gone of.
func (tx *txn) removeQuotas(concern func(who Ref, cluster string) bool) {
	for id := range tx.rights().quotas {
		if concern(id.who, id.cluster) {
			tx.remove(quotaKey(id.who, id.cluster))
		}
	}
}
