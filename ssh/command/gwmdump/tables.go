package gwmdump

import (
	"fmt"
	"net/mail"
	"strings"
)

// sealMark begins a column that was encrypted.
const sealMark = "$AES$"

// tables are the rows by their keys, before the references are followed: the
// order of a dump promises nothing.
type tables struct {
	dump     *Dump
	known    bool // there was a row of a table that is read
	users    map[string]*User
	groups   map[string]*Group
	clusters map[string]*Cluster
	vms      map[string]*VM
	personas map[string]persona         // by the key of their cluster user
	columns  map[string]map[string]bool // those that are known, by model
	strays   map[string]int             // rows with a column that is not, by label and column
	missed   map[string]bool            // tables in which a row was looked for in vain
	order    []func()                   // what follows the references of a row, in the order of the file
	lists    []func()                   // what puts a row into its list
}

// persona is a row of a profile or an organization: who owns is one of them.
type persona struct{ user, group string } // keys, one of them

func newTables() *tables {
	return &tables{
		dump:  &Dump{Counts: map[string]int{}, passwords: map[string]string{}},
		users: map[string]*User{}, groups: map[string]*Group{},
		clusters: map[string]*Cluster{}, vms: map[string]*VM{}, personas: map[string]persona{},
		columns: known(), strays: map[string]int{}, missed: map[string]bool{},
	}
}

// add keeps what is named by its key, once, and by its name where references may
// use that.
func add[T any](t *tables, table map[string]*T, name, key, natural string, v *T, list func()) func() {
	return func() {
		if _, twice := table[key]; twice {
			t.problem(name, "there are two rows with this key")
			return
		}
		table[key] = v
		if natural != "" {
			table[naturalMark+natural] = v
		}
		t.lists = append(t.lists, list)
	}
}

func (t *tables) user(name, key string, f *fields) func() {
	u := &User{
		Name: f.text("username"), Email: f.text("email"), Admin: f.flag("is_superuser"), Active: f.flag("is_active"),
		FullName: strings.TrimSpace(f.text("first_name") + " " + f.text("last_name")),
	}
	// Django writes what nobody can log in with as an exclamation mark
	hash := f.text("password")
	u.Password = hash != "" && !strings.HasPrefix(hash, "!")
	if _, err := mail.ParseAddress(u.Email); err != nil {
		u.Email = ""
	}
	f.needs("username", u.Name)
	in := f.refs("groups")
	keep := add(t, t.users, name, key, u.Name, u, func() { t.dump.Users = append(t.dump.Users, *u) })
	return func() {
		keep()
		t.order = append(t.order, func() {
			if t.users[key] != u {
				return
			}
			for _, ref := range in {
				if g := t.groups[ref]; g != nil {
					g.Members = append(g.Members, u.Name)
				} else {
					t.dangling(name, "a group that it is in", ref, labelGroup)
				}
			}
		})
	}
}

func (t *tables) group(name, key string, f *fields) func() {
	g := &Group{Name: f.text("name")}
	f.needs("name", g.Name)
	return add(t, t.groups, name, key, g.Name, g, func() { t.dump.Groups = append(t.dump.Groups, *g) })
}

func (t *tables) cluster(name, key string, f *fields) func() {
	c := &Cluster{
		Slug: f.text("slug"), Host: strings.ToLower(f.text("hostname")), Port: f.number("port"),
		Description: f.text("description"), User: f.text("username"), Default: f.limits(),
	}
	password := f.text("password")
	c.Password = password != ""
	c.Sealed = strings.HasPrefix(password, sealMark)
	f.needs("hostname", c.Host)
	f.needs("slug", c.Slug)
	if c.Port < 1 || c.Port > 65535 {
		f.wrong("port", "a port")
	}
	return add(t, t.clusters, name, key, "", c, func() {
		t.dump.Clusters = append(t.dump.Clusters, *c)
		if c.Password && !c.Sealed {
			t.dump.passwords[c.Slug] = password
		}
	})
}

func (t *tables) vm(name, key string, f *fields) func() {
	v := &VM{Name: strings.ToLower(f.text("hostname")), Note: f.text("note_text")}
	f.needs("hostname", v.Name)
	cluster, owner := f.ref("cluster"), f.ref("owner")
	whole := true
	keep := add(t, t.vms, name, key, "", v, func() {
		if whole {
			t.dump.VMs = append(t.dump.VMs, *v)
		}
	})
	return func() {
		keep()
		t.order = append(t.order, func() {
			if t.vms[key] != v {
				return
			}
			c := t.clusters[cluster]
			if whole = c != nil; !whole {
				t.dangling(name, "its cluster", cluster, labelCluster)
				delete(t.vms, key)
				return
			}
			v.Cluster = c.Slug
			if owner == "" {
				return
			}
			var ok bool
			if v.Owner, ok = t.persona(owner); !ok {
				t.dangling(name, "its owner", owner, labelProfile, labelUser)
			}
		})
	}
}

func (t *tables) profile(_, key string, f *fields) func() {
	user := f.ref("user")
	return func() { t.personas[key] = persona{user: user} }
}

func (t *tables) organization(_, key string, f *fields) func() {
	group := f.ref("group")
	return func() { t.personas[key] = persona{group: group} }
}

// needs refuses a row without one of its names.
func (f *fields) needs(column, value string) {
	if value == "" && f.err == nil {
		f.err = fmt.Errorf("its %s is missing", column)
	}
}

func (f *fields) limits() Limits {
	return Limits{MemoryMiB: f.limit("ram"), DiskMiB: f.limit("disk"), VCPUs: f.limit("virtual_cpus")}
}
