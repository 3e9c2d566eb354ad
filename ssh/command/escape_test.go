package command

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestEscape is what of some keys reaches the guest, with orders in brackets.
func TestEscape(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		"ls\r":                  "ls\r",
		"~.":                    "[.]",
		"ls ~.\r":               "ls ~.\r",
		"ls\r~.":                "ls\r[.]",
		"ls\n~?~B~t~y~r~#x":     "ls\n[?][B][t][y][r][#]x",
		"~~.\r":                 "~.\r",
		"~/bin\r":               "~/bin\r",
		"~\r~.":                 "~\r[.]",
		"cd ~\r":                "cd ~\r",
		"~]":                    "\x1d",
		"vi\x1d":                "vi[.]",
		"~\x1d":                 "[.]",
		"\x1b[A~~":              "\x1b[A~~",
		"\xff\xfe\x00\r~\xff\r": "\xff\xfe\x00\r~\xff\r",
	} {
		if diff := cmp.Diff(want, through(keys)); diff != "" {
			t.Errorf("%q: %s", keys, diff)
		}
	}
}

func through(keys string) string {
	e := escape{leave: byte(core.DefaultEscape)}
	var got []byte
	for i := range len(keys) {
		typed, order := e.next(keys[i])
		got = append(got, typed...)
		if order != 0 {
			got = append(got, '[', order, ']')
		}
	}
	return string(got)
}

// FuzzEscape holds that nothing is lost, doubled or moved of keys that hold no
// order.
func FuzzEscape(f *testing.F) {
	f.Add([]byte("ls -l\r~/x\r"))
	f.Fuzz(func(t *testing.T, keys []byte) {
		keys = bytes.ReplaceAll(keys, []byte{byte(core.DefaultEscape)}, nil)
		keys = bytes.ReplaceAll(keys, []byte("~"), []byte(" "))
		if got := through(string(keys)); got != string(keys) {
			t.Errorf("%q became %q", keys, got)
		}
	})
}

// TestEscapeKey leaves by another key, and ctrl-] is the guest's then.
func TestEscapeKey(t *testing.T) {
	t.Parallel()
	e := escape{leave: 0x0f}
	for _, step := range []struct {
		key   byte
		typed string
		order byte
	}{
		{0x1d, "\x1d", 0}, {'\r', "\r", 0}, {'~', "", 0}, {']', "\x0f", 0}, {0x0f, "", orderLeave}, {'\r', "\r", 0}, {'~', "", 0}, {0x0f, "", orderLeave},
	} {
		if typed, order := e.next(step.key); string(typed) != step.typed || order != step.order {
			t.Errorf("%q is %q with order %q", step.key, typed, order)
		}
	}
	if help := escapeHelp(0x0f); !strings.Contains(help, "so does ctrl-o)") || !strings.Contains(help, "~]  type ctrl-o") || strings.Contains(help, "ctrl-]") {
		t.Errorf("the help says %s", help)
	}
}

// TestModes brings a terminal back, out of the alternate screen where the guest
// left it there, wherever the guest's output was cut.
func TestModes(t *testing.T) {
	t.Parallel()
	for text, other := range map[string]bool{
		"plain": false, "\x1b[?1049h in vi": true, "\x1b[?1049h\x1b[?1049l": false, "\x1b[?1049l\x1b[?1049h": true, "\x1b[?1049": false,
	} {
		for cut := range len(text) {
			var m modes
			m.see([]byte(text[:cut]))
			m.see([]byte(text[cut:]))
			if got := bytes.Contains([]byte(m.reset()), []byte(leaveOther)); got != other {
				t.Errorf("%q cut at %d: leaves the other screen: %t", text, cut, got)
			}
		}
	}
}
