package rapitest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// jobFilter is a rule of the job queue.
type jobFilter struct {
	uuid       string
	watermark  int
	priority   int
	predicates [][]json.RawMessage
	action     string
	limit      int // of RATE_LIMIT
	trail      [][]any
}

func (f *jobFilter) render() bodyMap {
	var action any = f.action
	if f.action == "RATE_LIMIT" {
		action = []any{f.action, f.limit}
	}
	return bodyMap{
		"watermark": f.watermark, "priority": f.priority, "predicates": list(f.predicates), "action": action, "reason_trail": f.trail, "uuid": f.uuid,
	}
}

func (c *Cluster) getFilters(r *request) response {
	if !r.bulk() {
		type entry struct {
			UUID string `json:"uuid"`
			URI  string `json:"uri"`
		}
		out := []entry{}
		for _, f := range c.filters {
			out = append(out, entry{f.uuid, "/2/filters/" + f.uuid})
		}
		return ok(out)
	}
	out := []bodyMap{}
	for _, f := range c.filters {
		out = append(out, f.render())
	}
	return ok(out)
}

func (c *Cluster) getFilter(r *request) response {
	if i := c.filterIndex(r.name); i >= 0 {
		return ok(c.filters[i].render())
	}
	return fail(http.StatusNotFound, "")
}

func (c *Cluster) filterIndex(uuid string) int {
	return slices.IndexFunc(c.filters, func(f *jobFilter) bool { return f.uuid == uuid })
}

func (c *Cluster) postFilter(r *request) response {
	return c.replaceFilter(r, c.uuid(fmt.Sprintf("filter/%d/%d", len(c.filters), time.Now().UnixNano())))
}

var uuidText = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (c *Cluster) putFilter(r *request) response {
	if !uuidText.MatchString(r.name) {
		return fail(http.StatusInternalServerError, "Unable to parse UUID")
	}
	return c.replaceFilter(r, r.name)
}

