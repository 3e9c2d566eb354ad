package core

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// people is an immutable picture of who there is and what they may: users,
// groups, keys, grants, locks, and the clusters' settings. rev is the store
// revision of keyPeople that it was taken at.
type people struct {
	rev      uint64
	users    map[string]User
	groups   map[string]Group
	keys     map[string]Key // by fingerprint
	locks    map[Ref]Lock
	notes    map[Ref]Note
	clusters map[string]Cluster
	grants   map[grantID]Grant
	quotas   map[quotaID]Quota
	owners   map[Ref]Ownership // by VM
	tokens   map[string]Token  // by ID
	invites  map[string]Invite // by hash
	waiting  map[string]Applicant
	cleared  map[clearedID]Cleared // problems

	templates map[templateID]Template
	backups   map[Ref]BackupMark // by the VM that has, or had, the name

	ownersRev uint64 // rev at which an owner changed last

	// Derived by index.
	grantsOf map[Ref][]Grant     // by subject, in no order
	groupsOf map[string][]string // names of the groups of a user, sorted
	grantsOn map[Ref][]Grant     // by object, in no order
}

// grantID is what there is at most one grant for.
type grantID struct{ who, on Ref }

// quotaID is what there is at most one quota for; a zero who is the cluster's
// default.
type quotaID struct {
	who     Ref
	cluster string
}

// apply returns the picture after puts and deletes were written at rev. p stays
// as it is; nil is the empty picture.
func (p *people) apply(rev uint64, puts map[string][]byte, deletes []string) (*people, error) {
	n, err := p.step(puts, deletes, map[string]bool{})
	if err != nil {
		return nil, err
	}
	n.rev = rev
	if n.ownersChanged(p) {
		n.ownersRev = rev
	}
	return n, nil
}

// ownersChanged tells whether owners were written since before.
func (p *people) ownersChanged(before *people) bool {
	return before == nil || !sameMap(before.owners, p.owners)
}

// step is apply for a picture that nobody else has yet: own names the prefixes
// whose maps are p's alone and are changed in place, so that many steps cost one
// copy. Those that step copied are added.
func (p *people) step(puts map[string][]byte, deletes []string, own map[string]bool) (*people, error) {
	n := &people{}
	if p != nil {
		*n = *p
	}
	touched, copied := map[string]bool{}, map[string]bool{}
	for key := range puts {
		touched[prefixOf(key)] = true
	}
	for _, key := range deletes {
		touched[prefixOf(key)] = true
	}
	for prefix := range touched {
		copied[prefix], own[prefix] = !own[prefix], true
	}
	n.copyMaps(copied)
	n.drop(deletes, touched)
	for key, value := range puts {
		if err := n.set(key, value); err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
	}
	if touched[prefixGroup] || n.groupsOf == nil {
		n.indexGroups()
	}
	if touched[prefixGrant] {
		n.indexGrants(puts, deletes, own)
	}
	return n, nil
}

// copyMaps makes the maps of some prefixes n's own.
func (n *people) copyMaps(changes map[string]bool) {
	n.users, n.groups = clone(n.users, changes[prefixUser]), clone(n.groups, changes[prefixGroup])
	n.keys, n.locks = clone(n.keys, changes[prefixKey]), clone(n.locks, changes[prefixLock])
	n.clusters, n.grants = clone(n.clusters, changes[prefixCluster]), clone(n.grants, changes[prefixGrant])
	n.grantsOf, n.grantsOn = clone(n.grantsOf, changes[prefixGrant]), clone(n.grantsOn, changes[prefixGrant])
	n.quotas, n.owners = clone(n.quotas, changes[prefixQuota]), clone(n.owners, changes[prefixOwner])
	n.tokens, n.invites = clone(n.tokens, changes[prefixToken]), clone(n.invites, changes[prefixInvite])
	n.waiting, n.notes = clone(n.waiting, changes[prefixApply]), clone(n.notes, changes[prefixNote])
	n.cleared = clone(n.cleared, changes[prefixCleared])
	n.templates, n.backups = clone(n.templates, changes[prefixShape]), clone(n.backups, changes[prefixBackup])
}

// prefixOf is the first part of a store key with its slash.
func prefixOf(key string) string {
	prefix, _, _ := strings.Cut(key, "/")
	return prefix + "/"
}

