package rapi

import (
	"context"
	"encoding/json"
	"time"

	"gwm/core"
)

// WaitJob returns when the job changed beyond what prev shows (state or number
// of log lines), or after at most a minute, with its whole log. A nil or
// finished prev returns at once.
//
// Ganeti's own waiting (jobs/ID/wait) answers after 10 s at the latest but needs
// write access in every version; where it is refused, or Waits calls wait so
// already, the job is polled with growing pauses.
func (c *Client) WaitJob(ctx context.Context, id string, prev *core.UpstreamJob) (*core.UpstreamJob, error) {
	if prev == nil || prev.State.Final() {
		return c.Job(ctx, id)
	}
	until := time.Now().Add(c.cfg.Wait)
	pause := c.cfg.Poll
	for {
		left := time.Until(until)
		waited := false
		if !c.noWait.Load() && left > 0 {
			var err error
			if waited, err = c.waitChange(ctx, id, prev, left); err != nil {
				return nil, err
			}
		}
		job, err := c.Job(ctx, id)
		if err != nil || changed(prev, job) || time.Now().After(until) {
			return job, err
		}
		if waited {
			continue
		}
		select {
		case <-ctx.Done():
			return nil, c.failed(ctx, call{what: "wait for job " + id}, ctx.Err(), false)
		case <-time.After(min(pause, time.Until(until))):
		}
		pause = min(pause*2, 10*c.cfg.Poll)
	}
}

// waitChange asks the cluster to answer when the job changes. waited is false
// where it did not wait, for whatever reason but a failure that Job would meet too.
func (c *Client) waitChange(ctx context.Context, id string, prev *core.UpstreamJob, most time.Duration) (waited bool, err error) {
	k, err := jobCall(id)
	if err != nil {
		return false, err
	}
	select {
	case c.waits <- struct{}{}:
		defer func() { <-c.waits }()
	default:
		return false, nil
	}
	k.what = "wait for job " + id
	k.path += "/wait"
	k.wait = min(most+time.Second, c.cfg.Read)
	k.body = map[string]any{
		"fields":              []string{"status"},
		"previous_job_info":   []string{prev.Status},
		"previous_log_serial": lastSerial(prev),
	}
	began := time.Now()
	var news json.RawMessage
	err = c.get(ctx, k, &news)
	switch core.CodeOf(err) { //nolint:exhaustive // the other codes are failures
	case "":
		// A server that answers at once, and wrongly, would be asked without pause.
		return time.Since(began) > c.cfg.Poll, nil
	case core.CodeRefused, core.CodeUnsupported, core.CodeInvalid:
		c.noWait.Store(true)
		return false, nil
	case core.CodeNotFound:
		return false, nil // Job says so, too, if it is true
	}
	if ctx.Err() == nil {
		return false, nil // too slow, or just gone: Job says which
	}
	return false, err
}

// changed tells whether job shows more than prev.
func changed(prev, job *core.UpstreamJob) bool {
	return job.Status != prev.Status || lastSerial(job) != lastSerial(prev) || logLines(job) != logLines(prev)
}

// lastSerial is the highest serial in a job's log, -1 where it is empty.
func lastSerial(j *core.UpstreamJob) int64 {
	last := int64(-1)
	for _, s := range j.Steps {
		for _, l := range s.Log {
			last = max(last, l.Serial)
		}
	}
	return last
}

func logLines(j *core.UpstreamJob) (n int) {
	for _, s := range j.Steps {
		n += len(s.Log)
	}
	return n
}
