package command

import (
	"slices"
	"strings"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

// nameHere is what something of the dump is called in gwm: lower case, and in
// groups and clusters a dash for every run of other characters.
func nameHere(kind core.Kind, name string) (string, error) {
	name = strings.ToLower(name)
	if kind != core.KindUser { // who logs in types it: a user is not given another name
		name = strings.Trim(strings.Join(strings.FieldsFunc(name, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
		}), "-"), ".-")
	}
	return name, core.CheckNewName(kind, name)
}

// known keeps what a name of the dump is here, and refuses two that are the same.
func (m *move) known(who gwmdump.Who, here core.Ref) (twin string) {
	for other, ref := range m.names {
		if ref == here {
			return other.Name
		}
	}
	m.names[who] = here
	return ""
}

func (m *move) planUsers() {
	list := slices.Clone(m.dump.Users)
	slices.SortStableFunc(list, func(a, b gwmdump.User) int { return unlike(a.Name) - unlike(b.Name) })
	for _, u := range list {
		name, err := nameHere(core.KindUser, u.Name)
		if err != nil {
			m.cannot("user", u.Name, core.AsError(err).Message)
			continue
		}
		if twin := m.known(gwmdump.Who{Name: u.Name}, core.UserRef(name)); twin != "" {
			m.cannot("user", u.Name, "it would have the same name as "+twin+": upper and lower case are one here")
			continue
		}
		m.admins[name] = m.admins[name] || u.Admin
		want := core.User{Name: name, Comment: commentOf(u), Admin: u.Admin, Disabled: !u.Active}
		now, ok := m.users[name]
		here, there := userWords(now), userWords(want)
		switch {
		case !ok:
			m.add("user", name, there, core.AddUser{User: want})
		case here == there:
			m.same("user", name)
		default:
			m.differs("user", name, here, there)
		}
	}
}

// unlike orders names that are written here as there before the others.
func unlike(name string) int {
	if name == strings.ToLower(name) {
		return 0
	}
	return 1
}

// commentOf is the name and the address of a person.
func commentOf(u gwmdump.User) string {
	text := u.FullName
	if u.Email != "" {
		text = strings.TrimSpace(text + " <" + u.Email + ">")
	}
	return cutText(text, 256)
}

func userWords(u core.User) string {
	var w []string
	if u.Admin {
		w = append(w, "admin")
	}
	if u.Disabled {
		w = append(w, "disabled")
	}
	if u.Comment != "" {
		w = append(w, u.Comment)
	}
	return strings.Join(w, ", ")
}

func (m *move) planKeys() {
	taken := map[string]string{}
	count := map[string]int{}
	for print, k := range m.keys {
		taken[print] = k.User
		count[k.User]++
	}
	for _, k := range m.dump.Keys {
		who, ok := m.names[gwmdump.Who{Name: k.User}]
		if !ok {
			m.cannot("key", k.User, "this user is not carried over")
			continue
		}
		key, err := core.ParseKey(k.Line)
		if err != nil {
			m.cannot("key", who.Name, core.AsError(err).Message)
			continue
		}
		name := who.Name + " " + key.Fingerprint
		switch other, has := taken[key.Fingerprint]; {
		case has && other == who.Name:
			m.same("key", name)
		case has:
			m.cannot("key", name, "it is a key of "+other)
		case m.admins[who.Name] && !m.adminKey:
			m.cannot("key", name, "whoever had an account could add a key to an administrator there; look at it, then use --admin-keys")
		case count[who.Name] == mostKeys:
			m.cannot("key", name, "a user has at most "+number(mostKeys)+" keys")
		default:
			taken[key.Fingerprint] = who.Name
			count[who.Name]++
			key.Comment = cutText(key.Comment, 256)
			m.add("key", name, key.Comment, core.AddKey{User: who.Name, Key: key})
		}
	}
}

// mostKeys is how many keys core lets a user have.
const mostKeys = 50

func (m *move) planGroups() {
	for _, g := range m.dump.Groups {
		name, err := nameHere(core.KindGroup, g.Name)
		if err != nil {
			m.cannot("group", g.Name, core.AsError(err).Message)
			continue
		}
		if twin := m.known(gwmdump.Who{Group: true, Name: g.Name}, core.GroupRef(name)); twin != "" {
			m.cannot("group", g.Name, "it would have the same name as "+twin)
			continue
		}
		now, ok := m.groups[name]
		if ok {
			m.same("group", name)
		} else {
			want := core.Group{Name: name}
			if g.Name != name {
				want.Comment = cutText(g.Name, 256)
			}
			m.add("group", name, want.Comment, core.AddGroup{Group: want})
		}
		m.planMembers(g, now, name)
	}
}

// planMembers puts people into a group.
func (m *move) planMembers(g gwmdump.Group, now core.Group, name string) {
	for _, member := range g.Members {
		who, ok := m.names[gwmdump.Who{Name: member}]
		switch label := name + ": " + member; {
		case !ok:
			m.cannot("member", label, "this user is not carried over")
		case slices.Contains(now.Members, who.Name):
			m.same("member", name+": "+who.Name)
		case now.Source != "":
			m.cannot("member", name+": "+who.Name, "a directory says who is in this group")
		default:
			m.add("member", name+": "+who.Name, "", core.AddMember{Group: name, User: who.Name})
		}
	}
}
