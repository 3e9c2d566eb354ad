// Package ldap asks an LDAP directory who somebody is: core.Directory over LDAPv3
// (RFC 4511).
//
// It guarantees that no password travels without TLS unless the configuration
// says so, that an empty password and an entry without a name are never bound
// with (both would be an anonymous login that succeeds), that what a person types
// is no part of a filter but a value in it, that no referral is followed, and
// that a server which is slow, endless or broken costs one person some seconds.
package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"time"

	ldapv3 "github.com/go-ldap/ldap/v3"

	"gwm/core"
)

// Directory is a core.Directory. It keeps no connection.
type Directory struct {
	cfg  Config
	addr string
	tls  *tls.Config // nil: no TLS
}

// fill puts values into a filter, escaped.
func fill(filter, s, u string) string {
	return strings.NewReplacer("%s", ldapv3.EscapeFilter(s), "%u", ldapv3.EscapeFilter(u)).Replace(filter)
}

// Check implements core.Directory.
func (d *Directory) Check(ctx context.Context, name string, password core.Secret) (core.Person, error) {
	if password.IsZero() {
		return core.Person{}, core.Errorf(core.CodeDenied, "the password is empty")
	}
	return d.ask(ctx, name, func(conn *ldapv3.Conn, dn string) error {
		err := conn.Bind(dn, password.Reveal())
		if ldapv3.IsErrorAnyOf(err, ldapv3.LDAPResultInvalidCredentials, ldapv3.LDAPResultInappropriateAuthentication,
			ldapv3.LDAPResultUnwillingToPerform, ldapv3.LDAPResultConstraintViolation) {
			return core.Errorf(core.CodeDenied, "the password of %s is wrong, or the directory does not take it", core.Printable(name))
		}
		return err
	})
}

// Find implements core.Directory.
func (d *Directory) Find(ctx context.Context, name string) (core.Person, error) {
	return d.ask(ctx, name, func(*ldapv3.Conn, string) error { return nil })
}

// ask looks somebody up and then proves what there is to prove; for an unknown
// name it does that for an entry that there is not, so that it takes as long.
func (d *Directory) ask(ctx context.Context, name string, prove func(conn *ldapv3.Conn, dn string) error) (core.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	conn, err := d.connect(ctx)
	if err != nil {
		return core.Person{}, d.fault("connect to", err)
	}
	defer func() { _ = conn.Close() }()
	entry, err := d.entry(conn, name)
	if err != nil {
		return core.Person{}, d.fault("look in", err)
	}
	if entry == nil {
		_ = prove(conn, "cn=nobody,"+d.cfg.UserBase)
		return core.Person{}, core.Errorf(core.CodeDenied, "the directory does not know %s", core.Printable(name))
	}
	groups, err := d.groups(conn, entry.DN, name)
	if err != nil {
		return core.Person{}, d.fault("look for groups in", err)
	}
	if err := prove(conn, entry.DN); err != nil {
		if core.CodeOf(err) == core.CodeDenied {
			return core.Person{}, err
		}
		return core.Person{}, d.fault("ask", err)
	}
	return d.person(entry, name, groups)
}

// fault is the error of a directory that could not be asked.
func (d *Directory) fault(what string, err error) error {
	e := core.Errorf(core.CodeUnreachable, "%s the directory %s: %s", what, d.addr, core.Printable(err.Error()))
	e.Err = err
	return e
}

// entry finds the one entry of a person; nil where there is none, or more than
// one, which nobody could tell apart.
func (d *Directory) entry(conn *ldapv3.Conn, name string) (*ldapv3.Entry, error) {
	found, err := conn.Search(&ldapv3.SearchRequest{
		BaseDN: d.cfg.UserBase, Scope: ldapv3.ScopeWholeSubtree, DerefAliases: ldapv3.NeverDerefAliases,
		SizeLimit: 2, EnforceSizeLimit: true, TimeLimit: seconds(d.cfg.Timeout),
		Filter: fill(d.cfg.UserFilter, name, name), Attributes: attributes(d.cfg.NameAttr, d.cfg.FullAttr),
	})
	switch {
	case ldapv3.IsErrorAnyOf(err, ldapv3.LDAPResultSizeLimitExceeded) || errors.Is(err, ldapv3.ErrSizeLimitExceeded):
		return nil, nil
	case err != nil:
		return nil, err
	case len(found.Entries) != 1 || found.Entries[0].DN == "":
		return nil, nil
	}
	return found.Entries[0], nil
}

// maxGroups is how many groups of one person are looked at.
const maxGroups = 1000

// groups names the groups of an entry, in lower case, sorted.
func (d *Directory) groups(conn *ldapv3.Conn, dn, name string) ([]string, error) {
	if d.cfg.GroupBase == "" {
		return nil, nil
	}
	found, err := conn.Search(&ldapv3.SearchRequest{
		BaseDN: d.cfg.GroupBase, Scope: ldapv3.ScopeWholeSubtree, DerefAliases: ldapv3.NeverDerefAliases,
		SizeLimit: maxGroups, EnforceSizeLimit: true, TimeLimit: seconds(d.cfg.Timeout),
		Filter: fill(d.cfg.GroupFilter, dn, name), Attributes: attributes(d.cfg.GroupNameAttr),
	})
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, g := range found.Entries {
		if n := strings.ToLower(g.GetEqualFoldAttributeValue(d.cfg.GroupNameAttr)); n != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// person is what the directory says of an entry; the error says that they may
// not use gwm.
func (d *Directory) person(entry *ldapv3.Entry, name string, groups []string) (core.Person, error) {
	in := func(group string) bool { return slices.Contains(groups, strings.ToLower(group)) }
	p := core.Person{}
	for _, value := range entry.GetEqualFoldAttributeValues(d.cfg.NameAttr) {
		if strings.EqualFold(value, name) {
			p.Name = strings.ToLower(value)
		}
	}
	if d.cfg.FullAttr != "" {
		p.Comment = entry.GetEqualFoldAttributeValue(d.cfg.FullAttr)
	}
	switch {
	case p.Name == "":
		return core.Person{}, core.Errorf(core.CodeDenied, "the directory knows %s by another name", core.Printable(name))
	case d.cfg.RequireGroup != "" && !in(d.cfg.RequireGroup):
		return core.Person{}, core.Errorf(core.CodeDenied, "%s is not in the group %s of the directory", name, d.cfg.RequireGroup)
	case d.cfg.DenyGroup != "" && in(d.cfg.DenyGroup):
		return core.Person{}, core.Errorf(core.CodeDenied, "%s is in the group %s of the directory", name, d.cfg.DenyGroup)
	}
	if d.cfg.AdminGroup != "" {
		admin := in(d.cfg.AdminGroup)
		p.Admin = &admin
	}
	if d.cfg.MirrorGroups {
		p.Groups = groups
	}
	return p, nil
}

func attributes(names ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

// seconds is a time limit as the protocol has it, which knows no less than one.
func seconds(d time.Duration) int { return max(1, int(d/time.Second)) }
