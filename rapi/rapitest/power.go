package rapitest

import (
	"fmt"
	"time"
)

// Times of the power operations at speed 1.
const (
	bootTime = 1200 * time.Millisecond
	cutTime  = 800 * time.Millisecond
	acpiTime = 5 * time.Second // a kvm guest needs this long to shut itself down
)

func startup() opcode {
	return opcode{
		id: "OP_INSTANCE_STARTUP", handler: "instances_name_startup", query: []string{"force", "no_remember", "dry_run"},
		fields: map[string]any{
			"force": false, "ignore_offline_nodes": false, "hvparams": map[string]any{}, "beparams": map[string]any{},
			"no_remember": false, "startup_paused": false, "shutdown_timeout": 120, "dry_run": false,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "start")
			if err != nil {
				return nil, err
			}
			if v.Running {
				return []step{{after: bootTime}}, nil
			}
			if err := c.room(v.node, v, "starting instance "+v.Name); err != nil {
				return nil, err
			}
			return []step{
				{after: 200 * time.Millisecond, chatty: true, text: "* checking disk consistency of instance " + v.Name},
				{after: 300 * time.Millisecond, chatty: true, text: "* activating disks on node " + v.Node},
				{after: bootTime, chatty: true, text: "* starting instance on node " + v.Node, apply: c.power(v, remembered(j, v, "up"), true)},
			}, nil
		},
	}
}

func shutdown() opcode {
	return opcode{
		id: "OP_INSTANCE_SHUTDOWN", handler: "instances_name_shutdown", query: []string{"no_remember", "dry_run"}, body: true,
		fields: map[string]any{
			"force": false, "ignore_offline_nodes": false, "timeout": 120, "no_remember": false, "dry_run": false,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			j.fields["admin_state_source"] = "admin"
			v, err := c.usable(j, "shutdown")
			if err != nil {
				return nil, err
			}
			force, _ := j.fields["force"].(bool)
			timeout, _ := j.fields["timeout"].(int)
			if !v.Running {
				return []step{{after: cutTime, chatty: true, text: "* instance " + v.Name + " is already stopped", apply: c.power(v, remembered(j, v, "down"), false)}}, nil
			}
			after, last := cutTime, "* power of instance "+v.Name+" cut"
			if v.Hypervisor == "kvm" && !force {
				after = min(acpiTime, time.Duration(timeout)*time.Second)
				last = "* instance " + v.Name + " has shut down"
			}
			return []step{
				{after: 200 * time.Millisecond, chatty: true, text: "* shutting down instance " + v.Name + " on node " + v.Node},
				{after: after, chatty: true, text: last, apply: c.power(v, remembered(j, v, "down"), false)},
				{after: 200 * time.Millisecond, chatty: true, text: "* deactivating disks on node " + v.Node},
			}, nil
		},
	}
}

func reboot() opcode {
	return opcode{
		id: "OP_INSTANCE_REBOOT", handler: "instances_name_reboot", query: []string{"ignore_secondaries", "dry_run"},
		fields: map[string]any{"shutdown_timeout": 120, "ignore_secondaries": false, "reboot_type": "hard", "dry_run": false}, body: true,
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "reboot")
			if err != nil {
				return nil, err
			}
			on := step{after: bootTime, chatty: true, text: "* starting instance on node " + v.Node, apply: c.power(v, "up", true)}
			if j.fields["reboot_type"] == "soft" && v.Running {
				return []step{{after: bootTime, chatty: true, text: "* soft reboot of instance " + v.Name + " on node " + v.Node, apply: c.power(v, "up", true)}}, nil
			}
			off := step{after: cutTime, chatty: true, text: "* shutting down instance " + v.Name + " on node " + v.Node, apply: c.off(v)}
			if v.Hypervisor == "kvm" && v.Running {
				off.after = acpiTime
			}
			return []step{off, on}, nil
		},
	}
}

// usable is the job's instance if the operation, named by its verb, can start on it.
func (c *Cluster) usable(j *job, verb string) (*instance, *opError) {
	v := c.lookup(j.target)
	switch {
	case v == nil:
		return nil, unknown(j.target)
	case v.Admin == "offline":
		return nil, prereq("wrong_state", "Instance '"+v.Name+"' is marked to be offline, can't use instance from outside down, up states")
	case v.node.Role == "O":
		return nil, prereq("wrong_state", "Node '"+v.Node+"' is marked offline")
	case v.node.Dead:
		reason := "Error 7: Failed to connect to " + v.node.IP + " port 1811 after 0 ms: Couldn't connect to server"
		j.log = append(j.log, logLine{len(j.log) + 1, j.at, " - WARNING: Communication failure to node " + v.node.uuid + ": " + reason})
		return nil, &opError{class: "OpExecError", message: "Could not " + verb + " instance '" + v.Name + "': " + reason}
	}
	return v, nil
}

// remembered is the wish that a job leaves: none of its own with no_remember.
func remembered(j *job, v *instance, admin string) string {
	if forget, _ := j.fields["no_remember"].(bool); forget {
		return v.Admin
	}
	return admin
}

// power makes the change that ends a power operation. The configuration's serial number moves only when the wish changes, as in Ganeti.
func (c *Cluster) power(v *instance, admin string, running bool) func(time.Time) *opError {
	return func(at time.Time) *opError {
		if v.Admin != admin {
			v.Admin = admin
			c.touch(v, at)
		}
		v.Running, v.UserDown = running, false
		c.render(v)
		return nil
	}
}

// off stops the guest and leaves the wish alone.
func (c *Cluster) off(v *instance) func(time.Time) *opError {
	return func(time.Time) *opError {
		v.Running = false
		c.render(v)
		return nil
	}
}

// room refuses what a node lacks the memory for.
func (c *Cluster) room(n *node, v *instance, what string) *opError {
	free := c.freeMemory(n)
	if free >= v.Memory {
		return nil
	}
	return prereq("insufficient_resources", fmt.Sprintf("Not enough memory on node %s for %s: needed %d MiB, available %d MiB", n.Name, what, v.Memory, free))
}

func (c *Cluster) freeMemory(n *node) int {
	free := n.Memory - reserved
	for v := range n.primary {
		if v.Running {
			free -= v.Memory
		}
	}
	return free
}
