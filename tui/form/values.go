package form

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Values are the answers by field name, written as their Kind says. Fields that
// are not asked (When) are left out.
type Values map[string]string

// Text returns a value without the blanks around it.
func (v Values) Text(name string) string { return strings.TrimSpace(v[name]) }

// Yes tells whether a YesNo is ticked.
func (v Values) Yes(name string) bool { return v[name] == "yes" }

// List returns the ticked boxes, or the lines of Lines that are not blank.
func (v Values) List(name string) []string {
	var out []string
	for line := range strings.SplitSeq(v[name], "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Number reads a number in its unit; what cannot be read counts as empty, as
// Check is not asked to find that.
func (v Values) Number(name string, u Unit) Amount {
	a, err := u.Parse(v[name])
	if err != nil {
		return Amount{Empty: true}
	}
	return a
}

// Until reads a point in time; zero is "without end", also for what cannot be
// read.
func (v Values) Until(name string) time.Time {
	at, err := ParseUntil(v[name], time.Now())
	if err != nil {
		return time.Time{}
	}
	return at
}

// Diff returns a line for each of the names whose value differs: "comment: a ->
// b". It is a start for a Summary.
func (v Values) Diff(was Values) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if v[name] != was[name] {
			out = append(out, name+": "+orNothing(was[name])+" -> "+orNothing(v[name]))
		}
	}
	return out
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return strings.ReplaceAll(s, "\n", ", ")
}

// YesIf is the value of a YesNo.
func YesIf(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// Join is the value of Boxes or Lines.
func Join(list []string) string { return strings.Join(list, "\n") }
