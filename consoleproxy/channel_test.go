package consoleproxy

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

const callersSecret = "the secret of the callers"

// ledger keeps what a control channel records.
type ledger struct {
	mu    sync.Mutex
	calls []core.PortCall
	err   error
}

func (l *ledger) record(_ context.Context, call core.PortCall) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, call)
	return l.err
}

func (l *ledger) all() []core.PortCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]core.PortCall(nil), l.calls...)
}

// calling is a control channel and a screen that it may lead to.
type calling struct {
	t      *testing.T
	addr   net.Addr
	screen *consoletest.Screen
	ledger *ledger
}

// startChannel serves a control channel on a listener.
func startChannel(t *testing.T, o consoletest.ScreenOptions, change func(*ChannelConfig) (network, address string)) *calling {
	t.Helper()
	before := goleak.IgnoreCurrent()
	screen, err := consoletest.StartScreen(o)
	if err != nil {
		t.Fatal(err)
	}
	book := &ledger{}
	cfg := ChannelConfig{
		Rules: Rules{List: []Rule{rule(t, "127.0.0.0/8:1024-65535")}}, Ports: Ports{Address: "127.0.0.1", First: 22000, Last: 22999},
		Secret: core.NewSecret(callersSecret), Record: book.record, Log: slog.New(slog.DiscardHandler),
	}
	network, address := "tcp", "127.0.0.1:0"
	if change != nil {
		network, address = change(&cfg)
	}
	c, err := NewChannel(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- c.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the channel ended: %v", err)
		}
		_ = screen.Close()
		verifyNone(t, before)
	})
	return &calling{t, l.Addr(), screen, book}
}

func compat(cfg *ChannelConfig) (network, address string) {
	cfg.Compat = true
	return "tcp", "127.0.0.1:0"
}

