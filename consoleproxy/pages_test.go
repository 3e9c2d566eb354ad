package consoleproxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// Close, Can and Do make a toySeat an occupant.
func (s *toySeat) Close(reason *core.Error) {
	if s.Err() == nil {
		s.revoke(reason)
	}
}

func (s *toySeat) Can(op core.Op) core.Decision {
	if op.Spec().ID == "vm.start" {
		return core.Decision{OK: true}
	}
	return core.Decision{Why: "needs power on berlin/web1.example.org"}
}

func (s *toySeat) Do(_ context.Context, op core.Op) (core.JobID, error) {
	switch op := op.(type) {
	case core.StartVM:
		return 12, nil
	case core.StopVM:
		if op.Force {
			return 0, core.Errorf(core.CodeStepUp, "a code of your second factor is needed")
		}
	}
	return 0, core.Errorf(core.CodeDenied, "needs power on web1").WithHint("ask ann")
}

// lobby is a server whose tickets are words, and whose VMs show one screen.
type lobby struct {
	t      *testing.T
	url    string
	screen *consoletest.Screen
	tls    *tls.Config
	pages  *pages

	mu      sync.Mutex
	tickets map[string]*toySeat
}

func newLobby(t *testing.T, change func(*Config)) *lobby {
	t.Helper()
	l := &lobby{t: t, screen: startScreen(t, consoletest.ScreenOptions{}), tickets: map[string]*toySeat{}}
	board := NewSwitchboard(SwitchboardConfig{})
	t.Cleanup(func() { _ = board.Close() })
	s := newSite(t, func(c *Config) {
		c.Screens = NewScreens(l.screen, board)
		c.Limits.Requests.Burst = 1000
		if change != nil {
			change(c)
		}
	})
	server, err := New(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	l.pages = server.front.pages
	l.pages.redeem = l.redeem
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := len(l.pages.browsers); n != 0 {
			t.Errorf("%d browsers are left", n)
		}
	})
	roots := x509.NewCertPool()
	roots.AddCert(s.cfg.Certificate.kept.current.Leaf)
	l.tls = &tls.Config{RootCAs: roots}
	l.url = "https://" + listener.Addr().String()
	return l
}

