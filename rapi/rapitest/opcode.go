package rapitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// opcode is one kind of work. The table of routes names an opcode for every submission; a new operation is an opcode and a route.
type opcode struct {
	id      string         // "OP_INSTANCE_STARTUP"
	handler string         // the RAPI handler in the reason trail, "instances_name_startup"
	fields  map[string]any // parameters with their defaults; nil: left out where it is not given
	query   []string       // boolean parameters taken from the query string
	body    bool           // parameters come in the body; otherwise a body is ignored
	run     func(c *Cluster, j *job) ([]step, *opError)
	before  []extra // opcodes of the same job that come first: they are done when this one runs
	after   []extra // and last
}

// extra is an opcode that only stands beside another one.
type extra struct {
	id     string
	fields map[string]any
}

// beside adds to an extra opcode what all have.
func (x extra) beside(j *job, index int) map[string]any {
	out := maps.Clone(x.fields)
	for _, name := range []string{"debug_level", "priority", "depends", "comment", "instance_name", "instance_uuid"} {
		if value, set := j.fields[name]; set {
			out[name] = value
		}
	}
	name := strings.ToLower(strings.TrimPrefix(x.id, "OP_"))
	out["OP_ID"], out["reason"] = x.id, [][]any{{"gnt:opcode:" + name, fmt.Sprintf("job=%d;index=%d", j.id, index), j.received.UnixNano()}}
	return out
}

// object is the opcode's name in messages about unknown parameters.
func (o opcode) object() string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.ToLower(o.id), "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// submitted makes the handler that submits the opcode about the instance in the path.
func (c *Cluster) submitted(op opcode) func(*request) response {
	return func(r *request) response {
		fields := maps.Clone(op.fields)
		target := r.name
		if v := c.lookup(r.name); v != nil {
			target = v.Name
		}
		if bad := op.fromQuery(r, fields); bad != nil {
			return *bad
		}
		if op.body {
			if bad := op.fromBody(r, fields); bad != nil {
				return *bad
			}
		}
		maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
		fields["instance_name"] = target
		return c.submit(r, op, fields, target, "instance/"+target)
	}
}

func (o opcode) invalid(parameter string) *response {
	bad := fail(http.StatusBadRequest, fmt.Sprintf(
		`Invalid body parameters: ("Parameter '%s.%s' fails validation", 'wrong_input')`, o.id, parameter))
	return &bad
}

// fromQuery reads the boolean switches that RAPI takes from the query string (0 or 1), and a reboot's type.
func (o opcode) fromQuery(r *request, fields map[string]any) *response {
	for _, name := range o.query {
		text := r.query.Get(strings.ReplaceAll(name, "dry_run", "dry-run"))
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			bad := fail(http.StatusBadRequest, fmt.Sprintf("Invalid value for query parameter '%s'", name))
			return &bad
		}
		fields[name] = n != 0
	}
	if o.id != "OP_INSTANCE_REBOOT" || r.query.Get("type") == "" {
		return nil
	}
	kind := r.query.Get("type")
	if !slices.Contains([]string{"hard", "soft", "full"}, kind) {
		return o.invalid("reboot_type")
	}
	fields["reboot_type"] = kind
	return nil
}

// fromBody reads parameters from a JSON object; types must be those of the defaults.
func (o opcode) fromBody(r *request, fields map[string]any) *response {
	if len(r.body) == 0 {
		return nil
	}
	var given map[string]any
	if err := json.Unmarshal(r.body, &given); err != nil {
		bad := fail(http.StatusBadRequest, "Body contents: Type is not 'dict'")
		return &bad
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		old, known := fields[name]
		if !known {
			bad := fail(http.StatusBadRequest, fmt.Sprintf("Invalid body parameters: Object %s doesn't support the parameter '%s'", o.object(), name))
			return &bad
		}
		value := given[name]
		switch old.(type) {
		case bool:
			if _, fits := value.(bool); !fits {
				return o.invalid(name)
			}
		case int:
			n, fits := value.(float64)
			if !fits || n < 0 || n != float64(int(n)) {
				return o.invalid(name)
			}
			value = int(n)
		}
		fields[name] = value
	}
	return nil
}

// submit puts a job into the queue and answers its number.
func (c *Cluster) submit(r *request, op opcode, fields map[string]any, target, lock string) response {
	if c.drained {
		return fail(http.StatusInternalServerError, "Queue drained")
	}
	now := time.Now()
	j := c.enqueue(op, fields, target, now)
	j.lock = lock
	j.fields["reason"] = reasons(j, r.query.Get("reason"), now)
	c.counters.submitted(target)
	c.schedule(j, now, queueTime)
	c.advance(now)
	c.notify()
	answer := ok(j.id)
	answer.submit = true
	return answer
}

func (c *Cluster) enqueue(op opcode, fields map[string]any, target string, at time.Time) *job {
	common := map[string]any{"priority": 0, "depends": nil, "comment": nil, "OP_ID": op.id}
	for name, value := range common {
		if _, set := fields[name]; !set {
			fields[name] = value
		}
	}
	j := &job{id: c.nextJob, op: op, fields: fields, target: target, status: "queued", received: at, result: json.RawMessage("null")}
	c.nextJob++
	c.jobs[j.id] = j
	c.order = append(c.order, j)
	return j
}

// reasons is the opcode's reason trail: the caller's words, the RAPI handler, the queue.
func reasons(j *job, given string, at time.Time) [][]any {
	var trail [][]any
	if given != "" {
		trail = append(trail, []any{"gnt:user", given, at.UnixNano()})
	}
	name := strings.ToLower(strings.TrimPrefix(j.op.id, "OP_"))
	if j.op.handler != "" {
		trail = append(trail, []any{"gnt:library:rlib2:" + j.op.handler, "", at.UnixNano()})
	}
	return append(trail, []any{"gnt:opcode:" + name, fmt.Sprintf("job=%d;index=%d", j.id, len(j.op.before)), at.UnixNano()})
}
