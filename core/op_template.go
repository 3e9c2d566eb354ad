package core

import (
	"context"
	"time"
)

// SaveTemplate keeps a template. Without Was it is a new one and refused where
// there is one of that name; with Was, what the editor started from, it replaces
// it and is refused where somebody else changed it meanwhile. RemoveTemplate
// forgets one, CopyTemplate makes another of it, on the same cluster or another.
// All need to be allowed to create VMs on each cluster concerned.
type (
	SaveTemplate struct {
		Template Template  `json:"template"` // By and At are filled in
		Was      *Template `json:"was,omitempty"`
	}
	RemoveTemplate struct {
		Cluster string    `json:"cluster"`
		Name    string    `json:"name"`
		Was     *Template `json:"was,omitempty"`
	}
	CopyTemplate struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
		To      string `json:"to"`           // a cluster
		As      string `json:"as,omitempty"` // empty: the same name
	}
)

// maxTemplates is how many templates a cluster may have.
const maxTemplates = 500

// Spec describes the saving.
func (o SaveTemplate) Spec() Spec {
	t := o.Template
	s := Spec{
		ID: "template.save", Title: "save template " + t.Name, Verb: VerbCreateVM, Target: ClusterRef(t.Cluster),
		Effect:  "who may create VMs on " + t.Cluster + " can make them from " + t.Name + "; no VM changes",
		Command: append([]string{"template", "save", t.Path()}, t.Flags()...),
	}
	if t.Description != "" {
		s.Command = append(s.Command, "--description", t.Description)
	}
	if o.Was != nil {
		s.Command = append(s.Command, "--replace")
		s.Diff = t.changesFrom(*o.Was)
	} else {
		s.Diff = append([]Change{{Field: "template", To: t.Name}}, t.changesFrom(Template{})...)
	}
	return s
}

// Spec describes the removal.
func (o RemoveTemplate) Spec() Spec {
	return Spec{
		ID: "template.remove", Title: "remove template " + o.Name, Verb: VerbCreateVM, Target: ClusterRef(o.Cluster), Danger: Disruptive,
		Effect:  "no VM can be made from " + o.Name + " any more; those that were stay as they are",
		Command: []string{"template", "remove", o.Cluster + "/" + o.Name},
		Diff:    []Change{{Field: "template", From: o.Name}},
	}
}

// Spec describes the copy.
func (o CopyTemplate) Spec() Spec {
	return Spec{
		ID: "template.copy", Title: "copy template " + o.Name, Verb: VerbCreateVM, Target: ClusterRef(o.To),
		Effect:  "who may create VMs on " + o.To + " can make them from " + o.as(),
		Command: []string{"template", "copy", o.Cluster + "/" + o.Name, o.To + "/" + o.as()},
		Diff:    []Change{{Field: "template", To: o.as()}, {Field: "copied from", To: o.Cluster + "/" + o.Name}},
	}
}

// as is the name of the copy.
func (o CopyTemplate) as() string {
	if o.As == "" {
		return o.Name
	}
	return o.As
}

func (o SaveTemplate) check() error {
	t := o.Template
	if err := checkText("the description", t.Description); err != nil {
		return err
	}
	if o := t.VM; !o.VM.IsZero() || !o.Owner.IsZero() || !o.Node.IsZero() || !o.Secondary.IsZero() || o.imports() || o.DryRun || o.Override != "" {
		return Errorf(CodeInvalid, "a template says neither name nor owner nor node of a VM")
	}
	return t.Check()
}

// Check refuses, with CodeInvalid, what CreateVM would not take under any name.
func (t Template) Check() error {
	if err := CheckNewName(kindTemplate, t.Name); err != nil {
		return err
	}
	o := t.VM
	o.VM = VMRef(t.Cluster, t.Name)
	for _, check := range []func() error{o.checkWords, o.checkSize, o.checkDevices, o.checkParams, o.checkTags} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o RemoveTemplate) check() error {
	_, _, err := ParseTemplate(o.Cluster + "/" + o.Name)
	return err
}