// sameMap tells whether two maps are one and the same: a picture shares with the
// one before it what nobody wrote.
func sameMap[K comparable, V any](a, b map[K]V) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// clone copies a map that is going to be changed; any other is shared.
func clone[K comparable, V any](m map[K]V, changes bool) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	if !changes {
		return m
	}
	return maps.Clone(m)
}

// set takes over one record; keys that are not about people are passed over.
func (p *people) set(key string, value []byte) error {
	switch prefixOf(key) {
	case prefixUser:
		return decodeInto(value, p.users, func(u User) string { return u.Name })
	case prefixGroup:
		return decodeInto(value, p.groups, func(g Group) string { return g.Name })
	case prefixKey:
		return decodeInto(value, p.keys, func(k Key) string { return k.Fingerprint })
	case prefixLock:
		return decodeInto(value, p.locks, func(l Lock) Ref { return l.On })
	case prefixNote:
		return decodeInto(value, p.notes, func(n Note) Ref { return n.On })
	case prefixCluster:
		return decodeInto(value, p.clusters, func(c Cluster) string { return c.Name })
	case prefixGrant:
		return decodeInto(value, p.grants, func(g Grant) grantID { return grantID{g.Who, g.On} })
	case prefixQuota:
		return decodeInto(value, p.quotas, func(q Quota) quotaID { return quotaID{q.Who, q.Cluster} })
	case prefixOwner:
		return decodeInto(value, p.owners, func(o Ownership) Ref { return o.VM })
	case prefixToken:
		return decodeInto(value, p.tokens, func(t Token) string { return t.ID })
	case prefixShape, prefixBackup:
		return p.setOfVMs(key, value)
	case prefixInvite:
		return decodeInto(value, p.invites, func(i Invite) string { return i.Hash })
	case prefixCleared:
		return decodeInto(value, p.cleared, func(c Cleared) clearedID { return clearedID{c.On, c.What} })
	case prefixApply:
		return decodeInto(value, p.waiting, func(a Applicant) string { return a.Name })
	}
	return nil
}

// setOfVMs takes over what VMs are made from.
func (p *people) setOfVMs(key string, value []byte) error {
	if prefixOf(key) == prefixShape {
		return decodeInto(value, p.templates, Template.id)
	}
	return decodeInto(value, p.backups, func(m BackupMark) Ref { return m.VM })
}

func decodeInto[K comparable, V any](value []byte, into map[K]V, key func(V) K) error {
	var v V
	if err := json.Unmarshal(value, &v); err != nil {
		return err
	}
	into[key(v)] = v
	return nil
}

// drop forgets records; touched has the prefixes of the keys.
func (p *people) drop(keys []string, touched map[string]bool) {
	if len(keys) == 0 {
		return
	}
	gone := map[string]bool{}
	for _, key := range keys {
		gone[key] = true
	}
	forget(p.users, touched[prefixUser], func(name string) bool { return gone[userKey(name)] })
	forget(p.groups, touched[prefixGroup], func(name string) bool { return gone[groupKey(name)] })
	forget(p.clusters, touched[prefixCluster], func(name string) bool { return gone[clusterKey(name)] })
	forget(p.keys, touched[prefixKey], func(fingerprint string) bool { return gone[keyKey(fingerprint)] })
	forget(p.locks, touched[prefixLock], func(on Ref) bool { return gone[lockKey(on)] })
	forget(p.notes, touched[prefixNote], func(on Ref) bool { return gone[noteKey(on)] })
	if touched[prefixGrant] {
		for _, id := range p.grantsNamed(gone) {
			delete(p.grants, id)
		}
	}
	forget(p.quotas, touched[prefixQuota], func(id quotaID) bool { return gone[quotaKey(id.who, id.cluster)] })
	if touched[prefixOwner] {
		for _, vm := range p.ownedNamed(gone) {
			delete(p.owners, vm)
		}
	}
	forget(p.tokens, touched[prefixToken], func(id string) bool { return gone[tokenKey(id)] })
	forget(p.invites, touched[prefixInvite], func(hash string) bool { return gone[inviteKey(hash)] })
	forget(p.cleared, touched[prefixCleared], func(id clearedID) bool { return gone[clearedKey(id.on, id.what)] })
	forget(p.templates, touched[prefixShape], func(id templateID) bool { return gone[templateKey(id.cluster, id.name)] })
	forget(p.backups, touched[prefixBackup], func(vm Ref) bool { return gone[backupKey(vm)] })
	forget(p.waiting, touched[prefixApply], func(name string) bool { return gone[applicantKey(name)] })
}

