package core_test

import (
	"context"
	"io"
	"strings"
	"sync"

	"gwm/core"
)

// fakeConsoles carries nothing. It remembers what it was asked for.
type fakeConsoles struct {
	mu        sync.Mutex
	noLink    bool
	discarded []string
	replayed  map[string]core.Secret
	forwarded []*core.Seat
	fail      error
	link      string          // what links begin with
	has       []core.Endpoint // of every VM
	fault     error           // of the cluster that is asked for them
}

func newConsoles() *fakeConsoles {
	return &fakeConsoles{
		link: "https://gwm.example/console#",
		has:  []core.Endpoint{{Kind: core.ConsoleSerial, Node: "n1"}, {Kind: core.ConsoleVNC, Node: "n1", Address: "n1:11000"}},
	}
}

func (f *fakeConsoles) Join(context.Context, *core.Seat) (core.Line, error) {
	return nil, core.Errorf(core.CodeUnsupported, "there are no lines in this test")
}

func (f *fakeConsoles) Forward(_ context.Context, seat *core.Seat) (core.Forward, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forwarded = append(f.forwarded, seat)
	return core.Forward{Address: "host:7000", Password: core.NewSecret("pass-123")}, f.fail
}

func (f *fakeConsoles) Link(ticket core.Secret) (string, error) {
	if f.noLink {
		return "", core.Errorf(core.CodeUnsupported, "there is no page")
	}
	return f.link + ticket.Reveal(), nil
}

func (f *fakeConsoles) Replay(_ context.Context, id string, key core.Secret) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.replayed == nil {
		f.replayed = map[string]core.Secret{}
	}
	f.replayed[id] = key
	return io.NopCloser(strings.NewReader(`{"version":2}` + "\n")), f.fail
}

func (f *fakeConsoles) Discard(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.discarded = append(f.discarded, id)
	return f.fail
}
