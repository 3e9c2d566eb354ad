package rapitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"
)

// candidatePool is how many master candidates a cluster wants to have.
const candidatePool = 2

// putRole submits a change of a node's role: a bare JSON string.
func (c *Cluster) putRole(r *request) response {
	var role string
	if json.Unmarshal(r.body, &role) != nil {
		return fail(http.StatusBadRequest, "Body contents: Type is not 'str'")
	}
	fields := map[string]any{"force": false, "auto_promote": false}
	switch role {
	case "regular":
		fields["master_candidate"], fields["offline"], fields["drained"] = false, false, false
	case "master-candidate":
		fields["master_candidate"] = true
	case "drained", "offline":
		fields[role] = true
	default:
		return fail(http.StatusBadRequest, "Can't set '"+role+"' role")
	}
	op := opcode{id: "OP_NODE_SET_PARAMS", handler: "nodes_name_role", run: (*Cluster).setRole}
	fields["force"], fields["auto_promote"] = r.query.Get("force") == "1", r.query.Get("auto-promote") == "1"
	return c.submitNode(r, op, fields)
}

// submitNode puts a job about the node in the path into the queue.
func (c *Cluster) submitNode(r *request, op opcode, fields map[string]any) response {
	target := r.name
	if n := c.lookupNode(r.name); n != nil {
		target = n.Name
	}
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	fields["node_name"] = target
	return c.submit(r, op, fields, target, "node/"+target)
}

// setRole is the work of a change of role.
func (c *Cluster) setRole(j *job) ([]step, *opError) {
	n := c.lookupNode(j.target)
	switch {
	case n == nil:
		return nil, unknown(j.target)
	case n.Role == "M":
		return nil, prereq("wrong_input", "The master role can be changed only via master-failover")
	}
	steps, changed := n.ignored(j.fields)
	next := "R"
	for field, letter := range map[string]string{"master_candidate": "C", "drained": "D", "offline": "O"} {
		if j.fields[field] == true {
			next = letter
		}
	}
	if n.Role == "C" && next != "C" && j.fields["auto_promote"] != true && c.tooFewCandidates(n) {
		return nil, prereq("wrong_state", "Not enough master candidates, please pass auto promote option to allow promotion (--auto-promote or RAPI auto_promote=True)")
	}
	if n.Role == "O" && next != "O" {
		if n.Dead {
			return nil, prereq("wrong_state", "Node "+n.Name+" is being de-offlined but fails to report its version: Error 7: Failed to connect to "+n.IP+" port 1811")
		}
		steps = append(steps, step{text: " - WARNING: Transitioning node from offline to online state without using re-add. Please make sure the node is healthy!"})
	}
	if next == "O" {
		steps = append(steps, step{text: "Failed to stop KVM daemon on node '" + n.Name + "': Node is marked offline"})
	}
	j.answer = encode(changed)
	return append(steps, step{after: time.Second, apply: func(at time.Time) *opError {
		n.Role, n.mtime = next, at
		n.serial++
		for v := range n.primary {
			c.render(v)
		}
		if j.fields["auto_promote"] == true {
			c.promote(at)
		}
		return nil
	}}), nil
}

// ignored drops from a job what asks to unset a flag that is not set, with a line for each, and lists what is left.
func (n *node) ignored(fields map[string]any) (steps []step, changed [][]string) {
	set := map[string]bool{"master_candidate": n.Role == "C", "drained": n.Role == "D", "offline": n.Role == "O"}
	changed = [][]string{}
	for _, flag := range []string{"master_candidate", "drained", "offline"} {
		switch want, given := fields[flag].(bool); {
		case !given:
		case !want && !set[flag]:
			delete(fields, flag)
			steps = append(steps, step{text: fmt.Sprintf(" - INFO: Ignoring request to unset flag %s, already unset", flag)})
		case want != set[flag]:
			changed = append(changed, []string{flag, map[bool]string{true: "True", false: "False"}[want]})
		}
	}
	return steps, changed
}

// tooFewCandidates tells whether the cluster wants more master candidates than it has without the node.
func (c *Cluster) tooFewCandidates(without *node) bool {
	now, most := 0, 0
	for _, n := range c.nodes {
		if n == without {
			continue
		}
		if n.Role != "O" && n.Role != "D" {
			most++
		}
		if n.Role == "M" || n.Role == "C" {
			now++
		}
	}
	return now < min(most, candidatePool)
}

// promote makes regular nodes candidates until there are enough.
func (c *Cluster) promote(at time.Time) {
	for _, n := range c.nodes {
		if n.Role == "R" && c.tooFewCandidates(nil) {
			n.Role, n.mtime = "C", at
			n.serial++
		}
	}
}
