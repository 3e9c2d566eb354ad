package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) form() *cobra.Command {
	return &cobra.Command{
		Use:   "form [NAME [WHAT]]",
		Short: "Fill in a form of the screen, asked line by line; without NAME list them",
		Long: "Fill in a form of the screen, asked line by line: for screen readers, and terminals that show no screen.\n" +
			"WHAT is the object that the form is about, where it is about one. Nothing is changed before the last question.",
		Example: "  gwm form user add\n  gwm form quota group:ops berlin",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return t.Forms, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return list(t, t.Forms, []string{"FORM"}, func(name string) []string { return []string{name} })
			}
			if t.Form == nil {
				return core.Errorf(core.CodeUnsupported, "there are no forms here")
			}
			err := t.Form(cmd.Context(), t.Session, strings.Join(args, " "), "", t.Stdin, t.Stdout)
			if cmd.Context().Err() != nil {
				return core.Errorf(core.CodeUnknown, "left without an answer")
			}
			if err != nil && core.CodeOf(err) == core.CodeInternal {
				return fmt.Errorf("ask for the form: %w", core.AsError(err))
			}
			return err
		},
	}
}
