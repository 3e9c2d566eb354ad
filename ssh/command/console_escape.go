package command

import (
	"context"

	"github.com/spf13/cobra"

	"gwm/core"
)

// consoleEscape shows or keeps the key that calls gwm at a serial console.
func (t *tree) consoleEscape() *cobra.Command {
	return &cobra.Command{
		Use:   "escape [KEY]",
		Short: "Show or choose the key that opens the menu of a console, and leaves vm console",
		Long: "Show the key that opens the menu of a serial console on the screen and leaves vm console, or choose another one\n" +
			"for yourself: where a keyboard has no easy ctrl-], for example. A screen that is open takes it when it is opened anew.",
		Example: "  gwm console escape\n  gwm console escape ctrl-o",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				e, err := core.ParseEscape(args[0])
				if err != nil {
					return err
				}
				if err := t.Session.SetEscape(cmd.Context(), e); err != nil {
					return err
				}
			}
			e, err := t.escapeKey(cmd.Context(), "")
			if err != nil {
				return err
			}
			return object(t, map[string]any{"escape": e.String()}, [][2]string{{"escape", e.String()}})
		},
	}
}

// escapeKey is the key that a text names, that of the person where it is empty.
func (t *tree) escapeKey(ctx context.Context, text string) (core.Escape, error) {
	if text != "" {
		return core.ParseEscape(text)
	}
	prefs, err := t.Session.Prefs(ctx)
	if err != nil {
		return 0, err
	}
	return core.EscapeIn(prefs), nil
}
