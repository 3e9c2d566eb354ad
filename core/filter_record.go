package core

import "strings"

// FilterText, FilterField and FilterNumber make an audit record a Row.
func (r *Record) FilterText() string {
	words := []string{r.Op, r.Target.String(), r.By, string(r.Event), r.Result, r.Addr, r.Upstream}
	for _, c := range r.Changes {
		words = append(words, c.Field, c.From, c.To)
	}
	return strings.ToLower(strings.Join(words, " "))
}

// FilterField returns the values of a field.
func (r *Record) FilterField(name string) ([]string, bool) {
	switch name {
	case "by":
		return lower(r.By), true
	case "op":
		return lower(r.Op), true
	case "event", "state":
		return lower(string(r.Event)), true
	case "cluster":
		return lower(r.Target.Cluster), true
	case "target":
		return lower(r.Target.String(), r.Target.Name), true
	}
	return nil, false
}

// FilterNumber knows no sizes or counts of a record.
func (r *Record) FilterNumber(string) (int64, bool) { return 0, false }
