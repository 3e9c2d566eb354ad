package core

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// JobFilter is a rule of the job queue of a cluster, about all its jobs, whoever
// gives them to it. Those of the least priority are looked at first; what the
// first says that is about a job, and not just FilterContinue, is done with it.
// Two are the same where all that they hold is equal.
type JobFilter struct {
	ID       string       `json:"id"` // a UUID, given by who makes it
	Priority int          `json:"priority"`
	Action   FilterAction `json:"action"`
	Limit    int          `json:"limit,omitempty"` // of FilterLimit: how many jobs may run at once
	// Predicates says which jobs it is about, as the cluster writes it: a JSON list,
	// each of which must hold; "[]" is about all. In normal form: see
	// NormalPredicates.
	Predicates string `json:"predicates"`
	// Why is what the person wrote who made it.
	Why string `json:"why,omitempty"`
	// Watermark is the number of the last job that the cluster had when the filter
	// was made or changed: what "new jobs" come after.
	Watermark int64 `json:"watermark,omitempty"`
}

// FilterAction is what becomes of a job that a filter is about, in Ganeti's words.
type FilterAction string

// The actions.
const (
	FilterAccept   FilterAction = "ACCEPT"     // it is begun, whatever filters come after
	FilterContinue FilterAction = "CONTINUE"   // the next filter is asked: this one does nothing
	FilterPause    FilterAction = "PAUSE"      // it stays in the queue, unless it runs already
	FilterReject   FilterAction = "REJECT"     // it is canceled, also where it waits already
	FilterLimit    FilterAction = "RATE_LIMIT" // it waits while so many of them run
)

// FilterActions lists the actions.
func FilterActions() []FilterAction {
	return []FilterAction{FilterReject, FilterPause, FilterLimit, FilterAccept, FilterContinue}
}

// JobChoice is which jobs a filter is about, as far as people choose it without
// writing predicates. Of what is set each must hold; zero is about all jobs.
type JobChoice struct {
	New     bool     // those that come after the filter was made
	Kinds   []string // those with a step of one of these kinds: "INSTANCE_CREATE"
	Reason  string   // those whose reason is this text
	Begins  string   // those whose reason begins so
	Through bool     // those that came through the remote API, as gwm's do
}

// Predicates writes the choice as a cluster takes it.
func (c JobChoice) Predicates() string {
	list := []any{}
	if c.New {
		list = append(list, []any{"jobid", []any{">", "id", "watermark"}})
	}
	if len(c.Kinds) > 0 {
		kinds := []any{"|"}
		for _, k := range c.Kinds {
			kinds = append(kinds, []any{"==", "OP_ID", "OP_" + k})
		}
		if len(c.Kinds) == 1 {
			kinds = kinds[1].([]any)
		}
		list = append(list, []any{"opcode", kinds})
	}
	if c.Reason != "" {
		list = append(list, []any{"reason", []any{"==", "reason", c.Reason}})
	}
	if c.Begins != "" {
		list = append(list, []any{"reason", beginsWith("reason", c.Begins)})
	}
	if c.Through {
		list = append(list, []any{"reason", beginsWith("source", remoteSource)})
	}
	return jsonLine(list)
}

// remoteSource begins what Ganeti's remote API adds to the reasons of its jobs.
const remoteSource = "gnt:library:rlib2:"

// beginsWith compares the beginning of a text with the only means that clusters
// have for reasons: the order of texts.
func beginsWith(field, text string) []any {
	return []any{"&", []any{">=", field, text}, []any{"<", field, text + lastLetter}}
}

// lastLetter comes after every text that people write.
const lastLetter = "\U0010ffff"

// Choice reads which jobs the filter is about; false where it takes predicates to
// say it.
func (f JobFilter) Choice() (JobChoice, bool) {
	list, err := parsePredicates(f.Predicates)
	if err != nil {
		return JobChoice{}, false
	}
	var c JobChoice
	for _, p := range list {
		switch kinds, texts := p.expr.alternatives("OP_ID"), p.expr; {
		case p.name == "jobid" && texts.is(">", "id", "watermark"):
			c.New = true
		case p.name == "opcode" && kinds != nil:
			c.Kinds = kinds
		case p.name == "reason" && texts.op == "==" && texts.field == "reason":
			c.Reason, _ = texts.value.(string)
		case p.name == "reason":
			field, begin := texts.begin()
			if field == "reason" {
				c.Begins = begin
			} else {
				c.Through = begin == remoteSource
			}
		}
	}
	return c, c.Predicates() == f.Predicates
}

// Drains tells whether the filter keeps every new job from being begun.
func (f JobFilter) Drains() bool {
	c, ok := f.Choice()
	c.New = false
	return ok && len(c.Kinds) == 0 && c.Reason == "" && c.Begins == "" && !c.Through && (f.Action == FilterReject || f.Action == FilterPause)
}

