package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) console() *cobra.Command {
	return groupCommand("console", "Who sits at consoles, and how gwm logs in to the nodes for them",
		t.consoleList(), t.consoleEnd(), t.consoleKey(), t.consoleRotate(), t.consoleHosts(), t.consoleTrust(), t.consoleForget(),
		t.consoleEscape())
}

func (t *tree) consoleList() *cobra.Command {
	return &cobra.Command{
		Use:               "list [VM]",
		Short:             "List who sits at the consoles of what you administer, and where you sit",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			var seats []core.SeatInfo
			var err error
			if len(args) == 0 {
				seats, err = t.Session.AllSeats(cmd.Context())
			} else {
				var vm core.Ref
				if vm, err = t.Session.View().Find(core.KindVM, args[0]); err != nil {
					return err
				}
				seats, err = t.Session.Seats(cmd.Context(), vm)
			}
			if err != nil {
				return err
			}
			return list(t, seats, []string{"ID", "VM", "KIND", "USER", "FROM", "VIA", "KEYBOARD", "SINCE"}, func(s core.SeatInfo) []string {
				return []string{s.ID, s.VM.String(), string(s.Kind), s.User, orDash(core.Printable(s.Addr)), s.Via, keyboard(s), stamp(s.Since)}
			})
		},
	}
}

// keyboard tells who types at a serial line; at a screen everybody does.
func keyboard(s core.SeatInfo) string {
	switch {
	case s.Kind != core.ConsoleSerial:
		return "-"
	case s.Keyboard:
		return "yes"
	}
	return "no"
}

func (t *tree) consoleEnd() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "end ID",
		Short: "End a console: your own, or one of a VM that you administer",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			if seats, err := t.Session.AllSeats(cmd.Context()); err == nil && len(args) == 0 {
				for _, s := range seats {
					ids = append(ids, s.ID)
				}
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.CloseConsole{Seat: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) consoleKey() *cobra.Command {
	return &cobra.Command{
		Use:   "key CLUSTER",
		Short: "Print gwm's own public key for the nodes of a cluster",
		Long: "Print gwm's own public key for the nodes of a cluster, as a line of authorized_keys. gwm logs in with it to\n" +
			"show serial consoles, and screens that listen on a node's own address only. Every cluster has a key of its own.\n" +
			"Put the line into /root/.ssh/authorized_keys of every node of the cluster; from=\"ADDRESS\" in front of it,\n" +
			"followed by a comma, lets nobody use it who comes from elsewhere.",
		Example:           "  gwm console key berlin | ssh root@master.berlin.example.org gnt-cluster command 'cat >> /root/.ssh/authorized_keys'",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := t.clusterArg(args, 0)
			if err != nil {
				return err
			}
			line, err := t.Session.ConsoleKey(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			if t.format == "json" {
				return t.json(map[string]string{"cluster": cluster, "line": line})
			}
			return writeTable(t.Stdout, [][]string{{line}})
		},
	}
}

func (t *tree) consoleRotate() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "rotate CLUSTER",
		Short:             "Make a new key of gwm's own for the nodes of a cluster",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.RotateConsoleKey{Cluster: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}
