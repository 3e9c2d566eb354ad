package rapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"gwm/core"
)

// exportCall is the call of a request that copies a VM to a node. RAPI calls the node
// destination, which the job calls target_node.
func exportCall(r core.Request) (call, bool, error) {
	o, ok := r.(core.ExportVM)
	if !ok {
		return call{}, false, nil
	}
	body := map[string]any{"mode": "local", "destination": o.To.Name, "shutdown": !o.Running}
	setTrue(body, "long_sleep", o.Long)
	setTrue(body, "zero_free_space", o.ZeroFree)
	setTrue(body, "remove_instance", o.Remove)
	setTrue(body, "ignore_remove_failures", o.Ignore)
	setName(body, "compress", o.Compress)
	if o.Timeout > 0 {
		body["shutdown_timeout"] = int(o.Timeout / time.Second)
	}
	return onVM(o.VM.Name, call{what: "export " + o.VM.Name, method: http.MethodPut, path: "export", body: body})
}

// Backups lists what lies in the directories for backups: a row for each backup, and
// one without a name for a node that has none or does not say.
func (c *Client) Backups(ctx context.Context) (all []core.NodeBackup, silent []string, err error) {
	err = c.Query(ctx, "export", []string{"node", "export"}, nil, func(row []Cell) error {
		var b core.NodeBackup
		if len(row) != 2 {
			return nil
		}
		_ = json.Unmarshal(row[0].Value, &b.Node)
		switch {
		case b.Node == "": // a row that names no node tells nothing
		case row[1].Code == 4:
			silent = append(silent, b.Node)
		case row[1].Code == 0 && json.Unmarshal(row[1].Value, &b.Name) == nil && b.Name != "":
			all = append(all, b)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return all, silent, nil
}
