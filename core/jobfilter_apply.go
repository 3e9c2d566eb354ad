package core

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// certainty is whether a condition holds for a job, as far as lists of jobs tell.
type certainty int

const (
	never certainty = iota
	perhaps
	surely
)

// applying is the filter of a list that decides about a job, with how sure that
// is; nil where none does. Of steps only the kind is known, so that filters about
// the rest of them may or may not hold.
func applying(list []JobFilter, j *UpstreamJob) (f *JobFilter, sure bool) {
	list = slices.Clone(list)
	sortFilters(list)
	sure = true
	for i := range list {
		if list[i].Action == FilterContinue {
			continue
		}
		switch list[i].about(j) {
		case surely:
			return &list[i], sure
		case perhaps:
			if f == nil {
				f = &list[i]
			}
			sure = false
		case never:
		}
	}
	return f, false
}

// about tells whether the filter is about a job.
func (f JobFilter) about(j *UpstreamJob) certainty {
	list, err := parsePredicates(f.Predicates)
	if err != nil {
		return perhaps
	}
	all := surely
	for _, p := range list {
		all = min(all, f.holdsFor(p, j))
	}
	return all
}

func (f JobFilter) holdsFor(p predicate, j *UpstreamJob) certainty {
	switch p.name {
	case "jobid":
		return p.expr.eval(func(string) (any, bool) {
			n, err := strconv.ParseInt(j.ID, 10, 64)
			return n, err == nil
		}, f.Watermark)
	case "reason":
		sources := []map[string]string{{"source": "gnt:user", "reason": j.Reason}, {"source": remoteSource, "reason": ""}}
		return most(len(sources), func(i int) certainty {
			return p.expr.eval(func(field string) (any, bool) { text, ok := sources[i][field]; return text, ok }, 0)
		})
	}
	return most(len(j.Steps), func(i int) certainty {
		return p.expr.eval(func(field string) (any, bool) { return "OP_" + j.Steps[i].Name, field == "OP_ID" }, 0)
	})
}

// most is the surest of several.
func most(n int, each func(int) certainty) certainty {
	out := never
	for i := range n {
		out = max(out, each(i))
	}
	return out
}

// eval says whether the condition holds, where field tells what is known of a job.
func (e filterExpr) eval(field func(name string) (any, bool), watermark int64) certainty {
	switch e.op {
	case "&":
		out := surely
		for _, arg := range e.args {
			out = min(out, arg.eval(field, watermark))
		}
		return out
	case "|":
		return most(len(e.args), func(i int) certainty { return e.args[i].eval(field, watermark) })
	case "!":
		return surely - e.args[0].eval(field, watermark)
	}
	have, known := field(e.field)
	if !known {
		return perhaps
	}
	switch have := have.(type) {
	case int64:
		want := watermark
		if number, ok := e.value.(json.Number); ok {
			n, err := number.Int64()
			if err != nil {
				return never
			}
			want = n
		}
		return told(e.compares(cmp.Compare(have, want)))
	case string:
		want, ok := e.value.(string)
		switch e.op {
		case "=~":
			re, err := regexp.Compile(want)
			return told(err == nil && re.MatchString(have))
		case "?":
			return surely
		}
		return told(ok && e.compares(strings.Compare(have, want)))
	}
	return perhaps
}

func told(yes bool) certainty {
	if yes {
		return surely
	}
	return never
}

// compares tells whether an order of two values is the one that is asked for.
func (e filterExpr) compares(order int) bool {
	switch e.op {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return false
}
