//go:build linux

package e2e

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"gwm/consoleproxy/consoletest"
)

// ask sends bytes to the page and returns all that comes back.
func (s *stand) ask(request string) string {
	s.t.Helper()
	c := s.https()
	defer c.Close()
	_, err := io.WriteString(c, request)
	check(s.t, err)
	answer, err := io.ReadAll(c)
	if err != nil && answer == nil {
		s.t.Fatalf("%.80q: %v", request, err)
	}
	return string(answer)
}

// upgrade is the request for a WebSocket with some lines in the place of its own.
func (s *stand) upgrade(line, ticket string, instead ...string) string {
	lines := map[string]string{
		"Host": s.web, "Origin": "https://" + s.web, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "gwm.v1, gwm.ticket." + ticket,
	}
	var more strings.Builder
	for _, l := range instead {
		name, _, _ := strings.Cut(l, ":")
		delete(lines, name)
		if strings.Contains(l, ":") {
			more.WriteString(l + "\r\n")
		}
	}
	text := line + "\r\n"
	for _, name := range []string{"Host", "Origin", "Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol"} {
		if v, ok := lines[name]; ok {
			text += name + ": " + v + "\r\n"
		}
	}
	return text + more.String() + "\r\n"
}

// TestAttackRequests has other pages, other hosts and requests of all shapes come with
// a ticket that is good: none gets in, none spends it, and it is in no log. Nothing
// that a browser keeps is handed out, so that a page under another name, whose name
// leads here (DNS rebinding), has nothing to come with.
func TestAttackRequests(t *testing.T) {
	t.Parallel()
	s := newStand(t, patientPage...)
	ticket, _ := s.ticket("ann", "web2")
	const get = "GET /console/control HTTP/1.1"
	in := func(path string) string { return "GET " + path + " HTTP/1.1" }
	bare := "Sec-WebSocket-Protocol: gwm.v1"
	requests := map[string]string{
		"no origin":                   s.upgrade(get, ticket, "Origin"),
		"origin null":                 s.upgrade(get, ticket, "Origin: null"),
		"another page":                s.upgrade(get, ticket, "Origin: https://evil.example"),
		"a page without TLS":          s.upgrade(get, ticket, "Origin: http://"+s.web),
		"another port":                s.upgrade(get, ticket, "Origin: https://127.0.0.1:1"),
		"an origin that begins alike": s.upgrade(get, ticket, "Origin: https://"+s.web+".evil.example"),
		"an origin that ends alike":   s.upgrade(get, ticket, "Origin: https://evil.example/"+s.web),
		"an origin with a user":       s.upgrade(get, ticket, "Origin: https://"+s.web+"@evil.example"),
		"two origins":                 s.upgrade(get, ticket, "Origin: https://"+s.web, "Origin: https://evil.example"),
		"another host, rebound":       s.upgrade(get, ticket, "Host: evil.example", "Origin: https://evil.example:1"),
		"two hosts":                   s.upgrade(get, ticket, "Host: "+s.web, "Host: evil.example"),
		"no host":                     s.upgrade(get, ticket, "Host"),
		"a forwarded host":            s.upgrade(get, ticket, "Origin: https://evil.example", "X-Forwarded-Host: evil.example"),
		"no protocol of ours":         s.upgrade(get, ticket, "Sec-WebSocket-Protocol: gwm.ticket."+ticket),
		"another protocol":            s.upgrade(get, ticket, "Sec-WebSocket-Protocol: gwm.v2, gwm.ticket."+ticket),
		"two secrets":                 s.upgrade(get, ticket, "Sec-WebSocket-Protocol: gwm.v1, gwm.ticket."+ticket+", gwm.resume.a"),
		"the ticket in the query":     s.upgrade(in("/console/control?ticket="+ticket), ticket, bare),
		"the ticket as it is":         s.upgrade(in("/console/control?gwm.ticket."+ticket), ticket, bare),
		"the ticket in the path":      s.upgrade(in("/console/control/"+ticket), ticket, bare),
		"the ticket in a cookie":      s.upgrade(get, ticket, bare, "Cookie: ticket="+ticket),
		"the ticket as bearer":        s.upgrade(get, ticket, bare, "Authorization: Bearer "+ticket),
		"the ticket as referer":       s.upgrade(get, ticket, bare, "Referer: https://"+s.web+"/console#"+ticket),
		"the socket of the screen":    s.upgrade(in("/console/rfb"), ticket),
		"no upgrade":                  s.upgrade(get, ticket, "Upgrade", "Connection"),
		"an old version of sockets":   s.upgrade(get, ticket, "Sec-WebSocket-Version: 8"),
		"HTTP/1.0":                    s.upgrade("GET /console/control HTTP/1.0", ticket),
		"HTTP/0.9":                    "GET /console/control\r\n\r\n",
		"HTTP/2":                      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"a long header":               s.upgrade(get, ticket, "X-Long: "+strings.Repeat("x", 20<<10)),
		"many headers":                s.upgrade(get, ticket, strings.Split(strings.Repeat("X-Many: x,", 2000), ",")...),
		"a control character":         s.upgrade(get, ticket, "X: a\x00b"),
		"a space before the colon":    strings.Replace(s.upgrade(get, ticket), "Origin:", "Origin :", 1),
	}
	for _, path := range []string{"//console/control", "/console/./control", "/console/../console/control", "/console/control/", "/CONSOLE/control", "/console/control;x", "/console/control%00", "/console\\control", "*"} {
		requests["the path "+path] = s.upgrade(in(path), ticket)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "HEAD", "get", "G\x00T"} {
		requests["the method "+method] = s.upgrade(method+" /console/control HTTP/1.1", ticket)
	}
	s.settles("the requests", func() {
		for what, request := range requests {
			answer := s.ask(request)
			status, _, _ := strings.Cut(answer, "\r\n")
			if !strings.HasPrefix(status, "HTTP/1.") || status[9] != '4' && status[9] != '5' && what != "HTTP/0.9" {
				t.Errorf("%s: %.200q", what, answer)
			}
			if strings.Count(answer, "HTTP/1.") != 1 {
				t.Errorf("%s has several answers: %q", what, answer)
			}
			hasNot(t, answer, ticket, "evil.example", "Set-Cookie", "Access-Control-Allow")
		}
	})
	s.unspent(ticket)
	hasNot(t, s.server.Log(), ticket, "evil.example")
	honest(t, s.world)
}

