package form

import (
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

// Diff returns a line for each field whose value is not the one at the start,
// in the words of the form: "Comment: nothing -> on call". A secret is not told.
func (f Form) Diff(v Values) []string {
	var out []string
	for _, field := range f.Fields {
		was, now := field.start(), v[field.Name]
		if _, asked := v[field.Name]; !asked || was == now {
			continue
		}
		if field.Kind == Secret {
			out = append(out, field.Label+": changed")
			continue
		}
		out = append(out, field.Label+": "+orNothing(was)+" -> "+orNothing(now))
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
