package core

import (
	"context"
	"strconv"
)

// GrowDisk makes a disk of a VM larger: By so many MiB, or To a size in MiB.
// It cannot be made smaller again. Override is the reason for which the quota of
// the VM's owner may be exceeded.
type GrowDisk struct {
	VM       Ref    `json:"vm"`
	Disk     int    `json:"disk"` // from 0, in the order of VM.Disks
	By       int    `json:"by,omitempty"`
	To       int    `json:"to,omitempty"`
	Override string `json:"override,omitempty"`
}

// Spec describes the growth.
func (o GrowDisk) Spec() Spec {
	disk := "disk " + strconv.Itoa(o.Disk) + " of " + o.VM.Name
	s := Spec{
		ID: "vm.grow", Title: "grow " + disk, Verb: VerbModify, Target: o.VM, Danger: Disruptive, Remote: true,
		Effect:  disk + " grows by " + FormatSize(o.By),
		Command: []string{"vm", "grow", o.VM.String(), strconv.Itoa(o.Disk), "--by", strconv.Itoa(o.By) + "M"},
	}
	if o.To > 0 {
		s.Effect = disk + " grows to " + FormatSize(o.To)
		s.Command = []string{"vm", "grow", o.VM.String(), strconv.Itoa(o.Disk), "--to", strconv.Itoa(o.To) + "M"}
	}
	s.Effect += "; it cannot be made smaller again, and the guest may see it after a restart only"
	if o.Override != "" {
		s.Effect += ". The quota of its owner may be exceeded"
		s.Command = append(s.Command, "--override", o.Override)
	}
	return s
}

func (o GrowDisk) check() error {
	switch {
	case o.Disk < 0:
		return Errorf(CodeInvalid, "%d is not the number of a disk", o.Disk).WithHint("disks are numbered from 0; vm show lists them")
	case o.By < 0 || o.To < 0 || (o.By == 0) == (o.To == 0) || o.By > maxSizeMiB || o.To > maxSizeMiB:
		return Errorf(CodeInvalid, "it is not clear how much disk %d is to grow", o.Disk).WithHint("say by how much or to what size")
	}
	if err := checkText("the reason", o.Override); err != nil {
		return err
	}
	return checkKind(o.VM, KindVM)
}

func (o GrowDisk) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

// charges is what the VM takes with the larger disk. A disk that is not known, or
// is larger already, grows by nothing: its cluster refuses that.
func (o GrowDisk) charges(p *people, snap *Snapshot) []Charge {
	st := snap.Clusters[o.VM.Cluster]
	if st == nil {
		return nil
	}
	vm, ok := st.VM(o.VM.Name)
	if !ok || o.Disk >= len(vm.Disks) {
		return nil
	}
	more := o.By
	if o.To > 0 {
		more = max(o.To-vm.Disks[o.Disk].SizeMiB, 0)
	}
	amount := vm.takes()
	amount.DiskMiB += more
	return []Charge{{Who: p.owners[o.VM].Owner, VM: o.VM, Amount: amount}}
}

func (o GrowDisk) override() string { return o.Override }
