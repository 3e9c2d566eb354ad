package command

import (
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// completer completes words from what this person may see.
type completer = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

// complete makes a completer of candidates; at is the number of arguments that
// precede the word, -1: any.
func (t *tree) complete(at int, candidates func(v *core.View) []string) completer {
	return func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if at >= 0 && len(args) != at {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		for _, c := range candidates(t.Session.View()) {
			if strings.HasPrefix(c, word) {
				out = append(out, core.Printable(c))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

func clusterNames(v *core.View) []string {
	var out []string
	for _, c := range v.Clusters() {
		out = append(out, c.Cluster.Name)
	}
	return out
}

// vmNames offers both the bare and the full form of every VM.
func vmNames(v *core.View) []string {
	var out []string
	for _, vm := range v.VMs() {
		out = append(out, vm.Name, vm.Ref().String())
	}
	return out
}

func nodeNames(v *core.View) []string {
	var out []string
	for _, n := range v.Nodes() {
		out = append(out, n.Name)
	}
	return out
}

func jobNames(v *core.View) []string {
	var out []string
	for _, j := range v.Jobs() {
		out = append(out, j.Name)
	}
	return out
}

func objectNames(v *core.View) []string {
	return append(clusterNames(v), vmNames(v)...)
}

// find completes what was typed to an object. A word with a kind or a slash says
// what it is; a bare word may be a cluster or a VM.
func (t *tree) find(text string) (core.Ref, error) {
	v := t.Session.View()
	r, err := core.ParseRef(text)
	if err != nil {
		return core.Ref{}, err
	}
	switch r.Kind {
	case core.KindNode:
		return v.Find(core.KindNode, r.Cluster+"/"+r.Name)
	case core.KindVM:
		return v.Find(core.KindVM, text)
	case core.KindCluster:
		if found, err := v.Find(core.KindCluster, text); err == nil {
			return found, nil
		}
		return v.Find(core.KindVM, text)
	default:
		return r, nil
	}
}

// named is the VM that somebody typed and that was not found, for the record.
// What cannot be a name is cut to the length of the longest one.
func named(text string) core.Ref {
	if r, err := core.ParseRef(text); err == nil && r.Kind == core.KindVM {
		return r
	}
	return core.VMRef("", core.Printable(strings.ToValidUTF8(text[:min(len(text), 253)], "")))
}

// who reads a user or group: "ann" is a user.
func who(text string) (core.Ref, error) {
	if !strings.Contains(text, ":") {
		text = "user:" + text
	}
	r, err := core.ParseRef(text)
	if err != nil {
		return core.Ref{}, err
	}
	if r.Kind != core.KindUser && r.Kind != core.KindGroup {
		return core.Ref{}, core.Errorf(core.CodeInvalid, "%s is neither a user nor a group", core.Printable(text)).
			WithHint("write NAME or group:NAME")
	}
	return r, nil
}
