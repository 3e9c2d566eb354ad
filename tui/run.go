package tui

import (
	"context"
	"io"

	"gwm/core"
)

// RunOptions say where Run finds the terminal. Zero fields mean the process's
// own.
type RunOptions struct {
	Options
	In  io.Reader
	Out io.Writer
	Env []string
}

// Run shows the screen on the local terminal until the user quits, the session
// ends or ctx ends. It restores the terminal in any case.
func Run(ctx context.Context, s *core.Session, o RunOptions) error { panic("stub") }
