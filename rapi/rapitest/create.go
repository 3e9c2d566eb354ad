package rapitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// create makes an instance.
func create() opcode {
	none := map[string]any{}
	return opcode{
		id: "OP_INSTANCE_CREATE", handler: "instances", query: []string{"dry_run"}, body: true,
		fields: map[string]any{
			"instance_name": nil, "mode": nil, "dry_run": false, "force_variant": false, "wait_for_sync": true, "name_check": true, "ignore_ipolicy": false,
			"opportunistic_locking": false, "beparams": none, "disks": nil, "disk_template": nil, "hvparams": none, "hypervisor": nil,
			"identify_defaults": false, "ip_check": true, "conflicts_check": true, "nics": nil, "osparams": none, "os_type": nil, "pnode": nil, "src_node": nil, "src_path": nil,
			"snode": nil, "iallocator": nil, "group_name": nil, "no_install": nil, "source_shutdown_timeout": 120, "compress": "none", "start": true,
			"forthcoming": false, "commit": false, "tags": []any{}, "instance_communication": false,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			o := &creation{c: c, j: j}
			if err := o.read(); err != nil {
				return nil, err
			}
			if err := o.choose(); err != nil {
				return nil, err
			}
			if err := o.possible(); err != nil {
				return nil, err
			}
			j.answer = encode(append([]string{o.v.Node}, o.v.Secondaries...))
			return o.steps(), nil
		},
	}
}

// postInstance checks a request for a new instance, and queues it.
func (c *Cluster) postInstance(r *request) response {
	var given map[string]any
	switch {
	case len(r.body) == 0:
		return fail(http.StatusBadRequest, "Body contents: Type is 'NoneType', but 'dict' is expected")
	case json.Unmarshal(r.body, &given) != nil:
		return fail(http.StatusBadRequest, "Body contents: Type is not 'dict'")
	}
	switch version := given["__version__"]; version {
	case nil:
		return fail(http.StatusBadRequest, "Instance creation request version 0 is no longer supported")
	case 1.0:
	default:
		return fail(http.StatusBadRequest, fmt.Sprintf("Unsupported request data version %v", version))
	}
	delete(given, "__version__")
	r.body = encode(given)
	op := create()
	for _, name := range []string{"instance_name", "mode", "disks", "nics"} {
		if given[name] == nil {
			return *op.invalid(name)
		}
	}
	name, _ := given["instance_name"].(string)
	if name == "" {
		return *op.invalid("instance_name")
	}
	fields := maps.Clone(op.fields)
	for _, read := range []func(*request, map[string]any) *response{op.fromQuery, op.fromBody} {
		if bad := read(r, fields); bad != nil {
			return *bad
		}
	}
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	if fields["hypervisor"] == nil && fields["mode"] != "import" {
		fields["hypervisor"] = c.info["default_hypervisor"]
	}
	return c.submit(r, op, fields, strings.ToLower(name), "")
}

// creation is an instance while it is made.
type creation struct {
	c    *Cluster
	j    *job
	v    *instance
	said []string // by its choice of nodes and addresses
	from *VM      // the export that it is made of
}

func (o *creation) text(name string) string {
	s, _ := o.j.fields[name].(string)
	return s
}

func (o *creation) is(name string) bool { return o.j.fields[name] == true }

