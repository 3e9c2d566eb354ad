package consoletest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, command string
		want          []string
	}{
		{"nothing", "  ", nil},
		{"words", "a  bc d", []string{"a", "bc", "d"}},
		{"quoted", "'a b' 'c'", []string{"a b", "c"}},
		{"a quote", `'it'\''s'`, []string{"it's"}},
		{"an empty word", "cat -- ''", []string{"cat", "--", ""}},
		{"not ended", "'a b", []string{"a b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, split(tt.command)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
