package core

import (
	"context"
	"slices"
	"strings"
)

// AddGroup, EditGroup (comment) and DeleteGroup manage groups, AddMember and
// RemoveMember who is in them. A site administrator adds groups; who holds admin
// on a group does the rest. With Was, what the editor started from, an edit is
// refused where somebody else changed the comment meanwhile.
type (
	AddGroup struct {
		Group Group `json:"group"`
	}
	EditGroup struct {
		Name    string `json:"name"`
		Comment string `json:"comment"`
		Was     *Group `json:"was,omitempty"`
	}
	DeleteGroup struct {
		Name string `json:"name"`
	}
	AddMember struct {
		Group string `json:"group"`
		User  string `json:"user"`
	}
	RemoveMember struct {
		Group string `json:"group"`
		User  string `json:"user"`
	}
)

// Spec describes the addition.
func (o AddGroup) Spec() Spec {
	s := Spec{
		ID: "group.add", Title: "add group " + o.Group.Name, Verb: VerbAdmin, Target: Site(), About: GroupRef(o.Group.Name),
		Effect:  "rights can be granted to " + o.Group.Name + "; its members have them all",
		Command: []string{"group", "add", o.Group.Name},
	}
	var d changes
	d.text("group", "", o.Group.Name)
	d.text("comment", "", o.Group.Comment)
	d.text("members", "", joinWords(o.Group.Members))
	if o.Group.Comment != "" {
		s.Command = append(s.Command, "--comment", o.Group.Comment)
	}
	d.text("source", "", o.Group.Source)
	if o.Group.Source != "" {
		s.Command = append(s.Command, flagWord(SourceLDAP, true))
	}
	if len(o.Group.Members) > 0 {
		s.Command = append(s.Command, "--member", strings.Join(o.Group.Members, ","))
	}
	s.Diff = d
	return s
}

// Spec describes the edit.
func (o EditGroup) Spec() Spec {
	return Spec{
		ID: "group.edit", Title: "edit group " + o.Name, Verb: VerbAdmin, Target: GroupRef(o.Name),
		Effect:  "the comment of " + o.Name + " is changed",
		Command: []string{"group", "edit", o.Name, "--comment", o.Comment},
	}
}

// Spec describes the deletion.
func (o DeleteGroup) Spec() Spec {
	return Spec{
		ID: "group.delete", Title: "delete group " + o.Name, Verb: VerbAdmin, Target: GroupRef(o.Name), Danger: Destructive,
		Effect:  "the group " + o.Name + " is gone, and its members lose what was granted to it",
		Command: []string{"group", "delete", o.Name, "--yes"},
		Diff:    []Change{{Field: "group", From: o.Name}},
	}
}

// Spec describes the addition.
func (o AddMember) Spec() Spec {
	return Spec{
		ID: "group.member.add", Title: "add " + o.User + " to group " + o.Group, Verb: VerbAdmin, Target: GroupRef(o.Group),
		Effect:  "the user " + o.User + " gets every right that " + o.Group + " has",
		Command: []string{"group", "member", "add", o.Group, o.User},
		Diff:    []Change{{Field: "member", To: o.User}},
	}
}

// Spec describes the removal.
func (o RemoveMember) Spec() Spec {
	return Spec{
		ID: "group.member.remove", Title: "remove " + o.User + " from group " + o.Group,
		Verb: VerbAdmin, Target: GroupRef(o.Group), Danger: Disruptive,
		Effect:  "the user " + o.User + " loses the rights that only " + o.Group + " has",
		Command: []string{"group", "member", "remove", o.Group, o.User},
		Diff:    []Change{{Field: "member", From: o.User}},
	}
}

func (o AddGroup) check() error {
	if err := CheckNewName(KindGroup, o.Group.Name); err != nil {
		return err
	}
	if err := checkSource(o.Group.Source); err != nil {
		return err
	}
	if len(o.Group.Members) > 0 {
		if err := o.Group.byHand(); err != nil {
			return err
		}
	}
	return checkText("the comment", o.Group.Comment)
}

