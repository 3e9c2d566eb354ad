package core

import (
	"strconv"
	"strings"
	"time"
)

// AuditQuery selects audit records, newest first. Zero fields do not restrict.
type AuditQuery struct {
	By     string
	Target Ref    // also matches what lies on a cluster when it is a cluster
	Op     string // one Op, or with a dot at the end all that begin so: "vm."
	Event  Event
	Text   string    // in the result, the arguments or the changes; upper and lower case are alike
	Since  time.Time // from this time on
	Until  time.Time // before this time
	Before int64     // only records with a smaller Seq: to page on
	Limit  int       // 0: 100; at most 10,000
	Tidy   bool      // without upkeep (Record.Upkeep)
}

// AuditPage is a part of the answer to an AuditQuery.
type AuditPage struct {
	Records []Record
	// Next is where to page on (AuditQuery.Before); 0: there is nothing more.
	Next int64
	// Searched is the time of the oldest record that was looked at: with a Next
	// the answer is complete back to it. Zero where nothing was.
	Searched time.Time
	LeftOut  int // how much upkeep is left out, with AuditQuery.Tidy
}

// defaultRecords and maxRecords bound the answer to an AuditQuery, and maxScanned
// the records that are looked at for it.
const (
	defaultRecords = 100
	maxRecords     = 10000
	maxScanned     = 20000
)

// bounded fills in the limit and refuses what makes no sense.
func (q AuditQuery) bounded() (AuditQuery, error) {
	switch {
	case q.Limit < 0 || q.Before < 0:
		return q, Errorf(CodeInvalid, "a negative number makes no sense here")
	case q.Limit > maxRecords:
		return q, Errorf(CodeInvalid, "at most %d records are possible at once", maxRecords).WithHint("page on with the last number")
	case !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until):
		return q, Errorf(CodeInvalid, "the time ends before it begins")
	case q.Limit == 0:
		q.Limit = defaultRecords
	}
	return q, nil
}

// matches tells whether a record is asked for.
func (q AuditQuery) matches(r *Record) bool {
	switch {
	case q.By != "" && r.By != q.By,
		q.Op != "" && r.Op != q.Op && (!strings.HasSuffix(q.Op, ".") || !strings.HasPrefix(r.Op, q.Op)),
		q.Event != "" && r.Event != q.Event,
		!q.Since.IsZero() && r.At.Before(q.Since),
		!q.Until.IsZero() && !r.At.Before(q.Until),
		q.Text != "" && !r.says(strings.ToLower(q.Text)):
		return false
	case q.Target.IsZero() || r.Target == q.Target:
		return true
	}
	return q.Target.Kind == KindCluster && r.Target.Cluster == q.Target.Cluster
}

// says tells whether a text in lower case is in what the record says of what
// happened. Where somebody came from is not searched: not everybody reads it; nor
// is what readers searched for, or each search would find itself.
func (r *Record) says(text string) bool {
	if r.Op == opAuditRead {
		return false
	}
	in := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	for name, value := range r.Args {
		if in(name + "=" + value) {
			return true
		}
	}
	for _, c := range r.Changes {
		if in(c.Field) || in(c.From) || in(c.To) {
			return true
		}
	}
	return in(r.Result)
}

// args lists what restricts the query.
func (q AuditQuery) args() map[string]string {
	args := map[string]string{}
	add := func(name, value string) {
		if value != "" {
			args[name] = cut(Printable(value))
		}
	}
	when := func(name string, at time.Time) {
		if !at.IsZero() {
			add(name, at.UTC().Format(time.RFC3339))
		}
	}
	add("by", q.By)
	add("on", q.Target.String())
	add("op", q.Op)
	add("event", string(q.Event))
	add("text", q.Text)
	when("since", q.Since)
	when("until", q.Until)
	if q.Before != 0 {
		add("before", strconv.FormatInt(q.Before, 10))
	}
	if len(args) == 0 {
		return nil
	}
	return args
}
