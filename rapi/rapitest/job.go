package rapitest

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Times of a job at speed 1, as seen on a small real cluster.
const (
	queueTime = 500 * time.Millisecond // queued to waiting
	lockTime  = 300 * time.Millisecond // waiting to running with the lock free
)

// keptJobs is how many jobs the queue remembers; older finished ones are archived, which makes them unknown.
const keptJobs = 2000

// job is one job with one opcode.
type job struct {
	id                   int
	op                   opcode
	target               string // instance it is about, full name if known
	fields               map[string]any
	status               string // queued, waiting, running, canceled, success, error
	received, start, end time.Time
	log                  []logLine
	result               json.RawMessage
	answer               json.RawMessage // the result where it succeeds; nil: null
	lock                 string
	steps                []step
	at                   time.Time // when its next step is due, while it is in the heap
}

// logLine is one line of an opcode's log; on the wire a list of four.
type logLine struct {
	serial int
	at     time.Time
	text   string
}

func (l logLine) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{l.serial, pair(l.at), "message", l.text})
}

// step is one moment of a running opcode: after a while it writes a line and changes the state. Lines marked chatty appear only with Config.ChattyJobs.
type step struct {
	after  time.Duration
	text   string
	chatty bool
	apply  func(at time.Time) *opError
}

// lock is an exclusive lock with its queue.
type lock struct {
	owner   *job
	pending []*job
}

// pair is a job's time on the wire: seconds and microseconds.
func pair(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	us := t.UnixMicro()
	return []int64{us / 1e6, us % 1e6}
}

type jobHeap []*job

func (h jobHeap) Len() int { return len(h) }
func (h jobHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].id < h[j].id
	}
	return h[i].at.Before(h[j].at)
}
func (h jobHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *jobHeap) Push(x any)   { *h = append(*h, x.(*job)) }
func (h *jobHeap) Pop() any {
	old := *h
	j := old[len(old)-1]
	*h = old[:len(old)-1]
	return j
}

// scale is a duration at the cluster's speed.
func (c *Cluster) scale(d time.Duration) time.Duration {
	if c.config.Speed <= 0 {
		return 0
	}
	return time.Duration(float64(d) / c.config.Speed)
}

// schedule lets the job go on after d.
func (c *Cluster) schedule(j *job, from time.Time, d time.Duration) {
	j.at = from.Add(c.scale(d))
	heap.Push(&c.due, j)
}

// advance moves all jobs on to now; c.mu is held.
func (c *Cluster) advance(now time.Time) {
	moved := false
	for len(c.due) > 0 && !c.due[0].at.After(now) {
		j := heap.Pop(&c.due).(*job)
		c.move(j, j.at)
		moved = true
	}
	if moved {
		c.notify()
	}
}

// move takes the job's next step.
func (c *Cluster) move(j *job, at time.Time) {
	switch j.status {
	case "queued":
		if c.filtered(j, at) {
			return
		}
		j.status, j.start = "waiting", at
		c.acquire(j, at)
	case "waiting":
		j.status = "running"
		c.begin(j, at)
	case "running":
		s := j.steps[0]
		j.steps = j.steps[1:]
		if s.text != "" {
			j.log = append(j.log, logLine{len(j.log) + 1, at, s.text})
		}
		if s.apply != nil {
			if err := s.apply(at); err != nil {
				c.finish(j, at, "error", err.result())
				return
			}
		}
		c.next(j, at)
	}
}

// acquire takes the job's lock or queues for it.
func (c *Cluster) acquire(j *job, at time.Time) {
	if j.lock == "" {
		c.schedule(j, at, lockTime)
		return
	}
	l := c.locks[j.lock]
	if l == nil {
		c.locks[j.lock] = &lock{owner: j}
		c.schedule(j, at, lockTime)
		return
	}
	l.pending = append(l.pending, j)
}

// release gives the job's lock to the next one in the queue.
func (c *Cluster) release(j *job, at time.Time) {
	l := c.locks[j.lock]
	if l == nil {
		return
	}
	if l.owner != j {
		l.pending = slices.DeleteFunc(l.pending, func(o *job) bool { return o == j })
		return
	}
	if len(l.pending) == 0 {
		delete(c.locks, j.lock)
		return
	}
	l.owner, l.pending = l.pending[0], l.pending[1:]
	c.schedule(l.owner, at, lockTime)
}

// begin starts a running job's opcode.
func (c *Cluster) begin(j *job, at time.Time) {
	j.fields["debug_level"] = 0
	if v := c.lookup(j.target); v != nil && j.lock != "" {
		j.fields["instance_uuid"] = v.uuid
	}
	if n := c.lookupNode(j.target); n != nil && j.fields["node_name"] != nil {
		j.fields["node_uuid"] = n.uuid
	}
	if to, _ := j.fields["target_node"].(string); to != "" && c.lookupNode(to) != nil {
		j.fields["target_node_uuid"] = c.lookupNode(to).uuid
	}
	steps, err := j.op.run(c, j)
	if err != nil {
		c.finish(j, at, "error", err.result())
		return
	}
	if !c.config.ChattyJobs {
		for i := range steps {
			if steps[i].chatty {
				steps[i].text = ""
			}
		}
	}
	if j.fields["dry_run"] == true {
		steps = nil
	}
	if _, on := c.faults.take(JobSticks, nil); on {
		return
	}
	if _, on := c.faults.take(JobFails, nil); on {
		steps = append(steps[:len(steps)/2:len(steps)/2], step{after: time.Second, apply: func(time.Time) *opError {
			return &opError{class: "OpExecError", message: fmt.Sprintf("Could not run %s for instance %s: Hypervisor error: "+
				"Failed to start instance %s: exited with exit code 1 (qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n)",
				strings.ToLower(j.op.id), j.target, j.target)}
		}})
	}
	j.steps = steps
	c.next(j, at)
}

