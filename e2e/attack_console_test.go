//go:build linux

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	gossh "golang.org/x/crypto/ssh"

	"gwm/consoleproxy/consoletest"
)

// stand is a site whose cluster oslo has consoles: web1 a serial line, web2 and db1
// screens, and old1 one that claims to be at an address of the link. ann may use
// those of web1, web2 and old1, bob that of db1. The node of oslo has an address of the loopback that no other test uses, so that what
// is dialled there is seen.
type stand struct {
	*world
	t     *testing.T
	host  string // the address
	web   string // of the HTTPS listener
	roots *x509.CertPool
	from  string // where connections to it come from; empty: 127.0.0.1
}

// The ports of the screens, as the simulated cluster gives them.
const (
	portWeb2 = 11001
	portDB1  = 11002
)

// newStand makes a stand. More is added to the configuration; in it HOST stands for
// the node's address.
func newStand(t *testing.T, more ...string) *stand {
	t.Helper()
	w := newServerless(t)
	s := &stand{world: w, t: t, host: ownAddress()}
	var err error
	w.node, err = consoletest.Start()
	check(t, err)
	w.node.Allow(w.actors["mallory"].signer.PublicKey()) // from now on not everybody
	config := small("oslo")
	host, port, err := net.SplitHostPort(w.node.Addr())
	check(t, err)
	config.SSHHost = host
	config.SSHPort, err = strconv.Atoi(port)
	check(t, err)
	config.Nodes = config.Nodes[:1]
	config.Nodes[0].Name = s.host
	for i := range config.VMs {
		config.VMs[i].Node, config.VMs[i].Running, config.VMs[i].Admin = s.host, true, "up"
		if i > 0 {
			config.VMs[i].HV = map[string]any{"serial_console": false, "vnc_bind_address": "0.0.0.0"}
		}
	}
	config.VMs[3].HV = map[string]any{"serial_console": false, "vnc_bind_address": "169.254.169.254"} // old1
	check(t, w.addCluster("oslo", config))
	text, err := os.ReadFile(filepath.Join(w.dir, "gwm.yaml"))
	check(t, err)
	more = append([]string{string(text) + "web:", "  listen: 127.0.0.1:0"}, more...)
	settings := strings.NewReplacer("HOST", s.host, "SECRET", filepath.Join(w.dir, "channel.secret")).Replace(strings.Join(more, "\n")) + "\n"
	if strings.Contains(settings, "FINGERPRINT") { // of a bastion
		made := w.gwm(t, "consoleproxy", "init", "proxy")
		settings = strings.ReplaceAll(settings, "FINGERPRINT", regexp.MustCompile(`[0-9a-f]{64}`).FindString(made))
	}
	check(t, errors.Join(w.write("gwm.yaml", settings), w.write("channel.secret", channelSecret+"\n")))
	w.gwm(t, "cluster", "add", "oslo", "--url", w.clusters["oslo"].URL(), "--user", "gwm", "--password-file", "password", "--ca", "oslo.pem")
	w.up(t)
	s.web = w.webAddr(t)
	pem, err := os.ReadFile(filepath.Join(w.dir, "data", "web.crt"))
	check(t, err)
	s.roots = x509.NewCertPool()
	s.roots.AppendCertsFromPEM(pem)
	for _, name := range []string{"ann", "bob"} {
		w.must(t, "admin", "user", "add", name, "--key", strings.TrimSpace(w.actors[name].authorizedKey()))
	}
	s.give("ann", "web1")
	s.give("ann", "web2")
	s.give("ann", "old1")
	s.give("bob", "db1")
	return s
}

// ownAddress is an address of the loopback that nobody else uses.
func ownAddress() string {
	b := make([]byte, 3)
	_, _ = rand.Read(b) // does not fail
	return fmt.Sprintf("127.%d.%d.%d", 100+b[0]%100, b[1], 1+b[2]%254)
}

func (s *stand) give(who, vm string) {
	s.t.Helper()
	s.must(s.t, "admin", "grant", "set", who, "console", "oslo/"+vm)
}

// knowsNode has gwm and the fake node know each other.
func (s *stand) knowsNode() {
	s.t.Helper()
	key, _, _, _, err := gossh.ParseAuthorizedKey([]byte(s.must(s.t, "admin", "console", "key", "oslo")))
	check(s.t, err)
	s.node.Allow(key)
	if r := s.as(s.t, "admin", "vm", "console", "oslo/web1", "--timeout", "1s"); r.code != 5 {
		s.t.Fatalf("a node that nobody trusts: %+v", r)
	}
	s.must(s.t, "admin", "console", "trust", "oslo", "127.0.0.1", gossh.FingerprintSHA256(s.node.HostKey()), "--yes")
}

