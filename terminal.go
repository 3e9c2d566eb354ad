package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"gwm/core"
	"gwm/ssh/command"
)

// rawTerminal takes the terminal of this machine over.
func (p *program) rawTerminal() (command.Raw, error) {
	in, okIn := p.stdin.(*os.File)
	out, okOut := p.stdout.(*os.File)
	if !okIn || !okOut {
		return command.Raw{}, core.Errorf(core.CodeInvalid, "a terminal is needed")
	}
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return command.Raw{}, fmt.Errorf("prepare the terminal: %w", err)
	}
	sizes, stop := followSize(out)
	return command.Raw{Keys: in, Screen: out, Sizes: sizes, Restore: func() error {
		stop()
		return term.Restore(int(in.Fd()), state)
	}}, nil
}

// followSize tells the size of a terminal now and whenever it changes, the newest
// only, until stop.
func followSize(out *os.File) (sizes <-chan command.Size, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH)
	newest := make(chan command.Size, 1)
	newest <- sizeOf(out)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(newest)
		for range signals {
			select {
			case <-newest: // an older size that nobody took
			default:
			}
			newest <- sizeOf(out)
		}
	}()
	return newest, func() {
		signal.Stop(signals)
		close(signals)
		<-ended
	}
}

func sizeOf(out *os.File) command.Size {
	cols, rows, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return command.Size{Cols: 80, Rows: 24}
	}
	return command.Size{Cols: cols, Rows: rows}
}
