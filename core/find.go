package core

import (
	"slices"
	"strings"
)

// maxCandidates is how many candidates an ambiguous name is answered with.
const maxCandidates = 5

// Find completes what a person typed (full name, short name without domain,
// "cluster/name", unique) to the Ref of a visible object of that kind. The error
// is CodeNotFound, with the same text whether the object does not exist or may
// not be seen, or CodeInvalid where several match, naming them. Upper and lower
// case are alike.
func (v *View) Find(kind Kind, text string) (Ref, error) {
	cluster, name := "", strings.ToLower(strings.TrimSpace(text))
	if at, rest, ok := strings.Cut(name, "/"); ok && kind != KindCluster {
		cluster, name = at, strings.TrimPrefix(rest, string(kind)+"/")
	}
	var full, short []Ref
	consider := func(r Ref, rowName string) {
		rowName = strings.ToLower(rowName)
		switch {
		case cluster != "" && cluster != strings.ToLower(r.Cluster):
		case rowName == name:
			full = append(full, r)
		case strings.HasPrefix(rowName, name) && rowName[len(name)] == '.' && !strings.Contains(name, "."):
			short = append(short, r)
		}
	}
	if name != "" {
		v.each(kind, consider)
	}
	found := full
	if len(found) == 0 {
		found = short
	}
	switch len(found) {
	case 0:
		return Ref{}, Unknown(kind, text)
	case 1:
		return found[0], nil
	}
	return Ref{}, ambiguous(kind, text, found)
}

// each calls yield with every visible object of a kind that can be named.
func (v *View) each(kind Kind, yield func(r Ref, name string)) {
	switch kind {
	case KindCluster:
		for i := range v.clusters {
			yield(ClusterRef(v.clusters[i].Cluster.Name), v.clusters[i].Cluster.Name)
		}
	case KindVM:
		for _, vm := range v.vms.all {
			yield(vm.Ref(), vm.Name)
		}
	case KindNode:
		for _, n := range v.nodes.all {
			yield(n.Ref(), n.Name)
		}
	case KindJob:
		for _, j := range v.Jobs() {
			if j.Ours != nil {
				yield(Ref{Kind: KindJob, Name: j.Name}, j.Name)
			} else {
				yield(upstreamRef(j.Cluster, j.Upstream.ID), j.Upstream.ID)
			}
		}
	case KindSite, KindUser, KindGroup, kindTemplate:
	}
}

// Unknown is the answer for what does not exist and for what may not be seen,
// CodeNotFound. No other words are used for either, so that they tell nothing.
func Unknown(kind Kind, text string) *Error {
	return Errorf(CodeNotFound, "no %s named %q that you may see", kindWord(kind), Printable(text))
}

func kindWord(kind Kind) string {
	if kind == KindVM {
		return "VM"
	}
	return string(kind)
}

func ambiguous(kind Kind, text string, found []Ref) *Error {
	names := make([]string, 0, maxCandidates)
	for _, r := range found[:min(len(found), maxCandidates)] {
		names = append(names, r.String())
	}
	slices.Sort(names)
	more := ""
	if n := len(found) - len(names); n > 0 {
		more = ", and more"
	}
	return Errorf(CodeInvalid, "%q is the name of several %ss: %s%s", Printable(text), kindWord(kind), strings.Join(names, ", "), more).
		WithHint("write CLUSTER/NAME")
}
