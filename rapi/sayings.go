package rapi

import (
	"regexp"
	"strconv"
	"strings"
)

// sayings are the messages of Ganeti that people meet most; the first that fits
// counts. Their texts are those of 3.0 (captures of error-*), most are older.
var sayings = []saying{
	{
		re:   regexp.MustCompile(`^Instance '([^']+)' not known`),
		why:  "the cluster has no VM $1",
		hint: "it was renamed or removed meanwhile: look at the list again",
	},
	{
		re:   regexp.MustCompile(`^(Node|Group|Network) '([^']+)' not known`),
		tell: func(m []string) string { return "the cluster has no " + objectWord(m[1]) + " " + m[2] },
		hint: "it was renamed or removed meanwhile: look at the list again",
	},
	{
		re:   regexp.MustCompile(`^Instance '([^']+)' is already in the cluster`),
		why:  "the cluster has a VM $1 already",
		hint: "choose another name",
	},
	{
		re:   regexp.MustCompile(`^Instance '?([^' ]+)'? is marked to be offline`),
		why:  "the VM $1 is marked as offline, so that the cluster leaves it alone",
		hint: "gnt-instance modify --online $1 on the master node takes the mark away",
	},
	{
		re:   regexp.MustCompile(`^Instance '?([^' ]+)'? is marked to be (up|down), can(?:'t|not)`),
		tell: func(m []string) string { return "the VM " + m[1] + " is " + powerWord(m[2]) },
		hint: "stop or start it first, then try again",
	},
	{
		re:   regexp.MustCompile(`^Instance '?([^' ]+)'? is (not )?running, `),
		why:  "the VM $1 is ${2}running",
		hint: "stop or start it first, then try again",
	},
	{
		re:   regexp.MustCompile(`disk layout '([^']+)' does not allow`),
		why:  "a VM whose disks are of the kind $1 cannot migrate or fail over",
		hint: "gnt-instance move on the master node copies it to another node while it is stopped",
	},
	{
		re:   regexp.MustCompile(`^Can't migrate, please use failover: Instance (\S+) is not running`),
		why:  "the VM $1 does not run, and only what runs migrates",
		hint: "fail it over; to evacuate a node moves what is down on it too",
	},
	{
		re:   regexp.MustCompile(`^Cannot (migrate|failover) instance (\S+) to its primary \(([^)]+)\)`),
		why:  "it is on node $3 already",
		hint: "choose another node, or let the cluster choose",
	},
	{
		re:   regexp.MustCompile(`Directory for OS (\S+) not found in search path`),
		tell: func(m []string) string { return "the operating system " + m[1] + " is not installed on the node" },
		hint: "choose one that the cluster lists, or have it installed on all nodes",
	},
	{
		re:   regexp.MustCompile(`^OS '([^']+)' not in supported (?:OS|os) list for node (\S+)`),
		why:  "the operating system $1 is not installed on node $2",
		hint: "choose one that the cluster lists, or have it installed on all nodes",
	},
	{
		re:   regexp.MustCompile(`(?s)on node (\S+): OS (\S+) script failed \(exited with exit code (\d+)\)(?:, last lines in the log file:\n(.*))?`),
		tell: scriptFailed,
		hint: "the VM exists, without a usable system: read the log, mend the cause, then reinstall it or delete it",
	},
	{
		// A change of a VM names the group with all that Ganeti has of it.
		re:   regexp.MustCompile(`to group .+ \(([^)]+)\) violates policy: (.+)`),
		tell: func(m []string) string { return "the policy of node group " + m[1] + " does not allow " + limits(m[2]) },
		hint: "stay within the policy, choose another node group, or ask the cluster's administrator to change it",
	},
	{
		re:   regexp.MustCompile(`^Growing disk \S+ violates policy: (.+)`),
		tell: func(m []string) string { return "the policy of its node group does not allow " + limits(m[1]) },
		hint: "stay within the policy, or ask the cluster's administrator to change it",
	},
	{
		re:   regexp.MustCompile(`^The given name \(([^)]+)\) does not resolve`),
		why:  "the name $1 does not resolve on the cluster's master node",
		hint: "enter it in DNS or in the hosts file of the nodes, or ask without the check of the name",
	},
	{
		re:   regexp.MustCompile(`^Group '([^']+)' not empty, has the following nodes: (.+)`),
		tell: func(m []string) string { return "node group " + m[1] + " still has " + nodesWord(m[2]) },
		hint: "assign its nodes to another group first",
	},
	{
		re:   regexp.MustCompile(`^No export or invalid export found in dir (?:\S*/)?([^/\s]+):`),
		why:  "there is no backup $1 on that node, or it is not whole",
		hint: "vm backups lists what there is",
	},
	{
		re:   regexp.MustCompile(`^A zeroing image must be set`),
		why:  "the cluster has no image that overwrites what is free on disks",
		hint: "leave that out, or have the cluster's zeroing_image set",
	},
	{
		re:   regexp.MustCompile(`^Compression tool not allowed, tools allowed are \[(.*)\]`),
		why:  "the cluster compresses only with $1",
		hint: "leave the compression out, or use one of these",
	},
	{
		re:   regexp.MustCompile(`strange layout, expected one secondary but found 0|^Can only run replace disks for DRBD8`),
		why:  "its disks have no second copy",
		hint: "only VMs with DRBD have one",
	},
	{
		re:   regexp.MustCompile(`^Network still connected`),
		why:  "the network is still connected to a node group",
		hint: "disconnect it from all node groups first",
	},
	{
		re:   regexp.MustCompile(`^IP (\S+) is already externally reserved`),
		why:  "the address $1 is reserved",
		hint: "release it first, or choose another one",
	},
	{
		re:   regexp.MustCompile(`^Gateway IP address '([^']+)' is already reserved`),
		why:  "a VM has the address $1",
		hint: "give the VM another address first, or choose another gateway",
	},
	{
		re:   regexp.MustCompile(`^Unable to evacuate instances (.+) \((.+)\)`),
		why:  "these VMs cannot leave the node: $1 ($2)",
		hint: "move them one by one, or delete what is not needed any more",
	},
	{
		re:   regexp.MustCompile(`^Unknown parameter '([^']+)'`),
		why:  "the cluster knows no parameter $1",
		hint: "correct its name, and try again",
	},
	{
		re:   regexp.MustCompile(`^Tag\(s\) (.+) not found`),
		why:  "it has no tag $1",
		hint: "somebody took it away meanwhile: look at the tags again",
	},
	{
		re:   regexp.MustCompile(`Not enough memory on node (\S+) for .*: needed (\d+) MiB, available (\d+) MiB`),
		why:  "node $1 has too little free memory: $3 MiB of the $2 MiB that it takes",
		hint: "move or stop VMs there, give it less memory, or choose another node",
	},
	{
		re:   regexp.MustCompile(`Not enough disk space on target node (\S+)(?: vg (\S+))?: required (\d+) MiB, available (\d+) MiB`),
		why:  "node $1 has too little room for disks: $4 MiB of the $3 MiB that it takes",
		hint: "make room there, give it smaller disks, or choose another node",
	},
	{
		re:   regexp.MustCompile(`[Cc]annot allocate memory`),
		why:  "its node has too little free memory to start it",
		hint: "move or stop VMs there, give it less memory, or move it to another node",
	},
	{
		re:   regexp.MustCompile(`^Can't compute nodes using iallocator '([^']+)': (.+)`),
		why:  "$1 found no nodes that have room for it: $2",
		hint: "make room on the nodes, ask for less, or choose the node yourself",
	},
	{
		re:   regexp.MustCompile(`^No iallocator or node given`),
		why:  "the cluster has no allocator that chooses a node by itself",
		hint: "name the node, or an allocator",
	},
	{
		re:   regexp.MustCompile(`^The networked disk templates need a mirror node`),
		why:  "mirrored disks need a second node",
		hint: "name a secondary node too, or let the cluster choose both",
	},
	{
		re:   regexp.MustCompile(`^Cannot use (\S+) primary node '([^']+)'`),
		why:  "node $2 is $1",
		hint: "choose another node, or have the role of this one changed back",
	},
	{
		re:   regexp.MustCompile(`^Disk template '([^']+)' is not enabled in cluster\. Enabled disk templates are: (.+)`),
		why:  "the cluster does not have disks of the kind $1",
		hint: "it has: $2",
	},
	{
		re:   regexp.MustCompile(`^Selected hypervisor \(([^)]+)\) not enabled in the cluster \((.+)\)`),
		why:  "the cluster does not have the hypervisor $1",
		hint: "it has: $2",
	},
	{
		re:   regexp.MustCompile(`^Guest OS '([^']+)' is not allowed for installation`),
		why:  "the cluster's administrator does not allow to install $1",
		hint: "choose another operating system",
	},
	{
		re:   regexp.MustCompile(`^IP (\S+) of instance (\S+) already in use`),
		why:  "something answers at $1 already, the address of $2",
		hint: "choose another name, or ask without the check of the address",
	},
	{
		re:   regexp.MustCompile(`^No netparams found for network (\S+)\. Probably not connected`),
		why:  "the network $1 is not connected to the node group of its node",
		hint: "choose another network, or a node of another group",
	},
	{
		re:   regexp.MustCompile(`^Unable to get a free IP for NIC (\d+)`),
		why:  "the network of NIC $1 has no free address",
		hint: "choose another network, or give it none",
	},
	{
		re:   regexp.MustCompile(`^IP address (\S+) already in use or does not belong to network (\S+)`),
		why:  "the address $1 is taken, or is not in the network $2",
		hint: "choose another address, or let the cluster choose one: pool",
	},
	{
		re:   regexp.MustCompile(`^Can't use (offline|drained) node:? ?(\S*)`),
		tell: func(m []string) string { return strings.TrimSpace("node "+m[2]) + " is " + m[1] },
		hint: "choose another node, or have the role of this one changed back",
	},
	{
		re:   regexp.MustCompile(`Failed to connect to (\S+) port \d+`),
		why:  "the node at $1 does not answer",
		hint: "look whether it runs; one that is dead is to be marked as offline, then its VMs fail over to other nodes",
	},
	{
		re:   regexp.MustCompile(`[Oo]peration timed out|[Cc]onnection timed out`),
		hint: "a node did not answer in time: look whether it runs, then try again",
	},
	{
		re:   regexp.MustCompile(`(?s)^Can't create block device .* on node (\S+) for instance .*File exists: '([^']+)'`),
		why:  "the disk is there already on node $1: $2",
		hint: "only disks that are gone can be made anew: choose those, or remove the file if nothing needs it",
	},
	{
		re:   regexp.MustCompile(`^Not all disks could be snapshotted`),
		why:  "the disks of the VM cannot be copied while it runs",
		hint: "stop it first, or let it be down until its disks are copied (--long)",
	},
	{
		re:   regexp.MustCompile(`^Must specify disk type on diskless instance`),
		why:  "the VM has no disks so far, so that the kind of the first one must be told",
		hint: "choose the disk template along with the disk",
	},
	{
		re:   regexp.MustCompile(`^Not enough master candidates, please`),
		why:  "the cluster would have too few master candidates then",
		hint: "let it make another node one (--promote), or make another node a candidate first",
	},
	{
		re:   regexp.MustCompile(`^Node (\S+) is not master capable`),
		why:  "node $1 is not allowed to be master",
		hint: "allow it first: node edit --master-capable",
	},
	{
		re:   regexp.MustCompile(`^Node (\S+) hosts instances, cannot unset the vm_capable flag`),
		why:  "node $1 holds VMs or copies of their disks",
		hint: "evacuate it first",
	},
	{
		re:   regexp.MustCompile(`^The node is the master and the force parameter was not set`),
		why:  "the node is the master of its cluster",
		hint: "have another node take over first (gnt-cluster master-failover), or ask with force",
	},
	{
		re:   regexp.MustCompile(`^Node (\S+) is being de-offlined but fails to report its version`),
		why:  "node $1 does not answer, so it stays offline",
		hint: "look whether it runs and its node daemon with it, then try again",
	},
	{
		re:   regexp.MustCompile(`^Due to an issue with the iallocator interface`),
		why:  "this cluster cannot move VMs and second copies at once",
		hint: "evacuate the ones, then the others",
	},
	{
		re:   regexp.MustCompile(`^No iallocator or node given`),
		why:  "the cluster has no allocator that chooses nodes by default",
		hint: "name an allocator or a node, or have the cluster's administrator set a default (gnt-cluster modify --default-iallocator)",
	},
	{
		re:   regexp.MustCompile(`^No disk template of storage type '([^']+)' is enabled`),
		why:  "the cluster has no storage of the kind $1",
		hint: "choose another kind",
	},
	{
		re:   regexp.MustCompile(`^Not enough master candidates \(desired (\d+), new value will be (\d+)\)`),
		why:  "the cluster would have $2 master candidates of the $1 that it wants",
		hint: "make another node a master candidate first",
	},
	{
		re:   regexp.MustCompile(`^Job canceled by request`),
		why:  "it was canceled",
		hint: "ask for it again if it is still wanted",
	},
}

