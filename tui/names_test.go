package tui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesLoseTheDomainThatTheyShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		given, want []string // of one cluster
	}{
		{"one domain", []string{"web1.a.example.org", "db-2.a.example.org"}, []string{"web1", "db-2"}},
		{"a part in common", []string{"web1.a.example.org", "web1.b.example.org"}, []string{"web1.a", "web1.b"}},
		{"nothing in common", []string{"web1.example.org", "web1.example.net"}, []string{"web1.example.org", "web1.example.net"}},
		{"one is the domain", []string{"example.org", "www.example.org"}, []string{"example", "www.example"}},
		{"no domain", []string{"web1", "web2.example.org"}, []string{"web1", "web2.example.org"}},
		{"half a label", []string{"a.xexample.org", "b.example.org"}, []string{"a.xexample", "b.example"}},
		{"strange", []string{"", ".", "..", ".org"}, []string{"", ".", "..", ".org"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := append(append([]string{}, c.given...), "other.elsewhere")
			n := measure(len(all), func(i int) (cluster, name string) {
				if i == len(c.given) {
					return "paris", all[i]
				}
				return "berlin", all[i]
			})
			var got []string
			for _, name := range c.given {
				got = append(got, n.short("berlin", name))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamesAreShortenedWhereSpaceIsShort(t *testing.T) {
	t.Parallel()
	n := names{whole: 40, bare: 20}
	for _, c := range []struct {
		w            int
		least, ideal int
		brief        bool
	}{
		{200, 40, 40, false},
		{120, 40, 40, false},
		{119, 20, 20, true},
		{80, 20, 20, true},
		{40, 16, 20, true},
	} {
		if least, ideal, brief := n.fit(c.w); least != c.least || ideal != c.ideal || brief != c.brief {
			t.Errorf("in %d cells: %d to %d, brief %v; want %d to %d, brief %v", c.w, least, ideal, brief, c.least, c.ideal, c.brief)
		}
	}
}
