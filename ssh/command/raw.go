package command

import "io"

// Raw is a person's terminal without a line discipline: what is typed comes key
// by key, and what is written is shown as it is.
type Raw struct {
	Keys   io.Reader // io.EOF once the person has gone or Restore was called
	Screen io.Writer
	Sizes  <-chan Size // the size at the beginning, then the newest one
	// Restore gives the terminal back to the command.
	Restore func() error
}

// Size is that of a terminal in cells.
type Size struct{ Cols, Rows int }

// TakesTerminal is the annotation of commands that take the terminal over, so
// that whoever carries a command line elsewhere takes the terminal along.
const TakesTerminal = "gwm.terminal"
