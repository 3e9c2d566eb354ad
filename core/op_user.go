package core

import (
	"context"
	"slices"
)

// AddUser, EditUser (comment, admin, disabled, source) and DeleteUser manage people;
// deleting removes keys, grants and memberships, audit records stay. The last
// enabled administrator can be neither deleted, disabled nor demoted. One's own
// comment everybody may change. With Was, what the editor started from, an edit
// is refused where somebody else changed the same fields meanwhile.
type (
	AddUser struct {
		User User  `json:"user"`
		Keys []Key `json:"keys,omitempty"`
	}
	EditUser struct {
		Name     string  `json:"name"`
		Comment  *string `json:"comment,omitempty"`
		Admin    *bool   `json:"admin,omitempty"`
		Disabled *bool   `json:"disabled,omitempty"`
		Was      *User   `json:"was,omitempty"`
		Source   *string `json:"source,omitempty"`
	}
	DeleteUser struct {
		Name string `json:"name"`
	}
)

// Spec describes the addition.
func (o AddUser) Spec() Spec {
	s := Spec{
		ID: "user.add", Title: "add user " + o.User.Name, Verb: VerbAdmin, Target: Site(), About: UserRef(o.User.Name),
		Effect:  "the user " + o.User.Name + " may log in with the given keys and sees nothing until rights are granted",
		Command: []string{"user", "add", o.User.Name},
	}
	var d changes
	d.text("user", "", o.User.Name)
	d.text("comment", "", o.User.Comment)
	d.flag("admin", false, o.User.Admin)
	d.flag("disabled", false, o.User.Disabled)
	d.text("source", "", o.User.Source)
	if o.User.Comment != "" {
		s.Command = append(s.Command, "--comment", o.User.Comment)
	}
	if o.User.Admin {
		s.Effect = "the user " + o.User.Name + " may log in with the given keys and do everything"
		s.Command = append(s.Command, "--admin")
	}
	if o.User.Source != "" {
		s.Effect += "; so does the password of the directory"
		s.Command = append(s.Command, flagWord(SourceLDAP, true))
	}
	if len(o.Keys) == 0 && o.User.Source == "" {
		s.Effect += "; without a key nobody can log in as " + o.User.Name
	}
	for _, k := range o.Keys {
		d.text("key", "", k.Fingerprint)
		s.Command = append(s.Command, "--key", k.line())
	}
	s.Diff = d
	return s
}

// Spec describes the edit.
func (o EditUser) Spec() Spec {
	s := Spec{
		ID: "user.edit", Title: "edit user " + o.Name, Verb: VerbAdmin, Target: UserRef(o.Name),
		Effect: "the account " + o.Name + " is changed", Command: []string{"user", "edit", o.Name},
	}
	if o.Comment != nil {
		s.Command = append(s.Command, "--comment", *o.Comment)
	}
	if o.Admin == nil && o.Disabled == nil && o.Source == nil {
		s.Verb = VerbModify
	}
	if o.Admin != nil {
		s.Command = append(s.Command, flagWord("admin", *o.Admin))
		s.Danger = Disruptive
		s.Effect = "the user " + o.Name + " becomes a site administrator, who may do everything"
		if !*o.Admin {
			s.Effect = "the user " + o.Name + " is no site administrator any more and keeps only what is granted"
		}
	}
	if o.Source != nil {
		s.Command = append(s.Command, flagWord(SourceLDAP, *o.Source != ""))
		s.Danger = Disruptive
		s.Effect += "; the password of the directory logs in as " + o.Name
		if *o.Source == "" {
			s.Effect += " no more, and sessions that it opened end now"
		}
	}
	if o.Disabled == nil {
		return s
	}
	word, effect := "enable", "the user "+o.Name+" may log in again"
	if *o.Disabled {
		word, effect, s.Danger = "disable", "the user "+o.Name+" may not log in; their sessions end now", Disruptive
	}
	if o.Comment == nil && o.Admin == nil && o.Source == nil {
		s.Title, s.Effect, s.Command = word+" user "+o.Name, effect, []string{"user", word, o.Name}
		return s
	}
	s.Effect += "; " + effect
	s.Command = append(s.Command, flagWord("disabled", *o.Disabled))
	return s
}

// Spec describes the deletion.
func (o DeleteUser) Spec() Spec {
	return Spec{
		ID: "user.delete", Title: "delete user " + o.Name, Verb: VerbAdmin, Target: UserRef(o.Name), Danger: Destructive,
		Effect:  "the account " + o.Name + " is gone with its keys, rights and memberships; what it did stays in the audit log",
		Command: []string{"user", "delete", o.Name, "--yes"},
		Diff:    []Change{{Field: "user", From: o.Name}},
	}
}

