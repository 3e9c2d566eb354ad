package command

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

// What a person sees of what was before, in bytes, and how long a guest must be
// silent after the end of piped input.
const (
	sinceTerminal = 2000
	silentPipe    = 2 * time.Second
)

// sitDown is how somebody wants to sit at a serial console.
type sitDown struct {
	watch, take bool
	since       string // bytes of what was before, or "all"; empty: as it fits
	timeout     time.Duration
	timed       bool // timeout was given
	escape      string
}

func (t *tree) vmConsole() *cobra.Command {
	var how sitDown
	c := &cobra.Command{
		Use:   "console VM",
		Short: "Sit at the serial console of a VM",
		Long: "Sit at the serial console of a VM. On a terminal every key goes to the guest, and what the guest writes goes to\n" +
			"the terminal as it is: trust the guest, or use the console of the screen (gwm). At the beginning of a line:\n\n" +
			escapeHelp(core.DefaultEscape) + "\n\n" +
			"Everybody who sits at a console sees the same; one has the keyboard, who types first. Without a terminal the\n" +
			"standard input is typed, and the console is left when the guest was silent for a while (--timeout) after its end.",
		Example:           "  ssh -t gwm vm console berlin/web1\n  echo uptime | ssh gwm vm console web1\n  gwm vm console web1 --watch > web1.log",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, vmNames),
		Annotations:       map[string]string{TakesTerminal: ""},
		RunE: func(cmd *cobra.Command, args []string) error {
			how.timed = cmd.Flags().Changed("timeout")
			back, err := how.back(t.Raw != nil)
			if err != nil {
				return err
			}
			ref, err := t.Session.View().Find(core.KindVM, args[0])
			if err != nil {
				return err
			}
			leave, err := t.escapeKey(cmd.Context(), how.escape)
			if err != nil {
				return err
			}
			return t.sit(cmd.Context(), ref, how, back, leave)
		},
	}
	c.Flags().BoolVar(&how.watch, "watch", false, "type nothing, only look")
	c.Flags().BoolVar(&how.take, "take", false, "take the keyboard from who has it")
	c.Flags().StringVar(&how.escape, "escape", "", "the key that leaves anywhere, for example ctrl-o (default: ctrl-], or what console escape has set)")
	c.Flags().StringVar(&how.since, "since", "", "how much to show of what the guest wrote before: so many bytes, or all")
	c.Flags().DurationVar(&how.timeout, "timeout", silentPipe, "leave when the guest was silent for so long; without a terminal after the end of the input; 0: stay")
	return c
}

// back is how many bytes are shown of what was before.
func (h sitDown) back(terminal bool) (int64, error) {
	switch {
	case h.watch && h.take:
		return 0, core.Errorf(core.CodeInvalid, "--watch and --take exclude each other").WithHint("leave one of them away")
	case h.timeout < 0:
		return 0, core.Errorf(core.CodeInvalid, "--timeout %s is not possible", h.timeout).WithHint("for example: --timeout 10s")
	case h.since == "all":
		return math.MaxInt64, nil
	case h.since == "" && (terminal || h.watch):
		return sinceTerminal, nil
	case h.since == "":
		return 0, nil
	}
	n, err := strconv.ParseInt(h.since, 10, 64)
	if err != nil || n < 0 {
		return 0, core.Errorf(core.CodeInvalid, "--since %s is no number of bytes", core.Printable(cut(h.since))).WithHint("for example: --since 10000, or --since all")
	}
	return n, nil
}

// sit takes a seat at the serial console of a VM and stays until it is left.
func (t *tree) sit(ctx context.Context, vm core.Ref, how sitDown, back int64, leave core.Escape) (err error) {
	seat, err := t.Session.OpenConsole(ctx, vm, core.ConsoleSerial)
	if err != nil {
		return err
	}
	defer seat.Close(core.Errorf(core.CodeState, "the console was left"))
	line, err := t.Session.Line(ctx, seat)
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }() // the line is left with the seat
	if how.take {
		if err := line.Take(); err != nil {
			return err
		}
	}
	s := &sitting{line: line, seat: seat, me: seat.Info(), watch: how.watch, out: t.Stdout, keys: escape{leave: byte(leave)}}
	s.from(back)
	keys := t.Stdin
	if t.Raw == nil {
		s.say = t.note
		s.pipe = true
	} else {
		raw, err := t.Raw()
		if err != nil {
			return err
		}
		defer func() {
			s.reset()
			err = errors.Join(err, raw.Restore())
		}()
		s.onTerminal(raw.Screen, raw.Sizes)
		keys = raw.Keys
	}
	if how.timed || s.pipe && !how.watch {
		s.silence, s.always = how.timeout, how.timed && (how.watch || !s.pipe)
	}
	if s.pipe && how.watch {
		return s.stay(ctx, nil)
	}
	typed, stop := pump(keys)
	defer stop()
	return s.stay(ctx, typed)
}

// pump reads keys into a channel, which is closed at their end. What it reads
// after stop is lost; it ends with its reader.
func pump(keys io.Reader) (typed <-chan []byte, stop func()) {
	out, stopped := make(chan []byte), make(chan struct{})
	go func() {
		defer close(out)
		buf := make([]byte, 4096)
		for {
			n, err := keys.Read(buf)
			if n > 0 {
				select {
				case out <- append([]byte(nil), buf[:n]...):
				case <-stopped:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return out, sync.OnceFunc(func() { close(stopped) })
}
