package ssh

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func guarded(t testing.TB, in string) string {
	t.Helper()
	out, err := io.ReadAll(&floodGuard{r: iotest.OneByteReader(strings.NewReader(in))})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestFloodGuard(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3*maxSequence)
	cut := long[:maxSequence]
	for name, tc := range map[string]struct{ in, want string }{
		"keys":             {"jk\x1b[A\x1bOP\x1b[<0;1;1M", "jk\x1b[A\x1bOP\x1b[<0;1;1M"},
		"many keys":        {long, long},
		"small paste":      {"\x1b[200~hello\x1b[201~j", "\x1b[200~hello\x1b[201~j"},
		"big paste":        {"\x1b[200~" + long + "\x1b[201~j", "\x1b[200~" + cut + "\x1b[201~j"},
		"endless paste":    {"\x1b[200~" + long, "\x1b[200~" + cut},
		"escape in paste":  {"\x1b[200~a\x1b]b\x1b[201~" + long, "\x1b[200~a\x1b]b\x1b[201~" + long},
		"answer":           {"\x1b]11;rgb:0/0/0\x07" + long, "\x1b]11;rgb:0/0/0\x07" + long},
		"answer with ST":   {"\x1bP1+r524742\x1b\\" + long, "\x1bP1+r524742\x1b\\" + long},
		"endless answer":   {"\x1b]52;" + long, "\x1b]52;" + long[:maxSequence-3]},
		"alt key":          {"\x1bP" + cut + "\r" + cut + "\x1b[A" + cut, "\x1bP" + cut + "\r" + cut + "\x1b[A" + cut},
		"two pastes after": {"\x1b[200~" + long + "\x1b[201~\x1b[200~b\x1b[201~", "\x1b[200~" + cut + "\x1b[201~\x1b[200~b\x1b[201~"},
	} {
		if got := guarded(t, tc.in); got != tc.want {
			t.Errorf("%s: %d bytes, want %d: %.40q", name, len(got), len(tc.want), got)
		}
	}
}

func FuzzFloodGuard(f *testing.F) {
	f.Add([]byte("\x1b[200~x\x1b[201~\x1b]0;\x07"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if out := guarded(t, string(in)); len(in) <= maxSequence && !bytes.Equal(in, []byte(out)) {
			t.Errorf("%q became %q", in, out)
		}
	})
}
