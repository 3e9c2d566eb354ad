package command

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) clusterOffer() *cobra.Command {
	return &cobra.Command{
		Use:   "offer CLUSTER",
		Short: "Show what VMs can be made of on a cluster, and its parameters",
		Long: "Show what VMs can be made of on a cluster: operating systems, disk templates, networks, sizes, and the parameters\n" +
			"that they have where nothing is said. It is for who may create VMs there. With --output json all of it is there.",
		Example:           "  gwm cluster offer berlin\n  gwm cluster offer berlin --output json",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := t.Session.View().Find(core.KindCluster, args[0])
			if err != nil {
				return err
			}
			o, err := t.Session.Offer(cmd.Context(), r.Cluster)
			if err != nil {
				return err
			}
			return object(t, o, offerFields(o))
		},
	}
}

func offerFields(o core.Offer) [][2]string {
	f := [][2]string{
		{"cluster", o.Cluster},
		{"operating systems", words(o.OSes)},
		{"hypervisors", words(o.Hypervisors)},
		{"disk templates", words(o.DiskTemplates)},
		{"allocator", orDash(o.Allocator)},
	}
	for _, g := range o.Groups {
		f = append(f, [2]string{"group/" + g.Name, g.AllocPolicy + ", nodes: " + words(g.Nodes)})
	}
	for _, n := range o.Networks {
		f = append(f, [2]string{"network/" + n.Name, networkText(n)})
	}
	f = append(f, policyFields("policy", o.Policy)...)
	for _, g := range o.Groups {
		if len(g.Policy.Own) > 0 {
			f = append(f, policyFields("policy/"+g.Name, g.Policy)...)
		}
	}
	f = append(f, defaultFields("backend", o.Backend)...)
	f = append(f, defaultFields("nic", o.NIC)...)
	for _, name := range o.Hypervisors {
		f = append(f, defaultFields(name, o.Hypervisor[name])...)
	}
	for _, name := range o.DiskTemplates {
		f = append(f, defaultFields("disk/"+name, o.Disk[name])...)
	}
	for _, system := range o.Systems() {
		f = append(f, defaultFields("os/"+system.Name, o.OSParams[system.Name])...)
	}
	return f
}

func networkText(n core.OfferNetwork) string {
	where := each(n.Groups, func(c core.Connection) string { return c.Group + " (" + c.Mode + " " + c.Link + ")" })
	return strings.TrimSpace(n.CIDR+" "+n.CIDR6) + ", " + strconv.Itoa(n.Free) + " free, connected to " + words(where)
}

func policyFields(name string, p core.Policy) [][2]string {
	var f [][2]string
	for i, r := range p.Ranges {
		at := name
		if len(p.Ranges) > 1 {
			at += "/" + number(i)
		}
		f = append(f,
			[2]string{at + "/memory", bounds(r.Min.MemoryMiB, r.Max.MemoryMiB, mib)},
			[2]string{at + "/vcpus", bounds(r.Min.VCPUs, r.Max.VCPUs, number[int])},
			[2]string{at + "/disk", bounds(r.Min.DiskMiB, r.Max.DiskMiB, mib) + " each"},
			[2]string{at + "/disks", bounds(r.Min.Disks, r.Max.Disks, number[int])},
			[2]string{at + "/nics", bounds(r.Min.NICs, r.Max.NICs, number[int])},
		)
	}
	if len(p.DiskTemplates) > 0 {
		f = append(f, [2]string{name + "/disk templates", words(p.DiskTemplates)})
	}
	return f
}

// bounds writes the least and the most.
func bounds(least, most int, text func(int) string) string {
	from, to := "any", "any"
	if least != core.Unbounded {
		from = text(least)
	}
	if most != core.Unbounded {
		to = text(most)
	}
	return from + " to " + to
}

func defaultFields(prefix string, params []core.Param) [][2]string {
	var f [][2]string
	for _, p := range params {
		f = append(f, [2]string{prefix + "/" + p.Name, orDash(p.Value)})
	}
	return f
}
