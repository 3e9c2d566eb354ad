package core

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// holds tells whether the person holds verb on an object, whatever is locked:
// locks do not hide.
func (s *Session) holds(p *people, verb Verb, on Ref) bool {
	return p.held(s.who, verb, on, time.Now()).OK
}

// holdsOn is the error for who does not hold verb on a cluster: what is for whom, and
// which right is missing.
func (s *Session) holdsOn(ctx context.Context, verb Verb, cluster, forWhom string) error {
	p, err := s.reader(ctx)
	on := ClusterRef(cluster)
	switch {
	case err != nil:
		return err
	case !s.sees(p, on, time.Now()) || !s.core.exists(on):
		return notFound(on)
	case !s.holds(p, verb, on):
		return Errorf(CodeDenied, "%s: %s", forWhom, lacking(verb, on))
	}
	return nil
}

// Users returns the users that the person may see, by name: all for an
// administrator, otherwise themselves and who shares a group with them. Whether
// somebody has a second factor is for themselves and administrators.
func (s *Session) Users(ctx context.Context) ([]User, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := s.core.lastSeen(ctx)
	if err != nil {
		return nil, err
	}
	var users []User
	for _, u := range p.users {
		if s.holds(p, VerbSee, UserRef(u.Name)) {
			u.LastSeen = seen[u.Name]
			u.TOTP = u.TOTP && s.holds(p, VerbModify, UserRef(u.Name)) // who has none is the easier prey
			users = append(users, u)
		}
	}
	slices.SortFunc(users, func(a, b User) int { return cmp.Compare(a.Name, b.Name) })
	return users, nil
}

// lastSeen reads when each user logged in last. It is kept apart from the
// accounts, so that a login does not count as a change of them.
func (c *Core) lastSeen(ctx context.Context) (map[string]time.Time, error) {
	seen := map[string]time.Time{}
	var fault error
	err := c.store.List(ctx, prefixSeen, "", func(it Item) bool {
		var at time.Time
		fault = json.Unmarshal(it.Value, &at)
		seen[strings.TrimPrefix(it.Key, prefixSeen)] = at
		return fault == nil
	})
	if err := errors.Join(err, fault); err != nil {
		return nil, notRead(err)
	}
	return seen, nil
}

// Groups returns the groups that the person may see, by name: all for an
// administrator, otherwise those they are in or administer.
func (s *Session) Groups(ctx context.Context) ([]Group, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	var groups []Group
	for _, g := range p.groups {
		if s.holds(p, VerbSee, GroupRef(g.Name)) {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Compare(a.Name, b.Name) })
	return groups, nil
}

// Keys returns the keys of a user, oldest first: one's own, or anybody's for an
// administrator.
func (s *Session) Keys(ctx context.Context, user string) ([]Key, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	_, ok := p.users[user]
	switch on := UserRef(user); {
	case isLocal(s.who) && user == s.who:
		return nil, nil
	case !ok || !s.holds(p, VerbSee, on):
		return nil, Unknown(KindUser, user)
	case !s.holds(p, VerbModify, on):
		return nil, Errorf(CodeDenied, "the keys of %s are for themselves and site administrators only", user)
	}
	return p.keysOf(user), nil
}

// Grants returns the grants that the person may see: all on objects that they
// administer, and their own and their groups', also those that have expired. Zero
// Refs do not restrict.
func (s *Session) Grants(ctx context.Context, who, on Ref) ([]Grant, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	own := p.subjects(s.who)
	var grants []Grant
	for _, g := range p.grants {
		if !who.IsZero() && g.Who != who || !on.IsZero() && g.On != on {
			continue
		}
		if slices.Contains(own, g.Who) || s.holds(p, grantVerb(g.On), g.On) {
			grants = append(grants, g)
		}
	}
	slices.SortFunc(grants, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.On.String(), b.On.String()), cmp.Compare(a.Who.String(), b.Who.String()))
	})
	return grants, nil
}

// Locks returns the locks on what the person may see.
func (s *Session) Locks(ctx context.Context) ([]Lock, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	var locks []Lock
	for _, l := range p.locks {
		if s.sees(p, l.On, time.Now()) {
			locks = append(locks, l)
		}
	}
	slices.SortFunc(locks, func(a, b Lock) int { return cmp.Compare(a.On.String(), b.On.String()) })
	return locks, nil
}

// maxPrefs is how much a front end may keep for a user, in bytes.
const maxPrefs = 64 << 10

// Prefs returns the settings that a front end keeps for this user: a JSON
// object, "{}" where nothing was saved.
func (s *Session) Prefs(ctx context.Context) ([]byte, error) {
	if _, err := s.reader(ctx); err != nil {
		return nil, err
	}
	it, ok, err := s.core.store.Read(ctx, prefsKey(s.who))
	switch {
	case err != nil:
		return nil, notRead(err)
	case !ok:
		return []byte("{}"), nil
	}
	return it.Value, nil
}

// SavePrefs keeps a front end's settings for this user: a JSON object of at most
// 64 KiB.
func (s *Session) SavePrefs(ctx context.Context, prefs []byte) error {
	if _, err := s.reader(ctx); err != nil {
		return err
	}
	if s.parent != nil {
		return nil // what somebody else's screen looks like is theirs
	}
	prefs = bytes.TrimSpace(prefs)
	switch {
	case len(prefs) > maxPrefs:
		return Errorf(CodeLimit, "the settings have %d bytes, at most %d are possible", len(prefs), maxPrefs)
	case !json.Valid(prefs) || prefs[0] != '{':
		return Errorf(CodeInvalid, "the settings are not a JSON object")
	}
	return s.core.update(ctx, func(tx *txn) error { return tx.put(prefsKey(s.who), json.RawMessage(prefs)) })
}
