package consoleproxy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

func startNode(t *testing.T) *consoletest.Node {
	t.Helper()
	n, err := consoletest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

// startBoard makes a switchboard whose nodes are all n.
func startBoard(t *testing.T, n *consoletest.Node) *Switchboard {
	t.Helper()
	b := NewSwitchboard(SwitchboardConfig{Dialer: n})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close the switchboard: %v", err)
		}
	})
	return b
}

func join(t *testing.T, b *Switchboard, s sitter) *reader {
	t.Helper()
	l, err := b.join(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, l)
}

// TestLogIn uses a guest's shell over SSH, through a reboot.
func TestLogIn(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	n, err := consoletest.Start()
	if err != nil {
		t.Fatal(err)
	}
	b := NewSwitchboard(SwitchboardConfig{Dialer: n})
	ann := join(t, b, newSeat("ann"))
	ann.until("web1 login: ")
	ann.write("root\r")
	ann.until("root@web1:~# ")
	ann.write("echo hi \x1dthere\r")
	ann.until("\r\nhi ")
	ann.until("root@web1:~# ")
	ann.write("vi\r")
	ann.until("\x1b[?1049h")
	ann.write("ihello\x1b:q\r")
	ann.until("hello\x1b[K")
	ann.until("\x1b[?1049l")
	ann.write("colours\r")
	ann.until("\x1b[48;5;231m")
	ann.until("root@web1:~# ")
	ann.write("flood 5000\r")
	ann.until("00005000 ")
	ann.write("reboot\r")
	ann.until("going down for reboot")
	ann.until("web1 login: ")
	if s := ann.phase(core.LineUp); s.Node != "node1.example.org" || s.Why != nil || s.Typist != "seat-ann" {
		t.Errorf("state after the reboot: %+v", s)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}

// TestRefusals is what people read where a node does not let gwm in.
func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		make func(*consoletest.Node, *toySeat)
		want *core.Error
	}{
		{"a key that the node does not know", func(n *consoletest.Node, _ *toySeat) { n.RefuseKeys(true) }, &core.Error{
			Code: core.CodeRefused, Message: "node1.example.org does not know gwm's key",
			Hint: "put the line of `console key berlin` into root's authorized_keys there",
		}},
		{"a node that is down", func(n *consoletest.Node, _ *toySeat) { n.Fall() }, &core.Error{
			Code: core.CodeUnreachable, Message: "node1.example.org does not answer: connection refused",
			Hint: "look whether the node is up and whether gwm reaches its SSH server",
		}},
		{"a node that is not trusted", func(_ *consoletest.Node, s *toySeat) {
			s.check = func(node string, key []byte) error {
				return core.Errorf(core.CodeUnreachable, "%s showed a key of %d bytes", node, len(key))
			}
		}, &core.Error{Code: core.CodeUnreachable, Message: "node1.example.org showed a key of 51 bytes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := startNode(t)
			s := newSeat("ann")
			tt.make(n, s)
			got := join(t, startBoard(t, n), s).phase(core.LineWaiting)
			e := core.AsError(got.Why)
			if diff := cmp.Diff(tt.want, &core.Error{Code: e.Code, Message: e.Message, Hint: e.Hint}); diff != "" {
				t.Error(diff)
			}
			if n.Logins() != 0 {
				t.Error("the node let gwm in")
			}
		})
	}
}

// TestRevoked throws somebody out whose seat is over, and leaves the others.
func TestRevoked(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := startBoard(t, n)
	first, second := newSeat("ann"), newSeat("bob")
	ann, bob := join(t, b, first), join(t, b, second)
	ann.phase(core.LineUp)
	ann.write("\r")
	bob.until("web1 login: ")
	first.revoke(core.Errorf(core.CodeDenied, "you may not"))
	if why := ann.phase(core.LineEnded).Why; why == nil || why.Error() != "you may not" {
		t.Errorf("ann reads %v", why)
	}
	if _, err := ann.line.Write([]byte("x")); core.CodeOf(err) != core.CodeDenied {
		t.Errorf("ann typed: %v", err)
	}
	if n, _ := ann.line.Output(0, make([]byte, 100)); n != 0 {
		t.Errorf("ann reads %d bytes", n)
	}
	bob.write("root\r")
	bob.until("root@web1:~# ")
	if s := bob.line.State(); len(s.People) != 1 || s.Typist != "seat-bob" {
		t.Errorf("bob sees %+v", s)
	}
}
