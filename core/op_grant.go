package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// SetGrant gives Verbs on On to Who, in place of what was granted before;
// RemoveGrant takes all of them. It needs admin on On. Nobody grants a verb that
// they do not hold, nor for longer or at other hours than they hold it. With Was,
// what the editor started from (without verbs: nothing was granted), both are
// refused where somebody else changed the grant meanwhile.
type (
	SetGrant struct {
		Who   Ref       `json:"who"`
		On    Ref       `json:"on"`
		Verbs []Verb    `json:"verbs"`
		Until time.Time `json:"until,omitzero"`
		Hours Hours     `json:"hours,omitzero"`
		Was   *Grant    `json:"was,omitempty"`
	}
	RemoveGrant struct {
		Who Ref    `json:"who"`
		On  Ref    `json:"on"`
		Was *Grant `json:"was,omitempty"`
	}
)

// whoWord is a user or a group as the command line takes it.
func whoWord(r Ref) string {
	if r.Kind == KindUser {
		return r.Name
	}
	return r.String()
}

// grantVerb is what it takes to give and take rights on an object.
func grantVerb(on Ref) Verb {
	if on.Kind == KindGroup {
		return VerbAdmin
	}
	return VerbManage
}

// Spec describes the grant.
func (o SetGrant) Spec() Spec {
	s := Spec{
		ID: "grant.set", Title: "grant " + joinWords(o.Verbs) + " on " + o.On.String() + " to " + o.Who.Name,
		Verb: grantVerb(o.On), Target: o.On,
		Effect: theOne(o.Who) + " gets " + joinWords(o.Verbs) + " on " + o.On.String() + ", in place of what was granted there before",
		Diff:   []Change{{Field: "grant " + o.Who.String(), To: joinWords(o.Verbs)}},
	}
	words := make([]string, len(o.Verbs))
	for i, v := range o.Verbs {
		words[i] = string(v)
	}
	s.Command = []string{"grant", "set", whoWord(o.Who), strings.Join(words, ","), o.On.String()}
	if o.Was != nil {
		s.Diff[0].From = joinWords(o.Was.Verbs)
	}
	if !o.Until.IsZero() {
		until := o.Until.UTC().Format(time.RFC3339)
		s.Effect += ", until " + until
		s.Command = append(s.Command, "--until", until)
		s.Diff = append(s.Diff, Change{Field: "until", To: until})
	}
	if !o.Hours.IsZero() {
		s.Effect += ", at the hours " + o.Hours.String()
		s.Command = append(s.Command, "--hours", o.Hours.String())
		s.Diff = append(s.Diff, Change{Field: "hours", To: o.Hours.String()})
	}
	return s
}

// Spec describes the removal.
func (o RemoveGrant) Spec() Spec {
	return Spec{
		ID: "grant.remove", Title: "take the rights on " + o.On.String() + " from " + o.Who.Name,
		Verb: grantVerb(o.On), Target: o.On, Danger: Disruptive,
		Effect:  theOne(o.Who) + " loses what was granted on " + o.On.String(),
		Command: []string{"grant", "remove", whoWord(o.Who), o.On.String()},
	}
}

func (o SetGrant) check() error {
	if err := checkGrantRefs(o.Who, o.On); err != nil {
		return err
	}
	words := make([]string, len(o.Verbs))
	for i, v := range o.Verbs {
		words[i] = string(v)
		if !slices.Contains(VerbsOn(o.On.Kind), v) {
			return Errorf(CodeInvalid, "%q is not a verb for a %s", Printable(words[i]), kindWord(o.On.Kind)).
				WithHint("verbs: %s", joinWords(VerbsOn(o.On.Kind)))
		}
	}
	_, err := ParseVerbs(o.On.Kind, words)
	return err
}

func (o RemoveGrant) check() error { return checkGrantRefs(o.Who, o.On) }

func checkGrantRefs(who, on Ref) error {
	if err := checkKind(who, KindUser, KindGroup); err != nil {
		return err
	}
	return checkKind(on, KindCluster, KindVM, KindGroup)
}

