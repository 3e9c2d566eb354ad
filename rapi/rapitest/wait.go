package rapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// waitTime is how long jobs/wait waits for a change before it answers null.
const waitTime = 10 * time.Second

type waitBody struct {
	Fields   []string        `json:"fields"`
	Previous json.RawMessage `json:"previous_job_info"`
	Serial   *int            `json:"previous_log_serial"`
}

// waitJob answers as soon as the job differs from what the caller knows; c.mu is not held.
func (c *Cluster) waitJob(ctx context.Context, r *request) response {
	var body waitBody
	id, err := strconv.Atoi(r.name)
	if err != nil {
		return fail(http.StatusNotFound, "")
	}
	if len(r.body) == 0 {
		return fail(http.StatusInternalServerError, "'NoneType' object is not subscriptable")
	}
	if err := json.Unmarshal(r.body, &body); err != nil {
		return fail(http.StatusInternalServerError, "")
	}
	limit := time.NewTimer(waitTime)
	defer limit.Stop()
	for {
		answer, changed, next := c.poll(id, body)
		if answer != nil {
			return *answer
		}
		var due <-chan time.Time
		if !next.IsZero() {
			timer := time.NewTimer(time.Until(next))
			defer timer.Stop()
			due = timer.C
		}
		select {
		case <-ctx.Done():
			panic(http.ErrAbortHandler)
		case <-limit.C:
			return ok(nil)
		case <-changed:
		case <-due:
		}
	}
}

// poll returns the answer if there is something to tell, else what to wait for.
func (c *Cluster) poll(id int, body waitBody) (answer *response, changed <-chan struct{}, next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(time.Now())
	j := c.jobs[id]
	if j == nil {
		bad := fail(http.StatusInternalServerError, "Can't load job file")
		return &bad, nil, next
	}
	values := j.values()
	info := make([]any, len(body.Fields))
	for i, name := range body.Fields {
		info[i] = values[name]
	}
	news := []logLine{}
	for _, l := range j.log {
		if body.Serial == nil || l.serial > *body.Serial {
			news = append(news, l)
		}
	}
	if len(news) > 0 || !j.end.IsZero() || !same(encode(info), body.Previous) {
		found := ok(map[string]any{"job_info": info, "log_entries": news})
		return &found, nil, next
	}
	if len(c.due) > 0 {
		next = c.due[0].at
	}
	return nil, c.changed, next
}

// same compares two JSON texts by content.
func same(a, b json.RawMessage) bool {
	return bytes.Equal(canonical(a), canonical(b))
}

func canonical(text json.RawMessage) []byte {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return nil
	}
	return encode(v)
}
