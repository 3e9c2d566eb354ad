package rapi

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// table is docs/rapi.md: what gwm does with each request that Ganeti takes.
func table(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../docs/rapi.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /\\S*)` \\| (.*\\S) \\|$").FindAllSubmatch(text, -1) {
		if rows[string(m[1])] != "" {
			t.Errorf("docs/rapi.md has %s twice", m[1])
		}
		rows[string(m[1])] = string(m[2])
	}
	return rows
}

// TestTableIsWhole holds that docs/rapi.md has every request of Ganeti 3.0, as its
// own source lists them, and no other.
func TestTableIsWhole(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/resources.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, got := strings.Fields(strings.ReplaceAll(string(text), " ", "")), []string{}
	for request := range table(t) {
		got = append(got, strings.ReplaceAll(request, " ", ""))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/rapi.md (-Ganeti +table):\n%s", diff)
	}
}

// Undocumented says what is wrong with a request, as "GET /2/info", that gwm sent:
// the table does not have it, or says that gwm leaves it out. Empty: nothing.
func Undocumented(t *testing.T, request string) string {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	path, _, _ = strings.Cut(path, "?")
	for row, says := range table(t) {
		m, p, _ := strings.Cut(row, " ")
		if m != method || !fits(p, path) {
			continue
		}
		if strings.HasPrefix(says, "left out") {
			return "docs/rapi.md says of " + request + ": " + says
		}
		return ""
	}
	return "docs/rapi.md does not have " + request
}

// fits tells whether a path is one of a row, in which {words} stand for anything.
func fits(row, path string) bool {
	want, have := strings.Split(row, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i, w := range want {
		if w != have[i] && !strings.HasPrefix(w, "{") {
			return false
		}
	}
	return true
}
