package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	charmlog "charm.land/log/v2"
	"golang.org/x/term"
)

// newLog makes the log of a server.
func newLog(c logConfig, w io.Writer, env func(string) string) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(c.Level)) // check has refused other words
	format := c.Format
	if format == "auto" {
		switch {
		case isTerminal(w):
			format = "text"
		case env("JOURNAL_STREAM") != "":
			format = "journal"
		default:
			format = "json"
		}
	}
	switch format {
	case "text":
		return slog.New(charmlog.NewWithOptions(w, charmlog.Options{Level: charmlog.Level(level), ReportTimestamp: true}))
	case "journal":
		return slog.New(newJournal(w, level))
	default:
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
}

// journal writes lines with the priority in front that systemd's journal reads
// ("<6>text", sd-daemon(3)), and leaves the time to it.
type journal struct {
	slog.Handler
	out *journalOut
}

type journalOut struct {
	mu   sync.Mutex
	line bytes.Buffer
	w    io.Writer
}

func newJournal(w io.Writer, level slog.Level) journal {
	out := &journalOut{w: w}
	text := slog.NewTextHandler(&out.line, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
				return slog.Attr{}
			}
			return a
		},
	})
	return journal{text, out}
}

// Handle implements slog.Handler.
func (j journal) Handle(ctx context.Context, r slog.Record) error {
	j.out.mu.Lock()
	defer j.out.mu.Unlock()
	j.out.line.Reset()
	fmt.Fprintf(&j.out.line, "<%d>", priority(r.Level))
	if err := j.Handler.Handle(ctx, r); err != nil {
		return err
	}
	_, err := j.out.w.Write(j.out.line.Bytes())
	return err
}

// WithAttrs implements slog.Handler.
func (j journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	return journal{j.Handler.WithAttrs(attrs), j.out}
}

// WithGroup implements slog.Handler.
func (j journal) WithGroup(name string) slog.Handler {
	return journal{j.Handler.WithGroup(name), j.out}
}

// priority is the syslog priority of a level.
func priority(l slog.Level) int {
	switch {
	case l >= slog.LevelError:
		return 3
	case l >= slog.LevelWarn:
		return 4
	case l >= slog.LevelInfo:
		return 6
	default:
		return 7
	}
}

// fileLog is the log of gwm without a server: a file in the data directory, so
// that nothing disturbs the screen. It begins anew when it has grown.
func fileLog(path string) (*slog.Logger, io.Closer, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the log: %w", err)
	}
	return slog.New(slog.NewTextHandler(f, nil)), f, nil
}

// isTerminal tells whether a stream of the program is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
