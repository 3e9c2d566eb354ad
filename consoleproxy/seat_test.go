package consoleproxy

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
	"time"

	"gwm/core"
)

// toySeat is a seat that a test holds every string of.
type toySeat struct {
	info     core.SeatInfo
	done     chan struct{}
	endpoint func() (core.Endpoint, error)
	check    func(node string, key []byte) error
	types    []string
	policy   core.RecordingPolicy
	begin    func() (*reel, error)

	mu       sync.Mutex
	keyboard bool
	err      error
	took     []string // from whom
}

var web1 = core.VMRef("berlin", "web1.example.org")

// newSeat takes a seat at web1, whose console runs on node1.
func newSeat(user string) *toySeat {
	return &toySeat{
		info: core.SeatInfo{ID: "seat-" + user, VM: web1, Kind: core.ConsoleSerial, User: user, Since: time.Now()},
		done: make(chan struct{}), endpoint: func() (core.Endpoint, error) { return serialAt("node1.example.org"), nil },
	}
}

func serialAt(node string) core.Endpoint {
	return core.Endpoint{
		VM: web1, Kind: core.ConsoleSerial, Node: node, SSHPort: 22, SSHUser: "root",
		Command: []string{
			"/usr/lib/ganeti/tools/kvm-console-wrapper", "/usr/bin/socat", web1.Name, "/run/it's here.monitor",
			"STDIO,raw,echo=0,escape=0x1d", "UNIX-CONNECT:/run/it's here.serial",
		},
	}
}

func (s *toySeat) Info() core.SeatInfo   { return s.info }
func (s *toySeat) Done() <-chan struct{} { return s.done }

func (s *toySeat) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *toySeat) revoke(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	close(s.done)
}

func (s *toySeat) Endpoint(ctx context.Context) (core.Endpoint, error) {
	if err := s.Err(); err != nil {
		return core.Endpoint{}, err
	}
	return s.endpoint()
}

func (s *toySeat) CheckHost(_ context.Context, node string, key []byte) error {
	if s.check == nil {
		return nil
	}
	return s.check(node, key)
}

func (s *toySeat) KeyTypes(context.Context, string) ([]string, error) { return s.types, nil }

func (s *toySeat) Trusted() <-chan struct{} { return nil }

func (s *toySeat) Keyboard(has bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keyboard = has
}

func (s *toySeat) hasKeyboard() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keyboard
}

func (s *toySeat) Took(_ context.Context, from core.SeatInfo) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, from.User)
	return nil
}

func (s *toySeat) Recording() core.RecordingPolicy { return s.policy }

func (s *toySeat) beginRecording(context.Context) (*reel, error) { return s.begin() }

func (s *toySeat) Identity(context.Context) (core.Secret, error) {
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		return core.Secret{}, err
	}
	return core.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), nil
}

// reader reads a line from its beginning.
type reader struct {
	t    *testing.T
	line core.Line
	next int64
	text strings.Builder
}

func read(t *testing.T, l core.Line) *reader { return &reader{t: t, line: l} }

// until reads until the output after the last match holds a text.
func (r *reader) until(text string) {
	r.t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	buf := make([]byte, 4096)
	for {
		for {
			n, next := r.line.Output(r.next, buf)
			r.next = next
			r.text.Write(buf[:n])
			if n == 0 {
				break
			}
		}
		if _, rest, ok := strings.Cut(r.text.String(), text); ok {
			r.text.Reset()
			r.text.WriteString(rest)
			return
		}
		select {
		case <-r.line.Changed():
		case <-late.C:
			r.t.Fatalf("no %q within a minute; state %+v, output %q", text, r.line.State(), r.text.String())
		}
	}
}

// state waits for a state.
func (r *reader) state(what string, ok func(core.LineState) bool) core.LineState {
	r.t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for {
		s := r.line.State()
		if ok(s) {
			return s
		}
		select {
		case <-r.line.Changed():
		case <-late.C:
			r.t.Fatalf("not %s within a minute: %+v", what, s)
		}
	}
}

func (r *reader) phase(p core.LinePhase) core.LineState {
	r.t.Helper()
	return r.state(string(p), func(s core.LineState) bool { return s.Phase == p })
}

func (r *reader) write(text string) {
	r.t.Helper()
	if _, err := r.line.Write([]byte(text)); err != nil {
		r.t.Fatalf("type %q: %v", text, err)
	}
}
