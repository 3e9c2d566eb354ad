package core

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// predicate is one condition of a filter of a job queue.
type predicate struct {
	name string // "jobid", "opcode" or "reason"
	expr filterExpr
}

// filterExpr is a condition in the query language of Ganeti: of others ("&", "|",
// "!"), or of a field ("==", "<", "=~", …; "?" has no value).
type filterExpr struct {
	op    string
	args  []filterExpr
	field string
	value any // string or json.Number
}

const (
	// maxPredicates bounds the length of predicates in bytes.
	maxPredicates = 4000
	// maxExprDepth bounds how deep conditions are nested.
	maxExprDepth = 8
)

// NormalPredicates reads the predicates of a filter as people write them, and
// returns them in the form in which they are compared. The error says what is
// wrong, also where Ganeti would take what never holds.
func NormalPredicates(text string) (string, error) {
	list, err := parsePredicates(text)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if err := p.sensible(); err != nil {
			return "", err
		}
	}
	return writePredicates(list), nil
}

// ToldPredicates is NormalPredicates for what a cluster has: what gwm cannot read
// stays as it is.
func ToldPredicates(text string) string {
	list, err := parsePredicates(text)
	if err != nil {
		return text
	}
	return writePredicates(list)
}

func writePredicates(list []predicate) string {
	out := []any{}
	for _, p := range list {
		out = append(out, []any{p.name, p.expr.raw()})
	}
	return jsonLine(out)
}

