package rapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gwm/core"
)

// rawJob is a job as /2/jobs/ID sends it; /2/jobs?bulk=1 has no oplog and no
// opresult. The id of a job that does not exist is answered with nulls.
type rawJob struct {
	ID       jobID             `json:"id"`
	Ops      []rawOp           `json:"ops"`
	Status   word              `json:"status"`
	Summary  words             `json:"summary"`
	OpStatus []word            `json:"opstatus"`
	Received moment            `json:"received_ts"`
	Started  moment            `json:"start_ts"`
	Ended    moment            `json:"end_ts"`
	Log      [][]rawLogLine    `json:"oplog"`
	Results  []json.RawMessage `json:"opresult"`
}

// Jobs returns the cluster's queue, newest first, without logs, errors and
// children: Ganeti's list does not have them.
func (c *Client) Jobs(ctx context.Context) ([]*core.UpstreamJob, error) {
	k := call{what: "list the jobs", path: "/2/jobs", query: url.Values{"bulk": {"1"}}}
	jobs := []*core.UpstreamJob{}
	err := c.stream(ctx, k, "", func(raw []byte) error {
		var r rawJob
		if err := json.Unmarshal(raw, &r); err != nil {
			return &contentErr{err}
		}
		if r.Status != "" {
			jobs = append(jobs, r.job())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(jobs, func(a, b *core.UpstreamJob) int { return cmp.Compare(jobNumber(b.ID), jobNumber(a.ID)) })
	return jobs, nil
}

func jobNumber(id string) uint64 {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// readJob asks for a job as Ganeti tells of it, and returns the call that did.
func (c *Client) readJob(ctx context.Context, id string) (k call, r rawJob, err error) {
	if k, err = jobCall(id); err != nil {
		return k, r, err
	}
	k.what = "read job " + id
	return k, r, c.get(ctx, k, &r)
}

// Job returns one job with its whole log. The cluster forgets finished jobs
// after a while: then the error is CodeNotFound.
func (c *Client) Job(ctx context.Context, id string) (*core.UpstreamJob, error) {
	_, r, err := c.readJob(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Status == "" {
		return nil, core.Errorf(core.CodeNotFound, "there is no job %s on cluster %s", core.Printable(id), c.name).
			WithHint("the cluster forgets finished jobs after some hours")
	}
	if r.ID == "" {
		r.ID = jobID(id)
	}
	return r.job(), nil
}

// CancelJob asks the cluster to cancel the job. The error is CodeState with the
// cluster's words where it will not.
func (c *Client) CancelJob(ctx context.Context, id string) error {
	k, err := jobCall(id)
	if err != nil {
		return err
	}
	k.what, k.method, k.change = "cancel job "+id, http.MethodDelete, true
	var answer []json.RawMessage
	if err := c.get(ctx, k, &answer); err != nil {
		return err
	}
	if len(answer) == 0 {
		return c.unknown(k, "the cluster did not say whether it is canceled", nil)
	}
	if string(answer[0]) == "true" {
		return nil
	}
	why := "the cluster will not"
	if len(answer) > 1 {
		why = c.redact(valueText(answer[1]))
	}
	return c.problem(core.CodeState, k, why, "", nil)
}

func jobCall(id string) (call, error) {
	seg, err := segment("job", id)
	return call{object: "job " + id, path: "/2/jobs/" + seg}, err
}

func (r *rawJob) job() *core.UpstreamJob {
	j := &core.UpstreamJob{
		ID: string(r.ID), Status: string(r.Status), State: jobState(string(r.Status)), Summary: strings.Join(r.Summary, ", "),
		Targets: []core.Ref{}, Steps: make([]core.Step, max(len(r.Ops), len(r.OpStatus))),
		Received: r.Received.Time, Started: r.Started.Time, Ended: r.Ended.Time,
	}
	for i := range j.Steps {
		op, status := at(r.Ops, i), at(r.OpStatus, i)
		j.Steps[i] = core.Step{Name: strings.TrimPrefix(string(op.ID), "OP_"), State: jobState(string(status))}
		for _, ref := range op.targets() {
			if !slices.Contains(j.Targets, ref) {
				j.Targets = append(j.Targets, ref)
			}
		}
		for _, l := range at(r.Log, i) {
			j.Steps[i].Log = append(j.Steps[i].Log, l.line(i))
		}
		started, refused := children(at(r.Results, i))
		j.Children, j.Refused = append(j.Children, started...), append(j.Refused, refused...)
		if status == "error" && j.Error == "" && r.Results != nil { // lists have no results
			f := opFault(at(r.Results, i))
			j.Error, j.Hint = f.explain()
			j.ErrorCode, j.Said = f.code, f.said()
			j.Untouched = i == 0 && f.class == "OpPrereqError"
		}
	}
	j.Reason = reasonOf(r.Ops)
	return j
}

// jobState puts Ganeti's status of a job or opcode into our words. A status
// that we do not know is not final: the job is asked for again.
func jobState(status string) core.JobState {
	switch status {
	case "success":
		return core.JobDone
	case "error":
		return core.JobFailed
	case "canceled":
		return core.JobCanceled
	case "running", "canceling":
		return core.JobRunning
	case "queued", "waiting", "":
		return core.JobQueued
	}
	return core.JobRunning
}