// listens has somebody answer at a port of the node until the test ends.
func (s *stand) listens(port int, answer func(net.Conn)) {
	s.t.Helper()
	l, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", net.JoinHostPort(s.host, strconv.Itoa(port)))
	check(s.t, err)
	var all sync.WaitGroup
	var mu sync.Mutex
	conns := map[net.Conn]bool{}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[c] = true
			mu.Unlock()
			all.Go(func() {
				answer(c)
				_ = c.Close()
			})
		}
	})
	s.t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
}

// shows puts a screen at a port of the node.
func (s *stand) shows(port int, o consoletest.ScreenOptions) *consoletest.Screen {
	s.t.Helper()
	screen, err := consoletest.StartScreen(o)
	check(s.t, err)
	s.t.Cleanup(func() { _ = screen.Close() })
	s.listens(port, func(c net.Conn) {
		far, err := net.Dial("tcp", screen.Addr())
		if err != nil {
			return
		}
		go func() {
			_, _ = io.Copy(far, c)
			_ = far.Close()
		}()
		_, _ = io.Copy(c, far)
	})
	return screen
}

// held is a command that somebody runs over SSH and that stays.
type held struct {
	ended     chan struct{}
	out, errs output
	hang      func()
}

// output is what a command prints while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps what is printed.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// hold starts a command on a connection of its own.
func (s *stand) hold(who string, words ...string) *held {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	client, err := s.actors[who].dial(ctx, s.server.addr)
	check(s.t, err)
	stdin, open := io.Pipe()
	h := &held{ended: make(chan struct{})}
	h.hang = sync.OnceFunc(func() {
		cancel()
		_ = open.Close()
		_ = client.Close()
		<-h.ended
	})
	go func() {
		defer close(h.ended)
		_, _ = execute(ctx, client, quote(words), stdin, &h.out, &h.errs) // its text says why it ended
		_ = client.Close()
	}()
	s.t.Cleanup(h.hang)
	return h
}

// text is all that the command has printed.
func (h *held) text() string { return h.out.String() + h.errs.String() }

func (h *held) over() bool {
	select {
	case <-h.ended:
		return true
	default:
		return false
	}
}

// eventually waits until something holds; on a healthy machine that is soon.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// answers is the JSON object that the command prints first.
func (s *stand) answers(h *held, value any) {
	s.t.Helper()
	read := func() error { return json.NewDecoder(strings.NewReader(h.out.String())).Decode(value) }
	eventually(s.t, "an answer", func() bool { return read() == nil || h.over() })
	if err := read(); err != nil {
		s.t.Fatalf("%v: %s", err, h.text())
	}
}

// ticket is the secret of a link that somebody asked for; the session that it stands
// on lasts until the command is ended.
func (s *stand) ticket(who, vm string) (secret string, of *held) {
	s.t.Helper()
	h := s.hold(who, "vm", "vnc", "oslo/"+vm, "--output", "json")
	var ticket struct{ Link string }
	s.answers(h, &ticket)
	_, secret, ok := strings.Cut(ticket.Link, "#")
	if !ok || len(secret) < 43 {
		s.t.Fatalf("no link: %q", ticket.Link)
	}
	return secret, h
}

// viewerPort is a port for a viewer that somebody asked for.
func (s *stand) viewerPort(who, vm string) (address, password string, of *held) {
	s.t.Helper()
	h := s.hold(who, "vm", "vnc", "oslo/"+vm, "--viewer", "--output", "json")
	var port struct{ Address, Password string }
	s.answers(h, &port)
	return port.Address, port.Password, h
}

// dial opens a connection to an address of the test's own servers.
func (s *stand) dial(address string) net.Conn {
	s.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(s.from)}}
	c, err := d.DialContext(s.t.Context(), "tcp", address)
	check(s.t, err)
	s.t.Cleanup(func() { _ = c.Close() })
	check(s.t, c.SetDeadline(time.Now().Add(patience)))
	return c
}

// https opens a connection to the page, with the handshake of TLS done.
func (s *stand) https() net.Conn {
	s.t.Helper()
	c := tls.Client(s.dial(s.web), &tls.Config{RootCAs: s.roots, ServerName: "localhost", MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}})
	check(s.t, c.HandshakeContext(s.t.Context()))
	return c
}