// seat makes a ticket.
func (l *lobby) seat(ticket string) *toySeat {
	s := newSeat("ann")
	s.info.Kind = core.ConsoleVNC
	s.endpoint = func() (core.Endpoint, error) {
		return core.Endpoint{VM: web1, Kind: core.ConsoleVNC, Node: "node1", Address: "node1:11000"}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tickets[ticket] = s
	return s
}

func (l *lobby) redeem(_ context.Context, ticket core.Secret, _ string) (occupant, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.tickets[ticket.Reveal()]
	delete(l.tickets, ticket.Reveal())
	if s == nil {
		return nil, core.Errorf(core.CodeDenied, "this link does not open a console").WithHint("ask for a new one")
	}
	return s, nil
}

// dial opens a socket as the page does.
func (l *lobby) dial(path string, protocols ...string) (*websocket.Conn, *http.Response, error) {
	return l.dialWith(path, http.Header{"Origin": {l.url}}, protocols...)
}

func (l *lobby) dialWith(path string, header http.Header, protocols ...string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{TLSClientConfig: l.tls, Subprotocols: protocols, EnableCompression: true, HandshakeTimeout: time.Minute}
	conn, answer, err := d.DialContext(l.t.Context(), "wss"+strings.TrimPrefix(l.url, "https")+path, header)
	if conn != nil {
		l.t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	}
	return conn, answer, err
}

// socket is dial where it must succeed.
func (l *lobby) socket(path string, secret string) *websocket.Conn {
	l.t.Helper()
	conn, _, err := l.dial(path, socketName, secret)
	if err != nil {
		l.t.Fatal(err)
	}
	return conn
}

// hear reads the next message of a type.
func hear(t *testing.T, c *websocket.Conn, kind string) message {
	t.Helper()
	for {
		var m message
		if err := c.ReadJSON(&m); err != nil {
			t.Fatalf("wait for %q: %v", kind, err)
		}
		if m.Type == kind {
			return m
		}
	}
}

// closing reads until the socket is closed, and returns how.
func closing(t *testing.T, c *websocket.Conn) (code int, reason string) {
	t.Helper()
	for {
		_, _, err := c.ReadMessage()
		var e *websocket.CloseError
		if errors.As(err, &e) {
			return e.Code, e.Text
		}
		if err != nil {
			t.Fatalf("closed without a reason: %v", err)
		}
	}
}

// begin redeems a ticket and returns the control socket with its first message.
func (l *lobby) begin(ticket string) (*websocket.Conn, message) {
	l.t.Helper()
	c := l.socket(controlPath, withTicket+ticket)
	return c, hear(l.t, c, "hello")
}

// watch opens the screen and does the handshake.
func (l *lobby) watch(control *websocket.Conn) *websocket.Conn {
	l.t.Helper()
	if err := control.WriteJSON(message{Type: "link"}); err != nil {
		l.t.Fatal(err)
	}
	c := l.socket(screenPath, withLink+hear(l.t, control, "link").Key)
	if _, err := knock(&viewerSocket{Conn: c}, ""); err != nil {
		l.t.Fatal(err)
	}
	return c
}

// viewerSocket is the browser's end of a stream.
type viewerSocket struct {
	*websocket.Conn
	in io.Reader
}

func (v *viewerSocket) Read(p []byte) (int, error) {
	for {
		if v.in != nil {
			if n, _ := v.in.Read(p); n > 0 {
				return n, nil
			}
		}
		_, r, err := v.NextReader()
		if err != nil {
			return 0, err
		}
		v.in = r
	}
}

func (v *viewerSocket) Write(p []byte) (int, error) {
	return len(p), v.WriteMessage(websocket.BinaryMessage, p)
}

func TestTicketIsGoodOnce(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	l.seat("good")
	c, answer, err := l.dial(controlPath, socketName, withTicket+"good")
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Header["Sec-Websocket-Protocol"]; !cmp.Equal(got, []string{socketName}) || answer.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("the answer has %v", answer.Header)
	}
	m := hear(t, c, "hello")
	if m.VM != "web1.example.org" || m.Cluster != "berlin" || m.User != "ann" || len(m.Resume) < 52 {
		t.Errorf("hello: %+v", m)
	}
	want := []power{
		{What: "start", Effect: "web1.example.org is started", May: true},
		{What: "shutdown", Asks: true, Why: "needs power on berlin/web1.example.org"},
	}
	if got := m.Powers[:2]; !got[0].May || got[1].May || got[1].Why != want[1].Why || !got[1].Asks || got[0].Asks {
		t.Errorf("powers: %+v", got)
	}
	var first message
	for i, ticket := range []string{"good", "guessed", strings.Repeat("x", 100)} {
		c := l.socket(controlPath, withTicket+ticket)
		m := hear(t, c, "end")
		if i == 0 {
			first = m
		}
		if code, _ := closing(t, c); code != closeDenied || !cmp.Equal(m, first) {
			t.Errorf("%s: %d %+v", ticket, code, m)
		}
	}
}

func TestSocketsRefuse(t *testing.T) {
	t.Parallel()
	l := newLobby(t, func(c *Config) { c.PublicURL = "https://gwm.example.org/" })
	own := http.Header{"Origin": {l.url}}
	good := withTicket + "good"
	tests := []struct {
		name, path string
		header     http.Header
		protocols  []string
	}{
		{"no origin", controlPath, http.Header{}, []string{socketName, good}},
		{"another origin", controlPath, http.Header{"Origin": {"https://evil.example"}}, []string{socketName, good}},
		{"an origin that begins alike", controlPath, http.Header{"Origin": {l.url + ".evil.example"}}, []string{socketName, good}},
		{"without TLS", controlPath, http.Header{"Origin": {strings.Replace(l.url, "https", "http", 1)}}, []string{socketName, good}},
		{"null", controlPath, http.Header{"Origin": {"null"}}, []string{socketName, good}},
		{"no protocol", controlPath, own, []string{good}},
		{"no secret", controlPath, own, []string{socketName}},
		{"an empty secret", controlPath, own, []string{socketName, withTicket}},
		{"two secrets", controlPath, own, []string{socketName, good, withResume + "x"}},
		{"a long secret", controlPath, own, []string{socketName, withTicket + strings.Repeat("x", 200)}},
		{"a ticket for the screen", screenPath, own, []string{socketName, good}},
		{"a link for the control", controlPath, own, []string{socketName, withLink + "x"}},
		{"something else", controlPath, own, []string{socketName, "binary"}},
	}
	l.seat("good")
	for _, test := range tests {
		_, answer, err := l.dialWith(test.path, test.header, test.protocols...)
		if err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %v %v", test.name, answer, err)
		}
	}
	if _, _, err := l.dialWith(controlPath, http.Header{"Origin": {"https://gwm.example.org"}}, socketName, good); err != nil {
		t.Errorf("the address that people know is refused, or the ticket was spent before: %v", err)
	}
}

