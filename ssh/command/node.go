package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) node() *cobra.Command {
	return groupCommand("node", "Nodes: the hosts of the clusters", t.nodeList(), t.nodeShow(), t.nodeRole(), t.nodeMigrate(), t.nodeEvacuate(), t.nodeNote(),
		t.nodeEdit(), t.nodeTag(), t.nodeUntag(), t.nodeStorage(), t.nodePowercycle())
}

func (t *tree) nodeList() *cobra.Command {
	var cluster string
	c := &cobra.Command{
		Use:   "list [FILTER...]",
		Short: "List nodes, those that match a filter or all",
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			shown, err := selected(v, cluster, args)
			if err != nil {
				return err
			}
			var rows []*core.Node
			for _, n := range v.Nodes() {
				if shown.has(n.Cluster, n) {
					rows = append(rows, n)
				}
			}
			t.staleNote(v, shown.cluster)
			header := []string{"CLUSTER", "NAME", "ROLE", "GROUP", "VMS", "MEMORY FREE", "DISK FREE", "CPUS"}
			return list(t, rows, header, func(n *core.Node) []string {
				return []string{
					n.Cluster, n.Name, string(n.Role), orDash(n.Group), number(len(n.Primary)),
					mib(n.MemoryFreeMiB) + "/" + mib(n.MemoryMiB), mib(n.DiskFreeMiB) + "/" + mib(n.DiskMiB), numberOr(n.CPUs),
				}
			})
		},
	}
	t.clusterFlag(c, &cluster)
	return c
}

func (t *tree) nodeShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show NODE",
		Short:             "Show a node",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, nodeNames),
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			ref, err := v.Find(core.KindNode, args[0])
			if err != nil {
				return err
			}
			n, _ := v.Node(ref)
			fields := [][2]string{
				{"cluster", n.Cluster},
				{"name", n.Name},
				{"role", string(n.Role)},
				{"offline", yesNo(n.Offline)},
				{"drained", yesNo(n.Drained)},
				{"group", orDash(n.Group)},
				{"address", orDash(n.PrimaryIP)},
				{"second address", orDash(n.SecondaryIP)},
				{"memory free", mib(n.MemoryFreeMiB) + " of " + mib(n.MemoryMiB)},
				{"memory of the node", mib(n.MemoryNodeMiB)},
				{"disk free", mib(n.DiskFreeMiB) + " of " + mib(n.DiskMiB)},
				{"cpus", numberOr(n.CPUs) + " in " + numberOr(n.Sockets) + " sockets"},
				{"if it failed", v.Spare(ref).Sentence()},
				{"VMs", words(n.Primary)},
				{"second copies", words(n.Secondary)},
				{"tags", words(n.Tags)},
				{"modified", stamp(n.Modified)},
				{"uuid", orDash(n.UUID)},
			}
			return object(t, n, append(fields, paramFields("node", n.Params)...))
		},
	}
}
