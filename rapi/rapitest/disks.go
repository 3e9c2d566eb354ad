package rapitest

import (
	"fmt"
	"time"
)

// syncTime is how long a copy of disks takes at speed 1.
const syncTime = 5 * time.Second

func activateDisks() opcode {
	return opcode{
		id: "OP_INSTANCE_ACTIVATE_DISKS", handler: "instances_name_activate_disks", query: []string{"ignore_size"},
		fields: map[string]any{"ignore_size": false, "wait_for_sync": false},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "activate disks of")
			if err != nil {
				return nil, err
			}
			out := []any{}
			for i := range v.Disks {
				out = append(out, []string{v.Node, fmt.Sprintf("disk/%d", i), fmt.Sprintf("/srv/ganeti/%s.disk%d", v.Name, i)})
			}
			j.answer = encode(out)
			return []step{{after: 500 * time.Millisecond}}, nil
		},
	}
}

func deactivateDisks() opcode {
	return opcode{
		id: "OP_INSTANCE_DEACTIVATE_DISKS", handler: "instances_name_deactivate_disks", fields: map[string]any{"force": false},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "deactivate disks of")
			if err != nil {
				return nil, err
			}
			if v.Running {
				return nil, prereq("wrong_state", "Instance '"+v.Name+"' is marked to be up, cannot shutdown disks")
			}
			return []step{{after: 500 * time.Millisecond}}, nil
		},
	}
}

// recreateDisks finds the files of the disks still there, unless there are none.
func recreateDisks() opcode {
	return opcode{
		id: "OP_INSTANCE_RECREATE_DISKS", handler: "instances_name_recreate_disks", body: true,
		fields: map[string]any{"disks": []any{}, "nodes": []any{}},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "recreate disks of")
			switch {
			case err != nil:
				return nil, err
			case v.Running:
				return nil, prereq("wrong_state", "Instance '"+v.Name+"' is marked to be up, cannot recreate disks")
			case len(v.Disks) == 0:
				return nil, prereq("wrong_input", "Instance '"+v.Name+"' has no disks")
			}
			file := fmt.Sprintf("/srv/ganeti/%s/disk0", v.Name)
			return nil, &opError{class: "OpExecError", message: "Can't create block device on node " + v.Node + " for instance " + v.Name +
				": Can't create block device: " + file + ": can't create: [Errno 17] File exists: '" + file + "'"}
		},
	}
}

// replaceDisks makes a copy of the disks anew; only drbd has two.
func replaceDisks() opcode {
	return opcode{
		id: "OP_INSTANCE_REPLACE_DISKS", handler: "instances_name_replace_disks", body: true,
		fields: map[string]any{"mode": "", "disks": []any{}, "remote_node": nil, "iallocator": nil, "early_release": false, "ignore_ipolicy": false},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "replace disks of")
			switch {
			case err != nil:
				return nil, err
			case len(v.Secondaries) == 0 && j.fields["mode"] == "replace_auto":
				return nil, prereq("internal_error", "The instance has a strange layout, expected one secondary but found 0")
			case v.Template != "drbd" || len(v.Secondaries) == 0:
				return nil, prereq("wrong_input", "Can only run replace disks for DRBD8-based instances")
			}
			old := c.lookupNode(v.Secondaries[0])
			to := old
			if j.fields["mode"] == "replace_new_secondary" {
				if to, err = c.newSecondary(j, v); err != nil {
					return nil, err
				}
			}
			return []step{
				{after: 500 * time.Millisecond, text: fmt.Sprintf("Replacing disk(s) for instance '%s'", v.Name)},
				{after: 500 * time.Millisecond, text: "STEP 1/6 Check device existence"},
				{after: syncTime, text: "STEP 5/6 Sync devices"},
				{after: 500 * time.Millisecond, text: "STEP 6/6 Removing old storage", apply: func(at time.Time) *opError {
					delete(old.secondary, v)
					to.secondary[v] = true
					v.Secondaries = []string{to.Name}
					c.touch(v, at)
					c.render(v)
					return nil
				}},
			}, nil
		},
	}
}

// newSecondary is the node that a job names, or one that has neither copy.
func (c *Cluster) newSecondary(j *job, v *instance) (*node, *opError) {
	if name, _ := j.fields["remote_node"].(string); name != "" {
		to := c.lookupNode(name)
		if to == nil {
			return nil, prereq("unknown_entity", "Node '"+name+"' not known")
		}
		if to == v.node || to.Name == v.Secondaries[0] {
			return nil, prereq("wrong_input", "The specified node is already the primary or the secondary node of the instance")
		}
		return to, nil
	}
	for _, n := range c.nodes {
		if n != v.node && n.Name != v.Secondaries[0] && n.up() && n.Role != "D" {
			return n, nil
		}
	}
	return nil, prereq("insufficient_resources", "Can't compute nodes using iallocator 'hail': no node can take the disks of "+v.Name)
}
