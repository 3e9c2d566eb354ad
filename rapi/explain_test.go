package rapi

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestExplainsRealFailures: each failure of a real Ganeti that was recorded is
// told in words that need no knowledge of its insides.
func TestExplainsRealFailures(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"error-job-create-bad-os": {
			"the operating system nosuchos is not installed on the node",
			"choose one that the cluster lists, or have it installed on all nodes",
		},
		"error-job-create-exists": {"the cluster has a VM web1.alpha.gwm.test already", "choose another name"},
		"error-job-create-os-script-fails": {
			"the create script of the operating system failed on node node1.alpha.gwm.test with exit code 1: gwmtest create: failing as asked",
			"the VM exists, without a usable system: read the log, mend the cause, then reinstall it or delete it",
		},
		"error-job-create-policy": {
			"the policy of node group default does not allow 64 VCPUs (allowed are 1 to 8)",
			"stay within the policy, choose another node group, or ask the cluster's administrator to change it",
		},
		"error-job-create-unresolvable": {
			"the name nosuch.alpha.gwm.test does not resolve on the cluster's master node",
			"enter it in DNS or in the hosts file of the nodes, or ask without the check of the name",
		},
		"error-job-delete-unknown": {
			"the cluster has no VM nosuch.alpha.gwm.test", "it was renamed or removed meanwhile: look at the list again",
		},
		"error-job-startup-unknown": {
			"the cluster has no VM nosuch.alpha.gwm.test", "it was renamed or removed meanwhile: look at the list again",
		},
		"error-job-group-delete": {"node group g4 still has a node", "assign its nodes to another group first"},
		"error-job-migrate-file": {
			"a VM whose disks are of the kind file cannot migrate or fail over",
			"gnt-instance move on the master node copies it to another node while it is stopped",
		},
		"error-job-modify-bad-beparam": {"the cluster knows no parameter nosuch", "correct its name, and try again"},
		"error-job-network-delete": {
			"the network is still connected to a node group", "disconnect it from all node groups first",
		},
		"error-job-network-modify-gateway": {"the address 10.99.9.5 is reserved", "release it first, or choose another one"},
		"error-job-node-evacuate-file": {
			"these VMs cannot leave the node: vm-file.alpha.gwm.test (Instances of type file cannot be relocated)",
			"move them one by one, or delete what is not needed any more",
		},
		"error-job-shutdown-dead-node": {
			"the node at 10.77.1.13 does not answer",
			"look whether it runs; one that is dead is to be marked as offline, then its VMs fail over to other nodes",
		},
		"error-job-startup-offline": {
			"the VM old1.alpha.gwm.test is marked as offline, so that the cluster leaves it alone",
			"gnt-instance modify --online old1.alpha.gwm.test on the master node takes the mark away",
		},
		"error-job-tags-delete-missing": {
			"it has no tag 'nosuch'", "somebody took it away meanwhile: look at the tags again",
		},
		"backup": {
			"the disks of the VM cannot be copied while it runs",
			"stop it first, or let it be down until its disks are copied (--long)",
		},
		"migrate-target": {"it is on node node3.alpha.gwm.test already", "choose another node, or let the cluster choose"},
		"modify-disk-add": {
			"the VM has no disks so far, so that the kind of the first one must be told",
			"choose the disk template along with the disk",
		},
		"recreate-disks": {
			"the disk is there already on node node3.alpha.gwm.test: /srv/ganeti/shared-file-storage/new6.alpha.gwm.test/dd202271-8d9a-400e-91ec-9b25d0894d40.sharedfile.disk0",
			"only disks that are gone can be made anew: choose those, or remove the file if nothing needs it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r rawJob
			if err := json.Unmarshal(capture(t, name+".job").Body, &r); err != nil {
				t.Fatal(err)
			}
			j := r.job()
			if diff := cmp.Diff(want, [2]string{j.Error, j.Hint}); diff != "" {
				t.Error(diff)
			}
			if j.Said == "" || j.Said == j.Error {
				t.Errorf("Ganeti's own words are lost: %q", j.Said)
			}
		})
	}
}