// jsonLine writes lists of texts and numbers as people write them: < and > stay.
func jsonLine(list []any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(list) != nil {
		return "[]" // texts and numbers alone are always JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func badPredicates(format string, args ...any) *Error {
	return Errorf(CodeInvalid, "predicates: "+format, args...).
		WithHint(`write a JSON list like [["opcode", ["=", "OP_ID", "OP_INSTANCE_CREATE"]], ["jobid", [">", "id", "watermark"]]]`)
}

func parsePredicates(text string) ([]predicate, error) {
	if len(text) > maxPredicates {
		return nil, badPredicates("%d characters are more than %d", len(text), maxPredicates)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var raw [][]any
	if err := dec.Decode(&raw); err != nil || dec.More() {
		return nil, badPredicates("they are not a JSON list of lists")
	}
	list := make([]predicate, 0, len(raw))
	for _, p := range raw {
		if len(p) != 2 {
			return nil, badPredicates("each has a name and one condition")
		}
		name, _ := p[0].(string)
		if name != "jobid" && name != "opcode" && name != "reason" {
			return nil, badPredicates("%q is not one", Printable(cut(fmt.Sprint(p[0])))).WithHint("use jobid, opcode or reason")
		}
		expr, err := parseExpr(p[1], maxExprDepth)
		if err != nil {
			return nil, err
		}
		list = append(list, predicate{name, expr})
	}
	return list, nil
}

func parseExpr(raw any, depth int) (filterExpr, error) {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 || depth == 0 {
		return filterExpr{}, badPredicates("a condition is a list, at most %d deep", maxExprDepth)
	}
	e := filterExpr{}
	e.op, _ = list[0].(string)
	switch e.op {
	case "&", "|", "!":
		if len(list) < 2 || e.op == "!" && len(list) != 2 {
			return e, badPredicates("%q has the wrong number of conditions", e.op)
		}
		for _, arg := range list[1:] {
			sub, err := parseExpr(arg, depth-1)
			if err != nil {
				return e, err
			}
			e.args = append(e.args, sub)
		}
		return e, nil
	}
	return e, e.parseComparison(list)
}

// parseComparison reads the field and the value of a comparison.
func (e *filterExpr) parseComparison(list []any) error {
	switch e.op {
	case "=", "==", "!=", "<", "<=", ">", ">=", "=~", "=[]":
		if len(list) != 3 {
			return badPredicates("%q takes a field and a value", e.op)
		}
		e.value = list[2]
	case "?":
		if len(list) != 2 {
			return badPredicates("%q takes a field", e.op)
		}
	default:
		return badPredicates("%q is not a comparison", Printable(cut(fmt.Sprint(list[0])))).WithHint("use = != < <= > >= =~ =[] ? & | !")
	}
	if e.op == "=" {
		e.op = "=="
	}
	e.field, _ = list[1].(string)
	_, text := e.value.(string)
	number, counts := e.value.(json.Number)
	if _, err := number.Int64(); counts && err != nil || e.field == "" || e.op != "?" && !text && !counts {
		return badPredicates("%q compares the name of a field with a text or a whole number", e.op)
	}
	return nil
}

// sensible refuses what the cluster would take but that holds for no job: Ganeti
// looks for patterns in steps alone.
func (p predicate) sensible() error {
	fields := map[string][]string{"jobid": {"id"}, "reason": {"source", "reason", "timestamp"}}[p.name]
	if fields == nil {
		return p.expr.each(func(e filterExpr) error {
			if text, _ := e.value.(string); e.op == "=~" {
				if _, err := regexp.Compile(text); err != nil {
					return badPredicates("%q is not a regular expression", Printable(cut(text)))
				}
			}
			return nil
		})
	}
	return p.expr.each(func(e filterExpr) error {
		switch {
		case !slices.Contains(fields, e.field):
			return badPredicates("%s has no field %q", p.name, Printable(cut(e.field))).WithHint("it has %s", strings.Join(fields, ", "))
		case e.op == "=~" || e.op == "=[]" || e.op == "?":
			return badPredicates("Ganeti knows no %q for %s: such a filter is about no job", e.op, p.name).WithHint("use = != < <= > >=")
		}
		return nil
	})
}

// each calls f with every comparison.
func (e filterExpr) each(f func(filterExpr) error) error {
	if e.args == nil {
		return f(e)
	}
	for _, arg := range e.args {
		if err := arg.each(f); err != nil {
			return err
		}
	}
	return nil
}

func (e filterExpr) raw() []any {
	out := []any{e.op}
	for _, arg := range e.args {
		out = append(out, arg.raw())
	}
	if e.args == nil {
		out = append(out, e.field)
	}
	if e.value != nil {
		out = append(out, e.value)
	}
	return out
}

// is tells whether e is one comparison.
func (e filterExpr) is(op, field, value string) bool {
	return e.op == op && e.field == field && e.value == any(value)
}

// alternatives are the values of which a field must have one, as the kinds of
// steps are written; nil where that is not what e says.
func (e filterExpr) alternatives(field string) (out []string) {
	list := []filterExpr{e}
	if e.op == "|" {
		list = e.args
	}
	for _, one := range list {
		text, ok := one.value.(string)
		if one.op != "==" || one.field != field || !ok {
			return nil
		}
		out = append(out, strings.TrimPrefix(text, "OP_"))
	}
	return out
}

// begin is the field and the text that it must begin with, as beginsWith writes it.
func (e filterExpr) begin() (field, text string) {
	if e.op != "&" || len(e.args) != 2 || e.args[0].op != ">=" || e.args[1].op != "<" || e.args[0].field != e.args[1].field {
		return "", ""
	}
	from, _ := e.args[0].value.(string)
	to, _ := e.args[1].value.(string)
	if from == "" || to != from+lastLetter {
		return "", ""
	}
	return e.args[0].field, from
}

// words writes the condition for people.
func (e filterExpr) words() string {
	var parts []string
	for _, arg := range e.args {
		text := arg.words()
		if arg.args != nil && len(e.args) > 1 {
			text = "(" + text + ")"
		}
		parts = append(parts, text)
	}
	switch e.op {
	case "&":
		return strings.Join(parts, " and ")
	case "|":
		return strings.Join(parts, " or ")
	case "!":
		return "not (" + parts[0] + ")"
	case "?":
		return "that has " + e.field
	case "=[]":
		return e.field + " containing " + e.text()
	case "==":
		return e.field + " = " + e.text()
	}
	return e.field + " " + e.op + " " + e.text()
}

func (e filterExpr) text() string {
	if text, ok := e.value.(string); ok {
		return strconv.Quote(text)
	}
	return fmt.Sprint(e.value)
}
