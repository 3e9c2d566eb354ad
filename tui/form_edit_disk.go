package tui

import (
	"fmt"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// disks are the fields of the disks that are there, and of those to come.
func (e *vmEditor) disks() []form.Field {
	vm := &e.now.VM
	var out []form.Field
	for i, d := range vm.Disks {
		key := deviceKey("disk", i, d.UUID)
		asked := func(v form.Values) bool { return v[key] == deviceChange }
		out = append(out, form.Field{
			Name: key, Label: fmt.Sprintf("Disk %d", i), Kind: form.Choice, Folded: true, Empty: diskWords(d),
			Offer: func(v form.Values) []form.Option { return e.diskOptions(d, v) },
			Help:  "To make it larger, grow it.",
		}, form.Field{
			Name: key + "/name", Label: "  Name", Value: core.Printable(d.Name), When: asked,
		}, modeField(key, "it stays", asked))
	}
	if vm.DiskTemplate == core.DiskLess {
		return append(out, form.Field{Name: "diskless", Label: "Add a disk", Kind: form.Fixed, Value: "not possible: it was made without disks"})
	}
	for n := range core.MaxDisks - len(vm.Disks) {
		key, before := newKey("disk", n), newKey("disk", n-1)
		asked := func(v form.Values) bool { return v.Yes(key) }
		out = append(out, form.Field{
			Name: key, Label: "Add a disk", Kind: form.YesNo, Placeholder: "one more",
			When: func(v form.Values) bool { return n == 0 || v.Yes(before) },
		}, form.Field{
			Name: key + "/size", Label: "  Size", Kind: form.Number, Unit: form.MiB, Required: true, Placeholder: "10G", When: asked,
		}, form.Field{
			Name: key + "/name", Label: "  Name", When: asked,
		}, modeField(key, "rw", asked))
	}
	return out
}

func modeField(key, empty string, asked func(form.Values) bool) form.Field {
	return form.Field{
		Name: key + "/mode", Label: "  Mode", Kind: form.Choice, Folded: true, Empty: empty, When: asked, Help: "No cluster tells which one a disk has.",
		Options: []form.Option{{Value: "", Label: empty}, {Value: "rw", Note: "read and write"}, {Value: "ro", Note: "read only"}},
	}
}

// diskOptions are what can be done with a disk: it is removed only while nothing
// runs on it.
func (e *vmEditor) diskOptions(d core.Disk, v form.Values) []form.Option {
	remove := form.Option{Value: deviceRemove, Label: "remove", Note: "with everything on it", Alarm: true}
	if e.now.VM.AdminState == "up" && !v.Yes("hotplug") {
		remove.State, remove.Why = form.Disabled, "stop the VM first"
	}
	return []form.Option{{Value: "", Label: diskWords(d)}, {Value: deviceChange, Label: "change"}, remove}
}

// diskWords is a disk in a few words.
func diskWords(d core.Disk) string {
	return strings.TrimSuffix(size(d.SizeMiB)+", "+core.Printable(d.Name), ", ")
}

// diskEdits are what the answers ask for about the disks.
func (e *vmEditor) diskEdits(v form.Values, op *core.EditVM) {
	for i, d := range e.now.VM.Disks {
		key := deviceKey("disk", i, d.UUID)
		edit := core.DiskEdit{Index: i, Remove: v[key] == deviceRemove}
		if v[key] == deviceChange {
			edit.Mode = v.Text(key + "/mode")
			switch name := v.Text(key + "/name"); name {
			case core.Printable(d.Name):
			case "":
				edit.Name = core.NoneWord
			default:
				edit.Name = name
			}
		}
		if edit.Remove || edit.Name+edit.Mode != "" {
			op.Disks = append(op.Disks, edit)
		}
	}
	for n := range core.MaxDisks - len(e.now.VM.Disks) {
		if key := newKey("disk", n); v.Yes(key) {
			op.AddDisks = append(op.AddDisks, core.NewDisk{
				SizeMiB: v.Number(key+"/size", form.MiB).N, Name: v.Text(key + "/name"), Mode: v.Text(key + "/mode"),
			})
		}
	}
}
