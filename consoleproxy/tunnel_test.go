package consoleproxy

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// echoServer is something on a node's loopback that answers what it is told.
func echoServer(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(conn, conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return l.Addr().String()
}

func screenAt(address string) core.Endpoint {
	at := serialAt("node1.example.org")
	at.Kind, at.Command, at.Address, at.Loopback = core.ConsoleVNC, nil, address, true
	return at
}

// TestTunnel reaches a screen on a node's loopback, over the connection that a
// line uses already.
func TestTunnel(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	n.Forward("127.0.0.1:11003", echoServer(t))
	b := startBoard(t, n)
	s := newSeat("ann")
	join(t, b, s).until("login: ")
	conn, err := b.nodes.tunnel(t.Context(), s, screenAt("127.0.0.1:11003"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "RFB 003.008\n"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 12)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "RFB 003.008\n" {
		t.Errorf("read %q: %v", got, err)
	}
	if n.Logins() != 1 {
		t.Errorf("gwm logged in %d times", n.Logins())
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Error(err)
	}
	if _, err := conn.Read(got); err == nil {
		t.Error("a deadline did not end a read")
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	_, err = b.nodes.tunnel(t.Context(), s, screenAt("127.0.0.1:22"))
	want := &core.Error{Code: core.CodeRefused, Message: "node1.example.org refuses what gwm asks its SSH server for: Connection refused"}
	if e := core.AsError(err); e.Code != want.Code || e.Message != want.Message {
		t.Errorf("got %v, want %v", err, want)
	}
}

// TestReadFile reads the password of a screen, whatever the file is called.
func TestReadFile(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	n.PutFile("/etc/it's $(here)", "secret\n")
	n.PutFile("/large", strings.Repeat("x", 100_000))
	b := startBoard(t, n)
	tests := []struct {
		path, want string
		err        *core.Error
	}{
		{path: "/etc/it's $(here)", want: "secret\n"},
		{path: "/large", err: core.Errorf(core.CodeInvalid, "/large on node1.example.org has more than 100 bytes")},
		{path: "/none", err: core.Errorf(core.CodeCluster, "node1.example.org cannot read the password of the screen: cat: /none: No such file or directory ")},
	}
	for _, tt := range tests {
		at := screenAt("127.0.0.1:1")
		at.PasswordFile = tt.path
		got, err := b.nodes.readFile(t.Context(), newSeat("ann"), at, 100)
		if string(got) != tt.want {
			t.Errorf("%s: read %q", tt.path, got)
		}
		if tt.err == nil && err != nil || tt.err != nil && (err == nil || core.AsError(err).Message != tt.err.Message || core.CodeOf(err) != tt.err.Code) {
			t.Errorf("%s: %v, want %v", tt.path, err, tt.err)
		}
	}
}

// TestManyLines opens more lines on a node than OpenSSH allows on one connection.
func TestManyLines(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := startBoard(t, n)
	var lines []*reader
	for i := range 20 {
		s := newSeat("ann")
		s.info.VM.Name = "vm" + string(rune('a'+i))
		at := serialAt("node1.example.org")
		at.Command = []string{"serial", s.info.VM.Name}
		s.endpoint = func() (core.Endpoint, error) { return at, nil }
		lines = append(lines, join(t, b, s))
	}
	for i, l := range lines {
		l.until("vm" + string(rune('a'+i)) + " login: ")
	}
	if got := n.Logins(); got != 3 {
		t.Errorf("gwm logged in %d times for 20 lines, want 3: at most 8 on one connection", got)
	}
}

// TestHostKeyChanges stops gwm where a node shows another key than before, also on
// a connection that is there already.
func TestHostKeyChanges(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := startBoard(t, n)
	s := newSeat("ann")
	trusted := string(n.HostKey().Marshal())
	s.types = []string{n.HostKey().Type()}
	s.check = func(node string, key []byte) error {
		if string(key) == trusted {
			return nil
		}
		return core.Errorf(core.CodeUntrusted, "%s shows another key than before", node)
	}
	ann := join(t, b, s)
	ann.until("login: ")
	if err := n.ChangeKey(); err != nil {
		t.Fatal(err)
	}
	n.Drop()
	state := ann.state("refused", func(s core.LineState) bool { return core.CodeOf(s.Why) == core.CodeUntrusted })
	if state.Phase != core.LineWaiting || time.Until(state.Retry) < 30*time.Second {
		t.Errorf("state %+v", state)
	}
	if n.Logins() != 1 {
		t.Errorf("gwm logged in %d times", n.Logins())
	}
	// An administrator trusts the new key.
	trusted = string(n.HostKey().Marshal())
	ann.line.Reconnect()
	ann.phase(core.LineUp)
	// And forgets it again.
	trusted = ""
	if _, err := b.nodes.tunnel(t.Context(), s, screenAt("127.0.0.1:1")); core.CodeOf(err) != core.CodeUntrusted {
		t.Errorf("the connection is used although its key is not trusted any more: %v", err)
	}
}

// TestOtherKindOfKey is a node that lost the key that is trusted and has one of
// another kind.
func TestOtherKindOfKey(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	s := newSeat("ann")
	s.types = []string{"ssh-rsa"}
	state := join(t, startBoard(t, n), s).phase(core.LineWaiting)
	if core.CodeOf(state.Why) != core.CodeUntrusted || !strings.Contains(state.Why.Error(), "does not show the kind of key any more that is trusted") {
		t.Errorf("got %v", state.Why)
	}
}

// TestSecondClient lets gwm wait for a guest that somebody else is connected with,
// as the socket of QEMU does.
func TestSecondClient(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	one, two := startBoard(t, n), startBoard(t, n)
	first := join(t, one, newSeat("ann"))
	first.until("login: ")
	second := join(t, two, newSeat("bob"))
	second.phase(core.LineUp)
	second.write("root\r")
	if err := first.line.Close(); err != nil {
		t.Error(err)
	}
	second.until("root@web1:~# ")
}

// TestHangingNode leaves a node that hangs: at once where somebody closes, and by
// the keepalive where nobody does.
func TestHangingNode(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := NewSwitchboard(SwitchboardConfig{Dialer: n})
	ann := join(t, b, newSeat("ann"))
	ann.until("login: ")
	n.Hang(true)
	if err := ann.line.Close(); err != nil {
		t.Error(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.Close() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("a node that hangs holds up the end")
	}
	n.Hang(false)
}

// TestCancelled gives up a node that does not finish its handshake when nobody
// waits any more.
func TestCancelled(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	n.Hang(true)
	b := startBoard(t, n)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.nodes.tunnel(ctx, newSeat("ann"), screenAt("127.0.0.1:1"))
	want := &core.Error{
		Code: core.CodeUnreachable, Message: "node1.example.org does not answer: no answer in time",
		Hint: "look whether the node is up and whether gwm reaches its SSH server",
	}
	if diff := cmp.Diff(want.Error(), err.Error()); diff != "" {
		t.Error(diff)
	}
	n.Hang(false)
}