func rule(t *testing.T, s string) Rule {
	t.Helper()
	r, err := ParseRule(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ask is what Ganeti Web Manager does: it sends one object in one line, and reads
// one line.
func (c *calling) ask(request map[string]any) string {
	c.t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(string(text) + "\r\n")
}

func (c *calling) send(text string) string {
	c.t.Helper()
	conn, err := new(net.Dialer).DialContext(c.t.Context(), c.addr.Network(), c.addr.String())
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		c.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		c.t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\r\n")
}

// request asks for the screen with more keys, or without some (nil).
func (c *calling) request(more map[string]any) map[string]any {
	c.t.Helper()
	host, port, err := net.SplitHostPort(c.screen.Addr())
	if err != nil {
		c.t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		c.t.Fatal(err)
	}
	r := map[string]any{"daddr": host, "dport": number, "password": "abcdefgh1234", "auth": callersSecret}
	for k, v := range more {
		if r[k] = v; v == nil {
			delete(r, k)
		}
	}
	return r
}

// view comes to a port as a viewer.
func (c *calling) view(port, password string) (net.Conn, error) {
	c.t.Helper()
	conn, err := new(net.Dialer).DialContext(c.t.Context(), "tcp", "127.0.0.1:"+port)
	if err != nil {
		return nil, err
	}
	c.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	_, err = knock(conn, password)
	return conn, err
}

// TestOldClient does what Ganeti Web Manager and the noVNC in its page do.
func TestOldClient(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, compat)
	port := c.ask(c.request(map[string]any{"auth": nil, "ws": true, "tls": false, "sport": nil}))
	for _, key := range []byte{'a', 'b'} { // a page that is loaded again
		dialer := websocket.Dialer{Subprotocols: []string{"binary", "base64"}}
		socket, answer, err := dialer.DialContext(t.Context(), "ws://127.0.0.1:"+port+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		s := newStream(socket, func() error { return nil })
		if _, err := knock(s, "abcdefgh1234"); err != nil {
			t.Fatal(err)
		}
		press(t, s, key)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if _, err := c.screen.Await(ctx, func(seen consoletest.Seen) bool {
			return len(seen.Keys) > 0 && seen.Keys[len(seen.Keys)-1] == uint32(key)
		}); err != nil {
			t.Error(err)
		}
		cancel()
		_ = s.Close()
		s.wait()
	}
}

// TestChannel asks with the secret, and comes to the port twice.
func TestChannel(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    consoletest.ScreenOptions
		more map[string]any
	}{
		{"screen without a password", consoletest.ScreenOptions{}, nil},
		{"screen with the same password", consoletest.ScreenOptions{Password: "abcdefgh1234"}, nil},
		{"screen with another password", consoletest.ScreenOptions{Password: "other"}, map[string]any{"client": map[string]any{"password": "other"}}},
		{"texts for numbers", consoletest.ScreenOptions{}, map[string]any{"timeout": "20", "sport": 22123.0, "ws": 0, "unknown": []int{1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := startChannel(t, tt.o, nil)
			port := c.ask(c.request(tt.more))
			viewer, err := c.view(port, "abcdefgh1234")
			if err != nil {
				t.Fatalf("port %s: %v", port, err)
			}
			press(t, viewer, 'x')
			pressed(t, c.screen, 'x')
			if _, err := c.view(port, "abcdefgh1234"); err == nil {
				t.Error("the password was good twice")
			}
			number, _ := strconv.Atoi(port)
			calls := c.ledger.all()
			want := []core.PortCall{{By: "secret", To: c.screen.Addr(), Port: number}, {By: "viewer", To: c.screen.Addr(), Port: number}}
			for i := range calls {
				calls[i].Addr = ""
			}
			if d := cmp.Diff(want, calls); d != "" {
				t.Errorf("recorded (-want +got):\n%s", d)
			}
		})
	}
}

// TestChannelRefuses sends what gets no port.
func TestChannelRefuses(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, nil)
	for _, tt := range []struct {
		name   string
		more   map[string]any
		reason string // that is recorded; empty: nothing is
	}{
		{"no secret", map[string]any{"auth": nil}, "the secret is wrong or missing"},
		{"wrong secret", map[string]any{"auth": callersSecret + "x"}, "the secret is wrong or missing"},
		{"secret of another type", map[string]any{"auth": true}, ""},
		{"no host", map[string]any{"daddr": nil}, ""},
		{"no port", map[string]any{"dport": nil}, ""},
		{"port too high", map[string]any{"dport": 65536}, ""},
		{"half a port", map[string]any{"dport": 5900.5}, ""},
		{"no password", map[string]any{"password": nil}, ""},
		{"short password", map[string]any{"password": "abc"}, "the password has less than"},
		{"TLS without a certificate", map[string]any{"tls": true}, "no certificate"},
		{"another address of this machine", map[string]any{"client": map[string]any{"ip": "0.0.0.0"}}, "ports are opened on 127.0.0.1 only"},
		{"privileged port", map[string]any{"dport": 22}, "not permitted"},
		{"name without a rule", map[string]any{"daddr": "localhost"}, "not permitted"},
		{"cloud metadata", map[string]any{"daddr": "169.254.169.254", "dport": 5900}, "not permitted"},
		{"every address", map[string]any{"daddr": "0.0.0.0", "dport": 5900}, "not permitted"},
		{"loopback of IPv6", map[string]any{"daddr": "::1", "dport": 5900}, "not permitted"},
		{"other ways to write an address", map[string]any{"daddr": "0x7f000001", "dport": 5900}, "not permitted"},
		{"control characters", map[string]any{"daddr": "a\r\nb", "dport": 5900}, "not permitted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(c.ledger.all())
			if got := c.ask(c.request(tt.more)); got != "FAILED" {
				t.Errorf("answered %q", got)
			}
			calls := c.ledger.all()[before:]
			if (tt.reason != "") != (len(calls) == 1) || len(calls) == 1 && (!strings.Contains(calls[0].Refused, tt.reason) || calls[0].Port != 0) {
				t.Errorf("recorded %+v", calls)
			}
		})
	}
	for name, text := range map[string]string{
		"no JSON": "GET / HTTP/1.1\r\n", "a list": "[]\n", "two objects": "{}{}\n", "empty": "\r\n",
		"too long": `{"daddr":"` + strings.Repeat("a", maxRequest) + "\"}\n",
	} {
		if got := c.send(text[:min(len(text), maxRequest)]); got != "FAILED" {
			t.Errorf("%s: answered %q", name, got)
		}
	}
}