func (o CopyTemplate) check() error {
	if _, _, err := ParseTemplate(o.Cluster + "/" + o.Name); err != nil {
		return err
	}
	if o.Cluster == o.To && o.as() == o.Name {
		return Errorf(CodeInvalid, "a copy of %s on the same cluster needs another name", o.Name).WithHint("write CLUSTER/NAME for the copy")
	}
	return CheckNewName(kindTemplate, o.as())
}

// need lets who administers the cluster keep templates of it also while gwm
// changes nothing there.
func (o SaveTemplate) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	on, verb := ClusterRef(o.Template.Cluster), VerbCreateVM
	if p.held(s.who, VerbManage, on, now).OK {
		verb = VerbManage
	}
	return o, verb, on, nil
}

// need answers for a template that the person may not use as for one that does
// not exist.
func (o RemoveTemplate) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	_, err := s.template(p, templateID{o.Cluster, o.Name}, now)
	return o, VerbCreateVM, ClusterRef(o.Cluster), err
}

// need asks for the right on the cluster to copy from here, and for that on the
// other as any op does.
func (o CopyTemplate) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	_, err := s.template(p, templateID{o.Cluster, o.Name}, now)
	return o, VerbCreateVM, ClusterRef(o.To), err
}

func (o SaveTemplate) run(_ context.Context, w *worker) error {
	p, t := w.tx.rights(), o.Template
	old, ok := p.templates[t.id()]
	switch {
	case o.Was == nil && ok:
		return Errorf(CodeConflict, "there is a template %s already", t.Path()).WithHint("choose another name, or edit that one")
	case o.Was != nil && !ok:
		return Errorf(CodeConflict, "somebody removed the template %s meanwhile", t.Path()).WithHint("save it as a new one")
	case o.Was != nil && !old.same(*o.Was):
		return Errorf(CodeConflict, "%s changed the template %s meanwhile", old.By, t.Path()).WithHint("look at it again and repeat your change")
	}
	return w.tx.putTemplate(t, w.session.who)
}

// putTemplate stores a template that somebody made.
func (tx *txn) putTemplate(t Template, by string) error {
	p := tx.rights()
	if _, ok := p.templates[t.id()]; !ok {
		n := 0
		for id := range p.templates {
			if id.cluster == t.Cluster {
				n++
			}
		}
		if n >= maxTemplates {
			return Errorf(CodeLimit, "%s has %d templates, which is the limit", t.Cluster, n).WithHint("remove one that is not used first")
		}
	}
	t.By, t.At = by, tx.now
	return tx.put(templateKey(t.Cluster, t.Name), t)
}

func (o RemoveTemplate) run(_ context.Context, w *worker) error {
	old, ok := w.tx.rights().templates[templateID{o.Cluster, o.Name}]
	if !ok {
		return Unknown(kindTemplate, o.Cluster+"/"+o.Name)
	}
	if o.Was != nil && !old.same(*o.Was) {
		return Errorf(CodeConflict, "%s changed the template %s meanwhile", old.By, old.Path()).WithHint("look at it again and repeat your change")
	}
	w.tx.remove(templateKey(o.Cluster, o.Name))
	return nil
}

func (o CopyTemplate) run(_ context.Context, w *worker) error {
	p := w.tx.rights()
	t, ok := p.templates[templateID{o.Cluster, o.Name}]
	if !ok {
		return Unknown(kindTemplate, o.Cluster+"/"+o.Name)
	}
	t.Cluster, t.Name = o.To, o.as()
	if _, ok := p.templates[t.id()]; ok {
		return Errorf(CodeConflict, "there is a template %s already", t.Path()).WithHint("choose another name for the copy")
	}
	return w.tx.putTemplate(t, w.session.who)
}

// removeTemplates deletes the templates of a cluster that is forgotten.
func (tx *txn) removeTemplates(cluster string) {
	for id := range tx.rights().templates {
		if id.cluster == cluster {
			tx.remove(templateKey(id.cluster, id.name))
		}
	}
}