// socket opens a WebSocket as the page does; header is laid over what it sends.
func (s *stand) socket(path, secret string, header http.Header) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{
		NetDialTLSContext: func(context.Context, string, string) (net.Conn, error) { return s.https(), nil },
		HandshakeTimeout:  patience, EnableCompression: true,
	}
	h := http.Header{"Origin": {"https://" + s.web}, "Sec-Websocket-Protocol": {"gwm.v1, " + secret}}
	for k, v := range header {
		h[k] = v
		if v == nil {
			delete(h, k)
		}
	}
	c, answer, err := d.DialContext(s.t.Context(), "wss://"+s.web+path, h)
	if c != nil {
		s.t.Cleanup(func() { _ = c.Close() })
		_ = c.SetReadDeadline(time.Now().Add(patience))
	}
	return c, answer, err
}

// news is a message of the control socket.
type news struct{ Type, VM, User, Resume, Key, Code, Text string }

// hear reads the next message of a type.
func (s *stand) hear(c *websocket.Conn, kind string) news {
	s.t.Helper()
	for {
		var m news
		if err := c.ReadJSON(&m); err != nil {
			s.t.Fatalf("wait for %q: %v", kind, err)
		}
		if m.Type == kind {
			return m
		}
	}
}

// open redeems a ticket that must be good.
func (s *stand) open(ticket string) (*websocket.Conn, news) {
	s.t.Helper()
	c, _, err := s.socket("/console/control", "gwm.ticket."+ticket, nil)
	check(s.t, err)
	return c, s.hear(c, "hello")
}

// refused holds that a secret opens nothing, and returns what its holder is told.
func (s *stand) refused(path, secret string) (code int, text string) {
	s.t.Helper()
	c, _, err := s.socket(path, secret, nil)
	check(s.t, err)
	for {
		_, message, err := c.ReadMessage()
		if e := new(websocket.CloseError); err != nil {
			if !asClose(err, &e) {
				s.t.Fatalf("%s: %v", secret[:10], err)
			}
			return e.Code, text
		}
		text = string(message)
		if strings.Contains(text, `"hello"`) {
			s.t.Fatalf("%s got in: %s", secret[:10], text)
		}
	}
}

func asClose(err error, e **websocket.CloseError) bool { return errors.As(err, e) }

// usage is what the server has open and how much memory it takes, in KiB.
func (s *stand) usage() (files, memory int) {
	s.t.Helper()
	dir := fmt.Sprintf("/proc/%d", s.server.cmd.Process.Pid)
	open, err := os.ReadDir(dir + "/fd")
	check(s.t, err)
	status, err := os.ReadFile(dir + "/status")
	check(s.t, err)
	m := regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		s.t.Fatalf("no memory in %s", status)
	}
	memory, err = strconv.Atoi(string(m[1]))
	check(s.t, err)
	return len(open), memory
}

// growth is how much more memory the server may take after an attack, in KiB. The
// race detector makes everything several times as large.
const growth = 200 << 10

// spare are files that the server may have open more than before: it keeps
// connections with its clusters for a while.
const spare = 3

// settles holds that an attack has left nothing behind: open files and memory are
// as they were before.
func (s *stand) settles(what string, attack func()) {
	s.t.Helper()
	s.must(s.t, "admin", "whoami")
	before, memory := s.usage()
	attack()
	now, more := 0, 0
	eventually(s.t, "the end of all that "+what+" opened", func() bool { now, more = s.usage(); return now <= before+spare })
	if more > memory+growth {
		s.t.Errorf("%s: the server took %d KiB before and takes %d KiB", what, memory, more)
	}
}

// lasting are goroutines of consoleproxy that a server without a console has: those
// that listen, connections with nodes that may be used again, and pages that may ask
// once more why they ended.
var lasting = regexp.MustCompile(`\(\*(Server|Channel)\)\.Serve|\(\*door\)\.(admit|Accept|receive)|\(\*nodeConn\)\.watch|\(\*browser\)\.keep`)

// ends stops the server as it dumps all that runs, and holds that nothing of a
// console does any more. The log must be looked at before.
func (s *stand) ends() {
	s.t.Helper()
	eventually(s.t, "the end of all consoles", func() bool {
		return strings.TrimSpace(s.gwm(s.t, "console", "list", "--output", "json")) == "[]"
	})
	log := len(s.server.Log())
	s.down(s.t, syscall.SIGQUIT)
	for _, goroutine := range strings.Split(s.server.Log()[log:], "\n\n") {
		if strings.Contains(goroutine, "gwm/consoleproxy.") && !lasting.MatchString(goroutine) {
			s.t.Errorf("this still runs:\n%s", goroutine)
		}
	}
}
