package rapitest

import (
	"fmt"
	"time"
)

// history makes the finished jobs of the last days: mostly power operations, now and then a migration, a backup or a failure.
func history(c Config, count int) []Past {
	var out []Past
	for i := range count {
		v := c.VMs[(i*17+5)%len(c.VMs)]
		p := Past{Target: v.Name, Ago: time.Duration(count-i) * 47 * time.Minute, Took: 3 * time.Second}
		switch i % 9 {
		case 0, 5:
			p.Op = "INSTANCE_STARTUP"
		case 1:
			p.Op, p.Took = "INSTANCE_SHUTDOWN", 6*time.Second
		case 2, 7:
			p.Op, p.Took, p.By = "INSTANCE_REBOOT", 7*time.Second, "kernel update"
		case 3:
			p.Op = "INSTANCE_REBOOT" // only mirrored disks can move
			if len(v.Secondaries) > 0 {
				p.Op, p.Took, p.Log = "INSTANCE_MIGRATE", 48*time.Second, migrationLog(v)
			}
		case 4:
			failed(&p, v, i)
		case 6:
			p.Op, p.Took = "BACKUP_EXPORT", 9*time.Minute
			p.Log = []string{
				"Shutting down instance " + v.Name, "Creating a snapshot of disk/0 on node " + v.Node, "Starting instance " + v.Name,
				"Exporting snapshot/0 from " + v.Node + " to " + c.Nodes[0].Name, "snapshot/0 is now listening, starting export",
				"snapshot/0 is receiving data on " + c.Nodes[0].Name, "snapshot/0 sent 12.4G, 84.1 MB/s, 61.0 %, ETA 1m32s",
				"snapshot/0 finished sending data", "snapshot/0 finished receiving data", "Finalizing export on " + c.Nodes[0].Name,
			}
		case 8:
			p.Op, p.Took, p.Log = "INSTANCE_GROW_DISK", 20*time.Second, []string{"Waiting for instance " + v.Name + " to sync disks", "- device disk/0:  64.20% done, 8s remaining (estimated)", "Instance " + v.Name + "'s disks are in sync"}
		}
		out = append(out, p)
	}
	return out
}

func migrationLog(v VM) []string {
	to := v.Secondaries[0]
	return []string{
		"Migrating instance " + v.Name, "* checking disk consistency between source and target", "* switching node " + to + " to secondary mode",
		"* changing into standalone mode", "* changing disks into dual-master mode", "* wait until resync is done", "* preparing " + to + " to accept the instance",
		"* migrating instance to " + to, "* starting memory transfer", "* memory transfer progress: 31.20 %", "* memory transfer progress: 78.95 %",
		"* memory transfer complete", "* switching node " + v.Node + " to secondary mode", "* wait until resync is done", "* changing into single-master mode", "* done",
	}
}

// failed gives the job one of the ways in which jobs fail.
func failed(p *Past, v VM, i int) {
	p.Status = "error"
	kind := i / 9 % 3
	if kind == 1 && v.Template == "drbd" { // those can migrate
		kind = 0
	}
	switch kind {
	case 0:
		p.Op, p.Class = "INSTANCE_STARTUP", "OpExecError"
		p.Message = fmt.Sprintf("Could not start instance '%s': Hypervisor error: Failed to start instance %s: exited with exit code 1 (qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n)", v.Name, v.Name)
	case 1:
		p.Op, p.Class, p.Code = "INSTANCE_MIGRATE", "OpPrereqError", "wrong_state"
		p.Message = "Instance's disk layout '" + v.Template + "' does not allow migrations"
	case 2:
		p.Op, p.Class = "INSTANCE_CREATE", "OpExecError"
		p.Target = "new-" + v.Name
		p.Log = []string{"* disk 0, size 20.0G", "* creating instance disks...", "adding instance " + p.Target + " to cluster config", " - INFO: Waiting for instance " + p.Target + " to sync disks", "* running the instance OS create scripts..."}
		p.Message = "Could not add os for instance " + p.Target + " on node " + v.Node + ": OS create script failed (exited with exit code 1), last lines in the log file:\nE: Unable to fetch some archives"
	}
}
