package tui

import (
	"strings"

	"gwm/core"
)

// recordRow is an audit record as the filter sees it.
type recordRow core.Record

func (r *recordRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{
		r.Op, r.Target.String(), r.By, string(r.Event), r.Result, r.Addr, r.Upstream,
	}, " "))
}

func (r *recordRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "by", "user":
		values = []string{r.By}
	case "op":
		values = []string{r.Op}
	case "event", "state":
		values = []string{string(r.Event)}
	case "cluster":
		values = []string{r.Target.Cluster}
	case "target":
		values = []string{r.Target.String(), r.Target.Name}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *recordRow) FilterNumber(string) (n int64, ok bool) { return 0, false }

// lowered returns values in lower case; it copies only where it must.
func lowered(values []string) []string {
	for i, v := range values {
		if low := strings.ToLower(v); low != v {
			values = append([]string(nil), values...)
			for j := i; j < len(values); j++ {
				values[j] = strings.ToLower(values[j])
			}
			return values
		}
	}
	return values
}
