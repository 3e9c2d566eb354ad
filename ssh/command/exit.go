package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gwm/core"
)

// The exit codes. They are part of the interface for scripts.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitNotFound    = 3 // or not allowed: the same on purpose
	ExitJobFailed   = 4
	ExitUnreachable = 5
)

// ExitCode returns the exit code for an error of the tree. What is not a
// *core.Error is cobra's complaint about the command line.
func ExitCode(err error) int {
	if err == nil {
		return ExitDone
	}
	var e *core.Error
	if !errors.As(err, &e) {
		return ExitUsage
	}
	switch e.Code {
	case core.CodeInvalid:
		return ExitUsage
	case core.CodeNotFound, core.CodeDenied, core.CodeLocked, core.CodeStepUp:
		return ExitNotFound
	case core.CodeJobFailed:
		return ExitJobFailed
	case core.CodeUnreachable, core.CodeUntrusted:
		return ExitUnreachable
	default:
		return ExitFailed
	}
}

// report prints err for a person, or as a JSON object where the command line
// asked for json, and returns the exit code.
func report(cmd *cobra.Command, w io.Writer, err error) int {
	if err == nil {
		return ExitDone
	}
	var e *core.Error
	if !errors.As(err, &e) {
		e = core.Errorf(core.CodeInvalid, "%s", core.Printable(err.Error()))
		if cmd != nil {
			e = e.WithHint("%s --help shows how it is used", cmd.CommandPath())
		}
	}
	if out := cmd.Flag("output"); out != nil && out.Value.String() == "json" {
		e = &core.Error{Code: e.Code, Message: cut(e.Message), Hint: cut(e.Hint)}
		_ = writeJSON(w, map[string]*core.Error{"error": e}, "") // the reader may have left
	} else {
		PrintError(w, e)
	}
	return ExitCode(err)
}

// maxMessage is how much of a message or hint people see, in characters. It may
// repeat what was typed, which has no bound.
const maxMessage = 1000

// PrintError writes e as people see it: one line, and one for the hint.
func PrintError(w io.Writer, e *core.Error) {
	fmt.Fprintf(w, "gwm: %s\n", shortened(e.Message))
	if e.Hint != "" {
		fmt.Fprintf(w, "     %s\n", shortened(e.Hint))
	}
}

func shortened(text string) string { return core.Printable(cut(text)) }

func cut(text string) string {
	if r := []rune(text); len(r) > maxMessage {
		return string(r[:maxMessage]) + "…"
	}
	return text
}
