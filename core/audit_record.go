package core

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// maxArg is the longest argument that an audit record keeps, in bytes.
const maxArg = 300

// record begins an audit record of something that happened in the session.
func (s *Session) record(event Event, op string) Record {
	return Record{
		Event: event, Op: op, By: s.actor(), ActAs: s.ActAs(), Session: s.info.ID,
		Addr: Printable(s.cred.Addr), Key: Printable(s.cred.Key),
	}
}

// recordOf begins the audit record of an Op.
func (s *Session) recordOf(op Op, event Event) Record {
	spec := op.Spec()
	r := s.record(event, spec.ID)
	r.Target, r.Verb, r.Args, r.Changes = spec.about(), spec.Verb, auditArgs(op), spec.Diff
	return r
}

// denied makes the audit record of a refusal.
func (s *Session) denied(d *denial) Record {
	r := s.recordOf(d.op, EventDenied)
	r.Rule, r.Result, r.Changes = d.rule, d.err.Message, nil
	return r
}

// auditArgs lists the fields of an Op that are set, as text, by their JSON
// names; secrets are dots.
func auditArgs(op Op) map[string]string {
	args := map[string]string{}
	addArgs(args, "", reflect.Indirect(reflect.ValueOf(op)))
	if len(args) == 0 {
		return nil
	}
	return args
}

// addArgs adds the fields of a struct. A field without a JSON name, which is
// never stored, goes by its own in lower case.
func addArgs(args map[string]string, prefix string, v reflect.Value) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if !field.IsExported() || value.IsZero() {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			name = strings.ToLower(field.Name)
		}
		if name == "was" {
			continue // what the editor started from; Changes tell what was
		}
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		addArg(args, prefix+name, value)
	}
}

func addArg(args map[string]string, name string, value reflect.Value) {
	switch v := value.Interface().(type) {
	case Secret:
		args[name] = dots
	case Ref:
		args[name] = v.String()
	case time.Time:
		args[name] = v.UTC().Format(time.RFC3339)
	case time.Duration:
		args[name] = v.String()
	case Hours:
		args[name] = v.String()
	case []Verb:
		args[name] = joinWords(v)
	case []Key:
		prints := make([]string, len(v))
		for i, k := range v {
			prints[i] = k.Fingerprint
		}
		args[name] = cut(joinWords(prints))
	case []byte: // a key's, which its fingerprint stands for
	case string:
		args[name] = cut(Printable(v))
	case JobID:
		args[name] = v.String()
	default:
		switch value.Kind() { //nolint:exhaustive // the others go as JSON
		case reflect.Struct:
			addArgs(args, name+".", value)
			return
		case reflect.String: // of a type of its own
			args[name] = cut(Printable(value.String()))
			return
		}
		if raw, err := json.Marshal(v); err == nil {
			args[name] = cut(Printable(string(raw)))
		}
	}
}

// cut shortens a long argument.
func cut(s string) string {
	if len(s) <= maxArg {
		return s
	}
	return strings.ToValidUTF8(s[:maxArg], "") + "…"
}
