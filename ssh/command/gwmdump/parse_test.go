package gwmdump

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func fixture(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/gwm-0.11.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// most is more than any of the files here.
const most = 1 << 20

// lists leaves out of a comparison what is asked for by name.
var lists = cmpopts.IgnoreUnexported(Dump{})

func n(i int) *int { return &i }

// TestParse reads a dump that was written by hand from the documented models and
// compares every field.
func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse(bytes.NewReader(fixture(t)), most)
	if err != nil {
		t.Fatal(err)
	}
	if p := got.ClusterPassword("oslo"); p != "InTheClear" || got.ClusterPassword("berlin") != "" {
		t.Errorf("oslo: %q, berlin: %q", p, got.ClusterPassword("berlin"))
	}
	for i := range got.Keys { // what matters of the base64 is that it is whole
		words := strings.Fields(got.Keys[i].Line)
		got.Keys[i].Line = words[0] + " " + words[len(words)-1]
	}
	small := Template{
		Cluster: "berlin", Name: "Small Web", Description: "for tests", OS: "debootstrap+default", Hypervisor: "kvm", DiskTemplate: "drbd",
		VCPUs: 2, Memory: 512, MinMemory: 256, Disks: []int{10240, 20480}, NICs: []NIC{{"bridged", "br0"}, {}}, Start: true, IPCheck: true,
		Primary: "node1.berlin.example.org", Secondary: "node2.berlin.example.org", Allocator: "hail",
		Params: map[string]string{
			"kernel_path": "/boot/vmlinuz", "root_path": "/", "serial_console": "True", "boot_order": "disk", "disk_type": "paravirtual",
			"nic_type": "paravirtual", "cdrom_image_path": "/srv/iso/one.iso", "cdrom2_image_path": "/srv/iso/two.iso",
		},
	}
	rome := small
	rome.Cluster, rome.Name, rome.Hypervisor, rome.Primary, rome.Secondary, rome.Allocator = "rome", "Rome", "", "", "", ""
	ann, carol, web := Who{Name: "ann"}, Who{Name: "Carol.M"}, Who{Group: true, Name: "Web Team"}
	want := &Dump{
		Users: []User{
			{Name: "admin", FullName: "Ada Admin", Admin: true, Active: true, Password: true},
			{Name: "ann", FullName: "Ann Operator", Email: "ann@example.org", Active: true, Password: true},
			{Name: "Carol.M", FullName: "Carol Meyer", Email: "carol@example.org", Active: true, Password: true},
			{Name: "dora"},
			{Name: "eve smith", Active: true, Password: true},
			{Name: "Ann", Active: true, Password: true},
		},
		Groups: []Group{{Name: "Web Team", Members: []string{"ann", "Carol.M"}}, {Name: "ops", Members: []string{"Carol.M"}}},
		Clusters: []Cluster{
			{
				Slug: "berlin", Host: "berlin.example.org", Port: 5080, Description: "production", User: "gwm", Password: true, Sealed: true,
				Default: Limits{MemoryMiB: n(16384), DiskMiB: n(102400), VCPUs: n(8)},
			},
			{Slug: "rome", Host: "rome.example.org", Port: 5080, Description: "third site", User: "gwm", Password: true, Sealed: true},
			{
				Slug: "oslo", Host: "oslo.example.org", Port: 5081, User: "gwm-oslo", Password: true,
				Default: Limits{MemoryMiB: n(8192), VCPUs: n(0)},
			},
		},
		VMs: []VM{
			{Cluster: "berlin", Name: "web1.example.org", Owner: ann, Note: "  Mind the\tgap \r\n\r\nask Ann first\r\n"},
			{Cluster: "berlin", Name: "web2.example.org", Owner: web, Note: "patch on Sundays\nonly"},
			{Cluster: "berlin", Name: "db1.example.org"},
			{Cluster: "berlin", Name: "gone1.example.org", Owner: carol, Note: "last will"},
			{Cluster: "rome", Name: "shop9.example.org", Owner: web, Note: "shop till you drop"},
		},
		Grants: []Grant{
			{web, Object{Cluster: "berlin"}, []string{"create_vm", "migrate"}},
			{Who{Group: true, Name: "ops"}, Object{Cluster: "berlin"}, []string{"admin"}},
			{ann, Object{Cluster: "rome"}, []string{"admin"}},
			{ann, Object{Cluster: "berlin", VM: "web1.example.org"}, []string{"power"}},
			{carol, Object{Cluster: "berlin", VM: "web2.example.org"}, []string{"admin"}},
			{carol, Object{Cluster: "berlin", VM: "gone1.example.org"}, []string{"modify", "power"}},
			{web, Object{Cluster: "rome", VM: "shop9.example.org"}, []string{"admin"}},
			{carol, Object{Group: "Web Team"}, []string{"admin"}},
		},
		Quotas: []Quota{
			{ann, "berlin", Limits{MemoryMiB: n(4096), VCPUs: n(4)}},
			{web, "rome", Limits{}},
		},
		Keys: []Key{
			{"ann", "ssh-ed25519 ann@laptop"},
			{"Carol.M", "ssh-ed25519 carol@laptop"},
			{"dora", "ssh-dss dora@desk"},
			{"admin", "ssh-ed25519 planted@laptop"},
		},
		Templates: []Template{
			small,
			{
				Cluster: "berlin", Name: "Xen", OS: "debootstrap+default", Hypervisor: "xen-pvm", DiskTemplate: "plain",
				VCPUs: 2, Memory: 512, Disks: []int{1024}, NICs: []NIC{{"routed", "br1"}}, NoInstall: true, NameCheck: true, IPCheck: true,
				Params: small.Params,
			},
			rome,
		},
		Counts: map[string]int{
			"contenttypes.contenttype": 1, "sessions.session": 1, "authentication.clusteruser": 8, "nodes.node": 1,
			"utils.ganetierror": 1, "jobs.job": 1, "object_log.logaction": 1, "object_log.logitem": 3,
			"auth.permission": 1, "sites.site": 1, "south.migrationhistory": 1,
		},
		Problems: []Problem{
			{"virtualmachines.virtualmachine 6", "its cluster is not there: 9"},
			{"ganeti_web.virtualmachine_perms 6", "what it is on is not there: 77"},
			{"utils.quota 3", "whom it is for is not there: 99"},
		},
	}
	if diff := cmp.Diff(want, got, lists); diff != "" {
		t.Error(diff)
	}
}

