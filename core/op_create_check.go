package core

import (
	"maps"
	"slices"
	"strings"
)

// The most that a VM of Ganeti can have (MAX_DISKS and MAX_NICS of constants.py).
const (
	MaxDisks = 16
	MaxNICs  = 8
)

// DiskLess is the disk template of a VM without disks, and DiskMirrored the one
// that needs a second node.
const (
	DiskLess     = "diskless"
	DiskMirrored = "drbd"
)

func (o CreateVM) check() error {
	if err := checkKind(o.VM, KindVM); err != nil {
		return err
	}
	if err := checkVMName(o.VM.Name); err != nil {
		return err
	}
	for _, check := range []func() error{
		o.checkWords, o.checkLookup, o.checkBackup, o.checkSize, o.checkDevices, o.checkPlace, o.checkParams, o.checkTags,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	if !o.Owner.IsZero() {
		if err := checkKind(o.Owner, KindUser, KindGroup); err != nil {
			return err
		}
	}
	return checkText("the reason", o.Override)
}

// checkVMName accepts the name of a host by RFC 1123, in small letters, as clusters
// list it.
func checkVMName(name string) error {
	bad := func(why string) error {
		return Errorf(CodeInvalid, "%q cannot be the name of a VM: %s", Printable(name), why).
			WithHint("use the name of a host, such as web1.example.org: letters a to z, digits and '-', in parts with '.' between")
	}
	if len(name) > maxName {
		return bad("it is longer than 253 characters")
	}
	for _, label := range strings.Split(name, ".") {
		switch {
		case label == "":
			return bad("a part of it is empty")
		case len(label) > 63:
			return bad("a part of it is longer than 63 characters")
		case strings.ContainsFunc(label, notHost):
			return bad("it has characters that hosts do not have")
		case label[0] == '-' || label[len(label)-1] == '-':
			return bad("a part of it begins or ends with '-'")
		}
	}
	return nil
}

func notHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}

func (o CreateVM) checkWords() error {
	for _, w := range []struct{ what, word string }{
		{"an operating system", o.OS},
		{"a hypervisor", o.Hypervisor},
		{"a disk template", o.DiskTemplate},
		{"a node group", o.Group},
		{"an allocator", o.Allocator},
	} {
		if w.word == "" {
			continue
		}
		if err := checkName(w.word); err != nil {
			return Errorf(CodeInvalid, "%q cannot be the name of %s: %v", Printable(w.word), w.what, err)
		}
	}
	switch {
	case o.OS == "" && !o.imports():
		return Errorf(CodeInvalid, "no operating system is named for %s", o.VM.Name).
			WithHint("cluster offer %s lists them", o.VM.Cluster)
	case o.DiskTemplate == "":
		return Errorf(CodeInvalid, "no disk template is named for %s", o.VM.Name).
			WithHint("cluster offer %s lists them", o.VM.Cluster)
	case o.IPCheck && !o.NameCheck:
		return Errorf(CodeInvalid, "the address of %s can be looked at only where its name is", o.VM.Name).
			WithHint("check the name too, or neither")
	}
	return nil
}

// checkLookup refuses a name that the cluster could not look up. Templates have no
// such name.
func (o CreateVM) checkLookup() error {
	if o.NameCheck && !strings.Contains(o.VM.Name, ".") {
		return Errorf(CodeInvalid, "%s must be given by its full name, because the cluster looks it up", o.VM.Name).
			WithHint("write it as it resolves, for example %s.example.org", o.VM.Name)
	}
	return nil
}

// checkBackup accepts what a VM that is made of a backup can say itself.
func (o CreateVM) checkBackup() error {
	switch {
	case !o.imports():
		return nil
	case o.OS != "":
		return Errorf(CodeInvalid, "%s has the operating system of its backup", o.VM.Name).WithHint("leave out the operating system")
	case o.NoInstall:
		return Errorf(CodeInvalid, "the disks of %s are filled from its backup", o.VM.Name).WithHint("leave out that nothing is installed")
	case len(o.NICs) == 0:
		return Errorf(CodeInvalid, "%s would get the network interfaces of the backup, with their hardware addresses", o.VM.Name).
			WithHint("say at least one: --nic default")
	}
	return o.From.check(o.VM)
}

