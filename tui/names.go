package tui

import (
	"strings"
)

// names knows how wide the names of a list are, and what is common to all names
// of a cluster. Where the names do not fit, all of them are shown without the
// domain that their cluster's names share: what tells them apart comes first in
// a name and is cut last. Filters, copies and pages of objects keep whole names.
type names struct {
	domains map[string]string // by cluster, with the dot; "" where names have none in common
	whole   int               // cells of the longest name
	bare    int               // cells of the longest name without its domain
	common  string            // the domain of the cluster that is being measured
}

// measure looks at n names, which are grouped by cluster. It counts bytes for
// cells: names of hosts are ASCII, and one that is not gets some room too much.
func measure(n int, at func(int) (cluster, name string)) names {
	out := names{domains: map[string]string{}}
	from, longest := 0, 0 // of the cluster at hand
	for i := range n {
		cluster, name := at(i)
		if last, _ := at(from); last != cluster {
			out.close(last, longest)
			from, longest = i, 0
		}
		if i == from {
			out.common = domainOf(name)
		}
		for out.common != "" && !strings.HasSuffix(name, out.common) {
			out.common = domainOf(out.common)
		}
		longest = max(longest, len(name))
	}
	if n > 0 {
		last, _ := at(from)
		out.close(last, longest)
	}
	return out
}

// close takes over what was found of one cluster.
func (n *names) close(cluster string, longest int) {
	n.domains[cluster] = n.common
	n.whole = max(n.whole, longest)
	n.bare = max(n.bare, longest-len(n.common))
}

// domainOf is what stands behind the first label of a name, or of a domain, with
// the dot.
func domainOf(name string) string {
	if at := strings.IndexByte(name[min(1, len(name)):], '.'); at >= 0 {
		return name[at+1:]
	}
	return ""
}

// short is a name without the domain that it shares.
func (n names) short(cluster, name string) string {
	return strings.TrimSuffix(name, n.domains[cluster])
}

// leastName is what a column of names has in any case.
const leastName = 8

// fit says in how many cells of w the names should stand, and whether without
// their domains.
func (n names) fit(w int) (least, ideal int, brief bool) {
	ideal = n.whole
	if brief = n.whole > w/3 && n.bare < n.whole; brief {
		ideal = n.bare
	}
	ideal = max(ideal, leastName)
	return min(ideal, w*2/5), ideal, brief
}
