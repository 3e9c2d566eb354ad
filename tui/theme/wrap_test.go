package theme_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/tui/theme"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		w, indent  int
		want       []string
	}{
		{"a command", "gwm vm edit web1 --cpus 2", 19, 2, []string{"gwm vm edit web1", "  --cpus 2"}},
		{"line breaks", "a b\nc", 9, 2, []string{"a b", "c"}},
		{"a word that is too wide", "a 0123456789", 6, 2, []string{"a", "  0123", "  4567", "  89"}},
		{"an indented one", "  0123456789", 6, 0, []string{"  0123", "456789"}},
		{"narrower than the indent", "ab cd", 2, 2, []string{"ab", "cd"}},
		{"nothing", "", 5, 0, []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, theme.Wrap(tt.text, tt.w, tt.indent)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
