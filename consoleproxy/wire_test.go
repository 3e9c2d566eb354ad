package consoleproxy

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"gwm/core"
)

// toyWire is a connection whose guest is the test.
type toyWire struct {
	output *io.PipeReader
	guest  *io.PipeWriter // the test writes what the guest shows
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	typed []byte
	deaf  bool // the guest does not read
	sizes [][2]int
}

func newToyWire() *toyWire {
	w := &toyWire{closed: make(chan struct{})}
	w.output, w.guest = io.Pipe()
	return w
}

func (w *toyWire) Read(p []byte) (int, error) { return w.output.Read(p) }

func (w *toyWire) Write(p []byte) (int, error) {
	w.mu.Lock()
	if !w.deaf {
		w.typed = append(w.typed, p...)
		w.mu.Unlock()
		return len(p), nil
	}
	w.mu.Unlock()
	<-w.closed
	return 0, io.ErrClosedPipe
}

func (w *toyWire) Resize(cols, rows int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sizes = append(w.sizes, [2]int{cols, rows})
}

func (w *toyWire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return w.output.Close()
}

func (w *toyWire) keys() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.typed)
}

func (w *toyWire) windows() [][2]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sizes)
}

func (w *toyWire) say(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(w.guest, text); err != nil {
		t.Errorf("the guest cannot write: %v", err)
	}
}

// end breaks the wire for a reason.
func (w *toyWire) end(why error) { _ = w.guest.CloseWithError(why) }

// errNoWire refuses a connection that the test did not prepare.
var errNoWire = errors.New("no wire")

// wireBoard makes a switchboard that connects with the wires one after the other.
// The test closes it.
func wireBoard(cfg SwitchboardConfig, wires ...*toyWire) *Switchboard {
	b := NewSwitchboard(cfg)
	var mu sync.Mutex
	b.dial = func(_ context.Context, _ sitter, at core.Endpoint) (wire, error) {
		mu.Lock()
		defer mu.Unlock()
		if len(wires) == 0 {
			return nil, unreachable(at.Node, errNoWire)
		}
		w := wires[0]
		wires = wires[1:]
		return w, nil
	}
	return b
}
