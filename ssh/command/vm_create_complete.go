package command

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

// offerWait bounds how long a word that is completed waits for the cluster.
const offerWait = 3 * time.Second

// completeCreate completes the flags from what the cluster offers.
func (t *tree) completeCreate(c *cobra.Command) {
	for flag, words := range map[string]func(o core.Offer) []string{
		"os":            func(o core.Offer) []string { return o.OSes },
		"disk-template": core.Offer.Templates,
		"hypervisor":    func(o core.Offer) []string { return o.Hypervisors },
		"iallocator":    func(o core.Offer) []string { return []string{o.Allocator} },
		"group":         func(o core.Offer) []string { return each(o.Groups, func(g core.OfferGroup) string { return g.Name }) },
		"nic": func(o core.Offer) []string {
			return append(each(o.Networks, func(n core.OfferNetwork) string { return "network=" + n.Name + ",ip=pool" }), "default")
		},
		"hv": func(o core.Offer) []string {
			var names []string
			for _, h := range o.Hypervisors[:min(len(o.Hypervisors), 1)] {
				names = each(o.Hypervisor[h], func(p core.Param) string { return p.Name + "=" })
			}
			return names
		},
		"be": func(o core.Offer) []string { return each(o.Backend, func(p core.Param) string { return p.Name + "=" }) },
	} {
		_ = c.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, w := range words(t.offerFor(cmd.Context(), args)) {
				if strings.HasPrefix(w, word) && w != "" {
					out = append(out, core.Printable(w))
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		})
	}
	for _, flag := range []string{"node", "secondary"} {
		_ = c.RegisterFlagCompletionFunc(flag, t.complete(-1, nodeNames))
	}
	_ = c.RegisterFlagCompletionFunc("owner", t.complete(-1, func(*core.View) []string {
		var names []string
		for _, cluster := range t.creating() {
			names = append(names, each(t.Session.Creators(cluster), ownerWord)...)
		}
		return names
	}))
}

// offerFor is what the cluster of a typed name offers; nothing where it cannot be
// told soon.
func (t *tree) offerFor(ctx context.Context, args []string) core.Offer {
	cluster := ""
	if len(args) > 0 {
		cluster, _, _ = strings.Cut(args[0], "/")
	}
	if on := t.creating(); len(on) == 1 && (cluster == "" || len(args) > 0 && !strings.Contains(args[0], "/")) {
		cluster = on[0]
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, offerWait)
	defer cancel()
	o, _ := t.Session.Offer(ctx, cluster)
	return o
}

// each makes a word of every element.
func each[T any](list []T, word func(T) string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, word(v))
	}
	return out
}

// ownerWord writes a user or a group as who reads it.
func ownerWord(r core.Ref) string {
	if r.Kind == core.KindUser {
		return r.Name
	}
	return r.String()
}