// replaceFilter changes a filter or makes it where there is none.
func (c *Cluster) replaceFilter(r *request, uuid string) response {
	var body struct {
		Priority   int                 `json:"priority"`
		Predicates [][]json.RawMessage `json:"predicates"`
		Action     json.RawMessage     `json:"action"`
		Reason     [][]any             `json:"reason"`
	}
	dec := json.NewDecoder(bytes.NewReader(r.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil {
		return fail(http.StatusBadRequest, "Invalid body parameters: "+err.Error())
	}
	f := &jobFilter{uuid: uuid, watermark: c.nextJob - 1, priority: body.Priority, action: "CONTINUE", trail: body.Reason}
	var limited []json.RawMessage
	switch {
	case len(body.Action) == 0:
	case json.Unmarshal(body.Action, &limited) == nil && len(limited) == 2:
		_ = json.Unmarshal(limited[0], &f.action)
		_ = json.Unmarshal(limited[1], &f.limit)
		if f.action != "RATE_LIMIT" || f.limit < 1 {
			return c.refuseFilter(r, "RATE_LIMIT argument must be a positive integer")
		}
	default:
		_ = json.Unmarshal(body.Action, &f.action)
		if !slices.Contains([]string{"ACCEPT", "PAUSE", "REJECT", "CONTINUE"}, f.action) {
			return c.refuseFilter(r, "malformed FilterAction: ["+f.action+"]")
		}
	}
	if f.priority < 0 {
		return c.refuseFilter(r, fmt.Sprintf("Invalid value for non-negative type '%d'", f.priority))
	}
	for _, p := range body.Predicates {
		name := ""
		if len(p) == 2 {
			_ = json.Unmarshal(p[0], &name)
		}
		if !slices.Contains([]string{"jobid", "opcode", "reason"}, name) {
			return c.refuseFilter(r, "malformed FilterPredicate: bad parameter list for '"+name+"' predicate: "+string(p[len(p)-1]))
		}
		p[1] = bytes.ReplaceAll(p[1], []byte(`"="`), []byte(`"=="`))
		f.predicates = append(f.predicates, p)
	}
	f.trail = append(f.trail, []any{"luxid", "", time.Now().UnixNano()})
	if i := c.filterIndex(uuid); i >= 0 {
		c.filters[i] = f
	} else {
		c.filters = append(c.filters, f)
	}
	c.refilter()
	return ok(uuid)
}

func (c *Cluster) refuseFilter(r *request, why string) response {
	return fail(http.StatusBadGateway, fmt.Sprintf("Failed to parse request: Cannot convert value '%s', error: %s", r.body, why))
}

func (c *Cluster) deleteFilter(r *request) response {
	i := c.filterIndex(r.name)
	if i < 0 {
		return fail(http.StatusInternalServerError, "Filter rule with UUID "+r.name+" does not exist")
	}
	c.filters = slices.Delete(c.filters, i, i+1)
	c.refilter()
	return ok(nil)
}

// refilter cancels the jobs of the queue that are refused now, and has those begun
// that were kept back.
func (c *Cluster) refilter() {
	now := time.Now()
	for _, j := range slices.Clone(c.order) {
		if f := c.applying(j); f != nil && f.action == "REJECT" && (j.status == "queued" || j.status == "waiting") {
			c.cancel(j, now)
		}
	}
	c.letGo(now)
}

// letGo has the jobs asked again whether they may begin that a filter kept back.
func (c *Cluster) letGo(now time.Time) {
	held := c.held
	c.held = nil
	for _, j := range held {
		if j.status == "queued" {
			c.schedule(j, now, queueTime)
		}
	}
	c.notify()
}

// filtered does with a queued job what its filter says, and tells whether it must
// not begin.
func (c *Cluster) filtered(j *job, at time.Time) bool {
	f := c.applying(j)
	switch {
	case f == nil:
		return false
	case f.action == "REJECT":
		c.finish(j, at, "canceled", json.RawMessage("null"))
		return true
	case f.action == "PAUSE", f.action == "RATE_LIMIT" && c.runningUnder(f) >= f.limit:
		c.held = append(c.held, j)
		return true
	}
	return false
}

func (c *Cluster) runningUnder(f *jobFilter) (n int) {
	for _, j := range c.order {
		if (j.status == "running" || j.status == "waiting") && c.applying(j) == f {
			n++
		}
	}
	return n
}

// applying is the first filter that is about a job and does something.
func (c *Cluster) applying(j *job) *jobFilter {
	if len(c.filters) == 0 {
		return nil
	}
	ordered := slices.SortedFunc(slices.Values(c.filters), func(a, b *jobFilter) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.watermark, b.watermark), strings.Compare(a.uuid, b.uuid))
	})
	for _, f := range ordered {
		if f.action != "CONTINUE" && !slices.ContainsFunc(f.predicates, func(p []json.RawMessage) bool { return !f.about(p, j) }) {
			return f
		}
	}
	return nil
}

// about tells whether a predicate holds for a job. What Ganeti cannot do for
// reasons and numbers, look for patterns, never does.
func (f *jobFilter) about(p []json.RawMessage, j *job) bool {
	name := strings.Trim(string(p[0]), `"`)
	text := bytes.ReplaceAll(p[1], []byte(`"watermark"`), fmt.Append(nil, f.watermark))
	var objects []map[string]any
	switch name {
	case "jobid":
		objects = []map[string]any{{"id": j.id}}
	case "reason":
		trail, _ := j.fields["reason"].([][]any)
		for _, entry := range trail {
			objects = append(objects, map[string]any{"source": entry[0], "reason": entry[1], "timestamp": entry[2]})
		}
	default:
		objects = []map[string]any{j.fields}
	}
	if name != "opcode" && bytes.Contains(text, []byte(`"=~"`)) {
		return false
	}
	test, err := parseFilter(text, rows{count: len(objects), column: func(field string) column {
		return func(i int) cell {
			value, known := objects[i][field]
			if !known {
				return cell{code: unknownName}
			}
			return cell{value: value}
		}
	}})
	if err != nil {
		return false
	}
	for i := range objects {
		if test(i) {
			return true
		}
	}
	return false
}
