package rapitest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// postNodeMigrate submits a job that starts one job for each running instance of the node.
func (c *Cluster) postNodeMigrate(r *request) response {
	op := opcode{id: "OP_NODE_MIGRATE", handler: "nodes_name_migrate", body: true, run: (*Cluster).migrateNode}
	fields := map[string]any{"mode": "live", "iallocator": nil, "target_node": nil, "allow_runtime_changes": true, "ignore_ipolicy": false}
	if bad := op.fromBody(r, fields); bad != nil {
		return *bad
	}
	return c.submitNode(r, op, fields)
}

// postEvacuate submits a job that starts one job for each instance that leaves the node.
func (c *Cluster) postEvacuate(r *request) response {
	op := opcode{id: "OP_NODE_EVACUATE", handler: "nodes_name_evacuate", body: true, run: (*Cluster).evacuateNode}
	fields := map[string]any{"dry_run": false, "mode": nil, "early_release": false, "iallocator": nil, "remote_node": nil}
	if bad := op.fromBody(r, fields); bad != nil {
		return *bad
	}
	if mode, _ := fields["mode"].(string); !slices.Contains([]string{"primary-only", "secondary-only", "all"}, mode) {
		return fail(http.StatusBadRequest, "Invalid body parameters: (\"Parameter 'OP_NODE_EVACUATE.mode' fails validation\", 'wrong_input')")
	}
	return c.submitNode(r, op, fields)
}

func (c *Cluster) migrateNode(j *job) ([]step, *opError) {
	n := c.lookupNode(j.target)
	if n == nil {
		return nil, unknown(j.target)
	}
	return []step{{after: time.Second, apply: func(at time.Time) *opError {
		var started [][]any
		for _, name := range names(n.primary) {
			started = append(started, c.child(j, migrate(), name, at))
		}
		j.answer = encode(map[string]any{"jobs": list(started)})
		return nil
	}}}, nil
}

func (c *Cluster) evacuateNode(j *job) ([]step, *opError) {
	n := c.lookupNode(j.target)
	if n == nil {
		return nil, unknown(j.target)
	}
	var leave, fixed []string
	if j.fields["mode"] != "secondary-only" {
		leave = names(n.primary)
	}
	for _, name := range leave {
		if v := c.lookup(name); c.partner(v) == nil {
			fixed = append(fixed, name)
		}
	}
	if len(leave) == 0 {
		j.answer = encode(map[string]any{"jobs": []any{}})
		return []step{{after: time.Second, text: " - INFO: No instances to evacuate from node '" + n.Name + "'"}}, nil
	}
	first := step{after: time.Second, text: " - INFO: Evacuating instances from node '" + n.Name + "': " + strings.Join(leave, ", ")}
	if len(fixed) > 0 {
		why := "Unable to evacuate instances " + strings.Join(fixed, ", ") + " (Instances of type " + c.lookup(fixed[0]).Template + " cannot be relocated)"
		return []step{first, {text: " - WARNING: " + why}, {apply: func(time.Time) *opError { return &opError{class: "OpExecError", message: why} }}}, nil
	}
	var moves []string
	for _, name := range leave {
		moves = append(moves, name+" (to "+c.partner(c.lookup(name)).Name+")")
	}
	last := step{after: time.Second, text: " - INFO: Instances to be moved: " + strings.Join(moves, ", "), apply: func(at time.Time) *opError {
		var started [][]any
		for _, name := range leave {
			op := failover()
			if c.lookup(name).Running {
				op = migrate()
			}
			started = append(started, c.child(j, op, name, at))
		}
		j.answer = encode(map[string]any{"jobs": list(started)})
		return nil
	}}
	return []step{first, last}, nil
}

// child puts a job about an instance into the queue that another job starts, and returns what that one says of it.
func (c *Cluster) child(parent *job, op opcode, instance string, at time.Time) []any {
	fields := maps.Clone(op.fields)
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	fields["instance_name"], fields["reason"] = instance, parent.fields["reason"]
	if op.id == "OP_INSTANCE_MIGRATE" && parent.op.id == "OP_NODE_MIGRATE" {
		fields["mode"], fields["allow_failover"] = parent.fields["mode"], true
	}
	j := c.enqueue(op, fields, instance, at)
	j.lock = "instance/" + instance
	c.schedule(j, at, queueTime)
	return []any{true, j.id}
}