func (o SetGrant) run(_ context.Context, w *worker) error {
	p, tx := w.tx.rights(), w.tx
	for _, r := range []Ref{o.Who, o.On} {
		if !w.core.exists(r) {
			return notFound(r)
		}
	}
	if !o.Until.IsZero() && !tx.now.Before(o.Until) {
		return Errorf(CodeInvalid, "the grant would have ended at %s already", o.Until.UTC().Format(time.RFC3339))
	}
	if err := o.within(p, w.session.who, tx.now); err != nil {
		return err
	}
	old := p.grants[grantID{o.Who, o.On}]
	if err := old.changedSince(o.Was, o.Who, o.On); err != nil {
		return err
	}
	g := Grant{Who: o.Who, On: o.On, Until: o.Until.UTC(), Hours: o.Hours, By: w.session.who, At: tx.now}
	for _, v := range VerbsOn(o.On.Kind) {
		if slices.Contains(o.Verbs, v) {
			g.Verbs = append(g.Verbs, v)
		}
	}
	w.diff = []Change{{Field: "grant " + o.Who.String(), From: old.words(), To: g.words()}}
	return tx.put(grantKey(o.Who, o.On), g)
}

// changedSince refuses an edit that started from another grant than there is now;
// nil started from nothing that is known.
func (g Grant) changedSince(was *Grant, who, on Ref) error {
	if was == nil || was.words() == g.words() {
		return nil
	}
	return Errorf(CodeConflict, "%s changed the rights of %s on %s meanwhile", cmp.Or(g.By, "somebody else"), who, on).
		WithHint("they are now: %s; look at them again and repeat your change", cmp.Or(g.words(), "none"))
}

// within refuses verbs that who does not hold, and a longer time than theirs. One
// right of theirs must reach as far: two that end apart do not make a third.
func (o SetGrant) within(p *people, who string, now time.Time) error {
	for _, v := range o.Verbs {
		if d := p.held(who, v, o.On, now); !d.OK {
			return Errorf(CodeDenied, "you cannot grant %s on %s, because you do not hold it", v, o.On)
		}
	}
	if p.isAdmin(who) {
		return nil
	}
	for g := range p.grantsFor(who, grantVerb(o.On), o.On, now) {
		if (g.Until.IsZero() || o.endsBy(g.Until)) && (g.Hours.IsZero() || g.Hours.Equal(o.Hours)) {
			return nil
		}
	}
	until, hours := p.extent(who, grantVerb(o.On), o.On, now)
	if !until.IsZero() && !o.endsBy(until) {
		return endsEarlier(o.On, until).WithHint("let the grant end until then: --until %s", until.UTC().Format(time.RFC3339))
	}
	return Errorf(CodeDenied, "your own right on %s holds only at certain hours: %s", o.On, hours).
		WithHint("let the grant hold at the same hours: --hours %q", hours)
}

func (o SetGrant) endsBy(end time.Time) bool { return !o.Until.IsZero() && !o.Until.After(end) }

// endsEarlier refuses to give what would outlast the right of who gives it.
func endsEarlier(on Ref, end time.Time) *Error {
	return Errorf(CodeDenied, "your own right on %s ends at %s", on, end.UTC().Format(time.RFC3339))
}

// extent tells until when (zero: without end) and at which hours (zero: always) a
// person holds verb on an object, by the right of theirs that reaches furthest:
// one that always holds before one that lasts.
func (p *people) extent(who string, verb Verb, on Ref, now time.Time) (until time.Time, hours Hours) {
	if p.isAdmin(who) {
		return until, hours
	}
	var best *Grant
	for g := range p.grantsFor(who, verb, on, now) {
		if best == nil || g.reachesBeyond(*best) {
			best = &g
		}
	}
	if best == nil {
		return now, hours
	}
	return best.Until, best.Hours
}

// reachesBeyond orders the grants of one verb by what can be given with them.
func (g Grant) reachesBeyond(o Grant) bool {
	if g.Hours.IsZero() != o.Hours.IsZero() {
		return g.Hours.IsZero()
	}
	return !o.Until.IsZero() && (g.Until.IsZero() || g.Until.After(o.Until))
}

// words writes the verbs, the hours and the end of a grant.
func (g Grant) words() string {
	words := joinWords(g.Verbs)
	if !g.Hours.IsZero() {
		words += " at " + g.Hours.String()
	}
	if !g.Until.IsZero() {
		words += " until " + g.Until.UTC().Format(time.RFC3339)
	}
	return words
}

func (o RemoveGrant) run(_ context.Context, w *worker) error {
	g, ok := w.tx.rights().grants[grantID{o.Who, o.On}]
	if !ok {
		return Errorf(CodeNotFound, "%s was granted nothing on %s", o.Who, o.On).WithHint("grant list shows what was")
	}
	if err := g.changedSince(o.Was, o.Who, o.On); err != nil {
		return err
	}
	w.diff = []Change{{Field: "grant " + o.Who.String(), From: g.words()}}
	w.tx.remove(grantKey(o.Who, o.On))
	return nil
}
