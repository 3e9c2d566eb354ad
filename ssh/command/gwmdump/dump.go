// Package gwmdump reads a database dump of Ganeti Web Manager: the JSON that
// Django's dumpdata writes. It knows the tables of versions 0.7 to 0.11 and
// nothing of gwm.
//
// What a Dump holds is named, not numbered: every reference between rows was
// followed. A row that makes no sense, or that refers to one that is not there,
// is a Problem and costs nothing but itself. Of the passwords of people only is
// kept that there is one; those of clusters are kept where they can be read, apart
// from the lists. Text is as it was in the
// database: who shows it cleans it.
package gwmdump

// Dump is what a database held, each list in the order of the file.
type Dump struct {
	Users     []User
	Groups    []Group
	Clusters  []Cluster
	VMs       []VM
	Grants    []Grant
	Quotas    []Quota
	Keys      []Key
	Templates []Template
	// Counts tells how many rows there were of each table that is not read, by
	// label: "object_log.logitem".
	Counts   map[string]int
	Problems []Problem

	passwords map[string]string // of clusters, in the clear, by slug
}

// ClusterPassword returns the password of a cluster that the dump holds in the
// clear: dumpdata decrypts the column as it reads it, and until 0.7 it was never
// sealed. It is empty where there is none, or a sealed one.
func (d *Dump) ClusterPassword(slug string) string { return d.passwords[slug] }

// Problem is a row that could not be understood.
type Problem struct {
	Row string // label and key: "clusters.quota 7"
	Why string
}

// User is a person (auth.user).
type User struct {
	Name     string
	FullName string
	Email    string
	Admin    bool // is_superuser
	Active   bool
	Password bool // a usable password is kept of them
}

// Group is a group of people (auth.group).
type Group struct {
	Name    string
	Members []string // names of users, in the order of the file
}

// Who is a user or a group.
type Who struct {
	Group bool
	Name  string
}

// Cluster is a Ganeti cluster.
type Cluster struct {
	Slug        string // short name in addresses, unique
	Host        string
	Port        int
	Description string
	User        string // of the remote API; empty: it was only looked at
	Password    bool   // there is one
	Sealed      bool   // with the SECRET_KEY of the old site
	Default     Limits // of who has no quota of their own
}

// VM is a virtual machine.
type VM struct {
	Cluster string // slug
	Name    string
	Owner   Who // whose quota it is charged to; zero: nobody's
	Note    string
}

// Object is what a permission is on.
type Object struct {
	Cluster string // slug; empty: it is a group of people
	VM      string // empty: the cluster itself
	Group   string
}

// Grant is what somebody may do with an object: one row of the object
// permissions.
type Grant struct {
	Who   Who
	On    Object
	Perms []string // the columns that are set, sorted: "admin", "create_vm", "power"
}

// Limits bound what is used on a cluster; nil is unlimited.
type Limits struct {
	MemoryMiB *int
	DiskMiB   *int
	VCPUs     *int
}

// None tells whether nothing is limited.
func (l Limits) None() bool { return l == Limits{} }

// Quota is what a persona may use on a cluster, in place of its default.
type Quota struct {
	Who     Who
	Cluster string // slug
	Limits  Limits
}

// Key is a public SSH key of a user, as a line of an authorized_keys file.
type Key struct {
	User string
	Line string
}
