package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) lock() *cobra.Command {
	return groupCommand("lock", "Locks: what nobody may change for now", t.lockList(), t.lockSet(), t.lockClear())
}

func (t *tree) lockList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List locks",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows, err := t.Session.Locks(cmd.Context())
			if err != nil {
				return err
			}
			return list(t, rows, []string{"ON", "REASON", "BY", "SINCE"}, func(l core.Lock) []string {
				return []string{l.On.String(), l.Reason, orDash(l.By), stamp(l.At)}
			})
		},
	}
}

func (t *tree) lockSet() *cobra.Command {
	var reason string
	var yes bool
	c := &cobra.Command{
		Use:               "set OBJECT --reason TEXT",
		Short:             "Freeze a cluster, a VM, a user, a group or the site",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on, err := t.find(args[0])
			if err != nil {
				return t.Session.Missed(cmd.Context(), core.SetLock{On: named(args[0]), Reason: reason}, err)
			}
			if reason == "" {
				return core.Errorf(core.CodeInvalid, "a lock needs a reason, people will see it").WithHint("add --reason TEXT")
			}
			return t.do(cmd.Context(), core.SetLock{On: on, Reason: reason}, yes)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the people whom it stops")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) lockClear() *cobra.Command {
	return &cobra.Command{
		Use:               "clear OBJECT",
		Short:             "Lift a lock",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on, err := t.find(args[0])
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), core.ClearLock{On: on}, true)
		},
	}
}
