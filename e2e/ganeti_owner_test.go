//go:build ganeti

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/google/go-cmp/cmp"
)

// tags are those of ours that the cluster has on a VM.
func (b *bed) tags(where, name string) []string {
	b.Helper()
	tags := strings.Fields(b.exec(where, "gnt-instance", "list-tags", name))
	tags = slices.DeleteFunc(tags, func(tag string) bool { return !strings.HasPrefix(tag, "gwm:") })
	slices.Sort(tags)
	return tags
}

// testOwnerTags holds that owner and grants are tags of the real instance,
// and that a gwm that lost its store imports them from there.
func testOwnerTags(shared *bed) {
	t := shared.T
	b := newBed(t)
	name := b.vm("alpha", "cache1")
	if got := b.tags("alpha", name); len(got) > 0 {
		t.Fatalf("%s has tags of another run: %v", name, got)
	}
	t.Cleanup(func() {
		if left := b.tags("alpha", name); len(left) > 0 {
			b.exec("alpha", append([]string{"gnt-instance", "remove-tags", name}, left...)...)
		}
	})
	b.w.must(t, "admin", "user", "add", "ann")
	b.w.must(t, "admin", "owner", "set", "alpha/"+name, "ann")
	b.w.must(t, "admin", "grant", "set", "ann", "power,console", "alpha/"+name, "--hours", "mon-fri 08:00-18:00 Europe/Berlin")
	b.w.must(t, "admin", "owner", "sync", "alpha/"+name, "--wait")
	want := []string{"gwm:grant:user:ann:power+console:hours:mon-fri@08:00-18:00@Europe/Berlin", "gwm:owner:user:ann"}
	if diff := cmp.Diff(want, b.tags("alpha", name)); diff != "" {
		t.Errorf("gnt-instance list-tags: %s", diff)
	}

	b.w.down(t, syscall.SIGKILL)
	check(t, os.Remove(filepath.Join(b.w.dir, "data", "gwm.db")))
	b.w.gwm(t, "init", "--admin", "admin", "--key", "admin.pub")
	b.add("alpha", "ALPHA", "USER", "PASSWORD_FILE", "CA")
	b.w.up(t)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	b.w.must(t, "admin", "user", "add", "ann")
	if out := b.w.must(t, "admin", "owner", "list", "--importable"); !strings.Contains(out, "alpha/"+name) {
		t.Errorf("it is not ready to import:\n%s", out)
	}
	b.w.must(t, "admin", "owner", "import", "alpha/"+name, "--yes")
	if out := b.w.must(t, "admin", "vm", "list", "owner:ann"); !strings.Contains(out, name) {
		t.Errorf("it has no owner:\n%s", out)
	}
	var grants []struct {
		Verbs []string `json:"verbs"`
		Hours string   `json:"hours"`
	}
	b.json(&grants, "admin", "grant", "list", "--to", "ann")
	if len(grants) != 1 || strings.Join(grants[0].Verbs, " ") != "power console" || grants[0].Hours != "mon-fri 08:00-18:00 Europe/Berlin" {
		t.Errorf("grants: %v", grants)
	}

	// Another owner: the old tag goes after the new one is there; then all go.
	b.w.must(t, "admin", "group", "add", "ops")
	b.w.must(t, "admin", "owner", "set", "alpha/"+name, "group:ops", "--revoke", "--yes")
	b.w.must(t, "admin", "owner", "sync", "alpha/"+name, "--wait")
	if diff := cmp.Diff([]string{"gwm:owner:group:ops"}, b.tags("alpha", name)); diff != "" {
		t.Errorf("after the change of the owner: %s", diff)
	}
	b.w.must(t, "admin", "owner", "clear", "alpha/"+name)
	b.w.must(t, "admin", "owner", "sync", "alpha/"+name, "--wait")
	if got := b.tags("alpha", name); len(got) > 0 {
		t.Errorf("tags are left: %v", got)
	}
	// Other tests leave tags on VMs of theirs.
	if out := b.w.must(t, "admin", "owner", "list", "--conflict", "--importable"); strings.Contains(out, "alpha/"+name) {
		t.Errorf("differences are left:\n%s", out)
	}
}
