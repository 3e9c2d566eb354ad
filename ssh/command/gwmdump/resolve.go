package gwmdump

import "strings"

// byName finds what a natural reference names.
func byName[T any](table map[string]*T, ref string, name func(*T) string) *T {
	natural, ok := strings.CutPrefix(ref, naturalMark)
	if !ok {
		return table[ref]
	}
	for _, v := range table {
		if name(v) == natural {
			return v
		}
	}
	return nil
}

func (t *tables) userOf(ref string) *User {
	return byName(t.users, ref, func(u *User) string { return u.Name })
}

func (t *tables) groupOf(ref string) *Group {
	return byName(t.groups, ref, func(g *Group) string { return g.Name })
}

// who finds a user or a group; of two references one is set.
func (t *tables) who(user, group string) (Who, bool) {
	if u := t.userOf(user); user != "" && group == "" && u != nil {
		return Who{Name: u.Name}, true
	}
	if g := t.groupOf(group); group != "" && user == "" && g != nil {
		return Who{Group: true, Name: g.Name}, true
	}
	return Who{}, false
}

// persona finds who a cluster user is.
func (t *tables) persona(ref string) (Who, bool) {
	p, ok := t.personas[ref]
	if !ok {
		return Who{}, false
	}
	return t.who(p.user, p.group)
}

// resolve follows the references and puts the lists together. Those of VMs come
// first, because permissions name them.
func (t *tables) resolve() *Dump {
	for _, follow := range t.order {
		follow()
	}
	for _, list := range t.lists {
		list()
	}
	return t.dump
}

// perms reads a row of the permissions on one kind of object.
func (t *tables) perms(name, on string, f *fields) func() {
	user, group, obj := f.ref("user"), f.ref("group"), f.ref("obj")
	g := Grant{Perms: permNames(f)}
	return func() {
		t.lists = append(t.lists, func() {
			var ok bool
			if g.On, ok = t.object(on, obj); !ok {
				t.problem(name, "what it is on is not there: "+obj)
			} else if g.Who, ok = t.who(user, group); !ok {
				t.problem(name, "whom it is for is not there: "+user+group)
			} else if len(g.Perms) > 0 {
				t.dump.Grants = append(t.dump.Grants, g)
			}
		})
	}
}

// object finds what a permission is on.
func (t *tables) object(kind, ref string) (Object, bool) {
	switch kind {
	case "cluster":
		if c := t.clusters[ref]; c != nil {
			return Object{Cluster: c.Slug}, true
		}
	case "virtualmachine":
		if v := t.vms[ref]; v != nil {
			return Object{Cluster: v.Cluster, VM: v.Name}, true
		}
	case "group":
		if g := t.groupOf(ref); g != nil {
			return Object{Group: g.Name}, true
		}
	}
	return Object{}, false
}

func (t *tables) quota(name, _ string, f *fields) func() {
	who, cluster := f.ref("user"), f.ref("cluster")
	q := Quota{Limits: f.limits()}
	return func() {
		t.lists = append(t.lists, func() {
			var ok bool
			if q.Who, ok = t.persona(who); !ok {
				t.problem(name, "whom it is for is not there: "+who)
			} else if c := t.clusters[cluster]; c == nil {
				t.problem(name, "its cluster is not there: "+cluster)
			} else {
				q.Cluster = c.Slug
				t.dump.Quotas = append(t.dump.Quotas, q)
			}
		})
	}
}

func (t *tables) sshKey(name, _ string, f *fields) func() {
	user, line := f.ref("user"), strings.TrimSpace(f.text("key"))
	f.needs("key", line)
	return func() {
		t.lists = append(t.lists, func() {
			if u := t.userOf(user); u != nil {
				t.dump.Keys = append(t.dump.Keys, Key{User: u.Name, Line: line})
			} else {
				t.problem(name, "whose it is is not there: "+user)
			}
		})
	}
}
