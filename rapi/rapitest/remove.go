package rapitest

import (
	"slices"
	"time"
)

// remove deletes an instance; one that runs is shut down first.
func remove() opcode {
	return opcode{
		id: "OP_INSTANCE_REMOVE", handler: "instances_name", query: []string{"dry_run"}, body: true,
		fields: map[string]any{"shutdown_timeout": 120, "ignore_failures": false, "dry_run": false},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v := c.lookup(j.target)
			if v == nil {
				return nil, unknown(j.target)
			}
			if err := v.node.reachable(); err != nil {
				return nil, err
			}
			after := cutTime
			if v.Running && v.Hypervisor == "kvm" {
				after = acpiTime
			}
			return []step{
				{after: after, apply: c.off(v)},
				{after: 500 * time.Millisecond, apply: func(time.Time) *opError { c.drop(v); return nil }},
			}, nil
		},
	}
}

// reachable refuses what needs a node that is offline.
func (n *node) reachable() *opError {
	if n.Role == "O" {
		return prereq("wrong_state", "Node '"+n.Name+"' is marked offline")
	}
	return nil
}

// drop forgets an instance.
func (c *Cluster) drop(v *instance) {
	delete(c.instances, v.Name)
	c.sorted = slices.DeleteFunc(c.sorted, func(o *instance) bool { return o == v })
	for _, n := range c.nodes {
		delete(n.primary, v)
		delete(n.secondary, v)
	}
}
