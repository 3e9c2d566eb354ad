package tui

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// The kinds of rows that core has no Ref for. They are only selected.
const (
	kindKey       core.Kind = "key"
	kindToken     core.Kind = "token"
	kindApplicant core.Kind = "applicant"
)

// roster is who there is, as far as the person may see it: what the pages about
// people show and the palette completes. It is read outside Update, as a whole.
type roster struct {
	session *core.Session // whose eyes it was read with
	rev     uint64        // core.View.PeopleRev that it was read at
	users   []core.User
	groups  []core.Group
	keys    map[string]int                // how many, by user; who is missing has keys that are not for the person
	live    map[string][]core.SessionInfo // by user
	locks   map[core.Ref]core.Lock
	invites map[string]core.Invite // by user
	grants  []core.Grant           // on groups
	waiting []core.Applicant
	tokens  []core.Token

	templates []core.Template
}

// rosterMsg brings a roster, or why it could not be read.
type rosterMsg struct {
	roster roster
	err    error
}

func (m rosterMsg) reach(a *App) tea.Cmd {
	if m.err == nil {
		*a.people = m.roster
	}
	return nil
}

// rosterAge is when a roster is read again though no record changed: who is
// logged in is none.
const rosterAge = 10 * time.Second

// readRoster asks the session for everybody.
func readRoster(ctx context.Context, s *core.Session, rev uint64) (r roster, err error) {
	r = roster{session: s, rev: rev, keys: map[string]int{}, live: map[string][]core.SessionInfo{}, locks: map[core.Ref]core.Lock{}, invites: map[string]core.Invite{}}
	if r.users, err = s.Users(ctx); err != nil {
		return r, err
	}
	if r.groups, err = s.Groups(ctx); err != nil {
		return r, err
	}
	if err := r.readMarks(ctx, s); err != nil {
		return r, err
	}
	if r.waiting, err = s.Applicants(ctx); err != nil {
		return r, err
	}
	if r.tokens, err = s.Tokens(ctx); err != nil {
		return r, err
	}
	if r.templates, err = s.Templates(ctx, ""); err != nil {
		return r, err
	}
	grants, err := s.Grants(ctx, core.Ref{}, core.Ref{})
	if err != nil {
		return r, err
	}
	for _, g := range grants {
		if g.On.Kind == core.KindGroup {
			r.grants = append(r.grants, g)
		}
	}
	for _, i := range s.Sessions() {
		r.live[i.User] = append(r.live[i.User], i)
	}
	return r, r.readKeys(ctx, s)
}

// readMarks reads who is locked and who is invited.
func (r *roster) readMarks(ctx context.Context, s *core.Session) error {
	locks, err := s.Locks(ctx)
	if err != nil {
		return err
	}
	for _, l := range locks {
		r.locks[l.On] = l
	}
	invites, err := s.Invites(ctx)
	if err != nil {
		return err
	}
	for _, i := range invites {
		r.invites[i.User] = i
	}
	return nil
}

// readKeys counts the keys of those whose keys the person may see.
func (r *roster) readKeys(ctx context.Context, s *core.Session) error {
	me := s.User()
	for _, u := range r.users {
		if !me.Admin && u.Name != me.Name {
			continue
		}
		keys, err := s.Keys(ctx, u.Name)
		switch {
		case err == nil:
			r.keys[u.Name] = len(keys)
		case core.CodeOf(err) != core.CodeNotFound && core.CodeOf(err) != core.CodeDenied: // somebody was deleted meanwhile
			return err
		}
	}
	return nil
}

// readPeople reads the roster for completions, where it may have changed.
func (a *App) readPeople() tea.Cmd {
	s, rev := a.session, a.view.PeopleRev()
	if a.people.session == s && a.people.rev == rev {
		return nil
	}
	return a.call(func(ctx context.Context) tea.Msg {
		list, err := readRoster(ctx, s, rev)
		return rosterMsg{list, err}
	})
}

// known is the roster as far as it was read for the session on the screen.
func (a *App) known() *roster {
	if a.people.session != a.session {
		return &roster{}
	}
	return a.people
}

// user and group find somebody by name.
func (r *roster) user(name string) (core.User, bool) {
	at, ok := slices.BinarySearchFunc(r.users, name, func(u core.User, name string) int { return cmp.Compare(u.Name, name) })
	if !ok {
		return core.User{}, false
	}
	return r.users[at], true
}

func (r *roster) group(name string) (core.Group, bool) {
	at, ok := slices.BinarySearchFunc(r.groups, name, func(g core.Group, name string) int { return cmp.Compare(g.Name, name) })
	if !ok {
		return core.Group{}, false
	}
	return r.groups[at], true
}

// groupsOf lists the groups that a user is in, as far as they are to be seen.
func (r *roster) groupsOf(user string) []string {
	var names []string
	for _, g := range r.groups {
		if slices.Contains(g.Members, user) {
			names = append(names, g.Name)
		}
	}
	return names
}

// administers tells whether a user was made an administrator of a group.
func (r *roster) administers(user, group string) bool {
	return slices.ContainsFunc(r.grants, func(g core.Grant) bool {
		return g.Who == core.UserRef(user) && g.On == core.GroupRef(group)
	})
}

// rolls keeps the roster that a page shows fresh: one question at a time.
type rolls struct {
	host   *host
	at     time.Time
	asking bool
	have   bool
	failed *core.Error
}

// follow asks for the roster where it may have changed.
func (r *rolls) follow(v *core.View) tea.Cmd {
	rev, now := v.PeopleRev(), time.Now()
	if r.asking || r.have && r.host.people.session == r.host.session && r.host.people.rev == rev && now.Sub(r.at) < rosterAge {
		return nil
	}
	r.asking, r.at = true, now
	s := r.host.session
	return r.host.call(func(ctx context.Context) tea.Msg {
		list, err := readRoster(ctx, s, rev)
		return rosterMsg{list, err}
	})
}

// take takes over what was read. What was there stays where nothing could be.
func (r *rolls) take(m rosterMsg) {
	r.asking, r.failed = false, core.AsError(m.err)
	if m.err == nil {
		r.have = true
		*r.host.people = m.roster
	}
}
