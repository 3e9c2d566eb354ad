package tui

import (
	"fmt"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// clusterStep asks where, and from which template.
func (w *wizard) clusterStep() []form.Field {
	options := make([]form.Option, len(w.clusters))
	for i, c := range w.clusters {
		options[i] = c.option()
	}
	return []form.Field{
		{Kind: form.Section, Label: "Cluster"},
		{Name: "cluster", Label: "Cluster", Kind: form.Choice, Required: true, Options: options, Help: "Where it is made. What follows is what this cluster offers."},
		{
			Name: "from", Label: "Template", Kind: form.Choice, Folded: true, Fill: w.fillFrom,
			When: func(v form.Values) bool { return !w.restores() && len(w.templatesOf(v["cluster"])) > 0 },
			Help: "Fills in everything but name, owner and place; all of it can be changed.",
			Offer: func(v form.Values) []form.Option {
				options := []form.Option{{Value: "", Label: "none"}}
				for _, t := range w.templatesOf(v["cluster"]) {
					options = append(options, form.Option{Value: t.Name, Label: core.Printable(t.Name), Note: core.Printable(t.Description)})
				}
				return options
			},
		},
	}
}

func (w *wizard) templatesOf(cluster string) []core.Template {
	var out []core.Template
	for _, t := range w.templates {
		if t.Cluster == cluster {
			out = append(out, t)
		}
	}
	return out
}

// fillFrom are the answers that a chosen template stands for.
func (w *wizard) fillFrom(v form.Values) form.Values {
	for _, t := range w.templatesOf(v["cluster"]) {
		if t.Name == v["from"] {
			set := w.answers(t.VM)
			for _, keep := range []string{"cluster", "name", "owner", "place", "node", "secondary", "group", "allocator"} {
				delete(set, keep)
			}
			return set
		}
	}
	return nil
}

// ownerStep asks whose it is.
func (w *wizard) ownerStep() []form.Field {
	return []form.Field{
		{Kind: form.Section, Label: "Owner"},
		{
			Name: "owner", Label: "Owner", Kind: form.Choice, Folded: true,
			Help: "Whose quota is charged, and who gets every right on it.",
			Default: func(v form.Values) string {
				who := w.owner(form.Values{"cluster": v["cluster"]})
				switch {
				case who.IsZero():
					return "nobody"
				}
				return w.ownerWords(who)
			},
			Offer: func(v form.Values) []form.Option {
				var options []form.Option
				for _, who := range w.owners[v["cluster"]] {
					options = append(options, form.Option{Value: who.String(), Label: w.ownerWords(who), Note: w.used(who, v["cluster"])})
				}
				return options
			},
		},
	}
}

// ownerWords names an owner, and says what the person has to do with them.
func (w *wizard) ownerWords(who core.Ref) string {
	name := core.Printable(ownerName(who))
	switch who {
	case core.UserRef(w.session.User().Name):
		return name + ", yourself"
	case w.session.ActAs():
		return name + ", for whom you act"
	}
	return name
}

// owner is who is chosen, or the first who can be: for whom the person acts.
func (w *wizard) owner(v form.Values) core.Ref {
	if who, err := core.ParseRef(v["owner"]); err == nil {
		return who
	}
	for _, who := range w.owners[v["cluster"]] {
		return who
	}
	return core.Ref{}
}

// usage is what somebody uses on a cluster, as far as the person may know it.
func (w *wizard) usage(who core.Ref, cluster string) (core.Usage, bool) {
	for _, u := range w.session.View().Usage(who) {
		if u.Cluster == cluster {
			return u, true
		}
	}
	return core.Usage{}, false
}

// used says how much of a quota is used.
func (w *wizard) used(who core.Ref, cluster string) string {
	u, ok := w.usage(who, cluster)
	if !ok {
		return ""
	}
	return usageLine(u)
}

// basicStep asks for what every VM has.
func (w *wizard) basicStep() []form.Field {
	out := []form.Field{{Kind: form.Section, Label: "Basics"}}
	if !w.shape {
		out = append(out, form.Field{
			Name: "name", Label: "Name", Required: true, Max: 253, Placeholder: "web9.example.org", Help: "The full name of the host, in small letters.",
		})
	}
	out = append(out,
		form.Field{
			Name: "hypervisor", Label: "Hypervisor", Kind: form.Choice, Folded: true,
			Offer: func(v form.Values) []form.Option {
				list := w.offer(v).Hypervisors
				options := []form.Option{{Value: "", Label: first(v["cluster"], list)}}
				for _, name := range list {
					options = append(options, form.Option{Value: name, Label: core.Printable(name), Note: hyperNote(name)})
				}
				return options
			},
		},
	)
	out = append(out, w.sourceFields()...)
	out = append(out,
		form.Field{
			Name: "vcpus", Label: "Virtual CPUs", Kind: form.Number, Placeholder: "2",
			Default: func(v form.Values) string {
				return fmt.Sprintf("as %s: %d", v["cluster"], w.offer(v).Fill(core.CreateVM{}).VCPUs)
			},
		},
		form.Field{
			Name: "memory", Label: "Memory", Kind: form.Number, Unit: form.MiB, Placeholder: "2G",
			Default: func(v form.Values) string {
				return "as " + v["cluster"] + ": " + core.FormatSize(w.offer(v).Fill(core.CreateVM{}).MemoryMiB)
			},
		},
		form.Field{
			Name: "minmemory", Label: "Least memory", Kind: form.Number, Unit: form.MiB, Empty: "all of it", Placeholder: "1G",
			Help: "What it keeps where the cluster takes memory back.", When: func(v form.Values) bool { return v.Text("memory") != "" },
		},
	)
	if w.shape {
		return append(out, form.Field{Name: "down", Label: "Leave down", Kind: form.YesNo, Placeholder: "do not start it"})
	}
	return append(out,
		form.Field{
			Name: "down", Label: "Leave down", Kind: form.YesNo, Placeholder: "do not start it",
			When: func(v form.Values) bool { return !v.Yes("noinstall") },
		},
		form.Field{Name: "namecheck", Label: "Check name", Kind: form.YesNo, Placeholder: "refuse a name that does not resolve"},
		form.Field{
			Name: "ipcheck", Label: "Check address", Kind: form.YesNo, Placeholder: "refuse it where something answers at its address",
			When: func(v form.Values) bool { return v.Yes("namecheck") },
		},
		form.Field{Name: "tags", Label: "Tags", Max: 1000, Placeholder: "env:prod web", Help: "With blanks between."},
	)
}

// hyperNote says what a hypervisor is.
func hyperNote(name string) string {
	switch name {
	case hyperKVM:
		return "full virtualisation on Linux"
	case hyperPVM:
		return "Xen, for guests that know it"
	case hyperHVM:
		return "Xen, full virtualisation"
	case hyperLXC:
		return "containers"
	case hyperFak:
		return "pretends; for tests"
	}
	return ""
}

// placeStep asks where on the cluster.
func (w *wizard) placeStep() []form.Field {
	by := func(how string) func(form.Values) bool {
		return func(v form.Values) bool { return v["place"] == how }
	}
	return []form.Field{
		{Kind: form.Section, Label: "Place"},
		{Name: "place", Label: "Place", Kind: form.Choice, Value: placeAuto, Required: true, Offer: func(v form.Values) []form.Option {
			offer := w.offer(v)
			auto := form.Option{Value: placeAuto, Label: "the cluster chooses", Note: core.Printable(offer.Allocator)}
			group := form.Option{Value: placeGroup, Label: "in a node group", Note: "the cluster chooses there"}
			if offer.Allocator == "" {
				why := v["cluster"] + " has no allocator by default; name one, or the node"
				auto.Note, auto.State, auto.Why = "", form.Disabled, why
				group.State, group.Why = form.Disabled, why
			}
			return []form.Option{
				auto, group,
				{Value: placeNode, Label: "on a node", Note: "that you choose"},
				{Value: placeAllocator, Label: "by an allocator", Note: "that you name"},
			}
		}},
		{Name: "allocator", Label: "Allocator", Required: true, Max: 60, Placeholder: "hail", When: by(placeAllocator), Help: "A program of the cluster that chooses nodes."},
		{Name: "group", Label: "Node group", Kind: form.Choice, Folded: true, Required: true, When: by(placeGroup), Offer: func(v form.Values) []form.Option {
			var options []form.Option
			for _, g := range w.offer(v).Groups {
				o := form.Option{Value: g.Name, Label: core.Printable(g.Name), Note: counted(len(g.Nodes), "node")}
				if g.AllocPolicy == "unallocable" {
					o.State, o.Why = form.Disabled, "the cluster places nothing there"
				}
				options = append(options, o)
			}
			return options
		}},
		{Name: "node", Label: "Node", Kind: form.Choice, Folded: true, Required: true, When: by(placeNode), Offer: w.nodes},
		{
			Name: "secondary", Label: "Second node", Kind: form.Choice, Folded: true, Required: true, Offer: w.nodes,
			When: func(v form.Values) bool { return v["place"] == placeNode && w.storage(v) == core.DiskMirrored },
			Help: "Which keeps the second copy of the disks.",
		},
	}
}

// The answers to who chooses the node.
const (
	placeAuto      = "auto"
	placeGroup     = "group"
	placeNode      = "node"
	placeAllocator = "allocator"
)

// nodes are the nodes of the cluster, with what is free there.
func (w *wizard) nodes(v form.Values) []form.Option {
	var out []form.Option
	memory := max(v.Number("memory", form.MiB).N, 0)
	for _, n := range w.view.Nodes() {
		if n.Cluster != v["cluster"] {
			continue
		}
		o := form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: "memory not known"}
		if n.MemoryFreeMiB >= 0 {
			o.Note = strings.TrimSpace(fmt.Sprintf("%s of %s free, disk %s free", size(n.MemoryFreeMiB), size(n.MemoryMiB), size(max(n.DiskFreeMiB, 0))))
		}
		switch {
		case n.Offline || n.Drained || !n.VMCapable:
			o.State, o.Why = form.Disabled, "the node takes no VMs: "+string(n.Role)
		case n.MemoryFreeMiB >= 0 && n.MemoryFreeMiB < memory:
			o.Alarm, o.Note = true, o.Note+", too little for "+size(memory)
		}
		out = append(out, o)
	}
	return out
}