// unspent holds that a ticket is still good, unless it is too old by now.
func (s *stand) unspent(ticket string) {
	s.t.Helper()
	c, _, err := s.socket(controlPath, "gwm.ticket."+ticket, nil)
	check(s.t, err)
	defer c.Close()
	var m news
	check(s.t, c.ReadJSON(&m))
	if m.Type == "hello" {
		return
	}
	if !strings.Contains(s.must(s.t, "admin", "audit", "list", "--op", "console.redeem"), "it was too old") {
		s.t.Errorf("the ticket is spent: %+v", m)
	}
}

// TestAttackSmuggling sends two requests as one, in all ways that servers have read
// differently: one answer comes, and the connection is closed.
func TestAttackSmuggling(t *testing.T) {
	t.Parallel()
	s := newStand(t, append(slices.Clone(patientPage), "    timeout: 1s")...)
	const second = "GET /console/app.js HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, head := range []string{
		"Content-Length: 0", "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5", "Transfer-Encoding: xchunked",
		"Transfer-Encoding : chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Content-Length: 3\r\nContent-Length: 4", "Content-Length: +3",
		"Content-Length: 0x3", "Content-Length: -1", "Transfer-Encoding:\x0bchunked", "Connection: keep-alive", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAAA",
	} {
		for _, body := range []string{"", "0\r\n\r\n", "1;\x0a=x\r\nA\r\n0\r\n\r\n", "ffffffffffffffff\r\n"} {
			answer := s.ask("GET /console HTTP/1.1\r\nHost: x\r\n" + head + "\r\n\r\n" + body + second)
			if strings.Count(answer, "HTTP/1.") != 1 {
				t.Errorf("%q %q: %.500q", head, body, answer)
			}
		}
	}
	// what every answer of gwm carries
	for path, status := range map[string]string{"/console": "", "/console/nothing": "404", "/console/control": "403", "/": "404", "/keys/": "401"} {
		answer := s.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nReferer: https://evil.example/\r\n\r\n")
		has(t, answer, " "+status, "Content-Security-Policy: default-src 'none'", "frame-ancestors 'none'", "X-Frame-Options: DENY",
			"Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff", "Cache-Control: no-store", "Connection: close")
		hasNot(t, answer, "Access-Control-Allow", "Set-Cookie", "Server:", "unsafe", "evil.example")
	}
	plain := s.dial(s.web)
	_, err := io.WriteString(plain, "GET /console HTTP/1.1\r\nHost: x\r\n\r\n")
	check(t, err)
	if answer, _ := io.ReadAll(plain); !strings.HasPrefix(string(answer), "HTTP/1.0 400") {
		t.Errorf("without TLS: %q", answer)
	}
	for _, config := range []*tls.Config{
		{MaxVersion: tls.VersionTLS12},
		{NextProtos: []string{"h2"}},
		{NextProtos: []string{"\x1b]52;c;ZXZpbA==\x07"}}, // goes into the log of those who log what they refuse
	} {
		config.InsecureSkipVerify = true
		if err := tls.Client(s.dial(s.web), config).HandshakeContext(t.Context()); err == nil {
			t.Errorf("%+v is let in", config)
		}
	}
	honest(t, s.world)
}

