package core

import (
	"slices"
	"strings"
	"testing"
)

func filterVMs() []*VM {
	return []*VM{
		{
			Cluster: "berlin", Name: "web1.example.org", Status: "running", State: StateRunning, Node: "n1.example.org",
			OS: "debootstrap+default", Hypervisor: "kvm", MemoryMiB: 8192, RunMemoryMiB: 8192, DiskMiB: 20480, VCPUs: 4,
			Tags: []string{"Prod", "web front"}, NICs: []NIC{{MAC: "aa:00:00:12:34:56", IP: "192.0.2.10"}},
		},
		{
			Cluster: "paris", Name: "db1", Status: "ADMIN_down", State: StateDown, Node: "n2.example.org", OS: "noop",
			Hypervisor: "xen-pvm", MemoryMiB: 1024, RunMemoryMiB: -1, DiskMiB: 2048, VCPUs: 1,
		},
	}
}

func TestFilterMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line string
		want string // names
	}{
		{"", "web1.example.org db1"},
		{"  ", "web1.example.org db1"},
		{"WEB", "web1.example.org"},
		{"web berlin", "web1.example.org"},
		{"web paris", ""},
		{"!web", "db1"},
		{"!!web", "web1.example.org"},
		{"/^web[0-9]\\./", "web1.example.org"},
		{"!/WEB/", "db1"},
		{"/WEB[0-9]\\S+ Berlin/", "web1.example.org"},
		{"/(?-i:WEB1)/", "web1.example.org"},
		{"/[A-C]erlin|PARIS/", "web1.example.org db1"},
		{"~wb1", "web1.example.org"},
		{"~pzb", ""},
		{"status:running", "web1.example.org"},
		{"status:admin_*", "db1"},
		{"status:down,running", "web1.example.org db1"},
		{"state:down", "db1"},
		{"node:n1", "web1.example.org"},
		{"node:n1.example.org", "web1.example.org"},
		{"node:n?", "web1.example.org db1"},
		{"name:web", ""},
		{"name:web*", "web1.example.org"},
		{"tag:prod", "web1.example.org"},
		{`tag:"web front"`, "web1.example.org"},
		{"tag:", "db1"},
		{"mac:aa:00:*", "web1.example.org"},
		{"aa:00:00", "web1.example.org"},
		{"192.0.2", "web1.example.org"},
		{"memory>4G", "web1.example.org"},
		{"memory>=8G", "web1.example.org"},
		{"memory<8g", "db1"},
		{"memory<=1024", "db1"},
		{"memory:8G", "web1.example.org"},
		{"disk>1.5G disk<3G", "db1"},
		{"vcpus:4", "web1.example.org"},
		{"memory_used<1T", "web1.example.org"},
		{"role:master", ""},
		{"!role:master", "web1.example.org db1"},
		{`"web front"`, "web1.example.org"},
		{`"tag:prod"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			f, err := ParseFilter(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, vm := range filterVMs() {
				if f.Match(vm) {
					got = append(got, vm.Name)
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("%q matches %q, want %q", tt.line, s, tt.want)
			}
		})
	}
}

func TestFilterNarrows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		old, line string
		want      bool
	}{
		{"", "web", true},
		{"web", "", false},
		{"we", "web", true},
		{"e", "web", true},
		{"web", "we", false},
		{"web", "web status:down", true},
		{"web berlin", "berlin web1", true},
		{"web berlin", "web", false},
		{"!we", "!web", false},
		{"!web", "!web db", true},
		{"status:d", "status:down", false},
		{"status:down", "db status:down", true},
		{"!status:down", "status:down", false},
		{"memory>2", "memory>2G", false},
		{"/we/", "/web/", false},
		{"/we/", "/we/ x", true},
		{"~we", "web", false},
	}
	for _, tt := range tests {
		t.Run(tt.old+" then "+tt.line, func(t *testing.T) {
			t.Parallel()
			old, err := ParseFilter(tt.old)
			if err != nil {
				t.Fatal(err)
			}
			f, err := ParseFilter(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Narrows(old); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	if none := (*Filter)(nil); !none.Narrows(nil) || !none.Narrows(&Filter{}) {
		t.Error("no filter does not narrow no filter")
	}
}

func TestFilterErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ line, want string }{
		{"statsu:up", `filter, position 1: there is no field "statsu"`},
		{"web !", "filter, position 5: nothing follows '!'"},
		{"web /a", "filter, position 5: the regular expression has no end"},
		{"/a(/", "filter, position 1: the regular expression is wrong: missing closing )"},
		{`ä "web`, "filter, position 3: the quote is not closed"},
		{`""`, "filter, position 1: the quotes are empty"},
		{"~", "filter, position 1: no letters follow '~'"},
		{"memory>much", `filter, position 8: "much" is not a size`},
		{"memory>NaN", `filter, position 8: "nan" is not a size`},
		{"vcpus>2G", `filter, position 7: "2g" is not a number`},
		{"os>2", "filter, position 1: os is not a size or count"},
		{strings.Repeat("x", maxFilter+1), "a filter has at most 1000 characters"},
		{"a\xff", "the filter is not valid text"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			_, err := ParseFilter(tt.line)
			if CodeOf(err) != CodeInvalid || !strings.HasPrefix(AsError(err).Message, tt.want) {
				t.Errorf("got %v, want CodeInvalid with %q", err, tt.want)
			}
		})
	}
}

func TestFilterFieldsAreKnown(t *testing.T) {
	t.Parallel()
	rows := []Row{&VM{}, &Node{}, JobRow{}, (&View{}).JobRow(&JobRow{State: JobDone}), ClusterSummary{}, &Record{}}
	for _, name := range FilterFields() {
		if !slices.ContainsFunc(rows, func(r Row) bool { _, ok := r.FilterField(name); return ok }) {
			t.Errorf("no row has the field %q", name)
		}
	}
	for _, name := range FilterNumbers() {
		if !slices.ContainsFunc(rows, func(r Row) bool { _, ok := r.FilterNumber(name); return ok }) {
			t.Errorf("no row has the number %q", name)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{`web !tag:"a b",c`, `/a\/b/ ~xy`, "memory>=1.5G vcpus<2", "aa:bb:cc", `!"x:y"`, `/\\/`, `name:a"b c"d`} {
		f.Add(s)
	}
	rows := filterVMs()
	f.Fuzz(func(t *testing.T, line string) {
		first, err := ParseFilter(line)
		if err != nil {
			if CodeOf(err) != CodeInvalid {
				t.Fatalf("%q: %v is not CodeInvalid", line, err)
			}
			return
		}
		again, err := ParseFilter(first.String())
		if err != nil {
			if len(first.String()) > maxFilter {
				return
			}
			t.Fatalf("%q was written as %q: %v", line, first, err)
		}
		if again.String() != first.String() {
			t.Fatalf("%q was written as %q and then as %q", line, first, again)
		}
		for _, vm := range rows {
			if first.Match(vm) != again.Match(vm) {
				t.Fatalf("%q and its normal form %q differ on %s", line, first, vm.Name)
			}
		}
	})
}
