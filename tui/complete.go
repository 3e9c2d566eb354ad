package tui

import (
	"slices"
	"strings"

	"gwm/core"
)

// The completions of palette arguments. All of them come from the view, so that
// nothing that a person may not see is ever offered.

func completeClusters(a *App, _ string) []string {
	var out []string
	for _, c := range a.view.Clusters() {
		out = append(out, c.Cluster.Name)
	}
	return out
}

func completeVMs(a *App, _ string) []string {
	out := make([]string, 0, len(a.view.VMs()))
	for _, vm := range a.view.VMs() {
		out = append(out, core.Printable(vm.Cluster+"/"+vm.Name))
	}
	return out
}

func completeNodes(a *App, _ string) []string {
	var out []string
	for _, n := range a.view.Nodes() {
		out = append(out, core.Printable(n.Cluster+"/node/"+n.Name))
	}
	return out
}

func completeJobs(a *App, _ string) []string {
	var out []string
	for _, row := range a.view.Jobs() {
		out = append(out, core.Printable(row.Name))
	}
	return out
}

func completeScopes(a *App, arg string) []string {
	return append([]string{"all"}, completeClusters(a, arg)...)
}

// completeCan completes a verb, and behind it an object.
func completeCan(a *App, arg string) []string {
	verb, _, ok := strings.Cut(arg, " ")
	if !ok {
		return strings.Split(joinVerbs(allVerbs()), ", ")
	}
	out := slices.Concat(completeVMs(a, arg), completeClusters(a, arg), completeNodes(a, arg))
	for i, name := range out {
		out[i] = verb + " " + name
	}
	return out
}

func allVerbs() []core.Verb {
	return slices.Concat(core.VerbsOn(core.KindVM), core.VerbsOn(core.KindCluster))
}
