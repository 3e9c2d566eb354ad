package ssh

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"gwm/ssh/command"
)

// prompt runs one command line after the other, for screen readers and terminals
// that can show nothing but lines. It writes no escape sequence and ends with
// exit, ctrl-c or the end of the input.
func (ch *channel) prompt(ctx context.Context, env command.Env) int {
	_, _ = fmt.Fprint(env.Stdout, "Type a command, help for all of them, form for what the screen has as forms,\n"+
		"vm console NAME for the serial console of a VM, exit to leave.\n")
	in := bufio.NewReader(env.Stdin)
	env.Stdin = hiding{in, env.Stdin}
	for {
		_, _ = io.WriteString(env.Stdout, "gwm> ")
		line, err := in.ReadString('\n')
		if err != nil || ctx.Err() != nil {
			return command.ExitDone
		}
		words, err := splitWords(strings.TrimSpace(line))
		switch {
		case errors.Is(err, errOpenQuote):
			_, _ = fmt.Fprintf(env.Stderr, "gwm: %v\n", err)
			continue
		case len(words) == 0:
			continue
		case words[0] == "exit" || words[0] == "quit":
			return command.ExitDone
		case words[0] == "help" || words[0] == "?":
			words = append(words[1:], "--help")
		case words[0] == "gwm" && len(words) > 1:
			words = words[1:]
		}
		if code := ch.conn.server.cfg.Run(ctx, env, words); code != command.ExitDone {
			_, _ = fmt.Fprintf(env.Stderr, "exit code %d\n", code)
		}
	}
}

// hiding reads from one and hides what is typed at the other.
type hiding struct {
	io.Reader
	from io.Reader
}

// Hide stops the echo, or begins it again.
func (h hiding) Hide(on bool) {
	if k, ok := h.from.(*keyboard); ok {
		k.Hide(on)
	}
}
