package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports holds the packages to the boundaries of ARCHITECTURE.md: which of
// ours each may depend on, directly or through others.
func TestImports(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"gwm/core":          {},
		"gwm/store":         {"gwm/core"},
		"gwm/rapi":          {"gwm/core"},
		"gwm/rapi/rapitest": {},
		"gwm/tui":           {"gwm/core", "gwm/tui/"},
		"gwm/consoleproxy":  {"gwm/core"},
		"gwm/ssh/command":   {"gwm/core"},
		"gwm/ssh/ldap":      {"gwm/core"},
		"gwm/ssh":           {"gwm/core", "gwm/tui", "gwm/tui/", "gwm/ssh/command"},
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

// TestCoreIsPure keeps the domain free of everything but the standard library.
func TestCoreIsPure(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "gwm/core").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(out)); got != "gwm/core" {
		t.Errorf("core depends on more than the standard library:\n%s", got)
	}
}
