package command

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
)

// mute is the line of a guest that takes everything, and says what it is told to.
type mute struct {
	core.Line
	changed chan struct{}

	mu  sync.Mutex
	out string
}

// answer is what the guest says, which may be nothing.
func (l *mute) answer(text string) {
	l.mu.Lock()
	l.out += text
	l.mu.Unlock()
	if text != "" {
		l.changed <- struct{}{}
	}
}

func (l *mute) Output(from int64, p []byte) (n int, next int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from = min(from, int64(len(l.out)))
	n = copy(p, l.out[from:])
	return n, from + int64(n)
}
func (l *mute) Changed() <-chan struct{}    { return l.changed }
func (l *mute) Write(p []byte) (int, error) { return len(p), nil }
func (l *mute) State() core.LineState       { return core.LineState{Phase: core.LineUp, Node: "node1"} }

// occupied is a seat that nobody takes away.
type occupied struct{}

func (occupied) Done() <-chan struct{} { return nil }
func (occupied) Err() error            { return nil }

// TestSilentGuest tells, once, that nothing comes back to a return; what is piped
// into a guest that says nothing is an error.
func TestSilentGuest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		pipe, other  bool
		typed, after string
		said         int
		code         core.Code
	}{
		{name: "terminal", typed: "ls\r", said: 1},
		{name: "no return", typed: "ls"},
		{name: "an answer", typed: "ls\r", after: "\r\n"},
		{name: "the other screen", typed: "\r", other: true},
		{name: "pipe", pipe: true, typed: "ls\n", code: core.CodeUnreachable},
		{name: "pipe with an answer", pipe: true, typed: "ls\n", after: "bin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				var said []string
				line := &mute{changed: make(chan struct{}, 1)}
				s := &sitting{line: line, seat: occupied{}, out: &strings.Builder{}, pipe: c.pipe, keys: escape{leave: byte(core.DefaultEscape)}}
				s.me.VM = core.VMRef("berlin", "web1")
				s.mode.other = c.other
				s.say = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
				typed := make(chan []byte)
				go func() {
					typed <- []byte(c.typed)
					<-time.After(time.Second)
					line.answer(c.after)
					if c.pipe {
						close(typed)
					}
				}()
				if c.pipe {
					s.silence = silentPipe
				}
				if err := s.stay(ctx, typed); core.CodeOf(err) != c.code {
					t.Errorf("it ends with %v", err)
				}
				n := 0
				for _, text := range said {
					if strings.Contains(text, "nothing comes back") && strings.Contains(text, "another program on node1") {
						n++
					}
				}
				if n != c.said {
					t.Errorf("said: %q", said)
				}
			})
		})
	}
}
