package rapitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// installTime is how long the scripts of an operating system take at speed 1.
const installTime = 2 * time.Second

// reinstall submits the three opcodes that RAPI makes of a reinstallation. It keeps no reason with them and takes none beside a body.
func (c *Cluster) reinstall(r *request) response {
	given := struct {
		OS       *string        `json:"os"`
		Start    *bool          `json:"start"`
		OSParams map[string]any `json:"osparams"`
	}{}
	if len(r.body) > 0 {
		if len(r.query) > 0 {
			return fail(http.StatusBadRequest, "Can't combine query and body parameters")
		}
		if err := json.Unmarshal(r.body, &given); err != nil {
			return fail(http.StatusBadRequest, "Invalid value for parameter")
		}
	}
	target := r.name
	if v := c.lookup(r.name); v != nil {
		target = v.Name
	}
	fields := map[string]any{
		"instance_name": target, "force_variant": false, "osparams": map[string]any{}, "osparams_private": map[string]any{}, "osparams_secret": map[string]any{},
	}
	if given.OSParams != nil {
		fields["osparams"] = given.OSParams
	}
	if given.OS != nil {
		fields["os_type"] = *given.OS
	}
	start := given.Start == nil || *given.Start
	op := opcode{id: "OP_INSTANCE_REINSTALL", run: func(c *Cluster, j *job) ([]step, *opError) { return c.installed(j, start) }}
	op.before = []extra{{"OP_INSTANCE_SHUTDOWN", map[string]any{
		"force": false, "ignore_offline_nodes": false, "timeout": 120, "no_remember": false, "admin_state_source": "admin",
	}}}
	if start {
		op.after = []extra{{"OP_INSTANCE_STARTUP", map[string]any{
			"force": false, "ignore_offline_nodes": false, "hvparams": map[string]any{}, "beparams": map[string]any{}, "no_remember": false, "startup_paused": false, "shutdown_timeout": 120,
		}}}
	}
	return c.submit(r, op, fields, target, "instance/"+target)
}

// installed shuts an instance down, installs its operating system, and starts it where that is wanted.
func (c *Cluster) installed(j *job, start bool) ([]step, *opError) {
	v, err := c.usable(j, "shutdown")
	if err != nil {
		return nil, err
	}
	os, _ := j.fields["os_type"].(string)
	if os != "" && !slices.Contains(c.config.OSes, os) {
		name, _, _ := strings.Cut(os, "+")
		return nil, &opError{class: "OpPrereqError", code: "wrong_input", message: "OS '" + name + "' not supported by the target node " + v.Node}
	}
	steps := []step{{after: cutTime, apply: c.power(v, "down", false)}}
	if os != "" {
		steps = append(steps, step{after: 300 * time.Millisecond, text: "Changing OS scripts to '" + os + "'..."})
	}
	steps = append(steps,
		step{after: 300 * time.Millisecond, text: " - INFO: Running instance OS create scripts..."},
		step{after: installTime, apply: func(at time.Time) *opError {
			v.OS = cmp.Or(os, v.OS)
			c.touch(v, at)
			c.render(v)
			return nil
		}})
	if start {
		steps = append(steps, step{after: bootTime, apply: c.power(v, "up", true)})
	}
	return steps, nil
}

// growDisk makes a disk larger; the number of the disk is a part of the path.
func (c *Cluster) growDisk(r *request) response {
	n, err := strconv.Atoi(r.part)
	if err != nil {
		return fail(http.StatusBadRequest, "Invalid value for parameter 'disk'")
	}
	return c.submitted(opcode{
		id: "OP_INSTANCE_GROW_DISK", handler: "instances_name_disk_grow", body: true,
		fields: map[string]any{"wait_for_sync": true, "disk": n, "amount": 0, "absolute": false, "ignore_ipolicy": false},
		run:    func(c *Cluster, j *job) ([]step, *opError) { return c.grown(j, n) },
	})(r)
}

func (c *Cluster) grown(j *job, n int) ([]step, *opError) {
	v := c.lookup(j.target)
	amount, _ := j.fields["amount"].(int)
	switch {
	case v == nil:
		return nil, unknown(j.target)
	case n < 0 || n >= len(v.Disks):
		return nil, prereq("wrong_input", fmt.Sprintf("Invalid disk index passed: %d (instance has disk indices 0 to %d)", n, len(v.Disks)-1))
	}
	size := v.Disks[n].Size + amount
	if j.fields["absolute"] == true {
		if size, amount = amount, amount-v.Disks[n].Size; amount < 0 {
			return nil, prereq("wrong_state", fmt.Sprintf("Requested size (%dM) is smaller than current disk size (%dM)", size, v.Disks[n].Size))
		}
	}
	return []step{
		{after: 400 * time.Millisecond, text: fmt.Sprintf("Growing disk %d of instance '%s' by %dM to %dM", n, v.Name, amount, size), apply: func(at time.Time) *opError {
			v.Disks = slices.Clone(v.Disks)
			v.Disks[n].Size = size
			c.touch(v, at)
			c.render(v)
			return nil
		}},
		{after: 400 * time.Millisecond, text: " - INFO: Waiting for instance " + v.Name + " to sync disks"},
		{after: 200 * time.Millisecond, text: " - INFO: Instance " + v.Name + "'s disks are in sync"},
	}, nil
}

// rename gives an instance that is down another name.
func rename() opcode {
	return opcode{
		id: "OP_INSTANCE_RENAME", handler: "instances_name_rename", body: true,
		fields: map[string]any{"new_name": "", "name_check": true, "ip_check": true},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v := c.lookup(j.target)
			name, _ := j.fields["new_name"].(string)
			switch {
			case v == nil:
				return nil, unknown(j.target)
			case v.Running:
				return nil, prereq("wrong_state", "Instance '"+v.Name+"' is marked to be up, cannot rename")
			case c.lookup(name) != nil:
				return nil, prereq("already_exists", "Instance '"+name+"' is already in the cluster")
			}
			j.answer = encode(name)
			return []step{{after: time.Second, apply: func(at time.Time) *opError {
				delete(c.instances, v.Name)
				v.Name = name
				c.instances[name] = v
				slices.SortFunc(c.sorted, func(a, b *instance) int { return cmp.Compare(a.Name, b.Name) })
				c.touch(v, at)
				c.render(v)
				return nil
			}}}, nil
		},
	}
}
