//go:build ganeti

package e2e

import (
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// field moves to the next field of a form with this label.
func (s *screen) field(label string) error {
	for range 60 {
		before := s.focus()
		if strings.HasPrefix(before[1], label) {
			return nil
		}
		if err := s.press("tab"); err != nil {
			return err
		}
		if err := s.wait("the field after "+before[1], func(string, bool) bool { return s.focus() != before }); err != nil {
			return err
		}
	}
	return s.see("a field " + label)
}

// focus is where the field is that takes keys, and its text.
func (s *screen) focus() [2]string {
	for y, line := range strings.Split(s.text(), "\n") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "› "); ok {
			return [2]string{strconv.Itoa(y), strings.TrimSpace(text)}
		}
	}
	return [2]string{}
}

// testEditForm has two people edit one VM of the real cluster on their screens. The
// one gives it memory, a NIC and a disk; the other is told what changed meanwhile.
func testEditForm(b *bed) {
	t := b.T
	name := b.named("alpha", "new23")[0]
	b.exec("alpha", "gnt-instance", "add", "-t", "sharedfile", "-s", "16M", "-H", "fake", "-o", "noop", "--no-start", "--no-install", "--no-ip-check", "-n", b.master("alpha"), name)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	b.join("edda")
	b.w.must(t, "admin", "grant", "set", "edda", "manager", "alpha/"+name)
	fast, slow := b.screen("admin", 120, 40), b.screen("edda", 120, 40)
	for _, s := range []*screen{fast, slow} {
		check(t, s.see("alpha"))
		check(t, s.press(":", "edit alpha/"+name, "enter"))
		check(t, s.see("What is empty is inherited"))
	}

	check(t, fast.field("Memory"))
	check(t, fast.press("ctrl-u", "256"))
	check(t, fast.see(`be/maxmem: .*128.* -> 256`))
	check(t, fast.field("Add a NIC"))
	check(t, fast.press("space"))
	check(t, fast.field("Name"))
	check(t, fast.press("second"))
	check(t, fast.field("Add a disk"))
	check(t, fast.press("space", "tab", "32M", "tab", "data"))
	check(t, fast.see(`nic/new: - -> name=second`))
	check(t, fast.see(`disk/new: - -> 32M,name=data`))
	check(t, fast.press("ctrl-x"))
	check(t, fast.see("done: edit "+name[:8]))
	fields := "name,be/maxmem,nic.count,nic.names,disk.sizes,disk.names"
	if diff := cmp.Diff([]string{"256", "2", "[None, 'second']", "16,32", "[None, 'data']"}, b.table("alpha", "gnt-instance", fields, name)[name]); diff != "" {
		t.Errorf("gnt-instance list: %s", diff)
	}
	has(t, b.exec("alpha", "gnt-instance", "info", name), "second", "data", "maxmem: 256")

	check(t, slow.field("Memory"))
	check(t, slow.press("ctrl-u", "384"))
	check(t, slow.see(`be/maxmem: .* -> 384`))
	check(t, slow.press("ctrl-x"))
	check(t, slow.see("somebody else changed"))
	check(t, slow.see(`be/maxmem was .*, is 256`))
	check(t, slow.press("ctrl-r"))
	check(t, slow.see(`be/maxmem: 256 -> 384`))
	check(t, slow.press("ctrl-x"))
	check(t, slow.see("done: edit "+name[:8]))
	if got := b.fact("alpha", name, "be/maxmem"); got != "384" {
		t.Errorf("after the second one Ganeti says %s", got)
	}
}
