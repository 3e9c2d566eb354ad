package rapitest

import (
	"fmt"
	"slices"
	"time"
)

// memoryTime is how long a step of a memory transfer takes at speed 1.
const memoryTime = 3 * time.Second

// migrate moves a running instance to its first secondary node, or to another node of the group when its disks are shared.
func migrate() opcode {
	return opcode{
		id: "OP_INSTANCE_MIGRATE", handler: "instances_name_migrate", body: true,
		fields: map[string]any{
			"mode": "live", "target_node": nil, "iallocator": nil, "allow_runtime_changes": true, "ignore_ipolicy": false, "cleanup": false, "allow_failover": false, "ignore_hvversions": false,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "migrate")
			if err != nil {
				return nil, err
			}
			if j.fields["cleanup"] == true {
				return []step{{after: 500 * time.Millisecond, text: "Migrating instance " + v.Name}}, nil
			}
			if !v.Running {
				if j.fields["allow_failover"] == true {
					return c.moved(j, v)
				}
				return nil, prereq("wrong_state", "Can't migrate, please use failover: Instance "+v.Name+" is not running")
			}
			to, err := c.destination(j, v, "migrations")
			if err != nil {
				return nil, err
			}
			if err := c.room(to, v, "migrating instance "+v.Name); err != nil {
				return nil, err
			}
			from := v.node
			say := func(after time.Duration, format string, args ...any) step {
				return step{after: after, text: fmt.Sprintf(format, args...)}
			}
			short := 120 * time.Millisecond
			done := say(short, "* done")
			done.apply = func(at time.Time) *opError { c.place(v, to, at); return nil }
			return []step{
				say(4*short, "Migrating instance %s", v.Name),
				say(short, "* checking disk consistency between source and target"),
				say(short, "* closing instance disks on node %s", to.Name),
				say(short, "* opening instance disks on node %s in shared mode", from.Name),
				say(short, "* opening instance disks on node %s in shared mode", to.Name),
				say(short, "* preparing %s to accept the instance", to.Name),
				say(short, "* migrating instance to %s", to.Name),
				say(short, "* starting memory transfer"),
				say(memoryTime, "* memory transfer progress: 42.00 %%"),
				say(memoryTime, "* memory transfer progress: 87.00 %%"),
				say(memoryTime, "* memory transfer complete"),
				say(2*short, "* closing instance disks on node %s", from.Name),
				say(short, "* opening instance disks on node %s in exclusive mode", to.Name),
				done,
			}, nil
		},
	}
}

// failover stops an instance and starts it on another node.
func failover() opcode {
	return opcode{
		id: "OP_INSTANCE_FAILOVER", handler: "instances_name_failover", body: true,
		fields: map[string]any{
			"target_node": nil, "iallocator": nil, "ignore_consistency": false, "ignore_ipolicy": false, "shutdown_timeout": 120, "cleanup": false,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v := c.lookup(j.target)
			switch {
			case v == nil:
				return nil, unknown(j.target)
			case v.Admin == "offline":
				return nil, prereq("wrong_state", "Instance '"+v.Name+"' is marked to be offline, can't use instance from outside down, up states")
			}
			return c.moved(j, v)
		},
	}
}

// moved is the work of a failover, also for a migration of what does not run.
func (c *Cluster) moved(j *job, v *instance) ([]step, *opError) {
	to, err := c.destination(j, v, "failovers")
	if err != nil {
		return nil, err
	}
	if err := c.room(to, v, "failing over instance "+v.Name); err != nil {
		return nil, err
	}
	from, running := v.node, v.Admin == "up"
	steps := []step{
		{after: 300 * time.Millisecond, text: "Failover instance " + v.Name},
		{after: 200 * time.Millisecond, text: "* checking disk consistency between source and target"},
		{after: cutTime, text: "* shutting down instance on source node", apply: c.off(v)},
		{after: 100 * time.Millisecond, text: "* closing instance disks on node " + from.Name},
		{after: 200 * time.Millisecond, text: "* deactivating the instance's disks on source node", apply: func(at time.Time) *opError {
			c.place(v, to, at)
			return nil
		}},
	}
	if from.Dead {
		steps[1].text = "* not checking disk consistency as instance is not running"
	}
	if from.Role == "O" {
		steps = slices.Insert(steps, 4, step{text: " - WARNING: Could not close instance disks on node " + from.Name + ", proceeding anyway"})
		steps = slices.Insert(steps, 3, step{text: " - WARNING: Could not shutdown instance " + v.Name + " on node " + from.Name +
			", proceeding anyway; please make sure node " + from.Name + " is down; error details: Node is marked offline"})
	}
	if !running {
		steps = slices.Insert(steps, 0, step{text: " - INFO: Not checking memory on the secondary node as instance will not be started"})
	}
	if running {
		steps = append(steps,
			step{after: 200 * time.Millisecond, text: "* activating the instance's disks on target node " + to.Name},
			step{after: bootTime, text: "* starting the instance on the target node " + to.Name, apply: c.power(v, "up", true)})
	}
	return steps, nil
}

// destination is the node that a job moves an instance to: the one that it names, or the one that Ganeti chooses.
func (c *Cluster) destination(j *job, v *instance, what string) (*node, *opError) {
	if v.Template != "drbd" && !v.anywhere() {
		return nil, prereq("wrong_state", "Instance's disk layout '"+v.Template+"' does not allow "+what)
	}
	name, _ := j.fields["target_node"].(string)
	if name == "" {
		to := c.partner(v)
		if to == nil {
			return nil, prereq("insufficient_resources", "Can't find primary node: no node of the group can take instance "+v.Name)
		}
		return to, nil
	}
	to := c.lookupNode(name)
	switch {
	case to == nil:
		return nil, unknown(name)
	case to == v.node:
		return nil, prereq("wrong_state", "Cannot migrate instance "+v.Name+" to its primary ("+to.Name+")")
	case v.Template == "drbd" && (len(v.Secondaries) == 0 || v.Secondaries[0] != to.Name):
		return nil, prereq("wrong_input", "Instances with disk template drbd cannot be migrated to arbitrary nodes (neither an iallocator nor a target node can be passed)")
	case !to.up() || to.Role == "D":
		return nil, prereq("wrong_state", "Can't use offline or drained node "+to.Name)
	}
	return to, nil
}

// anywhere tells whether every node reaches the instance's disks, which holds also where it has none.
func (v *instance) anywhere() bool {
	return v.Template == "sharedfile" || v.Template == "rbd" || v.Template == "diskless"
}

// partner is the node that could take the instance over, nil if there is none.
func (c *Cluster) partner(v *instance) *node {
	if v.Template == "drbd" && len(v.Secondaries) > 0 {
		if n := c.lookupNode(v.Secondaries[0]); n.up() {
			return n
		}
		return nil
	}
	if !v.anywhere() {
		return nil
	}
	for _, n := range c.nodes {
		if n != v.node && n.Group == v.node.Group && n.up() && n.Role != "D" && c.freeMemory(n) >= v.Memory {
			return n
		}
	}
	return nil
}

// place makes a node the instance's primary; with drbd the old one becomes the secondary.
func (c *Cluster) place(v *instance, to *node, at time.Time) {
	from := v.node
	delete(from.primary, v)
	to.primary[v] = true
	if v.Template == "drbd" {
		delete(to.secondary, v)
		from.secondary[v] = true
		v.Secondaries = []string{from.Name}
	}
	v.node, v.Node = to, to.Name
	c.touch(v, at)
	c.render(v)
}
