package tui

import (
	"fmt"
	"strconv"

	"gwm/core"
	"gwm/tui/form"
)

// answer is the name of a field of the nth disk or network interface, counted
// from 1.
func answer(what string, n int, field string) string { return what + strconv.Itoa(n) + field }

// withDisks tells whether the chosen storage has disks at all.
func (w *wizard) withDisks(v form.Values) bool { return w.storage(v) != core.DiskLess }

// diskStep asks for the kind of storage, and for one disk after the other.
func (w *wizard) diskStep() []form.Field {
	out := []form.Field{
		{Kind: form.Section, Label: "Disks"},
		{
			Name: "storage", Label: "Storage", Kind: form.Choice, Folded: true, Help: "Where and how the disks are kept. drbd keeps a second copy on another node.",
			Offer: func(v form.Values) []form.Option {
				offer := w.offer(v)
				options := []form.Option{{Value: "", Label: first(v["cluster"], offer.DiskTemplates)}}
				for _, name := range offer.DiskTemplates {
					options = append(options, form.Option{Value: name, Label: core.Printable(name), Note: storageNote(name)})
				}
				return options
			},
		},
	}
	for n := 1; n <= core.MaxDisks; n++ {
		asked := func(v form.Values) bool {
			return w.withDisks(v) && (n == 1 || v.Text(answer("disk", n-1, "")) != "")
		}
		given := func(v form.Values) bool { return asked(v) && v.Text(answer("disk", n, "")) != "" }
		size := form.Field{
			Name: answer("disk", n, ""), Label: fmt.Sprintf("Disk %d", n), Kind: form.Number, Unit: form.MiB, Placeholder: "10G", When: asked,
			Help: "Its size. Empty: there are no more disks.", Default: func(form.Values) string {
				if n == 1 {
					return ""
				}
				return "no more disks"
			},
		}
		out = append(out, size, form.Field{
			Name: answer("disk", n, "name"), Label: fmt.Sprintf("  name of %d", n), Max: 60, When: given, Placeholder: "data",
			Help: "What people call it; may stay empty.",
		})
	}
	return out
}

// first says which of what a cluster offers it takes where nothing is said.
func first(cluster string, list []string) string {
	if len(list) == 0 {
		return "as " + cluster + " has it"
	}
	return "as " + cluster + ": " + core.Printable(list[0])
}

// storageNote says what a disk template is.
func storageNote(name string) string {
	switch name {
	case core.DiskMirrored:
		return "with a copy on a second node"
	case "plain":
		return "logical volumes of one node"
	case "file":
		return "files of one node"
	case "sharedfile", "gluster":
		return "files that all nodes see"
	case "rbd":
		return "a Ceph pool"
	case "blockdev":
		return "a block device that is there already"
	case "ext":
		return "a storage provider of the cluster's own"
	case core.DiskLess:
		return "no disks"
	}
	return ""
}

// disks are the disks that the answers ask for. What the form does not ask stays
// as it was.
func (w *wizard) disks(v form.Values, base []core.NewDisk) []core.NewDisk {
	var out []core.NewDisk
	if !w.withDisks(v) {
		return nil
	}
	for n := 1; n <= core.MaxDisks && v.Text(answer("disk", n, "")) != ""; n++ {
		var d core.NewDisk
		if n <= len(base) {
			d = base[n-1]
		}
		d.SizeMiB = v.Number(answer("disk", n, ""), form.MiB).N
		d.Name = v.Text(answer("disk", n, "name"))
		out = append(out, d)
	}
	return out
}

// diskAnswers are the answers that ask for disks.
func diskAnswers(disks []core.NewDisk) form.Values {
	v := form.Values{}
	for n := 1; n <= core.MaxDisks; n++ {
		size, name := "", ""
		if n <= len(disks) {
			size, name = form.MiB.Text(disks[n-1].SizeMiB), disks[n-1].Name
		}
		v[answer("disk", n, "")], v[answer("disk", n, "name")] = size, name
	}
	return v
}