func (o EditGroup) check() error {
	if err := checkText("the comment", o.Comment); err != nil {
		return err
	}
	return checkKind(GroupRef(o.Name), KindGroup)
}

func (o DeleteGroup) check() error { return checkKind(GroupRef(o.Name), KindGroup) }

func (o AddMember) check() error { return checkMember(o.Group, o.User) }

func (o RemoveMember) check() error { return checkMember(o.Group, o.User) }

func checkMember(group, user string) error {
	if err := checkKind(GroupRef(group), KindGroup); err != nil {
		return err
	}
	return checkKind(UserRef(user), KindUser)
}

func (o AddGroup) run(_ context.Context, w *worker) error {
	p, g := w.tx.rights(), o.Group
	if _, ok := p.groups[g.Name]; ok {
		return exists(GroupRef(g.Name))
	}
	g.Members = slices.Compact(slices.Sorted(slices.Values(g.Members)))
	for _, m := range g.Members {
		if _, ok := p.users[m]; !ok {
			return Unknown(KindUser, m)
		}
	}
	g.Created = w.tx.now
	return w.tx.put(groupKey(g.Name), g)
}

func (o EditGroup) run(_ context.Context, w *worker) error {
	g, ok := w.tx.rights().groups[o.Name]
	if !ok {
		return Unknown(KindGroup, o.Name)
	}
	var d, others changes
	if o.Was != nil {
		others.text("comment", o.Was.Comment, g.Comment)
	}
	if err := others.overtaken(o.Name); err != nil {
		return err
	}
	d.text("comment", g.Comment, o.Comment)
	w.diff = d
	g.Comment = o.Comment
	return w.tx.put(groupKey(g.Name), g)
}

func (o DeleteGroup) run(_ context.Context, w *worker) error {
	p, self := w.tx.rights(), GroupRef(o.Name)
	if _, ok := p.groups[o.Name]; !ok {
		return Unknown(KindGroup, o.Name)
	}
	for id := range p.grants {
		if id.who == self || id.on == self {
			w.tx.remove(grantKey(id.who, id.on))
		}
	}
	w.tx.removeQuotas(func(who Ref, _ string) bool { return who == self })
	w.tx.removeOwners(func(o Ownership) bool { return o.Owner == self })
	w.tx.remove(lockKey(self))
	w.tx.remove(groupKey(o.Name))
	return nil
}

func (o AddMember) run(_ context.Context, w *worker) error {
	g, in, err := o.member(w.tx.rights())
	if err != nil {
		return err
	}
	if err := g.byHand(); err != nil {
		return err
	}
	if in {
		return Errorf(CodeConflict, "%s is in %s already", o.User, o.Group)
	}
	g.Members = slices.Sorted(slices.Values(append(slices.Clone(g.Members), o.User)))
	return w.tx.put(groupKey(g.Name), g)
}

func (o RemoveMember) run(_ context.Context, w *worker) error {
	g, ok := w.tx.rights().groups[o.Group]
	if !ok {
		return Unknown(KindGroup, o.Group)
	}
	if err := g.byHand(); err != nil {
		return err
	}
	if !slices.Contains(g.Members, o.User) { // whether there is such a user is not said
		return Errorf(CodeNotFound, "%s is not in %s", o.User, o.Group)
	}
	g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m string) bool { return m == o.User })
	return w.tx.put(groupKey(g.Name), g)
}

// member looks the group and the user up, and whether the user is in it.
func (o AddMember) member(p *people) (g Group, in bool, err error) {
	g, ok := p.groups[o.Group]
	if !ok {
		return g, false, Unknown(KindGroup, o.Group)
	}
	if _, ok := p.users[o.User]; !ok {
		return g, false, Unknown(KindUser, o.User)
	}
	return g, slices.Contains(g.Members, o.User), nil
}