// read makes the instance of the job's fields.
func (o *creation) read() *opError {
	j, f := o.j, o.j.fields
	v := &instance{VM: VM{
		Name: j.target, OS: o.text("os_type"), Template: o.text("disk_template"), Hypervisor: o.text("hypervisor"), Admin: "down",
	}, serial: 1}
	o.v = v
	if o.is("name_check") && strings.HasPrefix(j.target, "nosuch") { // stands for what the resolver does not know
		return prereq("resolver_error", "The given name ("+j.target+") does not resolve: Name or service not known")
	}
	f["helper_startup_timeout"], f["helper_shutdown_timeout"] = 300, 7200
	if o.c.instances[j.target] != nil {
		return prereq("already_exists", "Instance '"+j.target+"' is already in the cluster")
	}
	if v.Template == "file" || v.Template == "sharedfile" {
		f["file_driver"] = "loop"
	}
	for _, tag := range anyList(f["tags"]) {
		v.Tags = append(v.Tags, fmt.Sprint(tag))
	}
	for _, given := range anyList(f["disks"]) {
		disk, _ := given.(map[string]any)
		size, _ := disk["size"].(float64)
		name, _ := disk["name"].(string)
		v.Disks = append(v.Disks, Disk{Size: int(size), Name: name})
	}
	v.Memory, v.MinMemory, v.VCPUs = 128, 128, 1
	be, _ := f["beparams"].(map[string]any)
	v.extra = map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(be)) {
		if err := o.c.setBackend(v, name, be[name]); err != nil {
			return err
		}
	}
	if f["mode"] == "import" {
		if err := o.take(); err != nil {
			return err
		}
	}
	hv, _ := f["hvparams"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(hv)) {
		if err := assign(&v.HV, name, hv[name], o.c.hvparams(v.Hypervisor, nil).values); err != nil {
			return err
		}
	}
	v.OSParams, _ = f["osparams"].(map[string]any)
	return nil
}

func anyList(v any) []any {
	list, _ := v.([]any)
	return list
}

// choose finds the nodes: those that are named, or one with room.
func (o *creation) choose() *opError {
	c, f := o.c, o.j.fields
	if o.text("pnode") == "" {
		return o.allocate()
	}
	n := c.lookupNode(o.text("pnode"))
	switch {
	case n == nil:
		return prereq("unknown_entity", "Node '"+o.text("pnode")+"' not known")
	case n.Role == "O":
		return prereq("wrong_state", "Cannot use offline primary node '"+n.Name+"'")
	case n.Role == "D":
		return prereq("wrong_state", "Cannot use drained primary node '"+n.Name+"'")
	}
	o.v.node, f["pnode"], f["pnode_uuid"] = n, n.Name, n.uuid
	if name := o.text("snode"); name != "" {
		second := c.lookupNode(name)
		if second == nil {
			return prereq("unknown_entity", "Node '"+name+"' not known")
		}
		if second == n {
			return prereq("wrong_input", "The secondary node cannot be the primary node")
		}
		o.v.Secondaries, f["snode"], f["snode_uuid"] = []string{second.Name}, second.Name, second.uuid
	} else if o.v.Template == "drbd" {
		return prereq("wrong_input", "The networked disk templates need a mirror node")
	}
	return nil
}

// allocate is what hail does: the nodes with the most free memory.
func (o *creation) allocate() *opError {
	c, v, f := o.c, o.v, o.j.fields
	allocator := cmp.Or(o.text("iallocator"), fmt.Sprint(cmp.Or(c.info["default_iallocator"], any(""))))
	if allocator == "" {
		return prereq("wrong_input", "No iallocator or node given and no cluster-wide default iallocator found;"+
			" please specify either an iallocator or a node, or set a cluster-wide default iallocator")
	}
	f["iallocator"] = allocator
	group := o.text("group_name")
	if group != "" && c.groupIndex(group) < 0 {
		return prereq("insufficient_resources", "Can't compute nodes using iallocator '"+allocator+"': Request failed: Group "+group+" not found")
	}
	nodes := slices.DeleteFunc(slices.Clone(c.nodes), func(n *node) bool {
		return !n.up() || n.Role == "D" || group != "" && n.Group != group || c.freeMemory(n) < v.Memory
	})
	slices.SortStableFunc(nodes, func(a, b *node) int { return cmp.Compare(c.freeMemory(b), c.freeMemory(a)) })
	if v.Template == "drbd" && len(nodes) > 0 {
		nodes = slices.DeleteFunc(nodes, func(n *node) bool { return n.Group != nodes[0].Group })
	}
	need := 1
	if v.Template == "drbd" {
		need = 2
	}
	if len(nodes) < need {
		where := cmp.Or(group, c.groups[0].Name)
		return prereq("insufficient_resources", fmt.Sprintf(
			"Can't compute nodes using iallocator '%s': Request failed: Group %s (preferred): No valid allocation solutions, failure reasons: FailMem: %d",
			allocator, where, len(c.nodes)))
	}
	v.node, f["pnode"], f["pnode_uuid"] = nodes[0], nodes[0].Name, nodes[0].uuid
	names := []string{nodes[0].Name}
	if need == 2 {
		v.Secondaries, f["snode"], f["snode_uuid"] = []string{nodes[1].Name}, nodes[1].Name, nodes[1].uuid
		names = append(names, nodes[1].Name)
	}
	o.said = append(o.said, fmt.Sprintf(" - INFO: Selected nodes for instance %s via iallocator %s: %s", v.Name, allocator, strings.Join(names, ", ")))
	return nil
}

