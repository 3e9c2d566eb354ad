package ssh

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSplitWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"":                        nil,
		" \t\n":                   nil,
		"vm list":                 {"vm", "list"},
		"  vm\tlist ":             {"vm", "list"},
		`a '' ""`:                 {"a", "", ""},
		`a'b'"c"d`:                {"abcd"},
		`'a "b" \c'`:              {`a "b" \c`},
		`"a 'b' \"c\" \\ \x \$H"`: {`a 'b' "c" \ \x $H`},
		`a\ b \' \"`:              {"a b", "'", `"`},
		"$(reboot) `x` *":         {"$(reboot)", "`x`", "*"},
		"größe 'ß'":               {"größe", "ß"},
	} {
		got, err := splitWords(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", line, err, diff)
		}
	}
	for _, line := range []string{`'`, `a "b`, `a\`, `"\`} {
		if got, err := splitWords(line); err == nil {
			t.Errorf("%q splits into %q", line, got)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("vm\x00list\x00--filter\x00it's \"x\" \\")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		words := strings.Split(text, "\x00")
		got, err := splitWords(quoteWords(words))
		if diff := cmp.Diff(words, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%q: %v %s", words, err, diff)
		}
	})
}
