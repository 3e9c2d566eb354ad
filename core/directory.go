package core

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// SourceLDAP in User.Source marks who may log in with the password of the
// directory, and in Group.Source a group whose members the directory says.
const SourceLDAP = "ldap"

// MethodPassword is the Credential.Method of who proved a password of the
// directory.
const MethodPassword = "password"

// opDirectory is the Op of the audit records of what the directory changed.
const opDirectory = "user.directory"

const (
	maxPassword     = 1024 // bytes
	maxPersonGroups = 500  // of one person in the directory
)

// passwordStep is what the time of a refusal is rounded up to, so that it does
// not tell an unknown name from a wrong password or a disabled account.
const passwordStep = time.Second

// Passwords tells whether people may log in with a password.
func (c *Core) Passwords() bool { return c.directory != nil }

// CheckPassword asks the directory whether the password is that of name and
// returns the name of the account, which Login makes where it is missing. The
// error is CodeDenied, with the same text and after the same time for every
// reason, or CodeUnreachable where the directory could not be asked. An empty
// password never reaches the directory, which might take it for no login at all
// and say yes (RFC 4513 section 5.1.2).
func (c *Core) CheckPassword(ctx context.Context, name string, password Secret, addr string) (user string, err error) {
	began := time.Now()
	name = strings.ToLower(name)
	reason, err := c.tryPassword(ctx, name, password)
	if reason == "" && err == nil {
		return name, nil
	}
	if err == nil {
		err = c.passwordRefused(ctx, name, addr, reason)
	}
	took := time.Since(began)
	if waitErr := pause(ctx, took.Truncate(passwordStep)+passwordStep-took); waitErr != nil {
		return "", waitErr
	}
	return "", err
}

// tryPassword says why the password lets nobody in, for the audit log.
func (c *Core) tryPassword(ctx context.Context, name string, password Secret) (reason string, err error) {
	switch {
	case c.directory == nil:
		return "passwords are not used here", nil
	case password.IsZero() || len(password.Reveal()) > maxPassword:
		return "the password is empty or too long", nil
	case CheckNewName(KindUser, name) != nil:
		return "the name cannot be that of a user", nil //nolint:nilerr // the reason is for the audit log
	}
	person, err := c.directory.Check(ctx, name, password)
	switch {
	case CodeOf(err) == CodeDenied:
		return AsError(err).Message, nil
	case err != nil:
		c.log.Warn("cannot ask the directory", "err", err)
		return "", Errorf(CodeUnreachable, "the directory that knows the passwords does not answer").
			WithHint("log in with a key, or try again later")
	}
	u, known := c.people.Load().users[name]
	switch {
	case person.Name != name:
		return "the directory knows this person by another name", nil
	case known && u.Source != SourceLDAP:
		return "the account is not one of the directory", nil
	case known && u.Disabled:
		return "the account is disabled", nil
	}
	return "", nil
}

// passwordRefused records a refusal: for an account in the audit log, otherwise,
// since anybody can make up names, in the log.
func (c *Core) passwordRefused(ctx context.Context, name, addr, reason string) error {
	answer := Errorf(CodeDenied, "permission denied")
	if _, known := c.people.Load().users[name]; !known {
		c.log.Info("password refused", "addr", addr, "reason", reason)
		return answer
	}
	err := c.update(ctx, func(tx *txn) error {
		tx.record(Record{
			Event: EventDenied, Op: opLogin, By: name, Addr: Printable(addr),
			Result: reason, Args: map[string]string{"method": MethodPassword},
		})
		return nil
	})
	if err != nil {
		return err
	}
	return answer
}

// look asks the directory about who logs in, where they are one of its people.
// A definite no is the reason that they may not; where the directory does not
// answer, what was known of them holds.
func (c *Core) look(ctx context.Context, cred Credential) (person *Person, reason *Error) {
	u, known := c.people.Load().users[cred.User]
	if c.directory == nil || known && (u.Source != SourceLDAP || u.Disabled) || !known && cred.Method != MethodPassword {
		return nil, nil
	}
	found, err := c.directory.Find(ctx, cred.User)
	switch {
	case CodeOf(err) == CodeDenied:
		return nil, AsError(err)
	case err != nil:
		c.log.Warn("cannot ask the directory", "err", err)
		return nil, nil
	case found.Name != cred.User:
		return nil, Errorf(CodeDenied, "the directory knows this person by another name")
	}
	return &found, nil
}

