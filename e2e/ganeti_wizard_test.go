//go:build ganeti

package e2e

import (
	"github.com/google/go-cmp/cmp"
)

// testWizard makes a VM with the wizard of the screen, a template of it, and
// a second VM of that, and compares both with what Ganeti says.
func testWizard(b *bed) {
	t := b.T
	names := b.named("alpha", "new19", "new20")
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	s := b.screen("admin", 120, 40)
	check(t, s.see("alpha"))
	check(t, s.press("2"))
	check(t, s.see("NAME"))
	check(t, s.press(":", "create alpha", "enter"))
	check(t, s.see(`\[Cluster\]`))
	check(t, s.press("ctrl-n", "ctrl-n"))
	check(t, s.see(`\[Basics\]`))
	check(t, s.press(names[0], "tab", "enter"))
	check(t, s.see("enter choose"))
	check(t, s.press("pretends", "enter"))
	check(t, s.vanish("enter choose"))
	check(t, s.press("tab", "enter"))
	check(t, s.see("enter choose"))
	check(t, s.press("noop", "enter"))
	check(t, s.vanish("enter choose"))
	check(t, s.press("ctrl-n"))
	check(t, s.see(`\[Disks\]`))
	check(t, s.press("enter"))
	check(t, s.see("enter choose"))
	check(t, s.press("sharedfile", "enter"))
	check(t, s.vanish("enter choose"))
	check(t, s.press("tab", "64M", "ctrl-n"))
	check(t, s.see(`\[NICs\]`))
	check(t, s.press("ctrl-x"))
	check(t, s.see(`new19\..*▲ running`))

	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	b.w.must(t, "admin", "template", "from-vm", "alpha/"+names[0], "--as", "twin")
	has(t, b.w.must(t, "admin", "vm", "create", "alpha/"+names[1], "--template", "alpha/twin", "--wait", "--yes"), "success")
	fields := "name,status,hypervisor,os,disk_template,disk.sizes,nic.count"
	for _, name := range names {
		want := []string{"running", "fake", "noop", "sharedfile", "64", "1"}
		if diff := cmp.Diff(want, b.table("alpha", "gnt-instance", fields, name)[name]); diff != "" {
			t.Errorf("%s (-want +Ganeti):\n%s", name, diff)
		}
	}
	b.w.must(t, "admin", "template", "remove", "alpha/twin", "--yes")
	hasNot(t, b.w.must(t, "admin", "template", "list"), "twin")
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	has(t, b.w.must(t, "admin", "vm", "delete", "alpha/"+names[0], "alpha/"+names[1], "--yes", "--wait"), "success")
}