// frame is one frame of a WebSocket; masked with zeros, which leave it as it is.
func frame(first byte, masked bool, size int, payload string) []byte {
	bit := byte(0)
	if masked {
		bit = 0x80
	}
	b := []byte{first}
	switch {
	case size < 126:
		b = append(b, bit|byte(size))
	case size < 1<<16:
		b = append(b, bit|126, byte(size>>8), byte(size))
	default:
		b = append(b, bit|127)
		for i := 7; i >= 0; i-- {
			b = append(b, byte(size>>(8*i)))
		}
	}
	if masked {
		b = append(b, 0, 0, 0, 0)
	}
	return append(b, payload...)
}

// TestAttackFrames sends frames that a browser never would over both sockets of a
// console: they end, and nobody else's do.
func TestAttackFrames(t *testing.T) {
	t.Parallel()
	s := newStand(t, patientPage...)
	screen := s.shows(portWeb2, consoletest.ScreenOptions{})
	theirs, _ := s.ticket("bob", "db1")
	bystander, _ := s.open(theirs)
	const fin, text, binary, more, ping, stop = 0x80, 1, 2, 0, 9, 8
	attacks := map[string]func(io.Writer){
		"not masked":             func(w io.Writer) { _, _ = w.Write(frame(fin|binary, false, 5, "hello")) },
		"compressed":             func(w io.Writer) { _, _ = w.Write(frame(fin|0x40|binary, true, 7, "\xf2\x48\xcd\xc9\xc9\x07\x00")) },
		"of the future":          func(w io.Writer) { _, _ = w.Write(frame(fin|0x0b, true, 1, "x")) },
		"huge":                   func(w io.Writer) { _, _ = w.Write(frame(fin|binary, true, 1<<40, "x")) },
		"of a negative size":     func(w io.Writer) { _, _ = w.Write(frame(fin|binary, true, -1, "x")) },
		"a large ping":           func(w io.Writer) { _, _ = w.Write(frame(fin|ping, true, 200, strings.Repeat("x", 200))) },
		"a ping in parts":        func(w io.Writer) { _, _ = w.Write(frame(ping, true, 1, "x")) },
		"a part of nothing":      func(w io.Writer) { _, _ = w.Write(frame(fin|more, true, 1, "x")) },
		"text that is none":      func(w io.Writer) { _, _ = w.Write(frame(fin|text, true, 4, "\xff\xfe{\x00")) },
		"half a frame, then end": func(w io.Writer) { _, _ = w.Write(frame(fin|binary, true, 9, "x")) },
		"half an end":            func(w io.Writer) { _, _ = w.Write(frame(fin|stop, true, 1, "x")) },
		"parts without an end": func(w io.Writer) {
			_, _ = w.Write(frame(binary, true, 1, "x"))
			for range 300 {
				if _, err := w.Write(frame(more, true, 1<<10, strings.Repeat("x", 1<<10))); err != nil {
					return
				}
			}
		},
		"many empty parts and pings": func(w io.Writer) {
			_, _ = w.Write(frame(binary, true, 0, ""))
			for range 500 {
				if _, err := w.Write([]byte(strings.Repeat(string(frame(more, true, 0, ""))+string(frame(fin|ping, true, 4, "ping")), 20))); err != nil {
					return
				}
			}
		},
	}
	s.settles("the frames", func() {
		ticket, of := s.ticket("ann", "web2")
		for what, attack := range attacks {
			for _, path := range []string{screenPath, controlPath} {
				if ticket == "" {
					ticket, of = s.ticket("ann", "web2")
				}
				control, _ := s.open(ticket)
				ticket = ""
				c := control
				if path == screenPath {
					var err error
					c, _, err = s.socket(screenPath, "gwm.link."+linkKey(t, s, control), nil)
					check(t, err)
				}
				raw := c.NetConn()
				attack(raw)
				half(raw)
				if _, err := io.Copy(io.Discard, raw); timedOut(err) {
					t.Errorf("%s: %s stays open", what, path)
				}
				_ = control.Close()
				of.hang()
			}
		}
	})
	if n := screen.Viewers(); n != 0 {
		t.Errorf("%d viewers are at the screen", n)
	}
	linkKey(t, s, bystander)
	honest(t, s.world)
	hasNot(t, s.server.Log(), `"level":"ERROR"`)
}

