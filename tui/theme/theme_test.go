package theme

import (
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// luminance and contrast are those of WCAG 2.1 (relative luminance).
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func eachStyle(s Styles, do func(name string, st Style)) {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		do(v.Type().Field(i).Name, v.Field(i).Interface().(Style))
	}
}

func TestContrast(t *testing.T) {
	t.Parallel()
	for _, skin := range Skins() {
		if !skin.Exact() {
			continue
		}
		t.Run(skin.Name, func(t *testing.T) {
			t.Parallel()
			eachStyle(New(skin, ModeTrue, false).Styles, func(name string, st Style) {
				fg, bg := st.fg, st.bg
				if fg == nil {
					t.Errorf("%s has no foreground", name)
					return
				}
				if bg == nil {
					bg = skin.Background()
				}
				if c := contrast(fg, bg); c < 4.5 {
					t.Errorf("%s has contrast %.2f, want 4.5 at least", name, c)
				}
			})
		})
	}
}

func TestEverySkinFillsThePalette(t *testing.T) {
	t.Parallel()
	for _, skin := range Skins() {
		if !skin.Exact() {
			continue
		}
		for s := ink; s < slotCount; s++ {
			if skin.Palette[s] == nil {
				t.Errorf("%s lacks colour %d", skin.Name, s)
			}
		}
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	slate, ok := FindSkin("slate")
	if !ok {
		t.Fatal("no skin slate")
	}
	for _, c := range []struct {
		name string
		th   *Theme
		want string
	}{
		{"no colour", New(Default(), ModeNone, false), "\x1b[1mfail\x1b[m"},
		{"16 colours", New(Default(), Mode16, false), "\x1b[1;31mfail\x1b[m"},
		{"a skin in 16 colours is the terminal's", New(slate, Mode16, false), "\x1b[1;31mfail\x1b[m"},
		{"256 colours", New(slate, Mode256, false), "\x1b[1;38;5;210mfail\x1b[m"},
		{"truecolor", New(slate, ModeTrue, false), "\x1b[1;38;2;255;139;139mfail\x1b[m"},
	} {
		if got := c.th.Error.Render("fail"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	eachStyle(New(slate, ModeNone, true).Styles, func(name string, st Style) {
		for _, code := range []string{"3", "4", "9"} {
			if rest, ok := strings.CutPrefix(st.open, "\x1b["); ok && strings.Contains(";"+rest, ";"+code+"1") {
				t.Errorf("%s emits a colour without colours: %q", name, st.open)
			}
		}
		if st.fg != nil || st.bg != nil {
			t.Errorf("%s has a colour in mode none", name)
		}
	})
}

func TestSymbolsAreOneCell(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]Symbols{"unicode": Unicode(), "ascii": ASCII()} {
		v := reflect.ValueOf(set)
		for i := range v.NumField() {
			field := v.Type().Field(i).Name
			texts, ok := v.Field(i).Interface().([]string)
			if !ok {
				texts = []string{v.Field(i).String()}
			}
			for _, s := range texts {
				if field != "Arrow" && ansi.StringWidth(s) != 1 {
					t.Errorf("%s %s %q is %d cells wide", name, field, s, ansi.StringWidth(s))
				}
				if name == "ascii" && strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
					t.Errorf("%s %q is not ASCII", field, s)
				}
			}
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	th := New(Default(), ModeNone, false)
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"web1", 6, "web1  "},
		{"web1.example.org", 8, "web1.ex…"},
		{"web1", 4, "web1"},
		{"日本語です", 5, "日本…"},
		{"日本語です", 6, "日本… "},
		{"éa", 1, "…"},
		{"éa", 2, "éa"},
		{"x", 0, ""},
		{"x", -3, ""},
		{"\x1b[1mbold text\x1b[m", 5, "\x1b[1mbold…\x1b[m"},
	} {
		got := th.Fit(c.in, c.width)
		if got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
		if w := ansi.StringWidth(got); w != max(c.width, 0) {
			t.Errorf("Fit(%q, %d) is %d cells wide", c.in, c.width, w)
		}
	}
	if got := th.FitRight("12", 5); got != "   12" {
		t.Errorf("FitRight: %q", got)
	}
	if got := th.CutLeft("a/very/long/path", 6); got != "…/path" {
		t.Errorf("CutLeft: %q", got)
	}
	if got := ansi.Strip(th.Rule("jobs", 12)); got != "─ jobs ─────" {
		t.Errorf("Rule: %q", got)
	}
}

func TestTints(t *testing.T) {
	t.Parallel()
	for _, skin := range Skins() {
		for _, mode := range []Mode{Mode16, Mode256, ModeTrue} {
			seen := map[string]string{}
			for _, name := range []string{"red", "yellow", "green", "cyan", "magenta"} {
				tint, ok := New(skin, mode, false).Tint(name)
				if !ok {
					t.Fatalf("%s, %s: there is no %s", skin.Name, mode, name)
				}
				look := tint.Text.Render("x") + tint.Block.Render("x")
				if twin, ok := seen[look]; ok {
					t.Errorf("%s, %s: %s and %s look alike", skin.Name, mode, name, twin)
				}
				seen[look] = name
				if c := skin.Background(); mode == ModeTrue && c != nil && contrast(tint.Text.fg, c) < 4.5 {
					t.Errorf("%s: %s has contrast %.2f, want 4.5 at least", skin.Name, name, contrast(tint.Text.fg, c))
				}
			}
			if _, ok := New(skin, mode, false).Tint("berlin"); ok {
				t.Errorf("%s, %s: there is a tint berlin", skin.Name, mode)
			}
		}
		if _, ok := New(skin, ModeNone, false).Tint("red"); ok {
			t.Errorf("%s has a tint without colours", skin.Name)
		}
	}
}
