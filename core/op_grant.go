package core

import (
	"context"
	"slices"
	"strings"
	"time"
)

// SetGrant gives Verbs on On to Who, in place of what was granted before;
// RemoveGrant takes all of them. It needs admin on On. Nobody grants a verb that
// they do not hold, nor for longer than they hold it.
type (
	SetGrant struct {
		Who   Ref       `json:"who"`
		On    Ref       `json:"on"`
		Verbs []Verb    `json:"verbs"`
		Until time.Time `json:"until,omitzero"`
	}
	RemoveGrant struct {
		Who Ref `json:"who"`
		On  Ref `json:"on"`
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
		Effect: o.Who.Name + " gets " + joinWords(o.Verbs) + " on " + o.On.String() + ", in place of what was granted there before",
		Diff:   []Change{{Field: "grant " + o.Who.String(), To: joinWords(o.Verbs)}},
	}
	words := make([]string, len(o.Verbs))
	for i, v := range o.Verbs {
		words[i] = string(v)
	}
	s.Command = []string{"grant", "set", whoWord(o.Who), strings.Join(words, ","), o.On.String()}
	if !o.Until.IsZero() {
		until := o.Until.UTC().Format(time.RFC3339)
		s.Effect += ", until " + until
		s.Command = append(s.Command, "--until", until)
		s.Diff = append(s.Diff, Change{Field: "until", To: until})
	}
	return s
}

// Spec describes the removal.
func (o RemoveGrant) Spec() Spec {
	return Spec{
		ID: "grant.remove", Title: "take the rights on " + o.On.String() + " from " + o.Who.Name,
		Verb: grantVerb(o.On), Target: o.On, Danger: Disruptive,
		Effect:  o.Who.Name + " loses what was granted on " + o.On.String(),
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
	g := Grant{Who: o.Who, On: o.On, Until: o.Until.UTC(), By: w.session.who, At: tx.now}
	for _, v := range VerbsOn(o.On.Kind) {
		if slices.Contains(o.Verbs, v) {
			g.Verbs = append(g.Verbs, v)
		}
	}
	w.diff = []Change{{Field: "grant " + o.Who.String(), From: old.words(), To: g.words()}}
	return tx.put(grantKey(o.Who, o.On), g)
}

// within refuses verbs that who does not hold, and a longer time than theirs.
func (o SetGrant) within(p *people, who string, now time.Time) error {
	for _, v := range o.Verbs {
		if d := p.held(who, v, o.On, now); !d.OK {
			return Errorf(CodeDenied, "you cannot grant %s on %s, because you do not hold it", v, o.On)
		}
	}
	end, ends := p.heldUntil(who, grantVerb(o.On), o.On, now)
	if ends && (o.Until.IsZero() || o.Until.After(end)) {
		text := end.UTC().Format(time.RFC3339)
		return Errorf(CodeDenied, "your own right on %s ends at %s", o.On, text).WithHint("let the grant end until then: --until %s", text)
	}
	return nil
}

// heldUntil tells when a person's right to verb on an object ends by itself;
// ends is false where it does not.
func (p *people) heldUntil(who string, verb Verb, on Ref, now time.Time) (end time.Time, ends bool) {
	if p.isAdmin(who) {
		return end, false
	}
	for {
		g, ok := p.grantFor(who, verb, on, now)
		if !ok {
			return now, true
		}
		if g.Until.IsZero() {
			return end, false
		}
		// Whatever else gives it at that moment carries on from there.
		now = g.Until
	}
}

// words writes the verbs and the end of a grant.
func (g Grant) words() string {
	if g.Until.IsZero() {
		return joinWords(g.Verbs)
	}
	return joinWords(g.Verbs) + " until " + g.Until.UTC().Format(time.RFC3339)
}

func (o RemoveGrant) run(_ context.Context, w *worker) error {
	g, ok := w.tx.rights().grants[grantID{o.Who, o.On}]
	if !ok {
		return Errorf(CodeNotFound, "%s was granted nothing on %s", o.Who, o.On).WithHint("grant list shows what was")
	}
	w.diff = []Change{{Field: "grant " + o.Who.String(), From: g.words()}}
	w.tx.remove(grantKey(o.Who, o.On))
	return nil
}
