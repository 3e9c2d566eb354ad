package form

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/tui/theme"
)

// TestASummaryBreaksAtSpaces holds that no word of a command is broken while it
// fits a line, and that nothing of it is lost where it does not.
func TestASummaryBreaksAtSpaces(t *testing.T) {
	t.Parallel()
	line := "same as: gwm quota set ann berlin --memory 8192M --cpus 4 --disk unlimited"
	for w := range 40 {
		parts := hang(line, w+12)
		for i, part := range parts {
			if theme.Width(part) > w+12 || i > 0 && !strings.HasPrefix(part, "  ") {
				t.Errorf("width %d: line %d is %q", w+12, i, part)
			}
			parts[i] = strings.TrimSpace(part)
		}
		if got := strings.Join(parts, " "); got != line {
			t.Errorf("width %d: %q", w+12, got)
		}
	}
	if diff := cmp.Diff([]string{"a", "  012345", "  678901", "  2345"}, hang("a 0123456789012345", 8)); diff != "" {
		t.Errorf("a word that is too long:\n%s", diff)
	}
	for w := range 8 {
		if got := strings.ReplaceAll(strings.Join(hang("日本語 a", w), ""), " ", ""); got != "日本語a" {
			t.Errorf("width %d: %q", w, got)
		}
	}
}
