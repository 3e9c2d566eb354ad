package e2e

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the packages to the boundaries of ARCHITECTURE.md: which of
// ours each may depend on, directly or through others.
func TestImports(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"gwm/core":           {},
		"gwm/core/inventory": {"gwm/core"},
		"gwm/core/coretest":  {"gwm/core", "gwm/core/inventory"},
		"gwm/store":          {"gwm/core"},
		"gwm/rapi":           {"gwm/core"},
		"gwm/rapi/rapitest":  {},
		"gwm/tui":            {"gwm/core", "gwm/tui/"},
		"gwm/consoleproxy":   {"gwm/core"},
		"gwm/ssh/command":    {"gwm/core", "gwm/ssh/command/gwmdump"},
		"gwm/ssh/ldap":       {"gwm/core"},

		"gwm/ssh/command/gwmdump": {},

		"gwm/ssh": {"gwm/core", "gwm/tui", "gwm/tui/", "gwm/ssh/command", "gwm/ssh/command/"},
	}
	for pkg, may := range allowed {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg).Output()
		if err != nil {
			t.Fatalf("go list -deps %s: %v", pkg, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if dep == pkg || !strings.HasPrefix(dep, "gwm/") {
				continue
			}
			ok := false
			for _, m := range may {
				ok = ok || dep == m || strings.HasSuffix(m, "/") && strings.HasPrefix(dep, m)
			}
			if !ok {
				t.Errorf("%s depends on %s", pkg, dep)
			}
		}
	}
}

// TestCoreIsPure keeps the domain, and what asks the clusters for it, free of
// everything but the standard library.
func TestCoreIsPure(t *testing.T) {
	t.Parallel()
	for pkg, want := range map[string]string{
		"gwm/core":           "gwm/core",
		"gwm/core/inventory": "gwm/core gwm/core/inventory",
	} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(string(out)), " "); got != want {
			t.Errorf("%s depends on more than the standard library: %s", pkg, got)
		}
	}
}

// TestWhoImportsTheInventory: main gives it to core.New, and tests do. Whoever
// else held one would have the clients of the clusters without a session.
func TestWhoImportsTheInventory(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "gwm/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if slices.Contains(words[1:], "gwm/core/inventory") {
			got = append(got, words[0])
		}
	}
	if want := []string{"gwm", "gwm/core/coretest"}; !slices.Equal(got, want) {
		t.Errorf("core/inventory is imported by %v, want %v", got, want)
	}
}
