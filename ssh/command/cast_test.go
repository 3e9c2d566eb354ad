package command

import (
	"strings"
	"testing"

	"gwm/core"
)

func TestShowCast(t *testing.T) {
	t.Parallel()
	const cast = `{"version":2,"width":80,"height":24}
[0.1,"o","login: "]
[0.2,"i","secret"]
[0.3,"o","root\r\n\u001b[1mwelcome\u001b[0m\r\n"]
[0.4,"m","marker"]
[0.5,"o","10%\r20%\r30%\r\n\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u0007# "]
[0.6,"r","100x30"]
not json
`
	var out strings.Builder
	if err := showCast(&out, strings.NewReader(cast)); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "login: root\nwelcome\n30%\n# \n"; got != want {
		t.Errorf("shown is %q, want %q", got, want)
	}
	out.Reset()
	if err := exportCast(&out, strings.NewReader(cast)); err != nil || out.String() != cast {
		t.Errorf("exported is %q, %v", out.String(), err)
	}
	if err := showCast(&out, strings.NewReader("{}\n"+strings.Repeat("x", maxCastLine+1))); err == nil {
		t.Error("a line without end is no error")
	}
}

func FuzzShowCast(f *testing.F) {
	f.Add("{}\n[0,\"o\",\"a\\u001b[31mb\\r\\n\"]\n")
	f.Add("{}\n[0,\"o\",\"\\u001b]52;c;\"]\n[0,\"o\",\"x\\u0007\"]\n")
	f.Fuzz(func(t *testing.T, cast string) {
		var out strings.Builder
		_ = showCast(&out, strings.NewReader(cast)) // what is damaged ends with an error
		for line := range strings.Lines(out.String()) {
			if text := strings.TrimSuffix(line, "\n"); text != core.Printable(text) {
				t.Errorf("%q shows %q", cast, text)
			}
		}
	})
}