func (o AddUser) check() error {
	if err := CheckNewName(KindUser, o.User.Name); err != nil {
		return err
	}
	if err := checkSource(o.User.Source); err != nil {
		return err
	}
	for _, k := range o.Keys {
		if _, err := k.checked(); err != nil {
			return err
		}
	}
	return checkText("the comment", o.User.Comment)
}

func (o EditUser) check() error {
	if o.Comment == nil && o.Admin == nil && o.Disabled == nil && o.Source == nil {
		return Errorf(CodeInvalid, "nothing to change on %s", Printable(o.Name))
	}
	if o.Comment != nil {
		if err := checkText("the comment", *o.Comment); err != nil {
			return err
		}
	}
	if o.Source != nil {
		if err := checkSource(*o.Source); err != nil {
			return err
		}
	}
	return checkKind(UserRef(o.Name), KindUser)
}

func (o DeleteUser) check() error { return checkKind(UserRef(o.Name), KindUser) }

func (o AddUser) run(_ context.Context, w *worker) error {
	u := o.User
	if _, ok := w.tx.rights().users[u.Name]; ok {
		return exists(UserRef(u.Name))
	}
	u.Created, u.TOTP = w.tx.now, false
	for _, k := range o.Keys {
		if err := w.tx.putKey(u.Name, k); err != nil {
			return err
		}
	}
	return w.tx.put(userKey(u.Name), u)
}

func (o EditUser) run(_ context.Context, w *worker) error {
	p := w.tx.rights()
	old, ok := p.users[o.Name]
	if !ok {
		return Unknown(KindUser, o.Name)
	}
	if err := o.stale(old); err != nil {
		return err
	}
	u := old
	if o.Comment != nil {
		u.Comment = *o.Comment
	}
	if o.Admin != nil {
		u.Admin = *o.Admin
	}
	if o.Disabled != nil {
		u.Disabled = *o.Disabled
	}
	if o.Source != nil {
		u.Source = *o.Source
	}
	if p.isAdmin(o.Name) && (!u.Admin || u.Disabled) && p.lastAdmin(o.Name) {
		return lastAdmin(o.Name)
	}
	if u.Disabled {
		w.tx.removeInvites(u.Name) // or they would open again with the account
	}
	var d changes
	d.text("comment", old.Comment, u.Comment)
	d.flag("admin", old.Admin, u.Admin)
	d.flag("disabled", old.Disabled, u.Disabled)
	d.text("source", old.Source, u.Source)
	w.diff = d
	return w.tx.put(userKey(u.Name), u)
}

// stale refuses an edit of what somebody else changed since it began.
func (o EditUser) stale(now User) error {
	if o.Was == nil {
		return nil
	}
	var d changes
	if o.Comment != nil {
		d.text("comment", o.Was.Comment, now.Comment)
	}
	if o.Admin != nil {
		d.flag("admin", o.Was.Admin, now.Admin)
	}
	if o.Disabled != nil {
		d.flag("disabled", o.Was.Disabled, now.Disabled)
	}
	if o.Source != nil {
		d.text("source", o.Was.Source, now.Source)
	}
	return d.overtaken(o.Name)
}

func (o DeleteUser) run(_ context.Context, w *worker) error {
	p, tx := w.tx.rights(), w.tx
	if _, ok := p.users[o.Name]; !ok {
		return Unknown(KindUser, o.Name)
	}
	if p.isAdmin(o.Name) && p.lastAdmin(o.Name) {
		return lastAdmin(o.Name)
	}
	for _, k := range p.keysOf(o.Name) {
		tx.remove(keyKey(k.Fingerprint))
	}
	for _, g := range p.grantsOf[UserRef(o.Name)] {
		tx.remove(grantKey(g.Who, g.On))
	}
	for _, name := range p.groupsOf[o.Name] {
		g := p.groups[name]
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m string) bool { return m == o.Name })
		if err := tx.put(groupKey(name), g); err != nil {
			return err
		}
	}
	tx.removeInvites(o.Name)
	tx.removeQuotas(func(who Ref, _ string) bool { return who == UserRef(o.Name) })
	tx.removeOwners(func(owned Ownership) bool { return owned.Owner == UserRef(o.Name) })
	tx.remove(lockKey(UserRef(o.Name)))
	tx.remove(prefsKey(o.Name))
	tx.remove(seenKey(o.Name))
	tx.remove(factorKey(o.Name))
	tx.remove(userKey(o.Name))
	return nil
}

// lastAdmin tells whether nobody but the named user is an enabled site
// administrator.
func (p *people) lastAdmin(name string) bool {
	for other := range p.users {
		if other != name && p.isAdmin(other) {
			return false
		}
	}
	return true
}

func lastAdmin(name string) *Error {
	return Errorf(CodeState, "%s is the last site administrator", name).WithHint("make somebody else one first")
}