func TestFailuresAreCounted(t *testing.T) {
	t.Parallel()
	l := newLobby(t, func(c *Config) { c.Limits.Failures = Rate{Burst: 2, Every: time.Hour} })
	l.seat("good")
	for range 2 {
		if code, _ := closing(t, l.socket(controlPath, withTicket+"guessed")); code != closeDenied {
			t.Errorf("a guess: %d", code)
		}
	}
	for _, secret := range []string{withTicket + "guessed", withTicket + "good", withResume + "guessed"} {
		if code, _ := closing(t, l.socket(controlPath, secret)); code != closeLimited {
			t.Errorf("%s after too many: %d", secret, code)
		}
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	l.seat("good")
	control, _ := l.begin("good")
	if err := control.WriteJSON(message{Type: "link"}); err != nil {
		t.Fatal(err)
	}
	key := hear(t, control, "link").Key
	c := l.socket(screenPath, withLink+key)
	v := &viewerSocket{Conn: c}
	init, err := knock(v, "")
	if err != nil || init.head[4] != 32 {
		t.Fatal(init, err)
	}
	if m := hear(t, control, "screen"); m.Code != "" {
		t.Errorf("told about the screen: %+v", m)
	}
	again := l.socket(screenPath, withLink+key)
	if code, _ := closing(t, again); code != closeDenied {
		t.Errorf("a link that was used: %d", code)
	}
	if _, err := v.Write([]byte{4, 1, 0, 0, 0, 0, 0, 'x'}); err != nil {
		t.Fatal(err)
	}
	if seen, err := l.screen.Await(t.Context(), func(s consoletest.Seen) bool { return len(s.Keys) == 1 }); err != nil || seen.Keys[0] != 'x' {
		t.Error(seen, err)
	}
	if _, err := v.Write([]byte{3, 0, 0, 0, 0, 0, 2, 128, 1, 144}); err != nil {
		t.Fatal(err)
	}
	picture := make([]byte, 16+4*consoletest.ScreenWidth*consoletest.ScreenHeight)
	if _, err := io.ReadFull(v, picture); err != nil {
		t.Fatal(err)
	}
	r, g, b := consoletest.Pixel(300, 0, 1)
	if got, want := binary.LittleEndian.Uint32(picture[16+4*300:]), uint32(r)<<16|uint32(g)<<8|uint32(b); got != want {
		t.Errorf("pixel %06x, want %06x", got, want)
	}

	// The next socket of the screen takes the place of this one.
	next := l.watch(control)
	if code, _ := closing(t, c); code != closeOther {
		t.Errorf("the first socket ends with %d", code)
	}
	l.screen.Drop()
	if code, _ := closing(t, next); code != closeBroken {
		t.Errorf("the screen ended: %d", code)
	}
	if m := hear(t, control, "screen"); m.Code == "" {
		m = hear(t, control, "screen")
		if m.Code != core.CodeUnreachable {
			t.Errorf("told about the end: %+v", m)
		}
	}
}

// Many may sit behind one address: who has a console takes no room at the door.
func TestConsolesLeaveTheDoor(t *testing.T) {
	t.Parallel()
	l := newLobby(t, func(c *Config) { c.Limits.PerSource = 2 })
	for _, ticket := range []string{"one", "two", "three"} {
		l.seat(ticket)
		control, _ := l.begin(ticket)
		l.watch(control)
	}
}

func TestWatchSaysWhyNot(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	s := l.seat("good")
	s.endpoint = func() (core.Endpoint, error) {
		return core.Endpoint{}, core.Errorf(core.CodeState, "web1 does not run").WithHint("start it first")
	}
	control, _ := l.begin("good")
	if err := control.WriteJSON(message{Type: "link"}); err != nil {
		t.Fatal(err)
	}
	c := l.socket(screenPath, withLink+hear(t, control, "link").Key)
	if _, err := knock(&viewerSocket{Conn: c}, ""); err == nil || !strings.Contains(err.Error(), "web1 does not run") {
		t.Errorf("the viewer reads %v", err)
	}
	want := message{Type: "screen", Code: core.CodeState, Text: "web1 does not run", Hint: "start it first"}
	if diff := cmp.Diff(want, hear(t, control, "screen")); diff != "" {
		t.Error(diff)
	}
}

// The end of a seat ends both sockets, each with the reason.
func TestSeatEndsSockets(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	s := l.seat("good")
	control, hello := l.begin("good")
	screen := l.watch(control)
	s.revoke(core.Errorf(core.CodeDenied, "you may not use the console of web1 any more").WithHint("ask ann"))
	if m := hear(t, control, "end"); m.Text != "you may not use the console of web1 any more" || m.Hint != "ask ann" {
		t.Errorf("end: %+v", m)
	}
	for _, c := range []*websocket.Conn{control, screen} {
		if code, reason := closing(t, c); code != closeOver || reason != "you may not use the console of web1 any more" {
			t.Errorf("closed with %d %q", code, reason)
		}
	}
	if code, _ := closing(t, l.socket(controlPath, withResume+hello.Resume)); code != closeOver {
		t.Errorf("somebody comes back: %d", code)
	}
}

func TestComeBack(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	s := l.seat("good")
	first, hello := l.begin("good")
	_ = first.NetConn().Close() // the network drops
	second := l.socket(controlPath, withResume+hello.Resume)
	again := hear(t, second, "hello")
	// The second answer may have got lost: the key before is good until the page has the new one.
	third := l.socket(controlPath, withResume+hello.Resume)
	last := hear(t, third, "hello")
	if code, _ := closing(t, second); code != closeOther {
		t.Errorf("the second socket ends with %d", code)
	}
	if err := third.WriteJSON(message{Type: "have"}); err != nil {
		t.Fatal(err)
	}
	if err := third.WriteJSON(message{Type: "may"}); err != nil {
		t.Fatal(err)
	}
	hear(t, third, "powers")
	if err := third.WriteJSON(message{Type: "ping"}); err != nil {
		t.Fatal(err)
	}
	hear(t, third, "pong")
	for name, key := range map[string]string{"first": hello.Resume, "second": again.Resume} {
		if code, _ := closing(t, l.socket(controlPath, withResume+key)); code != closeDenied {
			t.Errorf("the %s key is good still: %d", name, code)
		}
	}
	if s.Err() != nil || last.Resume == hello.Resume {
		t.Errorf("the seat: %v", s.Err())
	}
	if err := third.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if s.Err() == nil || !strings.Contains(s.Err().Error(), "the page of the console was closed") {
		t.Errorf("the seat ended: %v", s.Err())
	}
}

// TestEndedWhileAway comes back to read why there is nothing to come back to.
func TestEndedWhileAway(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	s := l.seat("good")
	first, hello := l.begin("good")
	_ = first.NetConn().Close() // the network drops
	for l.pages.find((*browser).attended) != nil {
		runtime.Gosched()
	}
	s.revoke(core.Errorf(core.CodeDenied, "you may not use the console any more"))
	if end := hear(t, l.socket(controlPath, withResume+hello.Resume), "end"); end.Text != "you may not use the console any more" {
		t.Errorf("the page reads %q", end.Text)
	}
}

// attended tells that the page is there.
func (b *browser) attended() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.control != nil
}

func TestAwayForTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSeat("ann")
		b := newBrowser(s)
		c := &control{out: make(chan parting, maxWaiting)}
		b.attach(c)
		b.detach(c, false)
		time.Sleep(awayWait - time.Second) // of the bubble's clock
		if s.Err() != nil {
			t.Errorf("over too early: %v", s.Err())
		}
		<-s.Done()
		key := b.newLink(time.Now())
		if b.useLink(hashOf(key), time.Now().Add(linkWait)) || !b.useLink(hashOf(key), time.Now()) || b.useLink(hashOf(key), time.Now()) {
			t.Error("a link is not good once and soon")
		}
	})
}

func TestPowers(t *testing.T) {
	t.Parallel()
	l := newLobby(t, nil)
	l.seat("good")
	control, _ := l.begin("good")
	tests := []struct {
		what string
		want message
	}{
		{"start", message{Type: "done", Number: 1, Text: "job 12: start web1.example.org"}},
		{"shutdown", message{Type: "refused", Number: 1, Code: core.CodeDenied, Text: "needs power on web1", Hint: "ask ann"}},
		{"off", message{Type: "refused", Number: 1, Code: core.CodeStepUp, Text: "a code of your second factor is needed", Hint: "do it on the screen of gwm, which asks for the code"}},
		{"delete", message{Type: "refused", Number: 1, Code: core.CodeInvalid, Text: "there is nothing of this name to do"}},
	}
	for _, test := range tests {
		if err := control.WriteJSON(message{Type: "do", What: test.what, Number: 1}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, hear(t, control, test.want.Type)); diff != "" {
			t.Errorf("%s: %s", test.what, diff)
		}
	}
}