func (c *Cluster) next(j *job, at time.Time) {
	if len(j.steps) == 0 {
		if j.answer == nil {
			j.answer = json.RawMessage("null")
		}
		c.finish(j, at, "success", j.answer)
		return
	}
	c.schedule(j, at, j.steps[0].after)
}

func (c *Cluster) finish(j *job, at time.Time, status string, result json.RawMessage) {
	j.status, j.end, j.result, j.steps = status, at, result, nil
	if j.lock != "" {
		c.release(j, at)
	}
	if len(c.held) > 0 {
		c.letGo(at)
	}
	for len(c.order) > keptJobs && !c.order[0].end.IsZero() {
		delete(c.jobs, c.order[0].id)
		c.order = c.order[1:]
	}
}

func (j *job) summary(id string) string {
	name := strings.TrimPrefix(id, "OP_")
	if j.target == "" || strings.HasPrefix(name, "TAGS_") || name == "INSTANCE_RENAME" || name == "GROUP_RENAME" {
		return name
	}
	return name + "(" + j.target + ")"
}

// values are all fields of a job by the names that jobs/wait and query know.
func (j *job) values() map[string]any {
	var ops []map[string]any
	var summary, status []string
	var results []json.RawMessage
	var logs [][]logLine
	var begun, ended []any
	var priorities []int
	add := func(id string, fields map[string]any, state string, result json.RawMessage, log []logLine) {
		ops, summary, status = append(ops, fields), append(summary, j.summary(id)), append(status, state)
		results, logs = append(results, result), append(logs, list(log))
		begun, ended, priorities = append(begun, pair(j.start)), append(ended, pair(j.end)), append(priorities, 0)
	}
	null := json.RawMessage("null")
	first, last := j.status, j.status
	if first == "running" || first == "error" {
		first = "success"
	}
	if last == "running" {
		last = "queued"
	}
	for i, x := range j.op.before {
		add(x.id, x.beside(j, i), first, null, nil)
	}
	add(j.op.id, j.fields, j.status, j.result, j.log)
	for i, x := range j.op.after {
		add(x.id, x.beside(j, len(j.op.before)+1+i), last, null, nil)
	}
	return map[string]any{
		"id": j.id, "ops": ops, "status": j.status, "summary": summary,
		"opstatus": status, "opresult": results, "oplog": logs,
		"received_ts": pair(j.received), "start_ts": pair(j.start), "end_ts": pair(j.end),
		"opstart": begun, "opexec": begun, "opend": ended,
		"priority": 0, "oppriority": priorities, "archived": false,
	}
}

// jobFields are the fields of a job's object; the bulk list lacks the last two.
func jobFields() []string {
	return []string{"id", "ops", "status", "summary", "opstatus", "received_ts", "start_ts", "end_ts", "oplog", "opresult"}
}

// render is the job as an object with the fields in their order.
func (j *job) render(fields []string) json.RawMessage {
	values := j.values()
	b := []byte{'{'}
	for i, name := range fields {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, "%q: ", name)
		b = append(b, encode(values[name])...)
	}
	return append(b, '}')
}

func (c *Cluster) getJobs(r *request) response {
	if r.bulk() {
		fields := jobFields()
		jobs := make([]json.RawMessage, len(c.order))
		for i, j := range c.order {
			jobs[i] = j.render(fields[:len(fields)-2])
		}
		return ok(jobs)
	}
	type entry struct {
		ID  int    `json:"id"`
		URI string `json:"uri"`
	}
	out := []entry{}
	for _, j := range c.order {
		out = append(out, entry{j.id, fmt.Sprintf("/2/jobs/%d", j.id)})
	}
	return ok(out)
}

// getJob answers 200 with nulls for an unknown job, as Ganeti does.
func (c *Cluster) getJob(r *request) response {
	id, err := strconv.Atoi(r.name)
	if err != nil {
		return fail(http.StatusNotFound, "")
	}
	if j := c.jobs[id]; j != nil {
		return ok(j.render(jobFields()))
	}
	nothing := map[string]any{"id": id}
	for _, name := range jobFields()[1:] {
		nothing[name] = nil
	}
	return ok(nothing)
}

func (c *Cluster) cancelJob(r *request) response {
	id, err := strconv.Atoi(r.name)
	if err != nil {
		return fail(http.StatusNotFound, "")
	}
	j := c.jobs[id]
	switch {
	case j == nil || !j.end.IsZero():
		return ok([]any{false, fmt.Sprintf("Job %d not found in queue", id)})
	case j.status == "running":
		return ok([]any{false, "Job no longer waiting, can't cancel (informed it anyway)"})
	}
	c.cancel(j, time.Now())
	j.result = encode("Job canceled by request")
	c.notify()
	return ok([]any{true, "Job successfully cancelled"})
}

// cancel takes a job that has not begun out of the queue.
func (c *Cluster) cancel(j *job, at time.Time) {
	for i, o := range c.due {
		if o == j {
			heap.Remove(&c.due, i)
			break
		}
	}
	c.finish(j, at, "canceled", json.RawMessage("null"))
}
