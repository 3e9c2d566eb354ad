package rapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"gwm/core"
)

// storageTime bounds how long the job of a question about storage is waited for.
const storageTime = time.Minute

// storageFields are the columns of the answer, in the order of storageUnit.
const storageFields = "type,name,size,used,free,allocatable"

// Storage lists the storage of a node. The cluster makes a job of the question,
// whose result is the answer: GET /2/nodes/NAME/storage.
func (c *Client) Storage(ctx context.Context, node, kind string) ([]core.StorageUnit, error) {
	k, _, err := onNode(node, call{what: "list the storage of " + node, path: "storage", query: url.Values{"output_fields": {storageFields}, "storage_type": {kind}}})
	if err != nil {
		return nil, err
	}
	id, err := c.submit(ctx, "", k)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, storageTime)
	defer cancel()
	job, err := c.ended(ctx, id)
	if err != nil {
		return nil, err
	}
	if job.State != core.JobDone {
		return nil, c.problem(core.CodeJobFailed, k, orText(job.Error, "its job ended without an answer"), job.Hint, nil)
	}
	return c.storageUnits(ctx, id)
}

// ended waits for the end of a job.
func (c *Client) ended(ctx context.Context, id string) (*core.UpstreamJob, error) {
	var job *core.UpstreamJob
	for job == nil || !job.State.Final() {
		var err error
		if job, err = c.WaitJob(ctx, id, job); err != nil {
			return nil, err
		}
	}
	return job, nil
}

// storageUnits reads the result of a job that listed storage: a row for each unit.
func (c *Client) storageUnits(ctx context.Context, id string) ([]core.StorageUnit, error) {
	k, r, err := c.readJob(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows [][]json.RawMessage
	if err := json.Unmarshal(at(r.Results, 0), &rows); err != nil {
		return nil, c.notGaneti(k, []byte("?"), err)
	}
	units := []core.StorageUnit{}
	for _, row := range rows {
		units = append(units, core.StorageUnit{
			Type: core.Printable(valueText(at(row, 0))), Name: core.Printable(valueText(at(row, 1))),
			SizeMiB: mib(at(row, 2)), UsedMiB: mib(at(row, 3)), FreeMiB: mib(at(row, 4)), Allocatable: string(at(row, 5)) == "true",
		})
	}
	return units, nil
}

// mib reads a size, -1 where there is none.
func mib(raw json.RawMessage) int {
	var n number
	if json.Unmarshal(raw, &n) != nil {
		return -1
	}
	return n.or(-1)
}

// storageCall is the call of a request about a part of a node's storage.
func storageCall(r core.Request) (call, bool, error) {
	switch o := r.(type) {
	case core.SetStorage:
		query := url.Values{"storage_type": {o.Type}, "name": {o.Name}, "allocatable": {"0"}}
		setOne(query, "allocatable", o.Allocatable)
		return onNode(o.Node.Name, call{what: "change the storage of " + o.Node.Name, method: http.MethodPut, path: "storage/modify", query: query})
	case core.RepairStorage:
		query := url.Values{"storage_type": {o.Type}, "name": {o.Name}}
		return onNode(o.Node.Name, call{what: "repair the storage of " + o.Node.Name, method: http.MethodPut, path: "storage/repair", query: query})
	}
	return call{}, false, nil
}