// What a browser that is none sends ends its own sockets and nothing else.
func TestSocketsAreBounded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		screen bool
		send   func(*websocket.Conn) error
		code   int
	}{
		{"text for the screen", true, func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, []byte("hi")) }, websocket.CloseUnsupportedData},
		{"a huge message for the screen", true, func(c *websocket.Conn) error {
			return c.WriteMessage(websocket.BinaryMessage, make([]byte, maxFrames+1))
		}, websocket.CloseMessageTooBig},
		{"no JSON", false, func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, []byte("{")) }, websocket.ClosePolicyViolation},
		{"bytes for the control", false, func(c *websocket.Conn) error { return c.WriteMessage(websocket.BinaryMessage, []byte("{}")) }, websocket.ClosePolicyViolation},
		{"a huge message for the control", false, func(c *websocket.Conn) error {
			return c.WriteMessage(websocket.TextMessage, make([]byte, maxControl+1))
		}, websocket.CloseMessageTooBig},
		{"many questions", false, func(c *websocket.Conn) error {
			for range 40 {
				if err := c.WriteJSON(message{Type: "have"}); err != nil {
					return err
				}
			}
			return nil
		}, websocket.ClosePolicyViolation},
		{"fragments without an end", true, func(c *websocket.Conn) error {
			w, err := c.NextWriter(websocket.BinaryMessage)
			for range 100 {
				if err == nil {
					_, err = w.Write(make([]byte, 64<<10)) // pieces as they come, never the last one
				}
			}
			return nil // it is cut off somewhere
		}, websocket.CloseMessageTooBig},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := newLobby(t, nil)
			l.seat("good")
			c, _ := l.begin("good")
			if test.screen {
				c = l.watch(c)
			}
			if err := test.send(c); err != nil {
				t.Log(err) // it may be cut off before all was sent
			}
			for {
				_, _, err := c.ReadMessage()
				var e *websocket.CloseError
				var timeout net.Error
				if errors.As(err, &e) && e.Code != test.code && e.Code != websocket.CloseAbnormalClosure {
					t.Errorf("closed with %v, want %d", e, test.code)
				}
				if errors.As(err, &timeout) && timeout.Timeout() {
					t.Error("it is not closed")
				}
				if err != nil {
					return
				}
			}
		})
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) { c.Screens = NewScreens(nil, nil) })
	s.front.pages.files = fstest.MapFS{}
	if got := s.ask("GET", "/console"); got.status != http.StatusNotImplemented || got.body != "this gwm was built without the page for screens in browsers\n" {
		t.Errorf("without assets: %+v", got)
	}
	files := fstest.MapFS{"assets/index.html": {Data: []byte("<p>")}, "assets/app.js": {Data: []byte("1")}, "assets/style.css": {}, "assets/secret": {Data: []byte("no")}}
	if err := pageMissing(files); core.CodeOf(err) != core.CodeUnsupported || !strings.Contains(core.AsError(err).Hint, "make build") {
		t.Errorf("with half a page: %v", err)
	}
	files["assets/NOTICE.txt"] = &fstest.MapFile{}
	if err := pageMissing(files); err != nil {
		t.Error(err)
	}
	s.front.pages.files = files
	got := s.ask("GET", "/console")
	csp := got.header.Get("Content-Security-Policy")
	if got.status != http.StatusOK || got.body != "<p>" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") ||
		!strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page: %+v", got)
	}
	if got := s.ask("GET", "/console/app.js"); got.body != "1" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("the script: %+v", got)
	}
	for _, path := range []string{"/console/", "/console/secret", "/console/../assets/secret", "/console/index.html", "/console2"} {
		if got := s.ask("GET", path); got.status != http.StatusNotFound {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := s.ask("POST", "/console"); got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %+v", got)
	}
	if got := s.ask("GET", controlPath, "Origin: https://example.com", "Sec-WebSocket-Protocol: gwm.v1, gwm.ticket.x"); got.status != http.StatusBadRequest || strings.Contains(got.body, "ticket.x") {
		t.Errorf("no WebSocket: %+v", got)
	}
}

func TestLinkTo(t *testing.T) {
	t.Parallel()
	link, err := LinkTo("https://gwm.example.org:8889/")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := link(core.NewSecret("abc")); got != "https://gwm.example.org:8889/console#abc" || err != nil {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "gwm.example.org", "http://gwm.example.org", "https://", "https://u@gwm", "https://gwm/path", "https://gwm/?q"} {
		if _, err := LinkTo(bad); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%q is an address: %v", bad, err)
		}
	}
}
