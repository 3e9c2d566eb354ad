package rapitest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// postPowercycle submits a job that restarts a node. Its answer comes before the node is gone.
func (c *Cluster) postPowercycle(r *request) response {
	op := opcode{id: "OP_NODE_POWERCYCLE", handler: "nodes_name_powercycle", run: func(c *Cluster, j *job) ([]step, *opError) {
		n := c.lookupNode(j.target)
		switch {
		case n == nil:
			return nil, unknown(j.target)
		case n.Role == "M" && j.fields["force"] != true:
			return nil, prereq("wrong_input", "The node is the master and the force parameter was not set")
		}
		j.answer = encode("Reboot scheduled in 5 seconds")
		return []step{{after: 300 * time.Millisecond, apply: func(at time.Time) *opError {
			for v := range n.primary {
				v.Running = false
				c.touch(v, at)
				c.render(v)
			}
			return nil
		}}}, nil
	}}
	fields := map[string]any{"force": false}
	if bad := (opcode{query: []string{"force"}}).fromQuery(r, fields); bad != nil {
		return *bad
	}
	return c.submitNode(r, op, fields)
}

// postNodeModify submits a change of a node's parameters.
func (c *Cluster) postNodeModify(r *request) response {
	op := opcode{id: "OP_NODE_SET_PARAMS", handler: "nodes_name_modify", body: true, run: (*Cluster).modifyNode}
	fields := map[string]any{"force": false, "auto_promote": false, "master_capable": nil, "vm_capable": nil, "ndparams": nil}
	if bad := op.fromBody(r, fields); bad != nil {
		return *bad
	}
	return c.submitNode(r, op, fields)
}

// nodeFlags are what a change says of a node beside its parameters.
type nodeFlags struct {
	master, setsMaster bool
	vms, setsVMs       bool
}

func (c *Cluster) modifyNode(j *job) ([]step, *opError) {
	n := c.lookupNode(j.target)
	if n == nil {
		return nil, unknown(j.target)
	}
	params, _ := j.fields["ndparams"].(map[string]any)
	var f nodeFlags
	f.master, f.setsMaster = j.fields["master_capable"].(bool)
	f.vms, f.setsVMs = j.fields["vm_capable"].(bool)
	if !f.setsMaster && !f.setsVMs && params == nil {
		return nil, prereq("wrong_input", "Please pass at least one modification")
	}
	if bad := c.refuseFlags(n, f, j.fields["auto_promote"] == true); bad != nil {
		return nil, bad
	}
	var changed [][]string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if _, known := nodeParams()[name]; !known {
			return nil, &opError{class: "TypeEnforcementError", message: "Unknown parameter '" + name + "'"}
		}
		changed = append(changed, []string{"ndparams/" + name, fmt.Sprint(params[name])})
	}
	for _, flag := range []string{"master_capable", "vm_capable"} {
		if is, given := j.fields[flag].(bool); given {
			changed = append(changed, []string{flag, map[bool]string{true: "True", false: "False"}[is]})
		}
	}
	j.answer = encode(list(changed))
	return []step{{after: 500 * time.Millisecond, apply: func(at time.Time) *opError {
		n.setOwn(params)
		c.setFlags(n, f, at)
		n.mtime = at
		n.serial++
		return nil
	}}}, nil
}

// refuseFlags is why a node cannot be allowed or forbidden something.
func (c *Cluster) refuseFlags(n *node, f nodeFlags, promote bool) *opError {
	forbidsMaster := f.setsMaster && !f.master
	switch {
	case f.master && f.vms:
		return prereq("wrong_input", "Can't set the node into more than one state at the same time")
	case f.setsVMs && !f.vms && len(n.primary)+len(n.secondary) > 0:
		return prereq("wrong_state", "Node "+n.Name+" hosts instances, cannot unset the vm_capable flag")
	case forbidsMaster && n.Role == "M":
		return prereq("wrong_state", "Master must remain master capable")
	case forbidsMaster && n.Role == "C" && !promote && c.tooFewCandidates(n):
		return prereq("wrong_state", "Not enough master candidates, please pass auto promote option to allow promotion (--auto-promote or RAPI auto_promote=True)")
	}
	return nil
}

func (c *Cluster) setFlags(n *node, f nodeFlags, at time.Time) {
	if f.setsVMs {
		n.noVMs = !f.vms
	}
	if !f.setsMaster {
		return
	}
	if n.noMaster = !f.master; n.noMaster && n.Role == "C" {
		n.Role = "R"
		c.promote(at)
	}
}

// setOwn gives a node parameters of its own; the value default takes one away.
func (n *node) setOwn(params map[string]any) {
	if n.own == nil {
		n.own = map[string]any{}
	}
	for name, value := range params {
		if n.own[name] = value; value == "default" {
			delete(n.own, name)
		}
	}
}

// getStorage submits a job whose result is the list: Ganeti asks the node.
func (c *Cluster) getStorage(r *request) response {
	columns := strings.FieldsFunc(r.query.Get("output_fields"), func(c rune) bool { return c == ',' })
	if len(columns) == 0 {
		return fail(http.StatusBadRequest, "Missing the required 'output_fields' parameter")
	}
	kind := r.query.Get("storage_type")
	op := opcode{id: "OP_NODE_QUERY_STORAGE", handler: "nodes_name_storage", run: func(c *Cluster, j *job) ([]step, *opError) {
		n := c.lookupNode(r.name)
		if n == nil {
			return nil, unknown(r.name)
		}
		rows := [][]any{}
		if n.up() && (kind == "" || kind == "file") {
			disk := c.renderNode(n)
			all := map[string]any{
				"node": n.Name, "type": "file", "name": "/srv/ganeti/file-storage",
				"size": n.Disk, "used": n.Disk - *disk.DiskFree, "free": *disk.DiskFree, "allocatable": true,
			}
			var row []any
			for _, column := range columns {
				row = append(row, all[column])
			}
			rows = append(rows, row)
		}
		j.answer = encode(rows)
		return []step{{after: 300 * time.Millisecond}}, nil
	}}
	fields := map[string]any{"output_fields": columns, "nodes": []string{r.name}}
	if kind != "" {
		fields["storage_type"] = kind
	}
	return c.submit(r, op, fields, "", "")
}

// putStorage submits a change or a repair of a part of a node's storage. Nodes of the simulation have only directories, which Ganeti leaves as they are.
func (c *Cluster) putStorage(id, handler, refusal string) func(*request) response {
	return func(r *request) response {
		if r.query.Get("name") == "" {
			return fail(http.StatusBadRequest, "Missing the required 'name' parameter")
		}
		kind := r.query.Get("storage_type")
		op := opcode{id: id, handler: handler, run: func(c *Cluster, j *job) ([]step, *opError) {
			if kind == "lvm-vg" || kind == "lvm-pv" {
				return nil, prereq("wrong_input", "No disk template of storage type 'lvm-vg' is enabled in this cluster. Enabled disk templates are: sharedfile,file,diskless")
			}
			return nil, prereq("wrong_input", fmt.Sprintf("Storage units of type '%s' can not be %s", kind, refusal))
		}}
		fields := map[string]any{"storage_type": kind, "name": r.query.Get("name")}
		if id == "OP_NODE_MODIFY_STORAGE" {
			changes := map[string]any{}
			if text := r.query.Get("allocatable"); text != "" {
				changes["allocatable"] = text != "0"
			}
			fields["changes"] = changes
		}
		return c.submitNode(r, op, fields)
	}
}
