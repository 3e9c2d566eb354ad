package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"gwm/core"
)

func (t *tree) json(v any) error { return gone(writeJSON(t.Stdout, v, "  ")) }

// writeJSON writes v on a line, or on several with an indent. What is in it may
// end on a terminal, so that characters that core.Printable would replace are
// written as \u escapes: a program reads the same text.
func writeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(withoutNulls(reflect.ValueOf(v)).Interface()); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeJSON(b.String()))
	return err
}

// escapeJSON escapes what a terminal might act upon. Outside of the texts JSON
// has no such characters.
func escapeJSON(s string) string {
	var out strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf && r != 0x7f || core.Printable(string(r)) == string(r) {
			out.WriteRune(r)
			continue
		}
		if r > 0xffff {
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
			continue
		}
		fmt.Fprintf(&out, `\u%04x`, r)
	}
	return out.String()
}

// withoutNulls returns v with an empty list wherever a list is nil, so that a
// program finds a list where it expects one. What v points to is not changed.
func withoutNulls(v reflect.Value) reflect.Value {
	if v.Type() == reflect.TypeFor[json.RawMessage]() {
		return v
	}
	switch v.Kind() {
	case reflect.Slice:
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(withoutNulls(v.Index(i)))
		}
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if out.Field(i).CanSet() {
				out.Field(i).Set(withoutNulls(v.Field(i)))
			}
		}
		return out
	case reflect.Map:
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, key := range v.MapKeys() {
			out.SetMapIndex(key, withoutNulls(v.MapIndex(key)))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(withoutNulls(v.Elem()))
		return out
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		return withoutNulls(v.Elem())
	default:
		return v
	}
}
