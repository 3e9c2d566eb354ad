package rapitest

import (
	"cmp"
	"encoding/json"
	"regexp"
)

// filterError is a refusal in Ganeti's words.
type filterError string

func (e filterError) Error() string { return string(e) }

const errFilter = filterError("Can't parse filter")

// parseFilter compiles Ganeti's query filter, a nested list: ["&"|"|", FILTER...], ["!", FILTER], ["?", FIELD], or an operator with a field and a value (= == != < <= > >= =~ =[]).
func parseFilter(text json.RawMessage, set rows) (func(i int) bool, error) {
	var parts []json.RawMessage
	var op string
	if json.Unmarshal(text, &parts) != nil || len(parts) < 2 || json.Unmarshal(parts[0], &op) != nil {
		return nil, errFilter
	}
	switch op {
	case "&", "|", "!":
		return logical(op, parts[1:], set)
	}
	var field string
	if json.Unmarshal(parts[1], &field) != nil {
		return nil, errFilter
	}
	get := set.column(field)
	if set.count > 0 && get(0).code == unknownName {
		return nil, filterError("Can't find field named '" + field + "'")
	}
	if op == "?" {
		return func(i int) bool { return truth(get(i).value) }, nil
	}
	if len(parts) != 3 {
		return nil, errFilter
	}
	var want any
	if json.Unmarshal(parts[2], &want) != nil {
		return nil, errFilter
	}
	test, err := comparison(op, want)
	if err != nil {
		return nil, err
	}
	return func(i int) bool {
		v := get(i)
		return v.code == normal && test(plain(v.value))
	}, nil
}

func logical(op string, parts []json.RawMessage, set rows) (func(int) bool, error) {
	var subs []func(int) bool
	for _, p := range parts {
		f, err := parseFilter(p, set)
		if err != nil {
			return nil, err
		}
		subs = append(subs, f)
	}
	if op == "!" {
		if len(subs) != 1 {
			return nil, errFilter
		}
		return func(i int) bool { return !subs[0](i) }, nil
	}
	return func(i int) bool {
		for _, f := range subs {
			if f(i) == (op == "|") {
				return op == "|"
			}
		}
		return op == "&"
	}, nil
}

// plain brings a value into the types that encoding/json decodes to.
func plain(v any) any {
	var out any
	if json.Unmarshal(appendValue(nil, v), &out) != nil {
		return nil
	}
	return out
}

func truth(v any) bool {
	switch v := plain(v).(type) {
	case bool:
		return v
	case float64:
		return v != 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	}
	return false
}

func comparison(op string, want any) (func(any) bool, error) {
	switch op {
	case "=", "==":
		return func(v any) bool { return v == want }, nil
	case "!=":
		return func(v any) bool { return v != want }, nil
	case "=[]":
		return func(v any) bool {
			items, _ := v.([]any)
			for _, item := range items {
				if item == want {
					return true
				}
			}
			return false
		}, nil
	case "=~":
		text, _ := want.(string)
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, errFilter
		}
		return func(v any) bool { s, is := v.(string); return is && re.MatchString(s) }, nil
	case "<", "<=", ">", ">=":
		return func(v any) bool { return ordered(op, v, want) }, nil
	}
	return nil, errFilter
}

func ordered(op string, v, want any) bool {
	order := 0
	switch v := v.(type) {
	case float64:
		w, is := want.(float64)
		if !is {
			return false
		}
		order = cmp.Compare(v, w)
	case string:
		w, is := want.(string)
		if !is {
			return false
		}
		order = cmp.Compare(v, w)
	default:
		return false
	}
	return order < 0 && op[0] == '<' || order > 0 && op[0] == '>' || order == 0 && len(op) == 2
}