// possible refuses what policy, networks, operating system or room do not allow.
func (o *creation) possible() *opError {
	c, v, f := o.c, o.v, o.j.fields
	v.Node = v.node.Name
	f["osparams_private"], f["osparams_secret"] = map[string]any{}, map[string]any{}
	if err := o.interfaces(); err != nil {
		return err
	}
	if faults := o.outside(); len(faults) > 0 && !o.is("ignore_ipolicy") {
		return prereq("wrong_input", fmt.Sprintf("Instance allocation to group %s (%s) violates policy: %s",
			c.uuid("group/"+v.node.Group), v.node.Group, strings.Join(faults, ", ")))
	}
	if !slices.Contains(c.config.OSes, v.OS) {
		name, _, _ := strings.Cut(v.OS, "+")
		return &opError{class: "OpExecError", message: "OS Parameters validation failed on node " + v.Node + ": Directory for OS " + name + " not found in search path"}
	}
	if v.usage() > v.node.Disk {
		return prereq("insufficient_resources", fmt.Sprintf("Not enough disk space on target node %s vg xenvg: required %d MiB, available %d MiB",
			v.Node, v.usage(), v.node.Disk))
	}
	if o.is("start") {
		return c.room(v.node, v, "creating instance "+v.Name)
	}
	return nil
}

// interfaces makes the NICs, with addresses from their networks.
func (o *creation) interfaces() *opError {
	c, v := o.c, o.v
	for i, given := range anyList(o.j.fields["nics"]) {
		nic, _ := given.(map[string]any)
		text := func(name string) string { s, _ := nic[name].(string); return s }
		n := NIC{IP: text("ip"), MAC: text("mac"), Network: text("network"), Link: text("link"), Name: text("name")}
		if n.MAC == "auto" || n.MAC == "generate" {
			n.MAC = ""
		}
		if n.IP == "none" {
			n.IP = ""
		}
		if n.Network != "" {
			at := c.networkIndex(n.Network)
			if at < 0 {
				return prereq("unknown_entity", "Network '"+n.Network+"' not found")
			}
			n.Link = cmp.Or(c.networks[at].Link, "br0")
			o.said = append(o.said, fmt.Sprintf(" - INFO: NIC/%d inherits netparams ['%s', 'bridged', '']", i, n.Link))
			if n.IP == "pool" {
				n.IP = c.freeAddress(c.networks[at], v.NICs)
				if n.IP == "" {
					return prereq("insufficient_resources", "Unable to get a free IP for NIC "+fmt.Sprint(i)+" from the address pool")
				}
				o.said = append(o.said, fmt.Sprintf(" - INFO: Chose IP %s from network %s", n.IP, n.Network))
			}
		}
		v.NICs = append(v.NICs, n)
	}
	return nil
}