// scriptFailed tells of a script of an OS definition, with its last line.
func scriptFailed(m []string) string {
	why := "the " + m[2] + " script of the operating system failed on node " + m[1] + " with exit code " + m[3]
	lines := strings.Split(strings.TrimSpace(m[4]), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		why += ": " + last
	}
	return why
}

func objectWord(ganeti string) string {
	if ganeti == "Group" {
		return "node group"
	}
	return strings.ToLower(ganeti)
}

func powerWord(admin string) string {
	if admin == "up" {
		return "running"
	}
	return "stopped"
}

// nodesWord counts the nodes of a list: Ganeti gives their UUIDs, which tell
// people nothing.
func nodesWord(list string) string {
	if n := strings.Count(list, ",") + 1; n > 1 {
		return strconv.Itoa(n) + " nodes"
	}
	return "a node"
}

// outOfRange is one violation of an instance policy; a second part of the name
// is the number of the disk.
var outOfRange = regexp.MustCompile(`([a-z-]+)(/\d+)? value (\S+) is not in range \[([^,\]]+), ([^\]]+)\]`)

// limits says what an instance policy forbids.
func limits(text string) string {
	return outOfRange.ReplaceAllStringFunc(text, func(one string) string {
		m := outOfRange.FindStringSubmatch(one)
		name, unit := m[1], ""
		switch name {
		case "cpu-count":
			name = "VCPUs"
		case "memory-size":
			name, unit = "memory", " MiB of"
		case "disk-size":
			name, unit = "disk", " MiB of"
			if m[2] != "" {
				name += " " + m[2][1:]
			}
		case "disk-count":
			name = "disks"
		case "nic-count":
			name = "NICs"
		case "spindle-use":
			name = "spindles"
		}
		return m[3] + unit + " " + name + " (allowed are " + m[4] + " to " + m[5] + strings.TrimSuffix(unit, " of") + ")"
	})
}