func (o CreateVM) checkSize() error {
	switch {
	case o.MemoryMiB < 1 || o.MemoryMiB > maxDiskMiB:
		return Errorf(CodeInvalid, "%s has no amount of memory that is possible", o.VM.Name).WithHint("say how much, for example 2G")
	case o.MinMemoryMiB < 0 || o.MinMemoryMiB > o.MemoryMiB:
		return Errorf(CodeInvalid, "the least memory of %s is not between 0 and %s", o.VM.Name, FormatSize(o.MemoryMiB))
	case o.VCPUs < 1 || o.VCPUs > 4096:
		return Errorf(CodeInvalid, "%s has no number of virtual CPUs that is possible", o.VM.Name).WithHint("say how many, for example 2")
	}
	return nil
}

func (o CreateVM) checkDevices() error {
	switch n := len(o.Disks); {
	case o.DiskTemplate == DiskLess && n > 0:
		return Errorf(CodeInvalid, "%s has disks, and a disk template that has none", o.VM.Name).WithHint("leave out the disks, or name another template")
	case o.DiskTemplate != DiskLess && n == 0:
		return Errorf(CodeInvalid, "%s has no disk", o.VM.Name).WithHint("give it one, or the disk template %s", DiskLess)
	case n > MaxDisks:
		return Errorf(CodeInvalid, "%s has %d disks, at most %d are possible", o.VM.Name, n, MaxDisks)
	case len(o.NICs) > MaxNICs:
		return Errorf(CodeInvalid, "%s has %d network interfaces, at most %d are possible", o.VM.Name, len(o.NICs), MaxNICs)
	}
	for _, d := range o.Disks {
		if err := d.check(); err != nil {
			return err
		}
	}
	for _, n := range o.NICs {
		if err := n.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkPlace accepts either nodes or what an allocator is told.
func (o CreateVM) checkPlace() error {
	for _, node := range []Ref{o.Node, o.Secondary} {
		if err := checkPlace(o.VM, node); err != nil {
			return err
		}
	}
	switch named := !o.Node.IsZero(); {
	case named && o.Group+o.Allocator != "":
		return Errorf(CodeInvalid, "an allocator chooses the node of %s, or you do", o.VM.Name).
			WithHint("leave out the node, or the group and the allocator")
	case !named && !o.Secondary.IsZero():
		return Errorf(CodeInvalid, "%s has a secondary node without a primary one", o.VM.Name)
	case named && o.Node == o.Secondary:
		return Errorf(CodeInvalid, "both copies of %s cannot be on one node", o.VM.Name).WithHint("name another secondary node")
	case named && o.DiskTemplate == DiskMirrored && o.Secondary.IsZero():
		return Errorf(CodeInvalid, "the second copy of %s needs a node", o.VM.Name).WithHint("name a secondary node too")
	case o.DiskTemplate != DiskMirrored && !o.Secondary.IsZero():
		return Errorf(CodeInvalid, "%s has one copy of its disks and needs no secondary node", o.VM.Name)
	}
	return nil
}

func (o CreateVM) checkParams() error {
	for _, name := range []string{"memory", "maxmem", "minmem", "vcpus"} {
		if _, ok := o.Backend[name]; ok {
			return Errorf(CodeInvalid, "%s is not a further parameter", name).WithHint("use --memory, --min-memory and --vcpus")
		}
	}
	for _, params := range []map[string]string{o.Backend, o.HypervisorParams, o.OSParams} {
		for _, name := range slices.Sorted(maps.Keys(params)) {
			if err := checkParam(name, params[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkParam accepts the name of a parameter and a value that can be shown and
// sent.
func checkParam(name, value string) error {
	if err := checkName(name); err != nil {
		return Errorf(CodeInvalid, "%q cannot be the name of a parameter: %v", Printable(name), err).WithHint("write NAME=VALUE")
	}
	if len(value) > maxParam || Printable(value) != value {
		return Errorf(CodeInvalid, "the value of %s has more than %d characters, or some that cannot be shown", name, maxParam)
	}
	return nil
}

// checkTags accepts tags of people: gwm's own are written by gwm.
func (o CreateVM) checkTags() error {
	for _, tag := range o.Tags {
		switch {
		case strings.HasPrefix(tag, tagPrefix):
			return Errorf(CodeInvalid, "the tag %s is one that gwm writes", Printable(tag)).
				WithHint("say with --owner whose the VM is")
		case tag == "" || len(tag) > maxTag || strings.ContainsFunc(tag, notInTag):
			return Errorf(CodeInvalid, "%q cannot be a tag", Printable(cut(tag))).
				WithHint("use at most %d letters, digits and characters of _.+*/:@-", maxTag)
		}
	}
	return nil
}

func notInTag(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_.+*/:@-", r)
}