// TestExplainsOtherFailures has what the test bed could not be made to answer:
// the messages are those of Ganeti's source.
func TestExplainsOtherFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		fault     fault
		why, hint string
	}{
		{
			"two limits",
			fault{"OpPrereqError", "wrong_input", "Instance allocation to group u (rack1) violates policy: disk-size/0 value 5 is not in range [1024, 1048576], memory-size value 64 is not in range [128, 32768]"},
			"the policy of node group rack1 does not allow 5 MiB of disk 0 (allowed are 1024 to 1048576 MiB), 64 MiB of memory (allowed are 128 to 32768 MiB)",
			"stay within the policy, choose another node group, or ask the cluster's administrator to change it",
		},
		{
			"a larger VM",
			fault{"OpPrereqError", "wrong_input", "Instance allocation to group {'name': 'default', 'ipolicy': {}, 'uuid': '4c0a'} (default) violates policy: memory-size value 65536 is not in range [16, 8192]"},
			"the policy of node group default does not allow 65536 MiB of memory (allowed are 16 to 8192 MiB)",
			"stay within the policy, choose another node group, or ask the cluster's administrator to change it",
		},
		{
			"a larger disk",
			fault{"OpPrereqError", "wrong_input", "Growing disk 0 violates policy: disk-size/0 value 99999 is not in range [1, 65536]"},
			"the policy of its node group does not allow 99999 MiB of disk 0 (allowed are 1 to 65536 MiB)",
			"stay within the policy, or ask the cluster's administrator to change it",
		},
		{
			"nothing runs",
			fault{"OpPrereqError", "wrong_state", "Can't migrate, please use failover: Instance web1 is not running"},
			"the VM web1 does not run, and only what runs migrates", "fail it over; to evacuate a node moves what is down on it too",
		},
		{
			"no memory",
			fault{"OpPrereqError", "insufficient_resources", "Not enough memory on node n1 for starting instance web1: needed 4096 MiB, available 100 MiB"},
			"node n1 has too little free memory: 100 MiB of the 4096 MiB that it takes", "move or stop VMs there, give it less memory, or choose another node",
		},
		{
			"nobody chooses",
			fault{"OpPrereqError", "wrong_input", "No iallocator or node given and no cluster-wide default iallocator found; please specify either an iallocator or a node, or set a cluster-wide default iallocator"},
			"the cluster has no allocator that chooses a node by itself", "name the node, or an allocator",
		},
		{
			"no mirror",
			fault{"OpPrereqError", "wrong_input", "The networked disk templates need a mirror node"},
			"mirrored disks need a second node", "name a secondary node too, or let the cluster choose both",
		},
		{
			"drained",
			fault{"OpPrereqError", "wrong_state", "Cannot use drained primary node 'n1'"},
			"node n1 is drained", "choose another node, or have the role of this one changed back",
		},
		{
			"disk template",
			fault{"OpPrereqError", "", "Disk template 'plain' is not enabled in cluster. Enabled disk templates are: drbd,file"},
			"the cluster does not have disks of the kind plain", "it has: drbd,file",
		},
		{
			"hypervisor",
			fault{"OpPrereqError", "wrong_state", "Selected hypervisor (lxc) not enabled in the cluster (kvm,fake)"},
			"the cluster does not have the hypervisor lxc", "it has: kvm,fake",
		},
		{
			"blacklisted",
			fault{"OpPrereqError", "wrong_state", "Guest OS 'noop' is not allowed for installation"},
			"the cluster's administrator does not allow to install noop", "choose another operating system",
		},
		{
			"somebody answers",
			fault{"OpPrereqError", "not_unique", "IP 10.0.0.1 of instance web9 already in use"},
			"something answers at 10.0.0.1 already, the address of web9", "choose another name, or ask without the check of the address",
		},
		{
			"not connected",
			fault{"OpPrereqError", "wrong_input", "No netparams found for network lan. Probably not connected to node's n1 nodegroup"},
			"the network lan is not connected to the node group of its node", "choose another network, or a node of another group",
		},
		{
			"empty pool",
			fault{"OpPrereqError", "wrong_state", "Unable to get a free IP for NIC 1 from the address pool"},
			"the network of NIC 1 has no free address", "choose another network, or give it none",
		},
		{
			"taken address",
			fault{"OpPrereqError", "not_unique", "IP address 10.0.0.9 already in use or does not belong to network lan"},
			"the address 10.0.0.9 is taken, or is not in the network lan", "choose another address, or let the cluster choose one: pool",
		},
		{
			"no disk",
			fault{"OpPrereqError", "insufficient_resources", "Not enough disk space on target node n1 vg xenvg: required 2048 MiB, available 12 MiB"},
			"node n1 has too little room for disks: 12 MiB of the 2048 MiB that it takes", "make room there, give it smaller disks, or choose another node",
		},
		{
			"hypervisor without memory",
			fault{"OpExecError", "", "Could not start instance 'web1': Hypervisor error: Failed to start instance web1: exited with exit code 1 (qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n)"},
			"its node has too little free memory to start it", "move or stop VMs there, give it less memory, or move it to another node",
		},
		{
			"allocator",
			fault{"OpPrereqError", "insufficient_resources", "Can't compute nodes using iallocator 'hail': Request failed: Group default (preferred): No valid allocation solutions"},
			"hail found no nodes that have room for it: Request failed: Group default (preferred): No valid allocation solutions", "make room on the nodes, ask for less, or choose the node yourself",
		},
		{
			"offline node",
			fault{"OpPrereqError", "wrong_state", "Can't use offline node: n2"},
			"node n2 is offline", "choose another node, or have the role of this one changed back",
		},
		{
			"runs",
			fault{"OpPrereqError", "wrong_state", "Instance web1 is running, can't reinstall"},
			"the VM web1 is running", "stop or start it first, then try again",
		},
		{
			"several nodes",
			fault{"OpPrereqError", "wrong_state", "Group 'g' not empty, has the following nodes: a, b, c"},
			"node group g still has 3 nodes", "assign its nodes to another group first",
		},
		{
			"unknown node",
			fault{"OpPrereqError", "unknown_entity", "Node 'n9' not known"},
			"the cluster has no node n9", "it was renamed or removed meanwhile: look at the list again",
		},
		{
			"candidates",
			fault{"OpPrereqError", "wrong_state", "Not enough master candidates (desired 3, new value will be 2)"},
			"the cluster would have 2 master candidates of the 3 that it wants", "make another node a master candidate first",
		},
		{"hook", fault{"HooksAbort", "", "hook 90-dns on node n1: no"}, "hook 90-dns on node n1: no", "a script of the cluster's administrator refuses it: do what it says, or ask there"},
		{"lost", fault{"JobLost", "", "Job 12 lost"}, "Job 12 lost", "look at the object, and repeat it if it was not done"},
		{"drained", fault{"JobQueueDrainError", "", "Job queue is drained"}, "Job queue is drained", "gnt-cluster queue undrain on the master node opens the queue"},
		{"full", fault{"JobQueueFull", "", "full"}, "full", "try again when other jobs have ended"},
		{"tag", fault{"TagError", "", "Tag contains invalid characters"}, "Tag contains invalid characters", "tags have at most 128 characters of A-Z a-z 0-9 and .+*/:@_-"},
		{"busy", fault{"OpPrereqError", "temp_insufficient_resources", "x"}, "x", "the nodes are busy with other jobs: try again when those have ended"},
		{"environment", fault{"OpPrereqError", "environment_error", "x"}, "x", "something on a node is not as Ganeti needs it: have its administrator look at the log"},
		{"nothing known", fault{"OpExecError", "", "something new"}, "something new", ""},
		{
			"no second copy",
			fault{"OpPrereqError", "internal_error", "The instance has a strange layout, expected one secondary but found 0"},
			"its disks have no second copy", "only VMs with DRBD have one",
		},
		{
			"runs, cannot",
			fault{"OpPrereqError", "wrong_state", "Instance 'web1' is marked to be up, cannot rename"},
			"the VM web1 is running", "stop or start it first, then try again",
		},
		{"text only", fault{"", "", "Job canceled by request"}, "it was canceled", "ask for it again if it is still wanted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			why, hint := tt.fault.explain()
			if diff := cmp.Diff([2]string{tt.why, tt.hint}, [2]string{why, hint}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzExplain: whatever a cluster answers is told as a sentence that has a text.
func FuzzExplain(f *testing.F) {
	for _, s := range []string{
		`["OpPrereqError",["Instance 'x' not known","unknown_entity"]]`, `["HooksAbort",[[["n","s","o"]]]]`, `null`, `"x"`, `[[],[]]`, `["",[""]]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		fault := opFault(raw)
		why, hint := fault.explain()
		if core.Printable(fault.text) != "" && why == "" {
			t.Errorf("%s: no reason", raw)
		}
		if core.Printable(why) != why || core.Printable(hint) != hint {
			t.Errorf("%s: not printable: %q, %q", raw, why, hint)
		}
	})
}
