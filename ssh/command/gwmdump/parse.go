package gwmdump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Parse reads a dump to its end, packed with gzip or not, at most so many bytes of
// text. Rows that make no sense are in Dump.Problems; the error is for a file that
// is no such dump at all, or ErrTooLong.
func Parse(r io.Reader, most int64) (*Dump, error) {
	text, err := textOf(r, most)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(text)
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, notADump(err, "it does not begin with a list")
	}
	t := newTables()
	for n := 1; d.More(); n++ {
		var next row
		err := d.Decode(&next)
		var shape *json.UnmarshalTypeError
		switch {
		case errors.As(err, &shape):
			t.problem(fmt.Sprintf("entry %d", n), "it is not a row of a table")
		case err != nil:
			return nil, notADump(err, fmt.Sprintf("it breaks off or is damaged in entry %d", n))
		default:
			t.take(next, n)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, notADump(err, "it breaks off")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, notADump(err, "something follows the list")
	}
	if len(t.dump.Counts) == 0 && !t.known {
		return nil, errors.New("it holds no rows")
	}
	return t.resolve(), nil
}

// notADump says what is wrong with a file; what the reader said goes first where
// it is not about JSON.
func notADump(err error, why string) error {
	var syntax *json.SyntaxError
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) {
		return errors.New(why)
	}
	return fmt.Errorf("read the dump: %w", err)
}

// take keeps a row of a table that is read, and counts the others.
func (t *tables) take(r row, n int) {
	app, model, dotted := strings.Cut(strings.ToLower(r.Model), ".")
	if !dotted || model == "" {
		t.problem(fmt.Sprintf("entry %d", n), "it does not say which table it is of")
		return
	}
	label := app + "." + model
	read := t.reader(app, model)
	if read == nil {
		t.dump.Counts[label]++
		return
	}
	t.known = true
	f := &fields{}
	if r.Fields != nil && json.Unmarshal(r.Fields, &f.of) != nil {
		t.problem(fmt.Sprintf("entry %d", n), "it is not a row of a table")
		return
	}
	key, ok := refText(r.Key)
	if !ok { // dumpdata with natural primary keys leaves them out where there is a name
		key, ok = naturalKey(label, f)
	}
	if !ok || strings.HasPrefix(key, naturalMark) && len(r.Key) > 0 {
		t.problem(fmt.Sprintf("entry %d", n), "a row of "+label+" has no key")
		return
	}
	t.stray(label, f)
	keep := read(label+" "+key, key, f)
	if f.err != nil {
		t.problem(label+" "+key, f.err.Error())
		return
	}
	keep()
}

// naturalKey is what stands for the key of a user or a group that has none.
func naturalKey(label string, f *fields) (key string, ok bool) {
	name := map[string]string{"auth.user": f.text("username"), "auth.group": f.text("name")}[label]
	return naturalMark + name, name != ""
}

// reader reads the columns of a row, which messages call by name, and returns
// what keeps it. It is called only where every column made sense.
type reader func(name, key string, f *fields) (keep func())

// reader is what reads a table; nil: nobody does. The application says nothing
// but for people: until 0.10 all tables of Ganeti Web Manager were in one.
func (t *tables) reader(app, model string) reader {
	if app == "auth" {
		switch model {
		case "user":
			return t.user
		case "group":
			return t.group
		}
	}
	if on, ok := strings.CutSuffix(model, "_perms"); ok {
		return func(name, _ string, f *fields) func() { return t.perms(name, on, f) }
	}
	switch model {
	case "cluster":
		return t.cluster
	case "virtualmachine":
		return t.vm
	case "profile":
		return t.profile
	case "organization":
		return t.organization
	case "quota":
		return t.quota
	case "sshkey":
		return t.sshKey
	case "virtualmachinetemplate":
		return t.template
	}
	return nil
}

func (t *tables) problem(row, why string) {
	t.dump.Problems = append(t.dump.Problems, Problem{Row: row, Why: why})
}

// permNames lists the columns of a permission row that are set, sorted.
func permNames(f *fields) []string {
	var names []string
	for name := range f.of {
		if name != "user" && name != "group" && name != "obj" && f.flag(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
