package core

import (
	"slices"
	"strconv"
	"strings"
)

// EditVM changes parameters, NICs and disks of a VM. It is refused where one of
// them is no longer what the person saw; then nothing is changed. With Override, a
// reason in words, an administrator of the cluster lets it grow beyond its owner's
// quota.
type EditVM struct {
	VM       Ref         `json:"vm"`
	Params   []ParamEdit `json:"params,omitempty"`
	NICs     []NICEdit   `json:"nics,omitempty"`
	AddNICs  []NewNIC    `json:"add_nics,omitempty"` // they come after those that the VM has
	Disks    []DiskEdit  `json:"disks,omitempty"`
	AddDisks []NewDisk   `json:"add_disks,omitempty"` // they come after those that the VM has
	Hotplug  bool        `json:"hotplug,omitempty"`   // a VM that runs gets NICs and disks at once, where its hypervisor can do that
	Force    bool        `json:"force,omitempty"`     // also a variant of the OS that the cluster does not know
	Restart  bool        `json:"restart,omitempty"`   // in full afterwards, so that all of it holds; needs VerbPower too
	Override string      `json:"override,omitempty"`
}

// Spec describes the edit. What reaches the nodes themselves is for who administers
// the cluster; what decides on networks and addresses needs the right that lets one
// choose them for a new VM too.
func (o EditVM) Spec() Spec {
	s := Spec{
		ID: "vm.edit", Title: "edit " + o.VM.Name, Verb: VerbModify, Target: o.VM, Remote: true,
		Command: []string{"vm", "edit", o.VM.String()}, Effect: theOne(o.VM) + " gets new settings",
	}
	var d changes
	for _, e := range o.Params {
		s.Command = append(s.Command, e.flag()...)
		d.text(e.Name, paramText(e.Was), e.text())
	}
	for _, e := range o.NICs {
		s.Command = append(s.Command, e.flag()...)
		e.diff(&d)
	}
	for _, n := range o.AddNICs {
		s.Command = append(s.Command, "--add-nic", n.String())
		d.text("nic/new", "", n.String())
	}
	for _, e := range o.Disks {
		s.Command = append(s.Command, e.flag()...)
		e.diff(&d)
		if e.Remove {
			s.Danger = Destructive
			s.Effect += "; " + e.words() + " is removed with everything on it"
		}
	}
	for _, n := range o.AddDisks {
		s.Command = append(s.Command, "--add-disk", n.String())
		d.text("disk/new", "", n.String())
	}
	s.Diff = d
	if o.plugs() {
		s.Also = append(s.Also, Need{VerbCreateVM, ClusterRef(o.VM.Cluster)})
	}
	if o.reachesNode() {
		s.Verb, s.Target, s.About = VerbAdmin, ClusterRef(o.VM.Cluster), o.VM
	}
	o.describe(&s)
	return s
}

// describe says when the changes hold, and what else is to be known.
func (o EditVM) describe(s *Spec) {
	var later []string
	install := ""
	for _, e := range o.Params {
		switch {
		case e.Name == ParamOS:
			install = "; what is on its disks stays until it is installed anew"
		case strings.HasPrefix(e.Name, OSParam):
			install = "; the next installation reads the parameters of its operating system"
		case e.Name == ParamOffline && e.Value == "true":
			s.Effect += "; it cannot be started while it is offline"
		case !e.atOnce():
			later = append(later, e.short())
		}
	}
	devices := o.devices()
	if !o.Hotplug {
		later, devices = append(later, devices...), nil
	}
	s.Effect += o.effect(later, devices) + install
	if o.Hotplug {
		s.Command = append(s.Command, "--hotplug")
	}
	if o.Force {
		s.Effect += "; the variant of its operating system is not looked at"
		s.Command = append(s.Command, "--force-variant")
	}
	if o.Restart {
		s.Danger = max(s.Danger, Disruptive)
		s.Also = append(s.Also, Need{VerbPower, o.VM})
		s.Command = append(s.Command, "--restart")
	}
	if o.Override != "" {
		s.Effect += "; the quota of its owner may be exceeded"
		s.Command = append(s.Command, "--override", o.Override)
	}
}

// effect says when later holds, which waits for a restart, and devices, which may
// change while the VM runs.
func (o EditVM) effect(later, devices []string) string {
	if o.Restart {
		return "; then it is shut down and started again, so that all of it holds"
	}
	text := ""
	if len(later) > 0 {
		text += "; if it runs, " + joinWords(later) + " will hold after a full restart"
	}
	if len(devices) > 0 {
		text += "; if it runs, " + joinWords(devices) + " will hold at once where its hypervisor can do that, else after a full restart"
	}
	return text
}

// devices names the kinds of devices whose changes a VM that runs must take over.
func (o EditVM) devices() []string {
	var out []string
	if len(o.AddNICs) > 0 || slices.ContainsFunc(o.NICs, func(e NICEdit) bool { return !e.atOnce() }) {
		out = append(out, "changes of NICs")
	}
	if len(o.AddDisks) > 0 || slices.ContainsFunc(o.Disks, func(e DiskEdit) bool { return !e.atOnce() }) {
		out = append(out, "changes of disks")
	}
	return out
}

// reachesNode tells whether the edit is for who administers the cluster.
func (o EditVM) reachesNode() bool {
	return slices.ContainsFunc(o.Params, ParamEdit.reachesNode) || slices.ContainsFunc(o.AddDisks, NewDisk.reachesNode)
}

