package tui

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatchPutsTheBestFirst(t *testing.T) {
	t.Parallel()
	all := []string{"cobweb.example.org", "web10.example.org", "web1.example.org", "berlin/web1", "my-web1.example.org", "Weblog", "wide-area-backup"}
	for typed, want := range map[string][]string{
		"web1":  {"web1.example.org", "berlin/web1", "my-web1.example.org", "web10.example.org"},
		"WEB":   {"web10.example.org", "web1.example.org", "berlin/web1", "my-web1.example.org", "Weblog", "cobweb.example.org"},
		"wab":   {"wide-area-backup"},
		"qqq":   nil,
		" blog": {"Weblog"},
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, i := range match(typed, len(all), func(i int) string { return all[i] }) {
				got = append(got, all[i])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// BenchmarkMatch is one key of the palette among 100,000 names.
func BenchmarkMatch(b *testing.B) {
	all := make([]string, 100_000)
	for i := range all {
		all[i] = fmt.Sprintf("vm%06d.cluster.example.org", i)
	}
	for _, typed := range []string{"v", "vm0999", "nothing-like-it", "v9e9o"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				match(typed, len(all), func(i int) string { return all[i] })
			}
		})
	}
}
