package gwmdump

import (
	"maps"
	"slices"
	"strings"
)

// who finds a user or a group; of two references one is set.
func (t *tables) who(user, group string) (Who, bool) {
	if u := t.users[user]; user != "" && group == "" && u != nil {
		return Who{Name: u.Name}, true
	}
	if g := t.groups[group]; group != "" && user == "" && g != nil {
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
	t.unknown()
	t.partial()
	return t.dump
}

// The tables that others refer to.
const (
	labelUser    = "auth.user"
	labelGroup   = "auth.group"
	labelProfile = "authentication.profile"
	labelCluster = "clusters.cluster"
	labelVM      = "virtualmachines.virtualmachine"
)

// dangling notes a reference to a row that is not there, in one of some tables.
func (t *tables) dangling(row, what, ref string, labels ...string) {
	if ref == "" {
		t.problem(row, what+" is not said")
		return
	}
	t.problem(row, what+" is not there: "+strings.TrimPrefix(ref, naturalMark))
	for _, label := range labels {
		t.missed[label] = true
	}
}

// partial says first of all where a dump leaves out what its other tables refer to.
func (t *tables) partial() {
	rows := map[string]int{
		labelUser: len(t.users), labelGroup: len(t.groups), labelProfile: len(t.personas), labelCluster: len(t.clusters), labelVM: len(t.vms),
	}
	var missing []Problem
	for _, label := range slices.Sorted(maps.Keys(t.missed)) {
		if rows[label] == 0 {
			missing = append(missing, Problem{label, "the file has no rows of it, and others refer to some: dump the whole database"})
		}
	}
	t.dump.Problems = append(missing, t.dump.Problems...)
}

// perms reads a row of the permissions on one kind of object.
func (t *tables) perms(name, on string, f *fields) func() {
	user, group, obj := f.ref("user"), f.ref("group"), f.ref("obj")
	g := Grant{Perms: permNames(f)}
	return func() {
		t.lists = append(t.lists, func() {
			var ok bool
			if g.On, ok = t.object(on, obj); !ok {
				t.dangling(name, "what it is on", obj, map[string]string{"cluster": labelCluster, "virtualmachine": labelVM, "group": labelGroup}[on])
			} else if g.Who, ok = t.who(user, group); !ok {
				t.dangling(name, "whom it is for", user+group, map[bool]string{true: labelUser, false: labelGroup}[group == ""])
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
		if g := t.groups[ref]; g != nil {
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
				t.dangling(name, "whom it is for", who, labelProfile, labelUser)
			} else if c := t.clusters[cluster]; c == nil {
				t.dangling(name, "its cluster", cluster, labelCluster)
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
			if u := t.users[user]; u != nil {
				t.dump.Keys = append(t.dump.Keys, Key{User: u.Name, Line: line})
			} else {
				t.dangling(name, "whose it is", user, labelUser)
			}
		})
	}
}
