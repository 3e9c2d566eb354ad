package rapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// splitAll returns the values of the list that data is, as the splitter sees
// them, with those that are not JSON refused, as every decoder does.
func splitAll(r io.Reader, most int) ([]string, error) {
	e := newElements(r, most)
	if err := start(e, ""); err != nil {
		return nil, err
	}
	out := []string{}
	for {
		v, err := e.next()
		if errors.Is(err, io.EOF) {
			return out, e.end()
		}
		if err != nil {
			return out, err
		}
		c := &cursor{b: v}
		c.skip()
		if err := c.finish(); err != nil {
			return out, err
		}
		out = append(out, string(v))
	}
}

// reference is what encoding/json finds.
func reference(data []byte) ([]string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errBroken // null
	}
	out := []string{}
	for _, v := range list {
		out = append(out, string(v))
	}
	return out, nil
}

// deeper tells whether data nests more than we allow.
func deeper(data []byte) bool {
	return bytes.Count(data, []byte{'['})+bytes.Count(data, []byte{'{'}) > maxDepth
}

func checkSplit(t *testing.T, data []byte) {
	t.Helper()
	if deeper(data) {
		return
	}
	want, wantErr := reference(data)
	got, err := splitAll(bytes.NewReader(data), 1<<20)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: splitter says %v, encoding/json says %v", data, err, wantErr)
	}
	if err == nil {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", data, diff)
		}
	}
}

func TestSplitterTakesWhatJSONTakes(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`[]`, ` [ ] `, `[1]`, `[1,2]`, "[\n1 ,\t2\r]", `["a","b\"]","\\"]`, `[{"a":[1,{"b":"]}"}]},null,true,false,-1.5e+3]`,
		`["\u00e9\ud83d\ude00"]`, "[\"\u00e9\"]", `[[[[]]]]`, `[{}]`, `[""]`, `[0]`, `[-0]`,
		``, ` `, `[`, `]`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1]]`, `[1]x`, `{}`, `null`, `"a"`, `<html>`, `[tru]`, `[nul`, `[01]`, `[1.]`, `[.5]`, `[1e]`, `[--1]`, `[+1]`,
		`["a]`, `["\x"]`, `["\u12"]`, "[\"\x01\"]", "[\"\n\"]", `[{"a"}]`, `[{"a":}]`, `[{"a":1,}]`, `[{,}]`, `[{1:2}]`, `[{]}]`, `[[}]`, `[:]`, `[}]`, `["a":1]`, `[NaN]`, "[1]\x00", "\xef\xbb\xbf[]",
	} {
		checkSplit(t, []byte(s))
	}
}

// randomValue writes a random JSON value.
func randomValue(r *rand.Rand, b *bytes.Buffer, depth int) {
	space := func() {
		for range r.IntN(2) {
			b.WriteByte(" \n\t\r"[r.IntN(4)])
		}
	}
	space()
	defer space()
	kind := r.IntN(8)
	if depth == 0 {
		kind = r.IntN(6)
	}
	switch kind {
	case 0:
		b.WriteString([]string{"null", "true", "false"}[r.IntN(3)])
	case 1, 2:
		b.WriteString([]string{"0", "-1", "12", "1.5", "1e9", "-0.25E-2", "99999999999999999999"}[r.IntN(7)])
	case 3, 4, 5:
		b.WriteString([]string{`""`, `"web1"`, `"a]b}"`, `"\""`, `"\\"`, `"\\\""`, `"é\u00e9"`, `",:[{"`, `"\ud800"`}[r.IntN(9)])
	case 6:
		b.WriteByte('[')
		for i := range r.IntN(5) {
			if i > 0 {
				b.WriteByte(',')
			}
			randomValue(r, b, depth-1)
		}
		b.WriteByte(']')
	default:
		b.WriteByte('{')
		for i := range r.IntN(5) {
			if i > 0 {
				b.WriteByte(',')
			}
			space()
			b.WriteString([]string{`"name"`, `"a\"b"`, `""`, `"nic.ips"`}[r.IntN(4)])
			space()
			b.WriteByte(':')
			randomValue(r, b, depth-1)
		}
		b.WriteByte('}')
	}
}

func TestSplitterEqualsJSONOnRandomLists(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var b bytes.Buffer
		b.WriteByte('[')
		for i := range r.IntN(6) {
			if i > 0 {
				b.WriteByte(',')
			}
			randomValue(r, &b, 4)
		}
		b.WriteByte(']')
		checkSplit(t, b.Bytes())
		// And with one byte lost or changed.
		data := b.Bytes()
		i := r.IntN(len(data))
		checkSplit(t, append(bytes.Clone(data[:i]), data[i+1:]...))
		data[i] = `[]{},:"\ 0a`[r.IntN(11)]
		checkSplit(t, data)
	}
}