// half ends what is sent on a connection with TLS.
func half(c net.Conn) {
	if secure, ok := c.(*tls.Conn); ok {
		_ = secure.CloseWrite() // it may be closed already
	}
}

func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// TestAttackSlowly holds connections open at every step of the way in and says no
// more: they are closed, and meanwhile others are served.
func TestAttackSlowly(t *testing.T) {
	t.Parallel()
	s := newStand(t, append(slices.Clone(patientPage), "    timeout: 2s", "    per_source: 16")...)
	request := s.upgrade("GET /console/control HTTP/1.1", strings.Repeat("a", 52))
	hello := clientHello(t)
	steps := map[string]func() net.Conn{
		"nothing":                   func() net.Conn { return s.dial(s.web) },
		"half a handshake of TLS":   func() net.Conn { c := s.dial(s.web); _, _ = c.Write(hello[:len(hello)/2]); return c },
		"a handshake, then nothing": func() net.Conn { return s.https() },
		"half a line":               func() net.Conn { c := s.https(); _, _ = io.WriteString(c, "GET /cons"); return c },
		"half of the headers":       func() net.Conn { c := s.https(); _, _ = io.WriteString(c, request[:len(request)/2]); return c },
		"all of them but the end":   func() net.Conn { c := s.https(); _, _ = io.WriteString(c, request[:len(request)-2]); return c },
		"a body that does not come": func() net.Conn {
			c := s.https()
			_, _ = io.WriteString(c, "GET /console HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n")
			return c
		},
		"a chunk that does not come": func() net.Conn {
			c := s.https()
			_, _ = io.WriteString(c, "GET /keys HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n")
			return c
		},
	}
	s.settles("slow connections", func() {
		var open []net.Conn
		for _, step := range steps {
			for range 2 {
				open = append(open, step())
			}
		}
		// sixteen of one source are all that there may be, others come in
		if n, err := s.dial(s.web).Read(make([]byte, 1)); n != 0 || timedOut(err) {
			t.Errorf("one more of the same source: %v", err)
		}
		s.from = "127.0.0.78"
		ticket, _ := s.ticket("ann", "web2")
		s.open(ticket)
		for _, c := range open {
			if _, err := io.Copy(io.Discard, c); timedOut(err) {
				t.Error("a slow connection stays open")
			}
		}
		s.from = ""
		has(t, s.ask("GET /console/nothing HTTP/1.1\r\nHost: x\r\n\r\n"), "404")
		s.gwm(t, "console", "end", s.seat(), "--yes")
	})
	s.ends()
}

// seat is the ID of the one seat that is taken.
func (s *stand) seat() string {
	s.t.Helper()
	out := s.gwm(s.t, "console", "list", "--output", "json")
	_, id, _ := strings.Cut(out, `"id": "`)
	id, _, ok := strings.Cut(id, `"`)
	if !ok {
		s.t.Fatalf("nobody sits anywhere: %s", out)
	}
	return id
}

// clientHello is how a client of TLS begins.
func clientHello(t *testing.T) []byte {
	t.Helper()
	near, far := net.Pipe()
	defer far.Close()
	go func() {
		_ = tls.Client(near, &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS13}).HandshakeContext(t.Context()) // it is cut
		_ = near.Close()
	}()
	b := make([]byte, 4096)
	n, err := far.Read(b)
	check(t, err)
	return b[:n]
}
