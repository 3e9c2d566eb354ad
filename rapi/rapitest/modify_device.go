package rapitest

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// deviceChanges applies the changes of NICs and disks that a job asks for to a copy of an instance, one after the other.
type deviceChanges struct {
	cluster *Cluster
	job     *job
	vm      *instance
	changes [][]any  // as the job's result lists them
	log     []string // what the job says meanwhile
}

func (d *deviceChanges) apply() *opError {
	d.vm.NICs, d.vm.Disks = slices.Clone(d.vm.NICs), slices.Clone(d.vm.Disks)
	for _, kind := range []struct {
		field               string
		add, change, remove func(index int, values map[string]any) *opError
		count               func() int
	}{
		{"nics", d.addNIC, d.changeNIC, d.removeNIC, func() int { return len(d.vm.NICs) }},
		{"disks", d.addDisk, d.changeDisk, d.removeDisk, func() int { return len(d.vm.Disks) }},
	} {
		mods := upgraded(d.job.fields[kind.field])
		d.job.fields[kind.field] = mods
		for _, m := range mods {
			do, _ := m.([]any)[0].(string)
			number, _ := m.([]any)[1].(float64)
			values, _ := m.([]any)[2].(map[string]any)
			index, err := int(number), (*opError)(nil)
			switch {
			case do == "add":
				err = kind.add(kind.count(), values)
			case index < 0 || index >= kind.count():
				err = &opError{class: "IndexError", message: fmt.Sprintf("Got %s index %d, but there are only %d", kind.field, index, kind.count())}
			case do == "remove":
				err = kind.remove(index, values)
			default:
				err = kind.change(index, values)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// upgraded is a list of changes in the form with three parts; the older one has two.
func upgraded(given any) []any {
	list, _ := given.([]any)
	out := []any{}
	for _, m := range list {
		parts, _ := m.([]any)
		switch {
		case len(parts) == 3:
			out = append(out, m)
		case len(parts) == 2 && (parts[0] == "add" || parts[0] == "remove"):
			out = append(out, []any{parts[0], -1.0, parts[1]})
		case len(parts) == 2:
			out = append(out, []any{"modify", parts[0], parts[1]})
		}
	}
	return out
}

// text is a value, with what gives it up as nothing.
func text(values map[string]any, name, old string) string {
	value, set := values[name].(string)
	switch {
	case !set:
		return old
	case value == "none":
		return ""
	}
	return value
}

func (d *deviceChanges) addNIC(index int, values map[string]any) *opError {
	n := NIC{uuid: d.cluster.uuid(fmt.Sprintf("nic/%s/%d/%d", d.vm.Name, index, d.job.id))}
	if values["mac"] == nil {
		values["mac"] = "auto"
	}
	if err := d.setNIC(&n, values); err != nil {
		return err
	}
	d.vm.NICs = append(d.vm.NICs, n)
	none := func(s string) string { return cmp.Or(s, "None") }
	d.changes = append(d.changes, []any{fmt.Sprintf("nic.%d", index), fmt.Sprintf("add:mac=%s,ip=%s,mode=%s,link=%s,network=%s",
		n.MAC, none(n.IP), n.Mode, n.Link, none(n.Network))})
	d.plugged()
	return nil
}

func (d *deviceChanges) changeNIC(index int, values map[string]any) *opError {
	n := &d.vm.NICs[index]
	if n.Network != "" && values["network"] == nil && (values["link"] != nil || values["mode"] != nil) {
		return prereq("wrong_input", "Not allowed to change link or mode of a NIC that is connected to a network")
	}
	if err := d.setNIC(n, values); err != nil {
		return err
	}
	for _, name := range []string{"mac", "ip", "name", "network"} {
		if values[name] != nil {
			d.changes = append(d.changes, []any{fmt.Sprintf("nic.%s/%d", name, index), values[name]})
		}
	}
	d.changes = append(d.changes, []any{fmt.Sprintf("nic.link/%d", index), n.Link}, []any{fmt.Sprintf("nic.mode/%d", index), n.Mode})
	d.plugged()
	return nil
}

// setNIC sets values; what is made up on the way stands in them afterwards.
func (d *deviceChanges) setNIC(n *NIC, values map[string]any) *opError {
	n.Name, n.Network, n.IP = text(values, "name", n.Name), text(values, "network", n.Network), text(values, "ip", n.IP)
	n.Mode, n.Link, n.VLAN = text(values, "mode", n.Mode), text(values, "link", n.Link), text(values, "vlan", n.VLAN)
	if n.Mode == "default" || n.Mode == "" {
		n.Mode = "bridged"
	}
	if n.Link == "default" || n.Link == "" {
		n.Link = "br0"
	}
	if n.VLAN == "default" {
		n.VLAN = ""
	}
	if mac, ok := values["mac"].(string); ok {
		n.MAC = mac
	}
	if n.MAC == "auto" || n.MAC == "generate" {
		h := d.cluster.hash(fmt.Sprintf("mac/%s/%d", n.uuid, d.job.id))
		n.MAC = fmt.Sprintf("aa:00:%02x:%02x:%02x:%02x", h[0], h[1], h[2], h[3])
		values["mac"] = n.MAC
	}
	return d.inNetwork(n, values)
}

// inNetwork gives a NIC the link of its network and an address there.
func (d *deviceChanges) inNetwork(n *NIC, values map[string]any) *opError {
	if n.Network == "" {
		if n.IP == "pool" {
			return prereq("wrong_input", "ip=pool, but no network found")
		}
		return nil
	}
	at := slices.IndexFunc(d.cluster.config.Networks, func(have Network) bool { return have.Name == n.Network })
	if at < 0 {
		return prereq("unknown_entity", "Network '"+n.Network+"' not found")
	}
	network := d.cluster.config.Networks[at]
	n.Link = cmp.Or(network.Link, "br0")
	taken := map[string]bool{network.Gateway: true}
	for _, v := range d.cluster.sorted {
		for _, other := range v.NICs {
			if other.Network == n.Network && other.uuid != n.uuid {
				taken[other.IP] = true
			}
		}
	}
	if n.IP != "pool" {
		if taken[n.IP] {
			return prereq("already_exists", "IP "+n.IP+" not available in network "+n.Network)
		}
		return nil
	}
	in := netip.MustParsePrefix(network.Network)
	for ip := in.Masked().Addr().Next(); in.Contains(ip); ip = ip.Next() {
		if !taken[ip.String()] {
			n.IP, values["ip"] = ip.String(), ip.String()
			d.log = append(d.log, " - INFO: Chose IP "+n.IP+" from network "+n.Network)
			return nil
		}
	}
	return prereq("wrong_state", "Unable to get a free IP from the address pool")
}

func (d *deviceChanges) removeNIC(index int, _ map[string]any) *opError {
	d.vm.NICs = slices.Delete(d.vm.NICs, index, index+1)
	d.changes = append(d.changes, []any{fmt.Sprintf("NIC/%d", index), "remove"})
	d.plugged()
	return nil
}

func (d *deviceChanges) addDisk(index int, values map[string]any) *opError {
	if d.vm.Template == "diskless" {
		values["dev_type"] = d.vm.Template
		return prereq("wrong_input", "Must specify disk type on diskless instance")
	}
	size, _ := values["size"].(float64)
	values["mode"], values["dev_type"] = cmp.Or(text(values, "mode", ""), "rw"), d.vm.Template
	if d.vm.Template == "file" || d.vm.Template == "sharedfile" {
		d.job.fields["file_driver"] = "loop"
	}
	disk := Disk{Size: int(size), Name: text(values, "name", ""), mode: text(values, "mode", ""), uuid: d.cluster.uuid(fmt.Sprintf("disk/%s/%d/%d", d.vm.Name, index, d.job.id))}
	d.vm.Disks = append(d.vm.Disks, disk)
	d.changes = append(d.changes, []any{fmt.Sprintf("disk/%d", index), fmt.Sprintf("add:size=%d,mode=%s", disk.Size, disk.mode)})
	d.log = append(d.log, fmt.Sprintf("* disk %d, size %dM", index, disk.Size),
		" - INFO: Waiting for instance "+d.vm.Name+" to sync disks", " - INFO: Instance "+d.vm.Name+"'s disks are in sync")
	d.plugged()
	return nil
}

func (d *deviceChanges) changeDisk(index int, values map[string]any) *opError {
	if values["size"] != nil {
		return prereq("wrong_input", "Disk size change not possible, use grow-disk")
	}
	disk := &d.vm.Disks[index]
	disk.Name, disk.mode = text(values, "name", disk.Name), text(values, "mode", disk.mode)
	for _, name := range []string{"mode", "name"} {
		if values[name] != nil {
			d.changes = append(d.changes, []any{fmt.Sprintf("disk.%s/%d", name, index), values[name]})
		}
	}
	return nil
}

func (d *deviceChanges) removeDisk(index int, _ map[string]any) *opError {
	if d.vm.Admin == "up" && !d.plugs() {
		return prereq("wrong_state", "Instance '"+d.vm.Name+"' is marked to be up, can't remove volume from a running instance without using hotplug")
	}
	d.vm.Disks = slices.Delete(d.vm.Disks, index, index+1)
	d.changes = append(d.changes, []any{fmt.Sprintf("disk/%d", index), "remove"})
	d.plugged()
	return nil
}

// plugs tells whether the job changes the machine that runs, too.
func (d *deviceChanges) plugs() bool {
	return d.job.fields["hotplug_if_possible"] == true && d.vm.Hypervisor == "kvm" && d.vm.Running
}

// plugged says what became of the machine that runs.
func (d *deviceChanges) plugged() {
	if d.plugs() {
		d.log = append(d.log, " - INFO: Trying to hotplug device...", " - INFO: Hotplug done.")
	}
}