// TestOldAndNatural reads the tables of 0.9, which were one application's, with
// people referred to by name as dumpdata --natural does.
func TestOldAndNatural(t *testing.T) {
	t.Parallel()
	got, err := Parse(strings.NewReader(`[
		{"model": "object_permissions.virtualmachine_perms", "pk": 1, "fields": {"user": null, "group": ["ops"], "obj": 4, "power": 1, "admin": 0}},
		{"model": "ganeti_web.virtualmachine", "pk": 4, "fields": {"hostname": "WEB1", "cluster": 3, "owner": 8}},
		{"model": "ganeti_web.cluster", "pk": 3, "fields": {"hostname": "c1", "slug": "c1", "port": 5080}},
		{"model": "ganeti_web.organization", "pk": 8, "fields": {"group": ["ops"]}},
		{"model": "ganeti_web.sshkey", "pk": 2, "fields": {"user": ["ann"], "key": "ssh-rsa AAAA x"}},
		{"model": "auth.user", "pk": "9", "fields": {"username": "ann", "is_active": 1, "is_superuser": "0", "groups": [["ops"]]}},
		{"model": "auth.group", "pk": 5, "fields": {"name": "ops"}},
		{"model": "ganeti_web.virtualmachinetemplate", "pk": 1, "fields": {"template_name": "one", "cluster": 3, "disk_size": 2048, "nic_mode": "bridged",
			"nic_link": "br0", "boot_order": "cd", "root_path": "", "disks": null, "nics": ""}},
		{"model": "ganeti_web.virtualmachinetemplate", "pk": 2, "fields": {"template_name": null, "cluster": 3, "disk_size": 2048}}
	]`), most)
	if err != nil {
		t.Fatal(err)
	}
	ops := Who{Group: true, Name: "ops"}
	want := &Dump{
		Users: []User{{Name: "ann", Active: true}}, Groups: []Group{{"ops", []string{"ann"}}},
		Clusters: []Cluster{{Slug: "c1", Host: "c1", Port: 5080}}, VMs: []VM{{Cluster: "c1", Name: "web1", Owner: ops}},
		Grants: []Grant{{ops, Object{Cluster: "c1", VM: "web1"}, []string{"power"}}},
		Templates: []Template{{
			Cluster: "c1", Name: "one", Disks: []int{2048}, NICs: []NIC{{"bridged", "br0"}}, Params: map[string]string{"boot_order": "cd"},
		}},
		Keys: []Key{{"ann", "ssh-rsa AAAA x"}}, Counts: map[string]int{},
	}
	if diff := cmp.Diff(want, got, lists); diff != "" {
		t.Error(diff)
	}
}

