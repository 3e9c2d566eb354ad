package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

// backup writes a consistent copy of the store, taken while it serves.
func (t *tree) backup() *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		Short:   "Write a consistent copy of the store; - is standard output",
		Long:    "Write a consistent copy of the store. Secrets stay sealed in it: keep the master key apart.",
		Example: "  gwm backup gwm.backup\n  ssh gwm backup - > gwm.backup",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "-" {
				return t.Session.Backup(cmd.Context(), t.Stdout)
			}
			if t.Files == nil {
				return core.Errorf(core.CodeInvalid, "the file %s is not on this side of the connection", core.Printable(args[0])).
					WithHint("write - and redirect the output: ... backup - > %s", core.Printable(args[0]))
			}
			f, err := t.Files.Create(args[0])
			if err != nil {
				return core.Errorf(core.CodeInvalid, "%s cannot be written: %w", core.Printable(args[0]), err)
			}
			defer f.Close()
			if err := t.Session.Backup(cmd.Context(), f); err != nil {
				return err
			}
			if err := f.Keep(); err != nil {
				return core.Errorf(core.CodeInternal, "the backup is not complete: %w", err).WithHint("what was there before is still there")
			}
			return nil
		},
	}
}
