package rapi

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"
)

// The types below read what Ganeti really sends where encoding/json is used
// (everything but lists of VMs): null anywhere, numbers as text, texts as
// numbers.

// word is a text; null is empty, a number or boolean its JSON text.
type word string

func (w *word) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case 'n':
		return nil
	case '"':
		var s string
		err := json.Unmarshal(b, &s)
		*w = word(s)
		return err
	case '{', '[':
		return &json.UnmarshalTypeError{Value: kindName(b[0])}
	}
	*w = word(b)
	return nil
}

// words is a list of texts without its empty and null ones.
type words []string

func (w *words) UnmarshalJSON(b []byte) error {
	c := &cursor{b: b}
	list := c.texts([]string{}, nil)
	if err := c.finish(); err != nil {
		return err
	}
	*w = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	return nil
}

// list is w, never nil.
func (w words) list() []string {
	if w == nil {
		return []string{}
	}
	return w
}

// number is a whole number, also as text or with a fraction; set is false for null.
type number struct {
	n   int64
	set bool
}

func (n *number) UnmarshalJSON(b []byte) error {
	b = bytes.Trim(b, `"`)
	if len(b) == 0 || string(b) == "null" {
		return nil
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= math.MaxInt64 {
		return &json.UnmarshalTypeError{Value: "value where a number belongs"}
	}
	n.n, n.set = int64(math.Floor(f)), true
	if whole, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		n.n = whole
	}
	return nil
}

// or is the number as an int, or missing where there is none.
func (n number) or(missing int) int {
	if !n.set {
		return missing
	}
	return int(n.n)
}

// moment is a time: seconds since 1970 with a fraction, or [seconds,
// microseconds] as in jobs. null and 0 are the zero time.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		var pair []number
		if err := json.Unmarshal(b, &pair); err != nil {
			return err
		}
		if len(pair) == 2 && pair[0].n > 0 {
			m.Time = time.Unix(pair[0].n, pair[1].n*1000).UTC()
		}
		return nil
	}
	b = bytes.Trim(b, `"`)
	if len(b) == 0 || string(b) == "null" {
		return nil
	}
	t, ok := seconds(b)
	if !ok {
		return &json.UnmarshalTypeError{Value: "value where a time belongs"}
	}
	m.Time = t
	return nil
}

// jobID is the id of a job: a number, or (before Ganeti 2.6, and in places
// still) a text of digits.
type jobID string

func (j *jobID) UnmarshalJSON(b []byte) error {
	id := string(bytes.Trim(b, `"`))
	if id == "null" {
		return nil
	}
	if _, err := strconv.ParseUint(id, 10, 63); err != nil {
		return &json.UnmarshalTypeError{Value: "value where a job id belongs"}
	}
	*j = jobID(id)
	return nil
}