// follow makes an account and its groups what the directory says, and makes them
// where they are missing. A local account or group is never taken over, and the
// last site administrator stays one, as for EditUser.
func (tx *txn) follow(person Person, r Record) error {
	old, known := tx.rights().users[person.Name]
	if known && old.Source != SourceLDAP {
		return nil
	}
	u := old
	u.Name, u.Source = person.Name, SourceLDAP
	if person.Comment != "" {
		u.Comment = shortText(person.Comment)
	}
	if person.Admin != nil {
		u.Admin = *person.Admin
	}
	if p := tx.rights(); !u.Admin && p.isAdmin(u.Name) && p.lastAdmin(u.Name) {
		u.Admin = true
		no := r
		no.Event, no.Op, no.Target = EventDenied, opDirectory, UserRef(u.Name)
		no.Result = "the directory says that " + u.Name + " is no site administrator; they stay one, because there is no other"
		tx.record(no)
	}
	var d changes
	if !known {
		u.Created = tx.now
		d.text("user", "", u.Name)
	}
	d.text("comment", old.Comment, u.Comment)
	d.flag("admin", old.Admin, u.Admin)
	if len(d) > 0 {
		if err := tx.put(userKey(u.Name), u); err != nil {
			return err
		}
	}
	if person.Groups != nil {
		if err := tx.followGroups(person, &d); err != nil {
			return err
		}
	}
	if len(d) == 0 {
		return nil
	}
	r.Event, r.Op, r.Target, r.Changes = EventDone, opDirectory, UserRef(u.Name), d
	tx.record(r)
	return tx.advance()
}

// followGroups puts a person into the groups that the directory names and takes
// them out of its other ones.
func (tx *txn) followGroups(person Person, d *changes) error {
	p := tx.rights()
	names := slices.Compact(slices.Sorted(slices.Values(person.Groups)))
	for _, name := range names[:min(len(names), maxPersonGroups)] {
		g, known := p.groups[name]
		switch {
		case CheckNewName(KindGroup, name) != nil:
			tx.core.log.Info("group of the directory passed over: it cannot have this name here", slog.String("group", Printable(name)))
			continue
		case !known:
			g = Group{Name: name, Source: SourceLDAP, Created: tx.now}
		case g.Source != SourceLDAP || slices.Contains(g.Members, person.Name):
			continue
		}
		g.Members = slices.Sorted(slices.Values(append(slices.Clone(g.Members), person.Name)))
		d.text("group", "", name)
		if err := tx.put(groupKey(name), g); err != nil {
			return err
		}
	}
	for _, name := range p.groupsOf[person.Name] {
		g := p.groups[name]
		if g.Source != SourceLDAP || slices.Contains(names, name) {
			continue
		}
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m string) bool { return m == person.Name })
		d.text("group", name, "")
		if err := tx.put(groupKey(name), g); err != nil {
			return err
		}
	}
	return nil
}

// shortText makes a foreign text one that checkText accepts.
func shortText(s string) string {
	s = Printable(s)
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText-1]) + "…"
	}
	return s
}

// checkSource accepts where an account or a group comes from.
func checkSource(source string) error {
	if source == "" || source == SourceLDAP {
		return nil
	}
	return Errorf(CodeInvalid, "%q is no source of accounts", Printable(source)).WithHint("leave it empty, or say %s", SourceLDAP)
}

// byHand refuses what would be undone when somebody logs in next.
func (g Group) byHand() error {
	if g.Source != SourceLDAP {
		return nil
	}
	return Errorf(CodeState, "who is in %s is said by the directory (LDAP), not by hand", g.Name).
		WithHint("change the group there; it is looked at when somebody logs in")
}
