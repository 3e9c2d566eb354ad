package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"gwm/core"
	"gwm/ssh/command"
	"gwm/store"
)

func (p *program) restoreCommand() *cobra.Command {
	overwrite := false
	cmd := &cobra.Command{
		Use:     "restore FILE",
		Short:   "Put a backup in the place of the store; - is standard input",
		Long:    "Put a backup in the place of the store, after it was verified. No server may run on the store.\nThe master key that belongs to the backup must be in its place.",
		Example: "  gwm restore gwm.backup",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			from, err := p.openInput(args[0])
			if err != nil {
				return err
			}
			defer from.Close()
			aside, err := store.Restore(cmd.Context(), c.store(), from, overwrite)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "restored %s\n", c.store().Path)
			if aside != "" {
				fmt.Fprintf(p.stdout, "the store from before is %s\n", aside)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "replace a store that exists; the old file is kept aside")
	return cmd
}

func (p *program) compactCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "compact",
		Short: "Give the space of deleted records back to the disk",
		Long:  "Write the store anew without the space that deleted records left. No server may run on it.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			if _, err := os.Stat(c.store().Path); err != nil {
				return core.Errorf(core.CodeInvalid, "there is no store %s", c.store().Path).WithHint("check data_dir in the configuration")
			}
			before, after, err := store.Compact(c.store())
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "%s: %d KiB before, %d KiB now\n", c.store().Path, before>>10, after>>10)
			return nil
		},
	}
}

// openInput opens a FILE argument; "-" is standard input.
func (p *program) openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(p.stdin), nil
	}
	f, err := command.LocalFiles{}.Open(path)
	if err != nil {
		return nil, core.Errorf(core.CodeInvalid, "the file %s cannot be read: %w", core.Printable(path), err).WithHint("check the path")
	}
	return f, nil
}
