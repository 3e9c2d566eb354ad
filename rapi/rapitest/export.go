package rapitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// export takes the node as "destination", which the opcode calls target_node.
func (c *Cluster) export(r *request) response {
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(r.body, &given); err != nil {
		return fail(http.StatusBadRequest, "Body contents: Type is not 'dict'")
	}
	if to, ok := given["destination"]; ok {
		delete(given, "destination")
		given["target_node"] = to
	}
	r.body = encode(given)
	return c.submitted(backupExport())(r)
}

// exportRows has a row for each export that lies on a node, and one without a name for a node that has none or does not tell.
func (c *Cluster) exportRows() (out []bodyMap) {
	for _, n := range c.nodes {
		none := cell{noData, nil}
		if n.Role == "O" {
			none = cell{offline, nil}
		}
		if !n.up() || len(n.exports) == 0 {
			out = append(out, bodyMap{"node": n.Name, "export": none})
			continue
		}
		for _, e := range n.exports {
			out = append(out, bodyMap{"node": n.Name, "export": e.Name})
		}
	}
	return out
}

// keepExport puts a copy of an instance on a node, and removes those on the others.
func (c *Cluster) keepExport(v *instance, to *node) {
	for _, n := range c.nodes {
		if n.up() {
			n.exports = slices.DeleteFunc(n.exports, func(e VM) bool { return e.Name == v.Name })
		}
	}
	saved := v.VM
	saved.Disks, saved.NICs, saved.Tags = slices.Clone(v.Disks), slices.Clone(v.NICs), slices.Clone(v.Tags)
	to.exports = append(to.exports, saved)
	slices.SortFunc(to.exports, func(a, b VM) int { return cmp.Compare(a.Name, b.Name) })
}

func backupExport() opcode {
	return opcode{
		id: "OP_BACKUP_EXPORT", handler: "instances_name_export", body: true,
		fields: map[string]any{
			"compress": "none", "shutdown_timeout": 120, "target_node": "", "shutdown": true, "remove_instance": false,
			"ignore_remove_failures": false, "mode": "local", "zero_free_space": false, "long_sleep": false,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v, err := c.usable(j, "export")
			if err != nil {
				return nil, err
			}
			to, err := c.exportable(j, v)
			if err != nil {
				return nil, err
			}
			return c.exportSteps(j, v, to), nil
		},
	}
}

// exportable refuses what the real one does, and finds the node that gets the copy.
func (c *Cluster) exportable(j *job, v *instance) (*node, *opError) {
	name, _ := j.fields["target_node"].(string)
	to := c.lookupNode(name)
	is := func(field string) bool { return j.fields[field] == true }
	switch {
	case to == nil:
		return nil, prereq("unknown_entity", "Node '"+name+"' not known")
	case is("zero_free_space") && !is("shutdown"):
		return nil, prereq("unknown_error", "Unless the instance is shut down, zeroing cannot be used.")
	case is("remove_instance") && v.Admin == "up" && !is("shutdown"):
		return nil, prereq("wrong_state", "Can not remove instance without shutting it down before")
	case to.Role == "O":
		return nil, prereq("wrong_state", "Can't use offline node: "+to.Name)
	case to.Role == "D":
		return nil, prereq("wrong_state", "Can't use drained node: "+to.Name)
	case is("zero_free_space"):
		return nil, prereq("wrong_input", "A zeroing image must be set for zeroing to work")
	case is("long_sleep") && !is("shutdown"):
		return nil, prereq("wrong_input", "The long sleep option only makes sense when the instance can be shut down.")
	case !slices.Contains([]string{"none", "gzip", "gzip-fast", "gzip-slow"}, fmt.Sprint(j.fields["compress"])):
		return nil, prereq("wrong_input", fmt.Sprintf("Compression tool not allowed, tools allowed are [%s]", "gzip, gzip-fast, gzip-slow"))
	}
	j.fields["target_node"], j.fields["target_node_uuid"] = to.Name, to.uuid
	return to, nil
}