// Words says in a sentence without a stop what the filter does.
func (f JobFilter) Words() string {
	return f.jobs() + " " + f.does()
}

func (f JobFilter) jobs() string {
	list, err := parsePredicates(f.Predicates)
	if err != nil {
		return "jobs that gwm cannot tell: " + f.Predicates + ","
	}
	kind, rest := "all jobs", []string{}
	for _, p := range list {
		kinds := p.expr.alternatives("OP_ID")
		switch field, begin := p.expr.begin(); {
		case p.name == "jobid" && p.expr.is(">", "id", "watermark"):
			kind = "new jobs"
			if f.Watermark > 0 {
				rest = append(rest, "after "+strconv.FormatInt(f.Watermark, 10))
			}
		case p.name == "opcode" && kinds != nil:
			rest = append(rest, "of the kind "+strings.Join(kinds, " or "))
		case p.name == "reason" && field == "source" && begin == remoteSource:
			rest = append(rest, "that came through the remote API")
		case p.name == "reason" && field == "reason":
			rest = append(rest, "whose reason begins with "+strconv.Quote(begin))
		default:
			rest = append(rest, "with "+p.name+" "+p.expr.words())
		}
	}
	if len(rest) > 0 && kind == "all jobs" {
		kind = "jobs"
	}
	return strings.Join(append([]string{kind}, rest...), " ")
}

func (f JobFilter) does() string {
	switch f.Action {
	case FilterAccept:
		return "are begun, whatever filters come after"
	case FilterContinue:
		return "go on to the next filter: this one does nothing"
	case FilterPause:
		return "stay in the queue and are not begun"
	case FilterReject:
		return "are refused: the cluster cancels them"
	case FilterLimit:
		return "run " + strconv.Itoa(f.Limit) + " at a time, the others wait"
	}
	return "are treated as " + Printable(string(f.Action))
}

// check accepts a filter as people write it.
func (f JobFilter) check() error {
	switch {
	case !slices.Contains(FilterActions(), f.Action):
		return Errorf(CodeInvalid, "%q is not what a filter does with jobs", Printable(cut(string(f.Action)))).
			WithHint("use REJECT, PAUSE, RATE_LIMIT, ACCEPT or CONTINUE")
	case f.Action == FilterLimit && (f.Limit < 1 || f.Limit > maxFilterLimit):
		return Errorf(CodeInvalid, "%d jobs at a time are not possible", f.Limit).WithHint("write how many may run at once, from 1 to %d", maxFilterLimit)
	case f.Action != FilterLimit && f.Limit != 0:
		return Errorf(CodeInvalid, "%s takes no number of jobs", f.Action).WithHint("only RATE_LIMIT does")
	case f.Priority < 0 || f.Priority > maxFilterPriority:
		return Errorf(CodeInvalid, "the priority %d is not possible", f.Priority).WithHint("0 is looked at first; at most %d", maxFilterPriority)
	}
	if err := checkText("the reason", f.Why); err != nil {
		return err
	}
	normal, err := NormalPredicates(f.Predicates)
	if err == nil && normal != f.Predicates {
		err = Errorf(CodeInvalid, "the predicates are not in normal form")
	}
	return err
}

const (
	// maxFilterLimit is how many jobs at a time a filter may allow.
	maxFilterLimit = 10_000
	// maxFilterPriority is the greatest priority that gwm gives.
	maxFilterPriority = 1_000_000
)

// checkFilterID accepts the UUID of a filter.
func checkFilterID(id string) error {
	if len(id) != 36 || strings.Trim(id, "0123456789abcdef-") != "" || strings.Count(id, "-") != 4 {
		return Errorf(CodeInvalid, "%q does not name a job filter", Printable(cut(id))).WithHint("cluster filter list shows them")
	}
	return nil
}

// FindFilter is the one of a list that a text names: its ID or the beginning of it.
// The error is CodeNotFound where none or several begin so.
func FindFilter(list []JobFilter, cluster, text string) (JobFilter, error) {
	var found []JobFilter
	for _, f := range list {
		if text != "" && strings.HasPrefix(f.ID, strings.ToLower(text)) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return JobFilter{}, Errorf(CodeNotFound, "%s has %d job filters that %q names", cluster, len(found), Printable(cut(text))).
			WithHint("cluster filter list %s shows them", cluster)
	}
	return found[0], nil
}

// sortFilters puts filters in the order in which the cluster looks at them.
func sortFilters(list []JobFilter) {
	slices.SortFunc(list, func(a, b JobFilter) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Watermark, b.Watermark), strings.Compare(a.ID, b.ID))
	})
}
