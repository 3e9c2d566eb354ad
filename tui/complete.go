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

// completions are what may follow a command, made once for the words before the
// one that is typed: there can be very many objects.
type completions struct {
	word, head string // the command, and what is typed before the last word
	people     uint64 // revision of the roster, which may come later than the palette
	all        []string
}

func (c *completions) of(a *App, x action, arg string) []string {
	head, people := arg[:strings.LastIndexByte(arg, ' ')+1], a.known().rev
	if len(c.all) == 0 || c.word != x.Word || c.head != head || c.people != people {
		*c = completions{x.Word, head, people, x.Complete(a, arg)}
	}
	return c.all
}

// completePersons completes a user by the name, and a group as "group:ops".
func completePersons(a *App, arg string) []string {
	out := completeUsers(a, arg)
	for _, g := range completeGroups(a, arg) {
		out = append(out, "group:"+g)
	}
	return out
}

// completePreview completes whom to see as.
func completePreview(a *App, arg string) []string {
	return append(completeUsers(a, arg), "off")
}

// completeCan completes a verb, behind it an object, and behind that a user.
func completeCan(a *App, arg string) []string {
	verb, rest, ok := strings.Cut(arg, " ")
	if !ok {
		return strings.Split(joinVerbs(allVerbs()), ", ")
	}
	if object, _, ok := strings.Cut(strings.TrimLeft(rest, " "), " "); ok {
		asked := verb + " " + object
		return append([]string{asked}, behind(asked, completeUsers(a, arg))...)
	}
	return behind(verb, slices.Concat(completeVMs(a, arg), completeClusters(a, arg), completeNodes(a, arg)))
}

func allVerbs() []core.Verb {
	return slices.Concat(core.VerbsOn(core.KindVM), core.VerbsOn(core.KindCluster))
}