// exportSteps is the work itself. LVM sets disks aside, so that the instance is down for a moment only.
func (c *Cluster) exportSteps(j *job, v *instance, to *node) []step {
	shuts, removes, up := j.fields["shutdown"] == true, j.fields["remove_instance"] == true, v.Admin == "up"
	var steps []step
	say := func(apply func(time.Time) *opError, format string, args ...any) {
		steps = append(steps, step{after: 300 * time.Millisecond, text: fmt.Sprintf(format, args...), apply: apply})
	}
	if shuts {
		say(c.off(v), "Shutting down instance %s", v.Name)
	}
	if !up {
		say(nil, "Activating disks for %s", v.Name)
	}
	aside := slices.Contains([]string{"plain", "drbd", "diskless"}, v.Template)
	if why := mustNotSleep(j); why != "" && up && !removes && !aside {
		return append(steps, step{after: 300 * time.Millisecond, apply: func(time.Time) *opError {
			return &opError{class: "OpExecError", message: "Not all disks could be snapshotted, and " + why}
		}})
	}
	restarts := shuts && up && !removes
	restart := func(now bool) {
		if restarts && now {
			say(c.power(v, "up", true), "Starting instance %s", v.Name)
		}
	}
	restart(aside)
	done := make([]bool, len(v.Disks))
	for i := range v.Disks {
		done[i] = true
		say(nil, "Exporting disk/%d from %s to %s", i, v.Node, to.Name)
		say(nil, "disk/%d is now listening, starting export", i)
		say(nil, "disk/%d finished receiving data", i)
		say(nil, "disk/%d finished sending data", i)
	}
	j.answer = encode([]any{true, done})
	say(func(time.Time) *opError { c.keepExport(v, to); return nil }, "Finalizing export on %s", to.Name)
	restart(!aside)
	if !up {
		say(nil, "Deactivating disks for %s", v.Name)
	}
	if removes {
		say(func(time.Time) *opError { c.drop(v); return nil }, "Removing instance %s", v.Name)
	}
	say(nil, "Removing old exports for instance %s", v.Name)
	return steps
}

// mustNotSleep says why an instance that runs is not down until all is copied, ""
// where it may be.
func mustNotSleep(j *job) string {
	switch {
	case j.fields["shutdown"] != true:
		return "you requested a live export; aborting"
	case j.fields["long_sleep"] != true:
		return "you did not allow the instance to remain offline for a longer time through the --long-sleep option; aborting"
	}
	return ""
}

// take fills an instance that is made of an export with what the request does not say.
func (o *creation) take() *opError {
	f := o.j.fields
	from := o.c.lookupNode(o.text("src_node"))
	if from == nil {
		return prereq("unknown_entity", "Node '"+o.text("src_node")+"' not known")
	}
	name := o.text("src_path")
	path := "/var/lib/ganeti/export/" + name
	f["src_node"], f["src_node_uuid"], f["src_path"], f["force_variant"] = from.Name, from.uuid, path, true
	if from.Role == "O" {
		return prereq("wrong_state", "Can't use offline node: "+from.Name)
	}
	i := slices.IndexFunc(from.exports, func(e VM) bool { return e.Name == name })
	if i < 0 {
		return &opError{class: "OpExecError", message: "No export or invalid export found in dir " + path + ": Export info file doesn't have the required fields"}
	}
	saved := from.exports[i]
	o.from, f["os_type"], o.v.OS = &saved, saved.OS, saved.OS
	if len(o.v.Tags) == 0 {
		o.v.Tags, f["tags"] = slices.Clone(saved.Tags), saved.Tags
	}
	if o.v.Hypervisor == "" {
		o.v.Hypervisor, f["hypervisor"] = saved.Hypervisor, saved.Hypervisor
	}
	return nil
}

// transfer is how the disks of an instance are filled from its export.
func (o *creation) transfer(say func(format string, args ...any)) {
	say("* running the instance OS import scripts...")
	for i := range min(len(o.v.Disks), len(o.from.Disks)) {
		say("Exporting disk/%d from %s to %s", i, o.text("src_node"), o.v.Node)
		say("disk/%d is now listening, starting export", i)
		say("disk/%d finished receiving data", i)
		say("disk/%d finished sending data", i)
	}
	say("Running rename script for %s", o.v.Name)
}
