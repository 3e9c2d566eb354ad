package rapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gwm/core"
)

// userSource marks what people wrote among the reasons of a filter or a job.
const userSource = "gnt:user"

// rawFilter is a filter as /2/filters?bulk=1 sends it.
type rawFilter struct {
	UUID       word              `json:"uuid"`
	Watermark  json.Number       `json:"watermark"`
	Priority   json.Number       `json:"priority"`
	Predicates json.RawMessage   `json:"predicates"`
	Action     json.RawMessage   `json:"action"`
	Trail      []json.RawMessage `json:"reason_trail"`
}

// JobFilters returns the filters of the cluster's job queue.
func (c *Client) JobFilters(ctx context.Context) ([]core.JobFilter, error) {
	k := call{what: "list the job filters", path: "/2/filters", query: url.Values{"bulk": {"1"}}}
	var raw []rawFilter
	if err := c.get(ctx, k, &raw); err != nil {
		return nil, err
	}
	out := make([]core.JobFilter, len(raw))
	for i, r := range raw {
		out[i] = r.filter()
	}
	return out, nil
}

func (r rawFilter) filter() core.JobFilter {
	f := core.JobFilter{ID: string(r.UUID), Predicates: core.ToldPredicates(string(r.Predicates))}
	f.Watermark, _ = r.Watermark.Int64() // what is not told is 0
	priority, _ := r.Priority.Int64()
	f.Priority = int(priority)
	var limited []json.RawMessage
	if json.Unmarshal(r.Action, &limited) == nil {
		f.Action = core.FilterAction(valueText(at(limited, 0)))
		f.Limit, _ = strconv.Atoi(valueText(at(limited, 1)))
	} else {
		f.Action = core.FilterAction(valueText(r.Action))
	}
	for _, entry := range r.Trail {
		var part []json.RawMessage
		if json.Unmarshal(entry, &part) == nil && valueText(at(part, 0)) == userSource {
			f.Why = core.Printable(valueText(at(part, 1)))
			break
		}
	}
	return f
}

// jobFilterCall is the call of a request about a filter of the job queue. A new
// one is put where its UUID says and not posted, so that a request whose answer
// was lost can be sent again.
func jobFilterCall(r core.Request) (call, bool, error) {
	switch o := r.(type) {
	case core.AddJobFilter:
		return onFilter(o.Filter.ID, call{what: "add a job filter", method: http.MethodPut, body: filterBody(o.Filter, o.Asked)})
	case core.EditJobFilter:
		return onFilter(o.Filter.ID, call{what: "change a job filter", method: http.MethodPut, body: filterBody(o.Filter, o.Asked)})
	case core.RemoveJobFilter:
		return onFilter(o.ID, call{what: "remove a job filter", method: http.MethodDelete})
	}
	return call{}, false, nil
}

func onFilter(id string, k call) (call, bool, error) {
	k.direct = true
	return onObject("job filter", "filters", id, k)
}

func filterBody(f core.JobFilter, asked time.Time) map[string]any {
	var action any = string(f.Action)
	if f.Action == core.FilterLimit {
		action = []any{f.Action, f.Limit}
	}
	reason := []any{}
	if f.Why != "" {
		reason = append(reason, []any{userSource, ascii(f.Why), asked.UnixNano()})
	}
	return map[string]any{
		"priority": f.Priority, "predicates": json.RawMessage(strings.TrimSpace(f.Predicates)), "action": action, "reason": reason,
	}
}
