package rapi

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"gwm/core"
)

// VMs calls yield with every VM, and the bytes from which Detail reads the
// rest; they are valid during the call only. Ganeti does not tell the
// hypervisor in this answer (only in Stamps): VM.Hypervisor is empty unless a
// later version does.
func (c *Client) VMs(ctx context.Context, yield func(vm *core.VM, raw []byte) error) error {
	k := call{what: "list the VMs", path: "/2/instances", query: url.Values{"bulk": {"1"}}}
	d := vmDecoder{cluster: c.cfg.Cluster.Name, seen: interner{}}
	return c.stream(ctx, k, "", func(raw []byte) error {
		vm, err := d.decode(raw)
		if err != nil {
			return &contentErr{err}
		}
		return yield(vm, raw)
	})
}

// VM returns one VM, by full name, and the bytes from which Detail reads the rest.
func (c *Client) VM(ctx context.Context, name string) (*core.VM, []byte, error) {
	seg, err := segment("VM", name)
	if err != nil {
		return nil, nil, err
	}
	k := call{what: "read VM " + name, object: "VM " + name, path: "/2/instances/" + seg}
	raw, err := c.small(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	d := vmDecoder{cluster: c.cfg.Cluster.Name}
	vm, err := d.decode(raw)
	if err != nil {
		return nil, nil, c.notGaneti(k, raw, err)
	}
	return vm, raw, nil
}

// vmDecoder reads VMs. The lists in it are used again for each.
type vmDecoder struct {
	cluster string
	seen    interner

	ips, macs, modes, links, nicUUIDs, nicNames, networks, networkNames, vlans []string
	sizes, spindles                                                            []int
	diskUUIDs, diskNames                                                       []string
	port                                                                       int
	graphical, ramKnown                                                        bool
}

// decode reads one object as /2/instances?bulk=1 and /2/instances/NAME send it.
func (d *vmDecoder) decode(raw []byte) (*core.VM, error) {
	d.reset()
	vm := &core.VM{Cluster: d.cluster}
	c := &cursor{b: raw}
	if c.open('{') {
		for first := true; c.more('}', first); first = false {
			c.field = c.key()
			if !d.identity(c, vm) && !d.state(c, vm) && !d.nic(c) && !d.disk(c) {
				c.skip()
			}
		}
	}
	if err := c.finish(); err != nil {
		return nil, err
	}
	if vm.Name == "" {
		return nil, &fieldError{field: "name", found: "nothing"}
	}
	d.complete(vm)
	return vm, nil
}

func (d *vmDecoder) reset() {
	*d = vmDecoder{
		cluster: d.cluster, seen: d.seen,
		ips: d.ips[:0], macs: d.macs[:0], modes: d.modes[:0], links: d.links[:0], nicUUIDs: d.nicUUIDs[:0], nicNames: d.nicNames[:0],
		networks: d.networks[:0], networkNames: d.networkNames[:0], vlans: d.vlans[:0],
		sizes: d.sizes[:0], spindles: d.spindles[:0], diskUUIDs: d.diskUUIDs[:0], diskNames: d.diskNames[:0],
	}
}

// identity reads the value of c.field into vm, and tells whether it knows the
// field, as the functions below do.
func (d *vmDecoder) identity(c *cursor, vm *core.VM) bool {
	switch string(c.field) {
	case "name":
		vm.Name = c.text(nil)
	case "uuid":
		vm.UUID = c.text(nil)
	case "pnode":
		vm.Node = c.text(d.seen)
	case "snodes":
		vm.Secondaries = c.texts(nil, d.seen)
	case "os":
		vm.OS = c.text(d.seen)
	case "hypervisor":
		vm.Hypervisor = c.text(d.seen)
	case "disk_template":
		vm.DiskTemplate = c.text(d.seen)
	case "tags":
		vm.Tags = c.texts([]string{}, d.seen)
	case "ctime":
		vm.Created = c.time()
	case "mtime":
		vm.Modified = c.time()
	case "serial_no":
		vm.Serial, _ = c.integer()
	default:
		return false
	}
	return true
}

func (d *vmDecoder) state(c *cursor, vm *core.VM) bool {
	switch string(c.field) {
	case "status":
		vm.Status = c.text(d.seen)
	case "admin_state":
		vm.AdminState = c.text(d.seen)
	case "beparams":
		readBackend(c, vm)
	case "hvparams":
		d.readHypervisor(c)
	case "network_port":
		d.port = c.count()
	case "oper_ram":
		var n int64
		n, d.ramKnown = c.integer()
		vm.RunMemoryMiB = int(n)
	default:
		return false
	}
	return true
}

// readBackend reads beparams. Memory was one number before Ganeti 2.6 and RAPI
// still sends it.
func readBackend(c *cursor, vm *core.VM) {
	memory := 0
	if c.open('{') {
		for first := true; c.more('}', first); first = false {
			switch key := c.key(); string(key) {
			case "maxmem":
				vm.MemoryMiB = c.count()
			case "minmem":
				vm.MinMemoryMiB = c.count()
			case "memory":
				memory = c.count()
			case "vcpus":
				vm.VCPUs = c.count()
			default:
				c.skip()
			}
		}
	}
	if vm.MemoryMiB == 0 {
		vm.MemoryMiB = memory
	}
	if vm.MinMemoryMiB == 0 {
		vm.MinMemoryMiB = vm.MemoryMiB
	}
}

// readHypervisor looks in hvparams for a graphical console. Ganeti gives every
// KVM and Xen VM a network_port, whether something listens there or not.
func (d *vmDecoder) readHypervisor(c *cursor) {
	if !c.open('{') {
		return
	}
	for first := true; c.more('}', first); first = false {
		switch key := c.key(); string(key) {
		case "vnc_bind_address", "spice_bind":
			if c.text(d.seen) != "" {
				d.graphical = true
			}
		default:
			c.skip()
		}
	}
}

func (d *vmDecoder) nic(c *cursor) bool {
	switch string(c.field) {
	case "nic.ips":
		d.ips = c.texts(d.ips, nil)
	case "nic.macs":
		d.macs = c.texts(d.macs, nil)
	case "nic.modes":
		d.modes = c.texts(d.modes, d.seen)
	case "nic.links":
		d.links = c.texts(d.links, d.seen)
	case "nic.uuids":
		d.nicUUIDs = c.texts(d.nicUUIDs, nil)
	case "nic.names":
		d.nicNames = c.texts(d.nicNames, d.seen)
	case "nic.networks":
		d.networks = c.texts(d.networks, d.seen)
	case "nic.networks.names":
		d.networkNames = c.texts(d.networkNames, d.seen)
	case "custom_nicparams":
		d.readNICParams(c)
	default:
		return false
	}
	return true
}

// readNICParams looks for the VLAN, which has no list of its own.
func (d *vmDecoder) readNICParams(c *cursor) {
	if !c.open('[') {
		return
	}
	for first := true; c.more(']', first); first = false {
		vlan := ""
		if c.open('{') {
			for first := true; c.more('}', first); first = false {
				if key := c.key(); string(key) == "vlan" {
					vlan = c.text(d.seen)
				} else {
					c.skip()
				}
			}
		}
		d.vlans = append(d.vlans, vlan)
	}
}

func (d *vmDecoder) disk(c *cursor) bool {
	switch string(c.field) {
	case "disk.sizes":
		d.sizes = c.counts(d.sizes)
	case "disk.spindles":
		d.spindles = c.counts(d.spindles)
	case "disk.uuids":
		d.diskUUIDs = c.texts(d.diskUUIDs, nil)
	case "disk.names":
		d.diskNames = c.texts(d.diskNames, d.seen)
	default:
		return false
	}
	return true
}

// complete puts together what came in separate lists. The longest list of a
// kind says how many there are; what is missing in the others is empty.
func (d *vmDecoder) complete(vm *core.VM) {
	vm.State = vmState(vm.Status)
	vm.RunMemoryMiB = runMemory(vm.RunMemoryMiB, d.ramKnown, vm.State)
	if d.graphical {
		vm.ConsolePort = d.port
	}
	if vm.Tags == nil {
		vm.Tags = []string{}
	}
	slices.Sort(vm.Tags)
	n := max(len(d.macs), len(d.ips), len(d.modes), len(d.links), len(d.nicUUIDs))
	vm.NICs = make([]core.NIC, n)
	for i := range vm.NICs {
		vm.NICs[i] = core.NIC{
			Name: at(d.nicNames, i), UUID: at(d.nicUUIDs, i), MAC: at(d.macs, i), IP: at(d.ips, i),
			Mode: at(d.modes, i), Link: at(d.links, i), Network: at(d.networkNames, i), VLAN: at(d.vlans, i),
		}
		if vm.NICs[i].Network == "" {
			vm.NICs[i].Network = at(d.networks, i)
		}
	}
	vm.Disks = make([]core.Disk, max(len(d.sizes), len(d.diskUUIDs)))
	for i := range vm.Disks {
		vm.Disks[i] = core.Disk{Name: at(d.diskNames, i), UUID: at(d.diskUUIDs, i), SizeMiB: at(d.sizes, i), Spindles: at(d.spindles, i)}
		vm.DiskMiB += vm.Disks[i].SizeMiB
	}
}

// at is list[i], or zero where the list is shorter.
func at[T any](list []T, i int) T {
	var zero T
	if i < len(list) {
		return list[i]
	}
	return zero
}

// vmState puts Ganeti's status into our few words. An error status that we do
// not know is an error, another one is unknown.
func vmState(status string) core.VMState {
	switch status {
	case "running":
		return core.StateRunning
	case "ADMIN_down", "USER_down":
		return core.StateDown
	case "ADMIN_offline":
		return core.StateOffline
	case "ERROR_nodedown", "ERROR_nodeoffline":
		return core.StateUnknown
	}
	if strings.HasPrefix(status, "ERROR_") {
		return core.StateError
	}
	return core.StateUnknown
}

// runMemory is the memory in use: 0 for a VM that does not run, -1 where the
// node did not tell.
func runMemory(mib int, known bool, s core.VMState) int {
	switch {
	case known:
		return mib
	case s == core.StateRunning || s == core.StateUnknown:
		return -1
	}
	return 0
}
