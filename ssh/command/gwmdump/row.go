package gwmdump

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// row is one object of the file.
type row struct {
	Model  string          `json:"model"`
	Key    json.RawMessage `json:"pk"`
	Fields json.RawMessage `json:"fields"` // by name; only those of tables that are read are looked at
}

// fields reads the columns of a row. The first thing that is wrong stays in err;
// what is read after it is zero.
type fields struct {
	of  map[string]json.RawMessage
	err error
}

// null tells whether a column is missing or empty: versions differ in both.
func (f *fields) null(name string) bool {
	raw, ok := f.of[name]
	return !ok || bytes.Equal(raw, []byte("null"))
}

func (f *fields) wrong(name, what string) {
	if f.err == nil {
		f.err = fmt.Errorf("its %s is not %s", name, what)
	}
}

func (f *fields) text(name string) string {
	var s string
	if !f.null(name) && json.Unmarshal(f.of[name], &s) != nil {
		f.wrong(name, "a text")
	}
	return s
}

// flag reads a yes or no, which some databases keep as a number.
func (f *fields) flag(name string) bool {
	switch strings.Trim(string(f.of[name]), `"`) {
	case "true", "True", "1":
		return true
	case "", "null", "false", "False", "0":
		return false
	}
	f.wrong(name, "yes or no")
	return false
}

// maxNumber bounds what is believed of a number: 1 EiB in MiB.
const maxNumber = 1 << 40

func (f *fields) number(name string) int {
	if f.null(name) {
		return 0
	}
	n, err := strconv.Atoi(strings.Trim(string(f.of[name]), `"`))
	if err != nil || n < -maxNumber || n > maxNumber {
		f.wrong(name, "a whole number")
		return 0
	}
	return n
}

// limit reads a bound: null is none, and so is what is negative.
func (f *fields) limit(name string) *int {
	if f.null(name) {
		return nil
	}
	n := f.number(name)
	if n < 0 {
		f.wrong(name, "a limit")
		return nil
	}
	return &n
}

// ref reads a reference to a row: its key, or with dumpdata --natural its name.
// It is empty where there is none.
func (f *fields) ref(name string) string {
	if f.null(name) {
		return ""
	}
	ref, ok := refText(f.of[name])
	if !ok {
		f.wrong(name, "a reference")
	}
	return ref
}

// refs reads a list of references.
func (f *fields) refs(name string) []string {
	var list []json.RawMessage
	if !f.null(name) && json.Unmarshal(f.of[name], &list) != nil {
		f.wrong(name, "a list")
	}
	var refs []string
	for _, raw := range list {
		ref, ok := refText(raw)
		if !ok {
			f.wrong(name, "a list of references")
			return nil
		}
		refs = append(refs, ref)
	}
	return refs
}

// naturalMark stands before a name that is given instead of a key.
const naturalMark = "="

// refText writes a reference as text: "7", or "=ann" for the natural key of one
// part.
func refText(raw json.RawMessage) (ref string, ok bool) {
	var natural []string
	if json.Unmarshal(raw, &natural) == nil {
		if len(natural) != 1 || natural[0] == "" {
			return "", false
		}
		return naturalMark + natural[0], true
	}
	text := strings.Trim(string(raw), `"`)
	if _, err := strconv.ParseUint(text, 10, 63); err != nil {
		return "", false
	}
	return text, true
}
