package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

// The states of what a dump holds, compared with what gwm has.
const (
	moveNew     = "new"     // it will be added
	moveSame    = "same"    // gwm has it just so
	moveDiffers = "differs" // gwm has it otherwise, and keeps that
	moveCannot  = "cannot"  // it is not carried over
	moveDone    = "done"    // it was new, and was added
	moveFailed  = "failed"  // it was new, and gwm refused it
)

// moveKinds are the kinds of things in a dump, in the order in which they are
// shown and done.
func moveKinds() []string {
	return []string{
		"cluster", "user", "key", "group", "member", "quota", "grant", "owner",
		"note", "template", "password", "history", "row",
	}
}

// moveItem is one thing of a dump.
type moveItem struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	State string `json:"state"`
	Why   string `json:"why,omitempty"`

	op    core.Op // what makes it so, where it is new
	later bool    // op needs people and clusters that other ops add
}

// move is a dump beside what gwm has, and what is to be done about it.
type move struct {
	dump  *gwmdump.Dump
	items []moveItem

	users  map[string]core.User
	groups map[string]core.Group
	keys   map[string]core.Key // by fingerprint
	grants map[[2]core.Ref]core.Grant
	quotas map[payerOn]core.Quota

	templates map[string]core.Template // by path

	view     *core.View
	adminKey bool // the keys of administrators are carried over too

	names    map[gwmdump.Who]core.Ref // what people are called here; missing: they are not carried over
	clusters map[string]string        // by slug, the same
	admins   map[string]bool          // who is an administrator here or there, by the name here
	sealed   map[string]core.Secret   // passwords of clusters that were asked for, by slug
}

// payerOn is who a quota is for, and where.
type payerOn struct {
	who     core.Ref
	cluster string
}

// planMove compares a dump with what gwm has.
func (t *tree) planMove(ctx context.Context, d *gwmdump.Dump, adminKey bool, passwords map[string]core.Secret) (*move, error) {
	m := &move{
		dump: d, view: t.Session.View(), adminKey: adminKey, sealed: passwords,
		users: map[string]core.User{}, groups: map[string]core.Group{}, keys: map[string]core.Key{},
		grants: map[[2]core.Ref]core.Grant{}, quotas: map[payerOn]core.Quota{},
		templates: map[string]core.Template{},
		names:     map[gwmdump.Who]core.Ref{}, clusters: map[string]string{}, admins: map[string]bool{},
	}
	if err := m.load(ctx, t.Session); err != nil {
		return nil, err
	}
	m.planClusters()
	m.planUsers()
	m.planKeys()
	m.planGroups()
	m.planQuotas()
	m.planGrants()
	m.planOwners()
	m.planNotes()
	m.planTemplates()
	m.planLeft()
	order := moveKinds()
	slices.SortStableFunc(m.items, func(a, b moveItem) int {
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	return m, nil
}

// load reads what gwm has.
func (m *move) load(ctx context.Context, s *core.Session) error {
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		m.users[u.Name], m.admins[u.Name] = u, u.Admin
		keys, err := s.Keys(ctx, u.Name)
		if err != nil {
			return err
		}
		for _, k := range keys {
			m.keys[k.Fingerprint] = k
		}
	}
	groups, err := s.Groups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		m.groups[g.Name] = g
	}
	grants, err := s.Grants(ctx, core.Ref{}, core.Ref{})
	if err != nil {
		return err
	}
	for _, g := range grants {
		m.grants[[2]core.Ref{g.Who, g.On}] = g
	}
	templates, err := s.Templates(ctx, "")
	if err != nil {
		return err
	}
	for _, t := range templates {
		m.templates[t.Path()] = t
	}
	quotas, err := s.Quotas(ctx, "")
	for _, q := range quotas {
		m.quotas[payerOn{q.Who, q.Cluster}] = q
	}
	return err
}

// add, same, differs and cannot put a thing into the plan.
func (m *move) add(kind, name, why string, op core.Op) {
	m.items = append(m.items, moveItem{Kind: kind, Name: name, State: moveNew, Why: why, op: op, later: laterKind(kind)})
}

func (m *move) same(kind, name string) {
	m.items = append(m.items, moveItem{Kind: kind, Name: name, State: moveSame})
}

func (m *move) differs(kind, name, here, there string) {
	m.items = append(m.items, moveItem{
		Kind: kind, Name: name, State: moveDiffers, Why: fmt.Sprintf("gwm keeps %s, the dump says %s", orNothing(here), orNothing(there)),
	})
}

func (m *move) cannot(kind, name, why string) {
	m.items = append(m.items, moveItem{Kind: kind, Name: name, State: moveCannot, Why: why})
}

// laterKind tells whether things of a kind are about people and clusters.
func laterKind(kind string) bool {
	return kind == "quota" || kind == "grant" || kind == "owner" || kind == "note" || kind == "template"
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// moveCounts are how many things of a kind are in each state.
type moveCounts struct {
	Kind    string `json:"kind"`
	New     int    `json:"new"`
	Same    int    `json:"same"`
	Differs int    `json:"differs"`
	Cannot  int    `json:"cannot"`
	Done    int    `json:"done"`
	Failed  int    `json:"failed"`
}

// counts leaves out the kinds of which there is nothing.
func (m *move) counts() []moveCounts {
	var all []moveCounts
	for _, kind := range moveKinds() {
		n := map[string]int{}
		for _, it := range m.items {
			if it.Kind == kind {
				n[it.State]++
			}
		}
		if len(n) > 0 {
			all = append(all, moveCounts{
				Kind: kind, New: n[moveNew], Same: n[moveSame], Differs: n[moveDiffers], Cannot: n[moveCannot],
				Done: n[moveDone], Failed: n[moveFailed],
			})
		}
	}
	return all
}

// steps lists what is to be done, first what other steps need.
func (m *move) steps() (first, later []*moveItem) {
	for i := range m.items {
		switch it := &m.items[i]; {
		case it.op == nil:
		case it.later:
			later = append(later, it)
		default:
			first = append(first, it)
		}
	}
	return first, later
}

// planLeft lists what has no place in gwm.
func (m *move) planLeft() {
	passwords := 0
	for _, u := range m.dump.Users {
		if u.Password {
			passwords++
		}
	}
	if passwords > 0 {
		m.cannot("password", number(passwords)+" of users", "hashes are not carried over; people log in with a key, or bring one with the code of gwm user invite")
	}
	for _, label := range slices.Sorted(maps.Keys(m.dump.Counts)) {
		_, table, _ := strings.Cut(label, ".")
		if what := map[string]string{"logitem": "the log", "ganetierror": "errors", "job": "jobs"}[table]; what != "" {
			m.cannot("history", number(m.dump.Counts[label])+" of "+what, "it stays in the dump: gwm records only what went through it")
		}
	}
	for _, p := range m.dump.Problems {
		m.cannot("row", p.Row, p.Why)
	}
}

// cutText is the first line of a text, of at most so many characters.
func cutText(s string, most int) string {
	line := []rune(strings.Join(strings.Fields(core.Printable(s)), " "))
	if len(line) > most {
		return string(line[:most-1]) + "…"
	}
	return string(line)
}
