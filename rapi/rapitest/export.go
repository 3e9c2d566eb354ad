package rapitest

import (
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
			name, _ := j.fields["target_node"].(string)
			to := c.lookupNode(name)
			if to == nil {
				return nil, prereq("unknown_entity", "Node '"+name+"' not known")
			}
			j.fields["target_node"], j.fields["target_node_uuid"] = to.Name, to.uuid
			stops := j.fields["shutdown"] == true && v.Running
			say := func(format string, args ...any) step {
				return step{after: 300 * time.Millisecond, text: fmt.Sprintf(format, args...)}
			}
			var steps []step
			if stops {
				steps = append(steps, say("Shutting down instance %s", v.Name))
			}
			if stops && j.fields["long_sleep"] != true && !slices.Contains([]string{"plain", "drbd"}, v.Template) {
				last := step{after: 300 * time.Millisecond, apply: func(time.Time) *opError {
					return &opError{class: "OpExecError", message: "Not all disks could be snapshotted, and you did not allow the instance to remain offline for a longer time through the --long-sleep option; aborting"}
				}}
				return append(steps, last), nil
			}
			done := make([]bool, len(v.Disks))
			for i := range v.Disks {
				done[i] = true
				steps = append(steps, say("Exporting disk/%d from %s to %s", i, v.Node, to.Name), say("disk/%d is now listening, starting export", i),
					say("disk/%d finished receiving data", i), say("disk/%d finished sending data", i))
			}
			j.answer = encode([]any{true, done})
			steps = append(steps, say("Finalizing export on %s", to.Name))
			if stops {
				steps = append(steps, say("Starting instance %s", v.Name))
			}
			return append(steps, say("Removing old exports for instance %s", v.Name)), nil
		},
	}
}