// forget deletes from m what is gone, where anything of its kind is.
func forget[K comparable, V any](m map[K]V, some bool, gone func(K) bool) {
	if some {
		maps.DeleteFunc(m, func(k K, _ V) bool { return gone(k) })
	}
}

// subjects lists the Refs whose grants a user has: their own and their groups'.
func (p *people) subjects(user string) []Ref {
	refs := []Ref{UserRef(user)}
	for _, g := range p.groupsOf[user] {
		refs = append(refs, GroupRef(g))
	}
	return refs
}

// keysOf lists a user's keys, oldest first.
func (p *people) keysOf(user string) []Key {
	var keys []Key
	for _, k := range p.keys {
		if k.User == user {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b Key) int {
		if c := a.Added.Compare(b.Added); c != 0 {
			return c
		}
		return strings.Compare(a.Fingerprint, b.Fingerprint)
	})
	return keys
}

// loadPeople reads the picture from the store and publishes it. Somebody may
// write meanwhile; then keyPeople has moved and it is read again.
func (c *Core) loadPeople(ctx context.Context) error {
	for {
		before, _, err := c.store.Read(ctx, keyPeople)
		if err != nil {
			return fmt.Errorf("read the accounts: %w", err)
		}
		puts := map[string][]byte{}
		for _, prefix := range peoplePrefixes {
			err := c.store.List(ctx, prefix, "", func(it Item) bool {
				puts[it.Key] = it.Value
				return true
			})
			if err != nil {
				return fmt.Errorf("list %s: %w", prefix, err)
			}
		}
		after, _, err := c.store.Read(ctx, keyPeople)
		if err != nil {
			return fmt.Errorf("read the accounts: %w", err)
		}
		if before.Rev != after.Rev {
			continue
		}
		p, err := (*people)(nil).apply(after.Rev, puts, nil)
		if err != nil {
			return err
		}
		c.people.Store(p)
		return nil
	}
}

// watchPeople takes over what other processes change in the accounts, until ctx
// ends.
func (c *Core) watchPeople(ctx context.Context) {
	for range c.store.Watch(ctx, keyPeople) {
		if err := c.takeOver(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("cannot read the accounts again", "err", err)
		}
	}
}

// takeOver reads the picture again where another process changed it.
func (c *Core) takeOver(ctx context.Context) error {
	old := c.people.Load()
	changed, err := c.reloadPeople(ctx)
	if changed {
		c.peopleChanged(old)
	}
	return err
}

func (c *Core) reloadPeople(ctx context.Context) (changed bool, err error) {
	if err := c.takeTurn(ctx); err != nil {
		return false, err
	}
	defer c.giveTurn()
	head, _, err := c.store.Read(ctx, keyPeople)
	if err != nil || head.Rev == c.people.Load().rev {
		return false, err
	}
	return true, c.loadPeople(ctx)
}

// peopleChanged follows up on a picture newer than old: sessions that lost their
// ground end, pollers follow the clusters, screens look again. A password is only
// written together with the settings of its cluster.
func (c *Core) peopleChanged(old *people) {
	c.endInvalid()
	c.vacate()
	if !sameMap(old.clusters, c.people.Load().clusters) {
		c.engine.inventory.Edited()
	}
	c.changed()
	c.awaitExpiry()
}

// awaitExpiry arranges that screens look again when the next grant begins or ends.
func (c *Core) awaitExpiry() {
	now, next := time.Now(), time.Time{}
	for _, g := range c.people.Load().grants {
		if turn := g.turns(now); !turn.IsZero() && (next.IsZero() || turn.Before(next)) {
			next = turn
		}
	}
	c.expiryMu.Lock()
	defer c.expiryMu.Unlock()
	if c.expiry != nil {
		c.expiry.Stop()
	}
	if !next.IsZero() && !c.stopped {
		c.expiry = time.AfterFunc(next.Sub(now), c.expired)
	}
}

// expired follows up on a grant that began or ended. Run waits for it.
func (c *Core) expired() {
	c.expiryMu.Lock()
	stopped := c.stopped
	if !stopped {
		c.tasks.Add(1)
	}
	c.expiryMu.Unlock()
	if stopped {
		return
	}
	defer c.tasks.Done()
	c.vacate()
	c.changed()
	c.awaitExpiry()
}

// stopExpiry ends that for good.
func (c *Core) stopExpiry() {
	c.expiryMu.Lock()
	defer c.expiryMu.Unlock()
	c.stopped = true
	if c.expiry != nil {
		c.expiry.Stop()
	}
}
