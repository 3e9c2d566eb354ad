package tui_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"gwm/core/coretest"
	"gwm/tui"
)

// TestRunLeavesTheTerminalAsItWas runs the real program on a pipe.
func TestRunLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	w := coretest.Start(t)
	for name, keys := range map[string]string{"q": "q", "ctrl-c twice": "\x03\x03", "palette": ":q\r"} {
		t.Run(name, func(t *testing.T) {
			s := w.Login("admin")
			defer s.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			in, typist := io.Pipe()
			go func() {
				_, _ = io.WriteString(typist, keys)
				<-ctx.Done()
				_ = typist.Close()
			}()
			var out bytes.Buffer
			o := tui.RunOptions{In: in, Out: &out, Env: []string{"TERM=xterm-256color"}}
			o.Width, o.Height = 80, 24
			if err := tui.Run(ctx, s, o); err != nil {
				t.Fatal(err)
			}
			if ctx.Err() != nil {
				t.Fatal("the keys did not end the program")
			}
			const enter, leave = "\x1b[?1049h", "\x1b[?1049l"
			if text := out.String(); strings.Count(text, enter) != 1 || strings.LastIndex(text, leave) < strings.Index(text, enter) {
				t.Errorf("the alternate screen is not left: %q", text[max(len(text)-200, 0):])
			}
		})
	}
}

func TestRunTellsWhyTheSessionEnded(t *testing.T) {
	t.Parallel()
	w := coretest.Start(t)
	s := w.Login("ann")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	in, typist := io.Pipe()
	defer typist.Close()
	var out syncBuffer
	done := make(chan error, 1)
	go func() {
		o := tui.RunOptions{In: in, Out: &out, Env: []string{"TERM=xterm", "NO_COLOR=1"}}
		o.Width, o.Height = 80, 24
		done <- tui.Run(ctx, s, o)
	}()
	out.wait(ctx, t, "berlin")
	s.Close()
	out.wait(ctx, t, "Press a key")
	cancel()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("the program ended with %v", err)
	}
}
