package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// offered asks a cluster, or all that say what they offer to this person.
func (t *tree) offered(ctx context.Context, cluster string) ([]core.Offer, error) {
	v := t.Session.View()
	if cluster != "" {
		c, err := findCluster(v, cluster)
		if err != nil {
			return nil, err
		}
		o, err := t.Session.Offer(ctx, c.Cluster.Name)
		return []core.Offer{o}, err
	}
	var out []core.Offer
	for _, c := range v.Clusters() {
		o, err := t.Session.Offer(ctx, c.Cluster.Name)
		switch {
		case core.CodeOf(err) == core.CodeDenied:
		case err != nil:
			t.note("gwm: %s: %s", c.Cluster.Name, core.Printable(core.AsError(err).Message))
		default:
			out = append(out, o)
		}
	}
	return out, nil
}

// groupOut is a node group for programs.
type groupOut struct {
	Cluster string `json:"cluster"`
	core.OfferGroup
}

func (t *tree) nodegroupList() *cobra.Command {
	var cluster string
	c := &cobra.Command{
		Use:   "list",
		Short: "List node groups with their nodes",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			offers, err := t.offered(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			rows := []groupOut{}
			for _, o := range offers {
				for _, g := range o.Groups {
					rows = append(rows, groupOut{o.Cluster, g})
				}
			}
			return list(t, rows, []string{"CLUSTER", "NAME", "ALLOCATION", "NODES", "TAGS"}, func(g groupOut) []string {
				return []string{g.Cluster, g.Name, g.AllocPolicy, words(g.Nodes), words(g.Tags)}
			})
		},
	}
	t.clusterFlag(c, &cluster)
	return c
}

// networkOut is a network for programs.
type networkOut struct {
	Cluster string `json:"cluster"`
	core.OfferNetwork
}

func (t *tree) networkList() *cobra.Command {
	var cluster string
	c := &cobra.Command{
		Use:   "list",
		Short: "List networks with the node groups that they are connected to",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			offers, err := t.offered(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			rows := []networkOut{}
			for _, o := range offers {
				for _, n := range o.Networks {
					n.Map = "" // network show has it
					rows = append(rows, networkOut{o.Cluster, n})
				}
			}
			return list(t, rows, []string{"CLUSTER", "NAME", "ADDRESSES", "GATEWAY", "USED", "FREE", "CONNECTED", "TAGS"}, func(n networkOut) []string {
				return []string{n.Cluster, n.Name, n.CIDR, orDash(n.Gateway), number(n.Used), number(n.Free), connections(n.OfferNetwork), words(n.Tags)}
			})
		},
	}
	t.clusterFlag(c, &cluster)
	return c
}

// connections are the node groups of a network with how it is reached there.
func connections(n core.OfferNetwork) string {
	var out []string
	for _, c := range n.Groups {
		text := c.Group + " (" + c.Mode + " " + c.Link
		if c.VLAN != "" {
			text += " vlan " + c.VLAN
		}
		out = append(out, text+")")
	}
	return words(out)
}

func (t *tree) networkShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show NETWORK",
		Short:             "Show a network with the map of its addresses",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, allParts(core.PartNetwork)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, name, err := t.partOf(core.PartNetwork, args[0])
			if err != nil {
				return err
			}
			o, err := t.Session.Offer(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			n, ok := o.Network(name)
			if !ok {
				return core.Errorf(core.CodeNotFound, "%s has no network %s", cluster, core.Printable(name))
			}
			fields := [][2]string{
				{"cluster", cluster},
				{"name", n.Name},
				{"addresses", n.CIDR},
				{"gateway", orDash(n.Gateway)},
				{"IPv6", orDash(n.CIDR6)},
				{"IPv6 gateway", orDash(n.Gateway6)},
				{"MAC prefix", orDash(n.MACPrefix)},
				{"used", number(n.Used)},
				{"free", number(n.Free)},
				{"reserved", words(n.Reserved)},
				{"connected", connections(n)},
				{"tags", words(n.Tags)},
			}
			for i, line := range core.AddressLines(n.CIDR, n.Map) {
				label := ""
				if i == 0 {
					label = "map"
				}
				fields = append(fields, [2]string{label, line})
			}
			return object(t, networkOut{cluster, n}, fields)
		},
	}
}

func (t *tree) nodegroupShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show NODEGROUP",
		Short:             "Show a node group with what it sets by itself",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, allParts(core.PartNodeGroup)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, name, err := t.partOf(core.PartNodeGroup, args[0])
			if err != nil {
				return err
			}
			o, err := t.Session.Offer(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			g, ok := o.Group(name)
			if !ok {
				return core.Errorf(core.CodeNotFound, "%s has no node group %s", cluster, core.Printable(name))
			}
			var networks []string
			for _, n := range o.Networks {
				if slices.ContainsFunc(n.Groups, func(c core.Connection) bool { return c.Group == name }) {
					networks = append(networks, n.Name)
				}
			}
			fields := [][2]string{
				{"cluster", cluster},
				{"name", g.Name},
				{"allocation", g.AllocPolicy},
				{"nodes", words(g.Nodes)},
				{"networks", words(networks)},
				{"tags", words(g.Tags)},
			}
			settings, _ := o.Settings(name)
			for _, p := range settings {
				if p.Custom && strings.Contains(p.Name, "/") {
					fields = append(fields, [2]string{p.Name, p.Value})
				}
			}
			return object(t, groupOut{cluster, g}, append(fields, [2]string{"uuid", orDash(g.UUID)}))
		},
	}
}