// outside lists what is not in the range of the instance policy.
func (o *creation) outside() []string {
	v := o.v
	var policy struct {
		Ranges []struct{ Min, Max map[string]int } `json:"minmax"`
	}
	if json.Unmarshal(encode(o.c.info["ipolicy"]), &policy) != nil || len(policy.Ranges) == 0 {
		return nil
	}
	least, most := policy.Ranges[0].Min, policy.Ranges[0].Max
	var faults []string
	compare := func(name, shown string, n int) {
		if n < least[name] || n > most[name] {
			faults = append(faults, fmt.Sprintf("%s value %d is not in range [%d, %d]", shown, n, least[name], most[name]))
		}
	}
	compare("memory-size", "memory-size", v.Memory)
	compare("cpu-count", "cpu-count", v.VCPUs)
	compare("disk-count", "disk-count", len(v.Disks))
	compare("nic-count", "nic-count", len(v.NICs))
	for i, d := range v.Disks {
		compare("disk-size", fmt.Sprintf("disk-size/%d", i), d.Size)
	}
	return faults
}

// steps is the work itself. It leaves the instance behind where the scripts of the operating system fail, as Ganeti does.
func (o *creation) steps() []step {
	c, v, f := o.c, o.v, o.j.fields
	short := 150 * time.Millisecond
	var steps []step
	say := func(format string, args ...any) {
		steps = append(steps, step{after: short, text: fmt.Sprintf(format, args...)})
	}
	for _, line := range o.said {
		say("%s", line)
	}
	for i, d := range v.Disks {
		say("* disk %d, size %dM", i, d.Size)
	}
	say("* creating instance disks...")
	say("adding instance %s to cluster config", v.Name)
	steps[len(steps)-1].apply = func(at time.Time) *opError { return c.add(v, at) }
	say("adding disks to cluster config")
	if v.Template != "diskless" && o.is("wait_for_sync") {
		for range 2 {
			say(" - INFO: Waiting for instance %s to sync disks", v.Name)
			say(" - INFO: Instance %s's disks are in sync", v.Name)
		}
	}
	if o.from != nil {
		o.transfer(say)
	} else if v.Template != "diskless" && !o.is("no_install") {
		say("* running the instance OS create scripts...")
		steps = append(steps, step{after: o.installing(), apply: func(time.Time) *opError { return o.install() }})
	}
	if f["start"] == true && (o.from != nil || !o.is("no_install")) {
		say("* starting instance...")
		steps = append(steps, step{after: bootTime, apply: c.power(v, "up", true)})
	}
	return steps
}

// installing is how long the scripts of its operating system take; the OS parameter sleep_install (seconds) adds to it.
func (o *creation) installing() time.Duration {
	text, _ := o.v.OSParams["sleep_install"].(string)
	more, _ := time.ParseDuration(text + "s")
	return installTime + more
}

// install fails where the OS parameter fail_install says so, as the test bed's operating system does.
func (o *creation) install() *opError {
	if o.v.OSParams["fail_install"] == nil {
		return nil
	}
	name, variant, _ := strings.Cut(o.v.OS, "+")
	return &opError{class: "OpExecError", message: fmt.Sprintf("Could not add os for instance %s on node %s: OS create script failed (exited with exit code 1), last lines in the log file:\n"+
		"%s create: instance=%s os=%s variant=%s reinstall=0 greeting=none\n%s create: failing as asked", o.v.Name, o.v.Node, name, o.v.Name, name, variant, name)}
}

// add puts a new instance into the configuration.
func (c *Cluster) add(v *instance, at time.Time) *opError {
	if c.instances[v.Name] != nil {
		return prereq("already_exists", "Instance '"+v.Name+"' is already in the cluster")
	}
	custom := v.custom
	c.fill(v)
	v.custom, v.ctime, v.mtime = custom, at, at
	v.uuid = c.uuid("instance/" + v.Name + at.String())
	if v.Hypervisor == "kvm" {
		v.port = 11000
		for _, other := range c.sorted {
			v.port = max(v.port, other.port+1)
		}
	}
	v.node.primary[v] = true
	for _, name := range v.Secondaries {
		c.lookupNode(name).secondary[v] = true
	}
	c.instances[v.Name] = v
	c.sorted = append(c.sorted, v)
	slices.SortFunc(c.sorted, func(a, b *instance) int { return cmp.Compare(a.Name, b.Name) })
	c.render(v)
	return nil
}