// TestChannelGuesses has a source guess secrets until the right one does not help.
func TestChannelGuesses(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, nil)
	for i := range 10 {
		c.ask(c.request(map[string]any{"auth": fmt.Sprintf("guess %d", i)}))
	}
	if got := c.ask(c.request(nil)); got != "FAILED" {
		t.Errorf("after ten guesses the right secret is answered %q", got)
	}
}

// TestChannelUnrecorded has the audit log fail.
func TestChannelUnrecorded(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, nil)
	c.ledger.err = errors.New("the disk is full")
	if got := c.ask(c.request(nil)); got != "FAILED" {
		t.Errorf("answered %q", got)
	}
}

// TestChannelMost asks for one port more than there may be.
func TestChannelMost(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, func(cfg *ChannelConfig) (network, address string) {
		cfg.Most = 2
		return "tcp", "127.0.0.1:0"
	})
	for i := range 3 {
		if got := c.ask(c.request(nil)); (got == "FAILED") != (i == 2) {
			t.Errorf("request %d: answered %q", i, got)
		}
	}
}

// TestChannelName has a name that is permitted stand for an address that is not.
func TestChannelName(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, func(cfg *ChannelConfig) (network, address string) {
		cfg.Rules = Rules{List: []Rule{rule(t, "localhost:1-65535")}}
		return "tcp", "127.0.0.1:0"
	})
	port := c.ask(c.request(map[string]any{"daddr": "localhost"}))
	if _, err := c.view(port, "abcdefgh1234"); err == nil || !strings.Contains(err.Error(), "is not permitted") {
		t.Errorf("port %s: the viewer is told %v", port, err)
	}
	if seen := c.screen.Seen(); len(seen.Shared) > 0 {
		t.Error("the screen was reached")
	}
}

// TestChannelSocket asks over a Unix socket, where no secret is needed and a wrong
// one is wrong.
func TestChannelSocket(t *testing.T) {
	c := startChannel(t, consoletest.ScreenOptions{}, func(*ChannelConfig) (network, address string) {
		return "unix", filepath.Join(t.TempDir(), "s")
	})
	if got := c.ask(c.request(map[string]any{"auth": "wrong"})); got != "FAILED" {
		t.Errorf("answered %q", got)
	}
	port := c.ask(c.request(map[string]any{"auth": nil}))
	if _, err := c.view(port, "abcdefgh1234"); err != nil {
		t.Error(err)
	}
}

// TestChannelOpenToAll will not serve everybody without a secret.
func TestChannelOpenToAll(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewChannel(ChannelConfig{Compat: true, Ports: Ports{"127.0.0.1", 22000, 22999}, Record: (&ledger{}).record, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "asks nobody for a secret") {
		t.Errorf("served: %v", err)
	}
}

// TestChannelSilent sends a line too slowly.
func TestChannelSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := NewChannel(ChannelConfig{Ports: Ports{"127.0.0.1", 22000, 22999}, Record: (&ledger{}).record, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		near, far := net.Pipe()
		began := time.Now()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				if _, err := far.Write([]byte("{")); err != nil {
					return
				}
				<-time.After(time.Second)
			}
		}()
		c.answer(t.Context(), near, false)
		if took := time.Since(began); took != requestWait {
			t.Errorf("waited %s", took)
		}
		_ = near.Close()
		<-ended
		_ = far.Close()
	})
}

