package core_test

import (
	"testing"

	"gwm/core"
)

func TestParseEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ctrl-]": "ctrl-]", "^]": "ctrl-]", "Ctrl+O": "ctrl-o", "C-a": "ctrl-a", `ctrl-\`: `ctrl-\`, "ctrl-^": "ctrl-^", "^_": "ctrl-_", " ctrl-z ": "ctrl-z",
		"": "", "o": "", "ctrl-": "", "ctrl-c": "", "ctrl-m": "", "ctrl-[": "", "ctrl-i": "", "ctrl-5": "", "ctrl-@": "", "f12": "", "ctrl-oo": "", "ctrl-\x1b": "", "ctrl-ü": "",
	} {
		e, err := core.ParseEscape(text)
		switch {
		case want == "" && core.CodeOf(err) != core.CodeInvalid:
			t.Errorf("%q: %v, %v", text, e, err)
		case want != "" && (err != nil || e.String() != want):
			t.Errorf("%q is %v, %v", text, e, err)
		}
		if again, err := core.ParseEscape(e.String()); want != "" && (err != nil || again != e) {
			t.Errorf("%q is written as %q", text, e)
		}
	}
}

// TestSetEscape keeps the key beside the other settings; what is no key counts as
// none.
func TestSetEscape(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	if err := h.root.SavePrefs(ctx, []byte(`{"theme":"paper","escape":"nonsense"}`)); err != nil {
		t.Fatal(err)
	}
	raw, err := h.root.Prefs(ctx)
	if err != nil || core.EscapeIn(raw) != core.DefaultEscape {
		t.Errorf("%v of %s, %v", core.EscapeIn(raw), raw, err)
	}
	for _, key := range []string{"ctrl-o", `ctrl-\`} {
		e, err := core.ParseEscape(key)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.root.SetEscape(ctx, e); err != nil {
			t.Fatal(err)
		}
		raw, err = h.root.Prefs(ctx)
		want := `{"escape":"` + map[string]string{"ctrl-o": "ctrl-o", `ctrl-\`: `ctrl-\\`}[key] + `","theme":"paper"}`
		if err != nil || core.EscapeIn(raw) != e || string(raw) != want {
			t.Errorf("%v of %s, %v", core.EscapeIn(raw), raw, err)
		}
	}
}