func TestSplitterWithSlowReaders(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteByte('[')
	for i := range 2000 {
		if i > 0 {
			b.WriteString(" ,\n")
		}
		b.WriteString(`{"name":"` + strings.Repeat("x", i%997) + `","list":[1,2,"]"]}`)
	}
	b.WriteString("]\n")
	want, err := reference([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"whole":     strings.NewReader(b.String()),
		"bytes":     iotest.OneByteReader(strings.NewReader(b.String())),
		"halves":    iotest.HalfReader(strings.NewReader(b.String())),
		"data+EOF":  iotest.DataErrReader(strings.NewReader(b.String())),
		"with room": io.MultiReader(strings.NewReader(b.String()[:chunk]), strings.NewReader(b.String()[chunk:])),
	} {
		got, err := splitAll(r, 1<<20)
		if err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s: %d values, %v", name, len(got), err)
		}
	}
	for _, cut := range []int{0, 1, 5, chunk - 1, chunk, 4 * chunk, b.Len() - 2} {
		if _, err := splitAll(strings.NewReader(b.String()[:cut]), 1<<20); !errors.Is(err, errCut) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
	broken := io.MultiReader(strings.NewReader(b.String()[:100]), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := splitAll(broken, 1<<20); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("broken connection: %v", err)
	}
}

func TestSplitterLimitsOneValue(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"text":       `[1,"` + strings.Repeat("x", 3*chunk) + `"]`,
		"endless":    `[1,"` + strings.Repeat("x", 30*chunk),
		"brackets":   `[1,` + strings.Repeat("[", 30*chunk),
		"one number": `[1,` + strings.Repeat("1", 30*chunk),
	} {
		if got, err := splitAll(strings.NewReader(s), 2*chunk); !errors.Is(err, errTooLarge) || len(got) != 1 {
			t.Errorf("%s: %d values, %v", name, len(got), err)
		}
	}
}

func TestSplitterFindsTheMember(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		want []string
		bad  bool
	}{
		{in: `{"data":[1,2],"fields":[{"name":"x"}]}`, want: []string{"1", "2"}},
		{in: ` { "fields" : [ "data" ] , "data" : [ ] } `, want: []string{}},
		{in: `{"data":[]}`, want: []string{}},
		{in: `{"d\u0061ta":[1]}`, want: []string{"1"}},
		{in: `{"other":1}`, bad: true},
		{in: `{}`, bad: true},
		{in: `[]`, bad: true},
		{in: `{"data":null}`, bad: true},
		{in: `{"data":[1],"fields":`, bad: true},
		{in: `{"data":[1]`, bad: true},
		{in: `{"data":[1]}x`, bad: true},
		{in: `{"data":[1]]`, bad: true},
	} {
		e := newElements(strings.NewReader(tt.in), 1<<20)
		got, err := []string{}, start(e, "data")
		for err == nil {
			var v []byte
			if v, err = e.next(); err == nil {
				got = append(got, string(v))
			}
		}
		if errors.Is(err, io.EOF) {
			if err = e.leave(); err == nil {
				err = e.end()
			}
		}
		if (err != nil) != tt.bad || err == nil && !cmp.Equal(tt.want, got) {
			t.Errorf("%s: %v, %v", tt.in, got, err)
		}
	}
}

func FuzzSplitter(f *testing.F) {
	for _, s := range []string{`[]`, `[1,"a",{"b":[null]}]`, `["\u00e9"]`, `[{"a":1,}]`, `[1]x`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkSplit(t, data) })
}

func FuzzDecoders(f *testing.F) {
	for _, name := range []string{"instance-vm-both", "node", "error-job-create-exists.job", "query-instance"} {
		f.Add([]byte(capture(f, name).Body))
	}
	c := client(f, "https://127.0.0.1:1")
	f.Fuzz(func(t *testing.T, data []byte) {
		d := vmDecoder{seen: interner{}}
		vm, err := d.decode(data)
		if err == nil && !deeper(data) {
			if !json.Valid(data) {
				t.Fatalf("took what is not JSON: %q", data)
			}
			if _, err := json.Marshal(vm); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = c.Detail(data)
		if _, err := decodeStamp(data, interner{}); err == nil && !deeper(data) && !json.Valid(data) {
			t.Fatalf("took what is not JSON: %q", data)
		}
		var n rawNode
		if json.Unmarshal(data, &n) == nil {
			_, _ = n.node("c")
		}
		var j rawJob
		if json.Unmarshal(data, &j) == nil {
			_ = j.job()
		}
		var row []Cell
		_ = json.Unmarshal(data, &row)
	})
}
