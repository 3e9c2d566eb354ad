package core

import (
	"context"
	"strings"
	"time"
)

// EditNote writes the note on a VM, a node or a cluster; an empty text removes it.
// With Was, the text that the editor started from, it is refused where somebody
// else changed the note meanwhile.
type EditNote struct {
	On   Ref     `json:"on"`
	Text string  `json:"text"`
	Was  *string `json:"was,omitempty"`
}

// Spec describes the edit.
func (o EditNote) Spec() Spec {
	s := Spec{ID: "note.edit", Title: "write the note on " + o.On.String(), Verb: VerbManage, Target: o.On}
	group := "vm"
	switch o.On.Kind {
	case KindNode:
		group = "node"
	case KindCluster:
		group = "cluster"
	default:
		s.Verb = VerbModify
	}
	s.Command = []string{group, "note", o.On.String()}
	switch {
	case o.Text == "":
		s.Effect = "the note on " + o.On.String() + " is gone"
		s.Command = append(s.Command, "--clear")
	case strings.Contains(o.Text, "\n"):
		s.Effect = "who sees " + o.On.String() + " reads it"
		s.Command = append(s.Command, "--text", "-")
	default:
		s.Effect = "who sees " + o.On.String() + " reads it"
		s.Command = append(s.Command, "--text", o.Text)
	}
	if o.Was != nil {
		s.Diff = noteDiff(*o.Was, o.Text)
	}
	return s
}

// noteDiff says so where two notes differ only behind their first lines.
func noteDiff(from, to string) []Change {
	if from == to {
		return nil
	}
	return []Change{{Field: "note", From: noteWords(from), To: noteWords(to)}}
}

func (o EditNote) check() error {
	if err := checkNote(o.Text); err != nil {
		return err
	}
	return checkKind(o.On, KindVM, KindNode, KindCluster)
}

// need lets who administers a VM write its note also while gwm changes nothing on
// its cluster: the note is gwm's own.
func (o EditNote) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	verb := o.Spec().Verb
	if p.held(s.who, VerbManage, o.On, now).OK {
		verb = VerbManage
	}
	return o, verb, o.On, nil
}

func (o EditNote) run(_ context.Context, w *worker) error {
	if !w.core.exists(o.On) {
		return notFound(o.On)
	}
	old := w.tx.rights().notes[o.On]
	if o.Was != nil && old.Text != *o.Was {
		return Errorf(CodeConflict, "%s changed the note on %s meanwhile", changer(old), Printable(o.On.String())).
			WithHint("look at it again and repeat your change")
	}
	w.diff = noteDiff(old.Text, o.Text)
	if o.Text == "" {
		w.tx.remove(noteKey(o.On))
		return nil
	}
	return w.tx.put(noteKey(o.On), Note{On: o.On, Text: o.Text, By: w.session.who, At: w.tx.now})
}

// changer is who wrote a note last; one that is gone does not say.
func changer(n Note) string {
	if n.By == "" {
		return "somebody else"
	}
	return n.By
}