// TestBadRows holds that a row that makes no sense costs nothing but itself.
func TestBadRows(t *testing.T) {
	t.Parallel()
	const good = `{"model": "auth.group", "pk": 1, "fields": {"name": "ops"}}`
	for row, want := range map[string]Problem{
		`17`:                     {"entry 1", "it is not a row of a table"},
		`{"pk": 1}`:              {"entry 1", "it does not say which table it is of"},
		`{"model": "auth.user"}`: {"entry 1", "a row of auth.user has no key"},
		`{"model": "auth.user", "pk": 1, "fields": {}}`:                                                   {"auth.user 1", "its username is missing"},
		`{"model": "auth.user", "pk": 1, "fields": {"username": 7}}`:                                      {"auth.user 1", "its username is not a text"},
		`{"model": "auth.user", "pk": 1, "fields": {"username": "a", "is_active": "maybe"}}`:              {"auth.user 1", "its is_active is not yes or no"},
		`{"model": "auth.user", "pk": 1, "fields": {"username": "a", "groups": [8]}}`:                     {"auth.user 1", "a group that it is in is not there: 8"},
		`{"model": "auth.user", "pk": 1, "fields": {"username": "a", "groups": [{}]}}`:                    {"auth.user 1", "its groups is not a list of references"},
		`{"model": "auth.group", "pk": 1, "fields": {"name": "twice"}}`:                                   {"auth.group 1", "there are two rows with this key"},
		`{"model": "clusters.cluster", "pk": 1, "fields": {"hostname": "c", "slug": "c", "port": 0}}`:     {"clusters.cluster 1", "its port is not a port"},
		`{"model": "clusters.cluster", "pk": 1, "fields": {"hostname": "c", "slug": "c", "port": "1e9"}}`: {"clusters.cluster 1", "its port is not a whole number"},
		`{"model": "utils.quota", "pk": 1, "fields": {"user": 1, "cluster": 1, "ram": -5}}`:               {"utils.quota 1", "its ram is not a limit"},
		`{"model": "utils.sshkey", "pk": 1, "fields": {"user": 1, "key": ""}}`:                            {"utils.sshkey 1", "its key is missing"},
	} {
		file := "[" + row + "," + good + "]"
		if strings.Contains(row, "twice") {
			file = "[" + good + "," + row + "]"
		}
		got, err := Parse(strings.NewReader(file), most)
		if err != nil {
			t.Errorf("%s: %v", row, err)
			continue
		}
		if diff := cmp.Diff([]Problem{want}, got.Problems); diff != "" {
			t.Errorf("%s:\n%s", row, diff)
		}
		if len(got.Groups) != 1 || got.Groups[0].Name != "ops" {
			t.Errorf("%s: the good row is lost: %v", row, got.Groups)
		}
	}
}

// TestNotADump holds what is said of files that are none.
func TestNotADump(t *testing.T) {
	t.Parallel()
	whole := string(fixture(t))
	for file, want := range map[string]string{
		"":                          "it does not begin with a list",
		"CommandError: no database": "it does not begin with a list",
		"{}":                        "it does not begin with a list",
		"[]":                        "it holds no rows",
		"[]]":                       "something follows the list",
		whole + whole:               "something follows the list",
		whole[:len(whole)/2]:        "it breaks off or is damaged in entry",
		whole[:len(whole)-2]:        "it breaks off",
	} {
		if _, err := Parse(strings.NewReader(file), most); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.30q: %v, want %s", file, err, want)
		}
	}
	broken := errors.New("the disk is on fire")
	if _, err := Parse(readerOf{broken}, most); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// readerOf is a reader that fails.
type readerOf struct{ err error }

func (r readerOf) Read([]byte) (int, error) { return 0, r.err }

// TestNoSecrets holds that no password is in the lists of a dump, be it hashed,
// sealed or in the clear.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	d, err := Parse(bytes.NewReader(fixture(t)), most)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"pbkdf2", "NotCarried", "AES", "6331", "InTheClear"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s is kept", secret)
		}
		if !bytes.Contains(fixture(t), []byte(secret)) {
			t.Errorf("%s is not in the fixture", secret)
		}
	}
}

