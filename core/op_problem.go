package core

import (
	"context"
	"strings"
)

// ClearProblem takes a problem off everybody's list, until it is over and comes
// back. It changes nothing about what is wrong.
type ClearProblem struct {
	On   Ref    `json:"on"`   // as Problem.On
	What string `json:"what"` // as Problem.What
}

func (o ClearProblem) name() string { return Problem{On: o.On, What: o.What}.Name() }

// Spec describes the clearing.
func (o ClearProblem) Spec() Spec {
	return Spec{
		ID: "problem.clear", Title: "clear the problem of " + o.name(), Verb: VerbAdmin, Target: o.On,
		Effect:  "the problem of " + o.name() + " is off the list until it comes back",
		Command: []string{"problem", "clear", o.name()},
		Diff:    []Change{{Field: "problem", From: o.What}},
	}
}

func (o ClearProblem) check() error {
	if o.What == "" || len(o.What) > 300 || o.What != Printable(o.What) || strings.ContainsFunc(o.What, func(r rune) bool { return r > '~' || r <= ' ' }) {
		return Errorf(CodeInvalid, "no problem is named").WithHint("problem list shows them")
	}
	return checkKind(o.On, KindSite, KindCluster, KindNode, KindVM, KindUser, KindGroup)
}

func (o ClearProblem) run(_ context.Context, w *worker) error {
	id := clearedID{o.On, o.What}
	if !w.core.troubled(id, w.tx.now) {
		return Errorf(CodeNotFound, "%s has no such problem now", o.name()).WithHint("problem list shows what needs attention")
	}
	if c, ok := w.tx.rights().cleared[id]; ok {
		return Errorf(CodeConflict, "%s cleared that already", c.By)
	}
	return w.tx.put(clearedKey(o.On, o.What), Cleared{On: o.On, What: o.What, By: w.session.who, At: w.tx.now})
}
