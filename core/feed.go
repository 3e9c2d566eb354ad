package core

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// FeedKey is one line of a key feed: a public key and whose it is.
type FeedKey struct {
	Key  string `json:"key"` // as a line of authorized_keys: "TYPE BASE64 COMMENT"
	User string `json:"user"`
}

// Line is the key as a line of authorized_keys whose last word names the user,
// whatever the comment of the key says.
func (k FeedKey) Line() string { return k.Key + " gwm-user=" + k.User }

// feed lists the keys of who may log in to the machines of an object, by user and
// age: for the site users with a right on any cluster or VM, for a cluster users
// with a right on it or on a VM in it, for a VM users who hold VerbAdmin on it
// itself; and always the site administrators. It counts what was granted to a
// user or to a group of theirs and holds now. Accounts that are disabled, or bound
// by a lock on them or on a group of theirs, and keys that have expired are left
// out. Locks on objects change nothing: they freeze a machine in gwm, they do not
// empty it.
func (p *people) feed(on Ref, now time.Time) []FeedKey {
	users := map[string]bool{}
	for _, u := range p.users {
		users[u.Name] = u.Admin
	}
	for _, g := range p.grants {
		if !g.opens(on) || !g.Holds(now) {
			continue
		}
		names := []string{g.Who.Name}
		if g.Who.Kind == KindGroup {
			names = p.groups[g.Who.Name].Members
		}
		for _, name := range names {
			users[name] = true
		}
	}
	maps.DeleteFunc(users, func(name string, in bool) bool {
		u, ok := p.users[name]
		return !in || !ok || u.Disabled || p.bound(name)
	})
	var keys []Key
	for _, k := range p.keys {
		if users[k.User] && !k.Expired(now) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Or(cmp.Compare(a.User, b.User), a.Added.Compare(b.Added), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	feed := make([]FeedKey, len(keys))
	for i, k := range keys {
		feed[i] = FeedKey{Key: Printable(k.line()), User: k.User}
	}
	return feed
}

// opens tells whether a grant puts its subject on the machines of an object.
func (g Grant) opens(on Ref) bool {
	switch on.Kind {
	case KindSite:
		return g.On.Kind == KindCluster || g.On.Kind == KindVM
	case KindCluster:
		return g.On.Cluster == on.Cluster
	default:
		return g.On == on && slices.Contains(g.Verbs, VerbAdmin)
	}
}

// bound tells whether a lock on a user or on a group of theirs holds them.
func (p *people) bound(user string) bool {
	return slices.ContainsFunc(p.subjects(user), func(r Ref) bool { _, ok := p.locks[r]; return ok })
}
