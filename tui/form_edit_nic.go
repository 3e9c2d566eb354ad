package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"gwm/core"
	"gwm/tui/form"
)

// What is done with a NIC or a disk that is there; "" is nothing.
const (
	deviceChange = "change"
	deviceRemove = "remove"
)

// deviceKey names the field of a NIC or a disk: by what it is, so that a form that
// is made anew after somebody else removed one does not take it for the next.
func deviceKey(kind string, index int, uuid string) string {
	return kind + "/" + cmp.Or(uuid, strconv.Itoa(index))
}

// nicField is a word that is said of a NIC, as a form asks for it.
type nicField struct {
	name, label, help string
	plug              bool // for who may create VMs on the cluster too
	of                func(n *core.NewNIC) *string
	was               func(n core.NIC) string
}

func nicFields() []nicField {
	return []nicField{
		{"network", "Network", "Mode, link and VLAN come from it.", true, func(n *core.NewNIC) *string { return &n.Network }, func(n core.NIC) string { return n.Network }},
		{"mode", "Mode", "", true, func(n *core.NewNIC) *string { return &n.Mode }, func(n core.NIC) string { return n.Mode }},
		{"link", "Link", "The bridge, the routing table or the switch. Empty: as the cluster has it by default.", true, func(n *core.NewNIC) *string { return &n.Link }, func(n core.NIC) string { return n.Link }},
		{"vlan", "VLAN", "For Open vSwitch: .100 tagged as one's own, :100:200 as a trunk.", true, func(n *core.NewNIC) *string { return &n.VLAN }, func(n core.NIC) string { return n.VLAN }},
		{"ip", "Address", "An IP address; pool is a free one of the network.", true, func(n *core.NewNIC) *string { return &n.IP }, func(n core.NIC) string { return n.IP }},
		{"mac", "MAC", "generate makes a new one.", false, func(n *core.NewNIC) *string { return &n.MAC }, func(n core.NIC) string { return n.MAC }},
		{"name", "Name", "Only for people and scripts.", false, func(n *core.NewNIC) *string { return &n.Name }, func(n core.NIC) string { return n.Name }},
	}
}

// nics are the fields of the NICs that are there, and of those to come.
func (e *vmEditor) nics() []form.Field {
	vm := &e.now.VM
	var out []form.Field
	for i, nic := range vm.NICs {
		key := deviceKey("nic", i, nic.UUID)
		out = append(out, form.Field{
			Name: key, Label: fmt.Sprintf("NIC %d", i), Kind: form.Choice, Folded: true, Empty: nicWords(nic),
			Options: []form.Option{
				{Value: "", Label: nicWords(nic)},
				{Value: deviceChange, Label: "change"},
				{Value: deviceRemove, Label: "remove", Alarm: true},
			},
		})
		out = append(out, e.nicFields(key, nic, func(v form.Values) bool { return v[key] == deviceChange })...)
	}
	for n := range core.MaxNICs - len(vm.NICs) {
		key, before := newKey("nic", n), newKey("nic", n-1)
		out = append(out, form.Field{
			Name: key, Label: "Add a NIC", Kind: form.YesNo, Placeholder: "one more",
			When: func(v form.Values) bool { return n == 0 || v.Yes(before) },
		})
		out = append(out, e.nicFields(key, core.NIC{}, func(v form.Values) bool { return v.Yes(key) })...)
	}
	return out
}

func newKey(kind string, n int) string { return fmt.Sprintf("new %s/%d", kind, n) }

// nicWords is a NIC in a few words.
func nicWords(n core.NIC) string {
	text := n.MAC
	for _, more := range []string{n.Name, n.IP, cmp.Or(n.Network, n.Link)} {
		if more != "" {
			text += ", " + more
		}
	}
	return core.Printable(text)
}

// nicFields ask what a NIC is to be, while asked holds. What the person may not set
// is shown where there is something.
func (e *vmEditor) nicFields(key string, nic core.NIC, asked func(form.Values) bool) []form.Field {
	var out []form.Field
	if !e.plugs.OK {
		why := "network, mode, link, VLAN and address stay: " + core.Printable(e.plugs.Why)
		out = append(out, form.Field{Name: key + "/why", Label: "  Fixed", Kind: form.Fixed, Value: why, When: asked})
	}
	for _, f := range nicFields() {
		value := core.Printable(f.was(nic))
		field := form.Field{Name: key + "/" + f.name, Label: "  " + f.label, Value: value, Help: f.help, When: asked}
		if slices.Contains([]string{"mode", "link", "vlan"}, f.name) {
			field.When = func(v form.Values) bool { return asked(v) && v.Text(key+"/network") == "" }
		}
		switch {
		case !f.plug || e.plugs.OK:
			out = append(out, e.nicChoice(f.name, field))
		case value != "":
			field.Kind = form.Fixed
			out = append(out, field)
		}
	}
	return out
}

// nicChoice says what a field that can be set takes.
func (e *vmEditor) nicChoice(name string, field form.Field) form.Field {
	switch name {
	case "network":
		if len(e.networks) > 0 {
			field.Kind, field.Folded, field.Empty, field.Options = form.Choice, true, "none", e.networkOptions(field.Value)
		}
	case "mode":
		field.Kind, field.Folded, field.Empty = form.Choice, true, "as the cluster has it by default"
		field.Options = []form.Option{{Value: "", Label: field.Empty}}
		for _, mode := range core.NICModes() {
			field.Options = append(field.Options, form.Option{Value: mode})
		}
	case "mac":
		if field.Required = field.Value != ""; !field.Required {
			field.Empty = "the cluster makes one"
		}
	}
	return field
}

// networkOptions are the networks of the cluster, and none.
func (e *vmEditor) networkOptions(now string) []form.Option {
	out := []form.Option{{Value: "", Label: "none"}}
	for _, n := range e.networks {
		out = append(out, form.Option{Value: core.Printable(n.Name), Note: core.Printable(n.CIDR) + fmt.Sprintf(", %d free", n.Free)})
	}
	if now != "" && !slices.ContainsFunc(out, func(o form.Option) bool { return o.Value == now }) {
		out = append(out, form.Option{Value: now})
	}
	return out
}

// nicEdits are what the answers ask for about the NICs.
func (e *vmEditor) nicEdits(v form.Values, op *core.EditVM) {
	for i, nic := range e.now.VM.NICs {
		key := deviceKey("nic", i, nic.UUID)
		edit := core.NICEdit{Index: i, Remove: v[key] == deviceRemove}
		if v[key] == deviceChange {
			edit.Set = e.nicWords(v, key, nic)
		}
		if edit.Remove || edit.Set != (core.NewNIC{}) {
			op.NICs = append(op.NICs, edit)
		}
	}
	for n := range core.MaxNICs - len(e.now.VM.NICs) {
		if key := newKey("nic", n); v.Yes(key) {
			op.AddNICs = append(op.AddNICs, e.nicWords(v, key, core.NIC{}))
		}
	}
}

// nicWords are the answers that differ from what a NIC is.
func (e *vmEditor) nicWords(v form.Values, key string, nic core.NIC) core.NewNIC {
	var set core.NewNIC
	for _, f := range nicFields() {
		name := key + "/" + f.name
		if _, asked := v[name]; !asked || f.plug && !e.plugs.OK {
			continue
		}
		was, value := core.Printable(f.was(nic)), v.Text(name)
		if value == was {
			continue
		}
		*f.of(&set) = cmp.Or(value, core.GiveUp(f.name))
	}
	return set
}