// plugs tells whether the edit decides on the networks or addresses of NICs.
func (o EditVM) plugs() bool {
	return slices.ContainsFunc(o.NICs, func(e NICEdit) bool { return !e.Remove && e.Set.plugs() }) ||
		slices.ContainsFunc(o.AddNICs, NewNIC.plugs)
}

func (o EditVM) check() error {
	if err := checkText("the reason", o.Override); err != nil {
		return err
	}
	if len(o.Params)+len(o.NICs)+len(o.AddNICs)+len(o.Disks)+len(o.AddDisks) == 0 {
		return Errorf(CodeInvalid, "nothing of %s is to be changed", Printable(o.VM.Name)).WithHint("name what should be different")
	}
	sizes := map[string]int{}
	if err := checkTwice(o.Params); err != nil {
		return err
	}
	for _, e := range o.Params {
		if err := e.check(sizes); err != nil {
			return err
		}
	}
	if most, ok := sizes[ParamMemory]; ok && sizes[ParamMinMemory] > most {
		return Errorf(CodeInvalid, "the least memory, %s, is more than the most, %s", FormatSize(sizes[ParamMinMemory]), FormatSize(most))
	}
	if o.Restart && slices.ContainsFunc(o.Params, func(e ParamEdit) bool { return e.Name == ParamOffline }) {
		return Errorf(CodeInvalid, "a VM that goes offline, or comes back, is down and cannot be restarted").WithHint("leave the restart out")
	}
	if err := o.checkDevices(); err != nil {
		return err
	}
	return checkKind(o.VM, KindVM)
}

func (o EditVM) checkDevices() error {
	for i, e := range o.NICs {
		if slices.ContainsFunc(o.NICs[:i], func(have NICEdit) bool { return have.Index == e.Index }) {
			return Errorf(CodeInvalid, "NIC %d is changed twice", e.Index)
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	for _, n := range o.AddNICs {
		if err := n.check(); err != nil {
			return err
		}
	}
	for i, e := range o.Disks {
		if slices.ContainsFunc(o.Disks[:i], func(have DiskEdit) bool { return have.Index == e.Index }) {
			return Errorf(CodeInvalid, "disk %d is changed twice", e.Index)
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	for _, n := range o.AddDisks {
		if err := n.check(); err != nil {
			return err
		}
	}
	return nil
}

// See notes what the VM has now as what the person saw, where it is known. The
// error is CodeInvalid for a NIC or a disk that the VM does not have.
func (o EditVM) See(now VMDetail) error {
	for i, e := range o.Params {
		if !strings.HasPrefix(e.Name, OSParam) || len(now.OSParams) > 0 { // Ganeti 3.0 does not tell the own ones
			was := now.Param(e.Name)
			o.Params[i].Was = &was
		}
	}
	for i, e := range o.NICs {
		if e.Index < 0 || e.Index >= len(now.VM.NICs) {
			return noDevice("NIC", o.VM, e.Index, len(now.VM.NICs))
		}
		was := now.VM.NICs[e.Index]
		o.NICs[i].Was = &was
	}
	for i, e := range o.Disks {
		if e.Index < 0 || e.Index >= len(now.VM.Disks) {
			return noDevice("disk", o.VM, e.Index, len(now.VM.Disks))
		}
		was := now.VM.Disks[e.Index]
		o.Disks[i].Was = &was
	}
	return nil
}

func noDevice(what string, vm Ref, index, has int) error {
	return Errorf(CodeInvalid, "%s has no %s %d", vm.Name, what, index).WithHint("it has %d of them, counted from 0", has)
}

func (o EditVM) names() []Ref { return []Ref{o.VM} }

// Stale is the refusal where something is no longer what the person saw, nil where
// everything is. run asks again.
func (o EditVM) Stale(now VMDetail) error {
	var news changes
	for _, e := range o.Params {
		if is := now.Param(e.Name); e.Was != nil && *e.Was != is {
			news.text(e.Name, paramText(e.Was), paramText(&is))
		}
	}
	for _, e := range o.NICs {
		e.stale(now.VM.NICs, &news)
	}
	for _, e := range o.Disks {
		e.stale(now.VM.Disks, &news)
	}
	return news.overtaken(o.VM.Name)
}

// charges is what the VM takes with its new size, as far as it takes it now.
func (o EditVM) charges(p *people, snap *Snapshot) []Charge {
	st := snap.Clusters[o.VM.Cluster]
	if st == nil {
		return nil
	}
	vm, ok := st.VM(o.VM.Name)
	if !ok {
		return nil
	}
	next := *vm
	for _, e := range o.Params {
		value := e.Value
		if e.Inherit {
			value = findParam(st.Info.Backend, e.short()).Value
		}
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
		case e.Name == ParamMemory:
			next.MemoryMiB = n
		case e.Name == ParamVCPUs:
			next.VCPUs = n
		}
	}
	for _, d := range o.AddDisks {
		next.DiskMiB += d.SizeMiB
	}
	amount := next.takes()
	if o.Restart {
		amount = next.wouldTake() // a cluster starts a VM that went down meanwhile
	}
	return []Charge{{Who: p.owners[o.VM].Owner, VM: o.VM, Amount: amount}}
}

func (o EditVM) override() string { return o.Override }