// FuzzParse holds that whatever is read, every reference of the result leads to
// something in it.
func FuzzParse(f *testing.F) {
	f.Add(fixture(f))
	f.Add([]byte(`[{"model": "auth.user", "pk": 1, "fields": {"username": "a", "groups": [["b"]]}}]`))
	f.Add([]byte(`[{"model": "x.cluster_perms", "pk": 1, "fields": {"obj": 1, "user": 1, "a": true}}]`))
	f.Add([]byte(`[{"model": "x.virtualmachine", "pk": 1, "fields": {"hostname": "v", "cluster": 1}}, {"model": "x.virtualmachine", "pk": 1, "fields": {"hostname": "w"}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(bytes.NewReader(data), most)
		if err != nil {
			return
		}
		there := map[any]bool{Object{}: true, Who{}: true}
		for _, u := range d.Users {
			there[Who{Name: u.Name}] = true
		}
		for _, g := range d.Groups {
			there[Who{true, g.Name}], there[Object{Group: g.Name}] = true, true
		}
		for _, c := range d.Clusters {
			there[Object{Cluster: c.Slug}] = true
		}
		for _, v := range d.VMs {
			there[Object{Cluster: v.Cluster, VM: v.Name}] = true
			if !there[Object{Cluster: v.Cluster}] || !there[v.Owner] {
				t.Fatalf("%+v refers to what is not there", v)
			}
		}
		for _, g := range d.Grants {
			if !there[g.On] || !there[g.Who] || len(g.Perms) == 0 {
				t.Fatalf("%+v refers to what is not there", g)
			}
		}
		for _, q := range d.Quotas {
			if !there[q.Who] || !there[Object{Cluster: q.Cluster}] {
				t.Fatalf("%+v refers to what is not there", q)
			}
		}
	})
}

// TestPartOfADump reads the dump of some tables only: what is there is carried over,
// and which tables are missed is said first.
func TestPartOfADump(t *testing.T) {
	t.Parallel()
	got, err := Parse(strings.NewReader(`[
		{"model": "clusters.cluster", "pk": 1, "fields": {"hostname": "c", "slug": "c", "port": 5080}},
		{"model": "virtualmachines.virtualmachine", "pk": 1, "fields": {"hostname": "v", "cluster": 1, "owner": 3, "note_text": "n"}},
		{"model": "ganeti_web.virtualmachine_perms", "pk": 1, "fields": {"user": 2, "group": null, "obj": 1, "admin": 1}},
		{"model": "ganeti_web.cluster_perms", "pk": 1, "fields": {"user": null, "group": null, "obj": 1, "admin": 1}},
		{"model": "vm_templates.virtualmachinetemplate", "pk": 1, "fields": {"template_name": "t", "cluster": null}}
	]`), most)
	if err != nil {
		t.Fatal(err)
	}
	const missing = "the file has no rows of it, and others refer to some: dump the whole database"
	want := []Problem{
		{"auth.user", missing},
		{"authentication.profile", missing},
		{"virtualmachines.virtualmachine 1", "its owner is not there: 3"},
		{"ganeti_web.virtualmachine_perms 1", "whom it is for is not there: 2"},
		{"ganeti_web.cluster_perms 1", "whom it is for is not said"},
		{"vm_templates.virtualmachinetemplate 1", "its cluster is not said"},
	}
	if diff := cmp.Diff(want, got.Problems); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]VM{{Cluster: "c", Name: "v", Note: "n"}}, got.VMs); diff != "" {
		t.Error(diff)
	}
}

// TestNaturalKeys reads users and groups that have names in place of keys.
func TestNaturalKeys(t *testing.T) {
	t.Parallel()
	got, err := Parse(strings.NewReader(`[
		{"model": "auth.user", "fields": {"username": "ann", "groups": [["ops"]]}},
		{"model": "auth.group", "fields": {"name": "ops"}},
		{"model": "auth.user", "fields": {"username": "ann"}},
		{"model": "utils.sshkey", "fields": {"user": ["ann"], "key": "k"}}
	]`), most)
	if err != nil {
		t.Fatal(err)
	}
	want := []Problem{{"auth.user =ann", "there are two rows with this key"}, {"entry 4", "a row of utils.sshkey has no key"}}
	if diff := cmp.Diff(want, got.Problems); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Group{{"ops", []string{"ann"}}}, got.Groups); diff != "" || len(got.Users) != 1 {
		t.Errorf("%d users, groups:\n%s", len(got.Users), diff)
	}
}
