package gwmdump

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filled are rows in which every column that is read says something, beside those
// of the fixture.
const filled = `
	{"model": "vm_templates.virtualmachinetemplate", "pk": 90, "fields": {"template_name": "of 0.7", "cluster": 1, "disk_size": 2048, "nic_mode": "bridged", "nic_link": "br0"}},
	{"model": "clusters.cluster", "pk": 91, "fields": {"hostname": "h", "slug": "s", "port": 1, "description": "d", "username": "u", "password": "p", "virtual_cpus": 1, "disk": 1, "ram": 1}},
	{"model": "utils.quota", "pk": 92, "fields": {"user": 2, "cluster": 91, "virtual_cpus": 1, "disk": 1, "ram": 1}},
	{"model": "object_permissions.group_perms", "pk": 93, "fields": {"user": null, "group": 2, "obj": 1, "admin": 1}},
	{"model": "ganeti_web.cluster_perms", "pk": 94, "fields": {"user": 2, "group": null, "obj": 91, "admin": 1, "create_vm": 1, "migrate": 1, "export": 1, "replace_disks": 1, "tags": 1}},
	{"model": "ganeti_web.virtualmachine_perms", "pk": 95, "fields": {"user": 2, "group": null, "obj": 3, "admin": 1, "power": 1, "remove": 1, "modify": 1, "tags": 1}},
	{"model": "vm_templates.virtualmachinetemplate", "pk": 96, "fields": {"template_name": "both", "cluster": 1, "no_install": true, "name_check": true}}`

// TestColumns holds Tables to what Parse does: without a column that is read the
// dump says something else, and without one that is left it says the same.
func TestColumns(t *testing.T) {
	t.Parallel()
	var rows []map[string]any
	file := strings.TrimSuffix(strings.TrimSpace(string(fixture(t))), "]") + "," + filled + "]"
	if err := json.Unmarshal([]byte(file), &rows); err != nil {
		t.Fatal(err)
	}
	parse := func() (*Dump, map[string]string) {
		data, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(bytes.NewReader(data), most)
		if err != nil {
			t.Fatal(err)
		}
		return d, d.passwords
	}
	whole, passwords := parse()
	seen := map[string]map[string]bool{}
	for _, row := range rows {
		label := row["model"].(string)
		if seen[label] == nil {
			seen[label] = map[string]bool{}
		}
		for column := range row["fields"].(map[string]any) {
			seen[label][column] = true
		}
	}
	for _, table := range Tables() {
		for _, column := range slices.Concat(table.Read, table.Left) {
			var back []func()
			for _, row := range rows {
				fields := row["fields"].(map[string]any)
				if was, ok := fields[column]; ok && row["model"] == table.Label {
					delete(fields, column)
					back = append(back, func() { fields[column] = was })
				}
			}
			if len(back) == 0 {
				t.Errorf("no row of %s has a %s: the fixture does not show it", table.Label, column)
				continue
			}
			got, words := parse()
			same := cmp.Equal(whole, got, lists) && maps.Equal(passwords, words)
			if read := slices.Contains(table.Read, column); read == same {
				t.Errorf("%s.%s: read is %v, and without it the dump is the same: %v", table.Label, column, read, same)
			}
			for _, f := range back {
				f()
			}
			delete(seen[table.Label], column)
		}
		if len(seen[table.Label]) > 0 {
			t.Errorf("%s has columns that Tables does not list: %v", table.Label, slices.Sorted(maps.Keys(seen[table.Label])))
		}
		delete(seen, table.Label)
	}
	for label := range seen {
		if !slices.Contains(Passed(), modelOf(label)) {
			t.Errorf("%s is in no list", label)
		}
	}
	if i := slices.IndexFunc(whole.Problems, func(p Problem) bool { return strings.Contains(p.Why, "no version") }); i >= 0 {
		t.Errorf("%+v", whole.Problems[i])
	}
}

// TestColumnsDocument holds docs/moving-in.md to the same list: each table is a
// headline with a row for each of its columns.
func TestColumnsDocument(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/moving-in.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	label, name := "", regexp.MustCompile("`([a-z0-9_.]+)`")
	for line := range strings.Lines(string(page)) {
		if title, ok := strings.CutPrefix(line, "### "); ok {
			label = ""
			if m := name.FindStringSubmatch(title); m != nil {
				label = m[1]
			}
			continue
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		for _, m := range name.FindAllStringSubmatch(first, -1) {
			if label != "" && strings.HasPrefix(line, "|") {
				documented[label] = append(documented[label], m[1])
			}
		}
	}
	want := map[string][]string{}
	for _, table := range Tables() {
		want[table.Label] = slices.Sorted(slices.Values(slices.Concat(table.Read, table.Left)))
	}
	for label, columns := range documented {
		documented[label] = slices.Sorted(slices.Values(columns))
	}
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Error(diff)
	}
	for _, model := range Passed() {
		if !strings.Contains(string(page), "."+model+"`") {
			t.Errorf("the page does not name the table %s", model)
		}
	}
}

// TestStrange holds that what no version had is told, and costs nothing else.
func TestStrange(t *testing.T) {
	t.Parallel()
	d, err := Parse(strings.NewReader(`[
		{"model": "auth.group", "pk": 1, "fields": {"name": "ops", "colour": "red"}},
		{"model": "auth.group", "pk": 2, "fields": {"name": "dev", "colour": "red"}},
		{"model": "plugin.cow", "pk": 1, "fields": {}},
		{"model": "sessions.session", "pk": "x", "fields": {}}
	]`), most)
	if err != nil {
		t.Fatal(err)
	}
	want := []Problem{
		{"plugin.cow", "no version had this table; it stays in the dump (rows: 1)"},
		{"auth.group colour", "no version had this column; it stays in the dump (rows: 2)"},
	}
	if diff := cmp.Diff(want, d.Problems); diff != "" || len(d.Groups) != 2 {
		t.Errorf("%d groups, problems:\n%s", len(d.Groups), diff)
	}
}
