//go:build linux

package e2e

import (
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"

	"gwm/consoleproxy/consoletest"
)

const channelSecret = "planted-secret-of-the-channel"

// channelStand has a control channel for the node's screens, which gives four ports.
func channelStand(t *testing.T) (s *stand, address string) {
	t.Helper()
	s = newStand(t, "console:", "  forward: {listen: HOST, ports: 7000-7003}", "  control:", "    listen: HOST:0", "    secret_file: SECRET",
		`    allow: ["HOST:11000-11003", "localhost:5900-6100", "*.example.org:5900"]`)
	const says = "listening on the control channel of consoles"
	check(t, s.server.says(says))
	for line := range strings.Lines(s.server.Log()) {
		var entry struct{ Msg, Addr string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == says {
			address = entry.Addr
		}
	}
	return s, address
}

// TestAttackChannel asks the control channel without and with a wrong secret, for
// what it does not lead to, with lines that are none, and for more than there is.
func TestAttackChannel(t *testing.T) {
	t.Parallel()
	s, address := channelStand(t)
	s.shows(portWeb2, consoletest.ScreenOptions{})
	say := func(line string) string {
		t.Helper()
		c := s.dial(address)
		defer c.Close()
		_, _ = io.WriteString(c, line) // it may be closed already
		answer, err := io.ReadAll(c)
		if timedOut(err) {
			t.Errorf("%.60q: no answer", line)
		}
		return strings.TrimSpace(string(answer))
	}
	ask := func(fields map[string]any) string {
		t.Helper()
		all := map[string]any{"daddr": s.host, "dport": portWeb2, "password": "k4tzpm8w", "auth": channelSecret, "timeout": 120}
		for k, v := range fields {
			all[k] = v
			if v == nil {
				delete(all, k)
			}
		}
		line, err := json.Marshal(all)
		check(t, err)
		return say(string(line) + "\r\n")
	}
	failed := func(what, answer string) {
		t.Helper()
		if answer != "FAILED" {
			t.Errorf("%s: %q", what, answer)
		}
	}
	s.settles("requests", func() {
		slow := []net.Conn{s.dial(address), s.dial(address)}
		_, err := io.WriteString(slow[1], `{"daddr":`)
		check(t, err)
		for what, fields := range map[string]map[string]any{
			"a short password":     {"password": "short"},
			"no password":          {"password": ""},
			"another port":         {"dport": 22},
			"port 0":               {"dport": 0},
			"a port of 2^32":       {"dport": 1 << 32},
			"a negative port":      {"dport": -11001},
			"a port that is text":  {"dport": "0x2af9"},
			"a list":               {"daddr": []string{s.host}},
			"loopback":             {"daddr": "127.0.0.1", "dport": 5900},
			"loopback by its name": {"daddr": "localhost", "dport": 5900, "sport": 1},
			"IPv6":                 {"daddr": "::1", "dport": 5900},
			"mapped":               {"daddr": "::ffff:127.0.0.1", "dport": 5900},
			"short for loopback":   {"daddr": "127.1", "dport": 5900},
			"a number":             {"daddr": "2130706433", "dport": 5900},
			"hex":                  {"daddr": "0x7f000001", "dport": 5900},
			"metadata":             {"daddr": "169.254.169.254", "dport": 5900},
			"everybody":            {"daddr": "0.0.0.0", "dport": 5900},
			"an address of a link": {"daddr": "fe80::1%lo", "dport": 5900},
			"a line in a name":     {"daddr": s.host + "\r\nGET /", "dport": 5900},
			"a zero in a name":     {"daddr": s.host + "\x00.example.org", "dport": 5900},
			"a path":               {"daddr": "/var/run/x.example.org", "dport": 5900},
			"an evil name":         {"daddr": evil, "dport": 5900},
			"a long name":          {"daddr": strings.Repeat("a.", 900) + "example.org", "dport": 5900},
			"another address":      {"client": map[string]any{"ip": "0.0.0.0"}},
			"TLS without a key":    {"tls": true},
		} {
			answer := ask(fields)
			if what == "loopback by its name" { // a rule names it: it is what it resolves to that is not dialled
				c := s.dial(net.JoinHostPort(s.host, answer))
				if entered(rfbLogin(c, rfb38, 2, "k4tzpm8w")) {
					t.Error("a name leads to the loopback")
				}
				_ = c.Close()
				continue
			}
			failed(what, answer)
		}
		for what, line := range map[string]string{
			"a huge line":  strings.Repeat("x", 1<<20) + "\r\n",
			"deep JSON":    `{"daddr":` + strings.Repeat("[", 3900) + "\r\n",
			"deep objects": strings.Repeat(`{"client":`, 390) + "\r\n",
			"no JSON":      "GET / HTTP/1.1\r\n\r\n",
			"a zero":       "\x00\r\n",
			"nothing":      "\r\n",
			"twice a key":  `{"daddr":"127.0.0.1","daddr":"` + s.host + `","dport":22,"password":"k4tzpm8w","auth":"` + channelSecret + `"}` + "\r\n",
		} {
			if answer := say(line); answer != "FAILED" && (answer != "" || what != "a huge line") {
				t.Errorf("%s: %q", what, answer)
			}
		}
		// who says nothing, or half of it, takes room for a moment only
		for _, c := range slow {
			if _, err := io.Copy(io.Discard, c); timedOut(err) {
				t.Error("a slow connection stays open")
			}
		}
	})
	s.settles("all ports", func() {
		var waiting []net.Conn
		ports := map[string]bool{}
		for i := range 6 {
			answer := ask(map[string]any{"sport": []int{22, 7000, 7000, 65536, 0, 80}[i%6], "timeout": 5})
			if answer != "FAILED" {
				ports[answer] = true
				waiting = append(waiting, s.dial(net.JoinHostPort(s.host, answer)))
			}
		}
		if len(ports) != 4 || ports["22"] || ports["80"] {
			t.Errorf("the ports are %v", ports)
		}
		failed("more than there are", ask(nil))
		for _, c := range waiting {
			if _, err := io.Copy(io.Discard, c); timedOut(err) {
				t.Error("a port stays open")
			}
		}
		eventually(t, "a free port", func() bool { return ask(map[string]any{"timeout": 1}) != "FAILED" })
		eventually(t, "the end of the last port", func() bool { return ask(map[string]any{"timeout": 1, "sport": 7000}) == "7000" })
	})
	s.settles("guesses", func() {
		for i := range 12 {
			failed("a guess", ask(map[string]any{"auth": []any{nil, "", "planted", channelSecret + "x", channelSecret[1:], 0}[i%5]}))
		}
		failed("the right secret after many guesses", ask(nil))
		s.from = "127.0.0.80"
		if answer := ask(map[string]any{"timeout": 1}); answer == "FAILED" {
			t.Error("another source is kept out, too")
		}
	})
	audit := s.must(t, "admin", "audit", "export")
	has(t, audit, "console.port", "control:nobody", "control:secret", "control:viewer")
	hasNot(t, audit+s.server.Log(), channelSecret, "k4tzpm8w")
	honest(t, s.world)
	hasNot(t, s.server.Log(), `"level":"ERROR"`)
	s.ends()
}
