package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) consoleHosts() *cobra.Command {
	return &cobra.Command{
		Use:               "hosts CLUSTER",
		Short:             "List the SSH keys of a cluster's nodes: those that gwm trusts, and those that nodes have shown",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := t.clusterArg(args, 0)
			if err != nil {
				return err
			}
			keys, err := t.Session.HostKeys(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			return list(t, keys, []string{"NODE", "FINGERPRINT", "TRUSTED", "BY", "SHOWN"}, func(k core.HostKey) []string {
				trusted := "no"
				switch {
				case !k.Trusted.IsZero():
					trusted = stamp(k.Trusted)
				case k.Known != "":
					trusted = "NO: another key than before"
				}
				return []string{core.Printable(k.Host), k.Fingerprint, trusted, orDash(k.By), stamp(k.Offered)}
			})
		},
	}
}

func (t *tree) consoleTrust() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "trust CLUSTER NODE FINGERPRINT",
		Short: "Trust the SSH key that a node showed",
		Long: "Trust the SSH key that a node showed when a console was opened there. Compare the fingerprint with the node's\n" +
			"own first: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. Ganeti may give all nodes of a cluster one key:\n" +
			"NODE '*' then trusts it for every one of them.",
		Example:           "  gwm console hosts berlin\n  gwm console trust berlin node1.berlin.example.org SHA256:9gPq…\n  gwm console trust berlin '*' SHA256:9gPq…",
		Args:              cobra.ExactArgs(3),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.TrustHost{Cluster: args[0], Host: t.nodeName(args[0], args[1]), Fingerprint: args[2]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) consoleForget() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "forget CLUSTER NODE [FINGERPRINT]",
		Short: "Forget the SSH key of a node, for example because it was installed anew",
		Long: "Forget the SSH key of a node, for example because it was installed anew. With FINGERPRINT only that key: the one\n" +
			"that was trusted, so that the new one can be trusted, or one that was shown and is none of the node's.",
		Args:              cobra.RangeArgs(2, 3),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			forget := core.ForgetHost{Cluster: args[0], Host: t.nodeName(args[0], args[1])}
			if len(args) == 3 {
				forget.Fingerprint = args[2]
			}
			return t.do(cmd.Context(), forget, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// nodeName completes the name of a node; one that is gone stays as it was typed.
func (t *tree) nodeName(cluster, typed string) string {
	if node, err := t.Session.View().Find(core.KindNode, cluster+"/"+typed); err == nil {
		return node.Name
	}
	return typed
}
