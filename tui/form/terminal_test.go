package form_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"gwm/tui/form"
)

func TestTerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ typed, lines, screen string }{
		"line":      {"ann\r", "ann\n", "ann\r\n"},
		"both ends": {"a\r\nb\n", "a\nb\n", "a\r\nb\r\n"},
		"backspace": {"anx\x7fn\r", "ann\n", "anx\b \bn\r\n"},
		"too many":  {"a\x7f\x7f\x7fb\r", "b\n", "a\b \bb\r\n"},
		"wide":      {"\u6f22\x7fa\r", "a\n", "\u6f22\b \b\b \ba\r\n"},
		"ctrl-u":    {"abc\x15d\r", "d\n", "abc\b \b\b \b\b \bd\r\n"},
		"arrows":    {"a\x1b[Ab\x1bOBc\x1b[1;5Cd\r", "abcd\n", "abcd\r\n"},
		"ctrl-d":    {"ab\x04", "\x04", "ab\r\n"},
		"no text":   {"a\xff\x00\u202eb\r", "ab\n", "ab\r\n"},
		"no end":    {"ab", "", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			got, err := io.ReadAll(form.NewTerminal(strings.NewReader(c.typed), &out))
			if err != nil || string(got) != c.lines || out.String() != c.screen {
				t.Errorf("read %q (%v), echoed %q", got, err, out.String())
			}
		})
	}
}

func TestTerminalHidesSecrets(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var got form.Values
	tty := form.NewTerminal(strings.NewReader("ann\rhuntes\x7fr2\ryes\r"), &out)
	p := form.Plain{In: tty, Out: tty, Save: func(_ context.Context, v form.Values) (string, *form.Form, error) {
		got = v
		return "", nil, nil
	}}
	f := form.Form{Title: "Password", Fields: []form.Field{{Name: "name", Label: "Name"}, {Name: "code", Label: "Password", Kind: form.Secret}}}
	f.Summary = f.Diff
	if _, err := p.Run(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if got["code"] != "hunter2" || strings.Contains(out.String(), "hunt") || !strings.Contains(out.String(), "ann\r\n") {
		t.Errorf("values %v, screen %q", got, out.String())
	}
	if strings.Contains(out.String(), "may be visible") {
		t.Error("it warns though nothing is shown")
	}
}
