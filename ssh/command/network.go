package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) network() *cobra.Command {
	const kind, name = core.PartNetwork, "NETWORK"
	return groupCommand("network", "Networks that NICs of VMs can name",
		t.networkList(), t.networkShow(), t.networkAdd(), t.networkEdit(), t.networkConnect(), t.networkDisconnect(), t.networkDelete(), t.partTag(kind, name), t.partUntag(kind, name))
}

func (t *tree) networkAdd() *cobra.Command {
	var o core.AddNetwork
	c := t.partCommand(core.PartNetwork, "add NETWORK CIDR", "Add a network: CLUSTER/NAME and its IPv4 addresses", cobra.ExactArgs(2), func(cluster, name string, rest []string) core.Op {
		o.Cluster, o.Name, o.CIDR = cluster, name, rest[0]
		return o
	})
	f := c.Flags()
	f.StringVar(&o.Gateway, "gateway", "", "its IPv4 gateway")
	f.StringVar(&o.CIDR6, "ipv6", "", "its IPv6 addresses, for example 2001:db8::/64")
	f.StringVar(&o.Gateway6, "gateway6", "", "its IPv6 gateway")
	f.StringVar(&o.MACPrefix, "mac-prefix", "", "how MAC addresses of its NICs begin, for example aa:00:01; else as the cluster has it")
	f.StringArrayVar(&o.Reserved, "reserve", nil, "an address that no VM gets; may be repeated")
	f.StringArrayVar(&o.Tags, "tag", nil, "a tag; may be repeated")
	f.BoolVar(&o.Taken, "no-conflicts-check", false, "do not look whether nodes have addresses of it")
	c.Example = "  gwm network add berlin/lan 10.20.0.0/24 --gateway 10.20.0.1 --reserve 10.20.0.2 --wait\n  gwm network connect berlin/lan default --link br0"
	c.ValidArgsFunction = t.complete(0, clusterSlashes)
	return c
}

func (t *tree) networkEdit() *cobra.Command {
	var o core.EditNetwork
	var wait, yes bool
	c := &cobra.Command{
		Use:               "edit NETWORK",
		Short:             "Change gateway, IPv6 or reserved addresses of a network; what is not given stays",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, allParts(core.PartNetwork)),
		Example:           "  gwm network edit berlin/lan --gateway 10.20.0.254 --wait\n  gwm network edit berlin/lan --reserve 10.20.0.5 --release 10.20.0.2",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.Cluster, o.Name, err = t.partOf(core.PartNetwork, args[0]); err != nil {
				return err
			}
			if t.Session.Can(o).OK {
				now, err := t.Session.Offer(cmd.Context(), o.Cluster)
				if err != nil {
					return err
				}
				if o, err = o.Seen(now); err != nil {
					return err
				}
			}
			return t.submit(cmd.Context(), o.Steps(), wait, yes)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Gateway, "gateway", "", "its IPv4 gateway; a cluster takes another one, but not that there is none")
	f.StringVar(&o.CIDR6, "ipv6", "", "its IPv6 addresses, for example 2001:db8::/64")
	f.StringVar(&o.Gateway6, "gateway6", "", "its IPv6 gateway")
	f.StringVar(&o.MACPrefix, "mac-prefix", "", "how MAC addresses of new NICs begin, for example aa:00:01; default: as the cluster has it")
	f.StringArrayVar(&o.Reserve, "reserve", nil, "an address that no VM gets any more; may be repeated")
	f.StringArrayVar(&o.Release, "release", nil, "a reserved address that VMs may get again; may be repeated")
	t.waitFlags(c, &wait, &yes)
	return c
}

func (t *tree) networkConnect() *cobra.Command {
	var mode, link, vlan string
	var taken bool
	c := t.partCommand(core.PartNetwork, "connect NETWORK NODEGROUP", "Let VMs on a node group use a network", cobra.ExactArgs(2), func(cluster, name string, rest []string) core.Op {
		return core.ConnectNetwork{Cluster: cluster, Name: name, Group: rest[0], Mode: mode, Link: link, VLAN: vlan, Taken: taken}
	})
	c.Flags().StringVar(&mode, "mode", "bridged", "how the nodes hand packets to VMs: bridged, routed or openvswitch")
	c.Flags().StringVar(&link, "link", "br0", "the bridge, the switch or the routing table of the nodes")
	c.Flags().StringVar(&vlan, "vlan", "", "the VLAN, with openvswitch")
	c.Flags().BoolVar(&taken, "no-conflicts-check", false, "do not look whether VMs there have addresses of it")
	_ = c.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions(core.NICModes(), cobra.ShellCompDirectiveNoFileComp))
	c.Example = "  gwm network connect berlin/lan default --mode bridged --link br0 --wait"
	c.ValidArgsFunction = byArgs(t.complete(0, allParts(core.PartNetwork)), t.groupsBeside(1))
	return c
}

func (t *tree) networkDisconnect() *cobra.Command {
	c := t.partCommand(core.PartNetwork, "disconnect NETWORK NODEGROUP", "Let VMs on a node group use a network no more", cobra.ExactArgs(2), func(cluster, name string, rest []string) core.Op {
		return core.DisconnectNetwork{Cluster: cluster, Name: name, Group: rest[0]}
	})
	c.ValidArgsFunction = byArgs(t.complete(0, allParts(core.PartNetwork)), t.groupsBeside(1))
	return c
}

func (t *tree) networkDelete() *cobra.Command {
	return t.partCommand(core.PartNetwork, "delete NETWORK", "Delete a network that no node group is connected to", cobra.ExactArgs(1), func(cluster, name string, _ []string) core.Op {
		return core.RemoveNetwork{Cluster: cluster, Name: name}
	})
}