// TestRules holds who may be reached.
func TestRules(t *testing.T) {
	rules := Rules{
		List: []Rule{
			rule(t, "host.example.org:5900-5910"), rule(t, "*.lab.example.org:5900"), rule(t, "192.0.2.0/24:5900"),
			rule(t, "[2001:db8::/64]:5900"), rule(t, "127.0.0.1:5901"),
		},
		Node: func(name string) bool { return name == "node1.example.org" },
	}
	for _, tt := range []struct {
		host string
		port int
		want bool
	}{
		{"host.example.org", 5900, true},
		{"HOST.Example.org", 5910, true},
		{"host.example.org", 5911, false},
		{"host.example.org.", 5900, false},
		{"a.lab.example.org", 5900, true},
		{"a.b.lab.example.org", 5900, true},
		{"lab.example.org", 5900, false},
		{"evil-lab.example.org", 5900, false},
		{"192.0.2.7", 5900, true},
		{"192.0.3.7", 5900, false},
		{"::ffff:192.0.2.7", 5900, true},
		{"2001:db8::1", 5900, true},
		{"fe80::1%lo", 5900, false},
		{"127.0.0.1", 5901, true},
		{"127.0.0.1", 5900, false},
		{"node1.example.org", 5900, true},
		{"node1.example.org", 11000, true},
		{"node1.example.org", 14999, true},
		{"node1.example.org", 22, false},
		{"node1.example.org", 5080, false},
		{"node2.example.org", 5900, false},
		{"", 5900, false},
	} {
		if got := rules.asked(tt.host, tt.port); got != tt.want {
			t.Errorf("asked for %s port %d: %v", tt.host, tt.port, got)
		}
	}
	for at, want := range map[string]bool{
		"10.0.0.1:5900": true, "[2001:db8:1::1]:5900": true, // of a name that was permitted
		"127.0.0.1:5901": true, "127.0.0.1:5900": false, "[::ffff:127.0.0.1]:5900": false, "[::1]:5901": false,
		"0.0.0.0:5901": false, "[::]:5901": false, "169.254.169.254:5900": false, "[fe80::1]:5900": false,
		"224.0.0.1:5900": false, "255.255.255.255:5900": false,
		"198.51.100.9:5900": false, "[::ffff:198.51.100.9]:5900": false, "198.51.100.8:5900": true, // the first is this machine's own
		"192.0.2.1:5900": true, "192.0.2.1:22": false, // this machine's own as well, and a rule names it
	} {
		own := []netip.Addr{netip.MustParseAddr("198.51.100.9"), netip.MustParseAddr("192.0.2.1")}
		if got := rules.dialled(netip.MustParseAddrPort(at), own); got != want {
			t.Errorf("dial %s: %v", at, got)
		}
	}
}

// TestParseRule refuses what is no rule.
func TestParseRule(t *testing.T) {
	for _, s := range []string{
		"", "host", "host:", ":5900", "host:0", "host:65536", "host:5910-5900", "host:5900-", "ho st:5900", "*:5900", "*example.org:5900",
		"[host]:5900", "[::1:5900", "fe80::1%lo:5900", "a..b:5900", "host:-5900",
	} {
		if r, err := ParseRule(s); err == nil {
			t.Errorf("%q is the rule %+v", s, r)
		}
	}
}

// FuzzPortRequest reads lines of strangers.
func FuzzPortRequest(f *testing.F) {
	f.Add([]byte(`{"daddr":"node1","dport":11000,"password":"abcdefgh","ws":true,"tls":false,"sport":null}`))
	f.Add([]byte(`{"daddr":"node1","dport":"11000","password":"x","client":{"ip":"::","password":"y"},"timeout":1e9}`))
	f.Add([]byte(`{"dport":1e400}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := parseRequest(line)
		if err != nil {
			return
		}
		if r.Host == "" || r.Port < 1 || r.Port > 65535 || r.Password == "" || r.Wanted < 0 || r.Wanted > 65535 {
			t.Errorf("took %+v", r)
		}
		if w := r.window(); w <= 0 || w > windowMost {
			t.Errorf("waits %s", w)
		}
	})
}
