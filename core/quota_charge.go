package core

import (
	"slices"
	"strings"
)

// charged is an Op that takes from somebody's quota. Session.Do refuses it where
// the quota does not suffice, and reserves what it takes until the clusters show
// its effect.
type charged interface {
	// charges says what each VM takes once the Op is done. It reads p and snap
	// only; a VM that they do not know is charged for nothing.
	charges(p *people, snap *Snapshot) []Charge
	// override is the reason for which a quota may be exceeded, where who asks
	// may do so; empty: it may not.
	override() string
}

// Charge is what a VM takes in all from the quota of a persona once an Op is
// done. What the VM takes already counts in any case, so that a zero Amount
// stands for the VM as it is. A zero Who is nobody: a VM without an owner.
type Charge struct {
	Who    Ref    `json:"who,omitzero"`
	VM     Ref    `json:"vm"`
	Amount Amount `json:"amount"`
}

// overrun is a resource of which more is wanted than a quota leaves.
type overrun struct {
	who     Ref
	cluster string
	res     Resource
	used    int
	wanted  int
	limit   int
}

// persona writes a user or a group in a sentence.
func persona(who Ref) string { return kindWord(who.Kind) + " " + who.Name }

// refusal says what does not fit, for who may not exceed the quota. boss tells
// that a reason would do, open that they may know the numbers.
func refusal(title string, over []overrun, boss, open bool) *Error {
	first := over[0]
	text := title + ": the quota of " + persona(first.who) + " on " + first.cluster + " does not suffice"
	if open {
		lines := make([]string, len(over))
		for i, o := range over {
			lines[i] = string(o.res) + ": " + o.res.Text(o.used) + " used, " + o.res.Text(o.wanted) + " more wanted, " +
				o.res.Text(o.limit) + " allowed"
		}
		text += " (" + strings.Join(lines, ", ") + ")"
	}
	err := Errorf(CodeLimit, "%s", text)
	if boss {
		return err.WithHint("raise the quota, or override it with a reason: --override REASON")
	}
	return err.WithHint("stop or remove other VMs of %s, or ask an administrator of %s", persona(first.who), first.cluster)
}

// passed says for the audit log which quota was exceeded, and by what right.
func passed(over []overrun, right string) string {
	lines := make([]string, len(over))
	for i, o := range over {
		lines[i] = string(o.res) + " " + o.res.Text(o.used+o.wanted) + " of " + o.res.Text(o.limit)
	}
	return "quota of " + over[0].who.Name + " on " + over[0].cluster + " exceeded: " + strings.Join(lines, ", ") + "; passed " + right
}

// overruns lists what charges would bring over the quotas, each on top of those
// before it.
func (a account) overruns(charges []Charge) []overrun {
	var over []overrun
	for i, c := range charges {
		over = append(over, a.after(charges[:i]).overrun(c)...)
	}
	return over
}

// after returns the account in which charges are reserved.
func (a account) after(charges []Charge) account {
	for _, c := range charges {
		a.book = a.book.with(reservation{Charge: c})
	}
	return a
}

// overrun compares one charge with the quota of who pays it. Only what grows is
// looked at: who is over a limit already may do what takes nothing of it.
func (a account) overrun(c Charge) []overrun {
	if c.Who.IsZero() {
		return nil
	}
	cluster := c.VM.Cluster
	wanted := c.Amount.most(a.takes(c.VM)).beyond(a.paid(c.Who, c.VM))
	u := a.usage(c.Who, cluster)
	var over []overrun
	for _, res := range Resources() {
		if limit := u.Limits.Of(res); limit != nil && wanted.Of(res) > 0 && u.Used.Of(res)+wanted.Of(res) > *limit {
			over = append(over, overrun{c.Who, cluster, res, u.Used.Of(res), wanted.Of(res), *limit})
		}
	}
	return over
}

// settleQuota decides whether the quotas allow what an Op takes. The note is for
// the audit log, where one is exceeded and who asks may do that.
func (s *Session) settleQuota(a account, op Op) (takes []Charge, note string, err *Error) {
	c, ok := op.(charged)
	if !ok {
		return nil, "", nil
	}
	takes = c.charges(a.people, a.snap)
	over := a.overruns(takes)
	if len(over) == 0 {
		return takes, "", nil
	}
	reason, cluster := c.override(), over[0].cluster
	because := ""
	if reason != "" {
		because = ": " + reason
	}
	if a.people.isAdmin(s.who) {
		return takes, passed(over, "as site administrator"+because), nil
	}
	boss := s.may(a.people, VerbManage, ClusterRef(cluster), a.now).OK
	if boss && reason != "" {
		return takes, passed(over, "as administrator of "+cluster+because), nil
	}
	hidden := slices.ContainsFunc(over, func(o overrun) bool { return !a.people.accountable(s.who, o.who, o.cluster, a.now) })
	return nil, "", refusal(op.Spec().Title, over, boss, !hidden)
}
