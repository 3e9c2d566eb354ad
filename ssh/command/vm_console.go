package command

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmConsole() *cobra.Command {
	return &cobra.Command{
		Use:               "console VM",
		Short:             "Sit at the serial console of a VM",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := t.Session.View().Find(core.KindVM, args[0])
			if err != nil {
				return err
			}
			seat, err := t.Session.OpenConsole(cmd.Context(), ref, core.ConsoleSerial)
			if err != nil {
				return err
			}
			defer seat.Close(core.Errorf(core.CodeState, "the console was left"))
			line, err := t.Session.Line(cmd.Context(), seat)
			if err != nil {
				return err
			}
			defer func() { _ = line.Close() }() // the line is left with the seat
			return show(cmd.Context(), seat, line, t.Stdout)
		},
	}
}

// show copies what the guest writes until the line ends.
func show(ctx context.Context, seat *core.Seat, line core.Line, to io.Writer) error {
	buf, at := make([]byte, 32<<10), int64(0)
	for {
		n, next := line.Output(at, buf)
		at = next
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
			continue
		}
		if st := line.State(); st.Phase == core.LineEnded {
			return st.Why
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-seat.Done():
			return seat.Err()
		case <-line.Changed():
		}
	}
}
