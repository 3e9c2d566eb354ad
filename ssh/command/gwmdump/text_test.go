package gwmdump

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// packed is data as gzip packs it.
func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// wide is a text as a shell of Windows writes it.
func wide(text string, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// TestText reads the same dump as it comes from different shells.
func TestText(t *testing.T) {
	t.Parallel()
	const dump = `[{"model": "auth.group", "pk": 1, "fields": {"name": "Büro 🏢"}}]`
	for name, file := range map[string][]byte{
		"plain":           []byte(dump),
		"with a mark":     []byte("\ufeff" + dump),
		"UTF-16":          wide(dump, binary.LittleEndian),
		"UTF-16 from big": wide(dump, binary.BigEndian),
		"packed":          packed(t, []byte(dump)),
		"packed UTF-16":   packed(t, wide(dump, binary.LittleEndian)),
	} {
		d, err := Parse(bytes.NewReader(file), int64(len(dump)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([]Group{{Name: "Büro 🏢"}}, d.Groups); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if _, err := Parse(bytes.NewReader(file), int64(len(dump))-1); !errors.Is(err, ErrTooLong) {
			t.Errorf("%s, with a bound of one byte less: %v", name, err)
		}
	}
	for name, file := range map[string][]byte{
		"packed and cut":   packed(t, []byte(dump))[:30],
		"UTF-16 and cut":   wide(dump, binary.LittleEndian)[:31],
		"only a mark":      {0xff, 0xfe},
		"the head of gzip": {0x1f, 0x8b, 8},
	} {
		if d, err := Parse(bytes.NewReader(file), most); err == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestBomb holds that what is packed is bounded by what it holds, in one text too.
func TestBomb(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	defer r.Close()
	go func() {
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `[{"model": "auth.group", "pk": 1, "fields": {"name": "`)
		for zeros := strings.Repeat("0", 1<<16); ; {
			if _, err := io.WriteString(z, zeros); err != nil {
				return // nobody reads on
			}
		}
	}()
	if _, err := Parse(r, most); !errors.Is(err, ErrTooLong) {
		t.Errorf("an endless text: %v", err)
	}
}

func TestPython(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{'size': 10240L}, {'size': 2}]`:                 `[{"size": 10240}, {"size": 2}]`,
		`[{u'link': u'br0', "mode": b'it\'s', 'x': ''}]`:  `[{"link": "br0", "mode": "it's", "x": ""}]`,
		`({'a': None, 'b': True, 'c': False, 'd': -1.5})`: `[{"a": null, "b": true, "c": false, "d": -1.5}]`,
		`[u'caf\xe9\u20ac\n\\']`:                          `["café€\n\\"]`,
		`["\'"]`:                                          `["'"]`,
		`[]`:                                              `[]`,
		`['half`:                                          ``,
		`['bad \q']`:                                      ``,
		`(lp1\nS'pickled'`:                                ``,
		`import os`:                                       ``,
	} {
		got, ok := pythonJSON(text)
		if ok != (want != "") || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", text, got, ok, want)
		}
	}
}

// FuzzPython holds that no text makes the reader of Python fall over, or reads as
// something that is longer than it by more than escapes are.
func FuzzPython(f *testing.F) {
	f.Add(`[{'size': 10240L, u'x': None}]`)
	f.Add(`'\`)
	f.Add(`u`)
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := pythonJSON(text); ok && len(got) > 6*len(text) {
			t.Errorf("%q becomes %d bytes", text, len(got))
		}
	})
}
