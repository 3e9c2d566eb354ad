package consoleproxy

import (
	"bufio"
	"cmp"
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"gwm/core"
)

// ChannelConfig is what NewChannel needs.
type ChannelConfig struct {
	Rules       Rules        // where ports may lead
	Dialer      Dialer       // that looks at addresses itself; nil: directly
	Ports       Ports        // that are given away
	Certificate *Certificate // for viewers that speak TLS; nil: that is refused
	// Secret is what callers over TCP must show; without one they are refused. Who
	// may open a Unix socket needs none.
	Secret core.Secret
	// Callers sign the certificates of callers over TCP, who speak TLS then, and need no
	// secret where they show one; with it Certificate is needed, too. nil: no TLS.
	Callers *Authorities
	// Compat serves programs that were made for TwistedVNCAuthProxy: nobody shows a
	// secret, and a password stays good until the end of its window. Serve then takes
	// listeners on the loopback and Unix sockets only.
	Compat bool
	Most   int // ports open at once; 0: 64
	// Record writes down who asked for what, before the answer: Core.RecordPort.
	Record func(ctx context.Context, call core.PortCall) error
	Log    *slog.Logger
}

// Channel is the control channel: programs ask it, in one line of JSON, for a port
// that leads one viewer to the screen of a VM, and get the number of the port or
// FAILED. No session stands behind it, so that who may use it reaches every screen
// that its rules permit.
type Channel struct {
	cfg      ChannelConfig
	tls      *tls.Config // for callers over TCP; nil: without
	failures *rates[netip.Prefix]
	running  sync.WaitGroup

	mu   sync.Mutex
	open int
}

// failed is the one answer to what is refused, whatever the reason.
const failed = "FAILED\r\n"

// NewChannel makes a control channel.
func NewChannel(cfg ChannelConfig) (*Channel, error) {
	if cfg.Record == nil || cfg.Log == nil || cfg.Ports.First < 1 || cfg.Ports.Last < cfg.Ports.First || cfg.Ports.Last > 65535 {
		return nil, errors.New("the control channel needs a record, a log and a range of ports")
	}
	if cfg.Callers != nil && (cfg.Certificate == nil || cfg.Compat) {
		return nil, errors.New("a control channel for callers with certificates needs one itself, and is not for old programs")
	}
	cfg.Most = cmp.Or(cfg.Most, 64)
	c := &Channel{cfg: cfg, failures: newRates[netip.Prefix](Rate{Burst: 10, Every: 10 * time.Second})}
	c.tls = c.forCallers()
	return c, nil
}

// Serve answers on l until ctx ends, and returns when no port is open any more. It
// closes l.
func (c *Channel) Serve(ctx context.Context, l net.Listener) error {
	defer c.running.Wait()
	local := l.Addr().Network() == "unix"
	if tcp, ok := l.Addr().(*net.TCPAddr); c.cfg.Compat && !local && (!ok || !tcp.IP.IsLoopback()) {
		return errors.Join(l.Close(), core.Errorf(core.CodeInvalid, "the control channel asks nobody for a secret and listens on %s", l.Addr()).
			WithHint("let it listen on 127.0.0.1 or a Unix socket, or switch console.control.compat off"))
	}
	entrance := newDoor(l, Limits{Connections: 64, PerSource: 32})
	entrance.receive(ctx, c.cfg.Log, "control channel", func(ctx context.Context, conn net.Conn) { c.answer(ctx, conn, local) })
	return nil
}

// answer reads one line and answers it.
func (c *Channel) answer(ctx context.Context, conn net.Conn, local bool) {
	from := conn.RemoteAddr().String()
	if local {
		from = "local"
	}
	if conn.SetDeadline(time.Now().Add(requestWait)) != nil {
		return
	}
	conn, name, err := c.receive(ctx, conn, from, local)
	if err != nil {
		c.cfg.Log.Info("refused a caller on the control channel", "addr", from, "err", err)
		return
	}
	line, err := bufio.NewReaderSize(conn, maxRequest).ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		line = nil // parseRequest refuses it
	case err != nil:
		return // it sent no line
	}
	number, err := c.request(ctx, line, caller{from, name, local})
	text := strconv.Itoa(number) + "\r\n"
	if err != nil {
		c.cfg.Log.Info("refused a request on the control channel", "addr", from, "err", err)
		text = failed
	}
	_, _ = io.WriteString(conn, text) // who is gone gets nothing
}

// caller is who asks.
type caller struct {
	from  string
	name  string // in the certificate that was shown; empty: none was
	local bool   // through a Unix socket
}

// request carries a line out and returns the port.
func (c *Channel) request(ctx context.Context, line []byte, who caller) (int, error) {
	from := who.from
	if !who.local && c.failures.wait(sourceOf(from), time.Now()) > 0 {
		return 0, core.Errorf(core.CodeLimit, "too many wrong secrets came from there")
	}
	r, err := parseRequest(line)
	if err != nil {
		return 0, err
	}
	call := core.PortCall{Addr: from, To: net.JoinHostPort(r.Host, strconv.Itoa(int(r.Port)))}
	if call.By = c.shows(r, who); call.By == "" {
		c.failures.take(sourceOf(from), time.Now())
		call.By = "nobody"
		return 0, c.refuse(ctx, call, core.Errorf(core.CodeDenied, "the secret is wrong or missing"))
	}
	if err := c.permits(r); err != nil {
		return 0, c.refuse(ctx, call, err)
	}
	return c.give(ctx, r, call)
}

// shows tells how a caller showed that it may ask; empty: it did not.
func (c *Channel) shows(r portRequest, who caller) string {
	secret := c.cfg.Secret.Reveal()
	switch {
	case c.cfg.Compat:
		return "compat"
	case r.Auth == "" && who.local:
		return "socket"
	case who.name != "":
		return "certificate:" + who.name
	case secret == "":
		return ""
	}
	got, want := hashOf(r.Auth), hashOf(secret)
	if subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
		return "secret"
	}
	return ""
}

// permits says what stands in the way of a request.
func (c *Channel) permits(r portRequest) error {
	switch {
	case !c.cfg.Rules.asked(r.Host, int(r.Port)):
		return notPermitted(net.JoinHostPort(r.Host, strconv.Itoa(int(r.Port))))
	case !c.cfg.Compat && len(r.Password) < leastLetters:
		return badRequest("the password has less than " + strconv.Itoa(leastLetters) + " letters")
	case bool(r.TLS) && c.cfg.Certificate == nil:
		return core.Errorf(core.CodeUnsupported, "there is no certificate for viewers that speak TLS")
	case r.Client.Address != "" && r.Client.Address != c.cfg.Ports.Address:
		return core.Errorf(core.CodeDenied, "ports are opened on %s only", c.cfg.Ports.Address)
	}
	return nil
}

func (c *Channel) refuse(ctx context.Context, call core.PortCall, why error) error {
	call.Refused = core.AsError(why).Message
	return errors.Join(why, c.cfg.Record(ctx, call))
}

// give opens the port and records it.
func (c *Channel) give(ctx context.Context, r portRequest, call core.PortCall) (_ int, err error) {
	if !c.enter() {
		return 0, c.refuse(ctx, call, core.Errorf(core.CodeLimit, "too many ports are open"))
	}
	defer func() {
		if err != nil {
			c.exit()
		}
	}()
	l, err := c.cfg.Ports.listen(ctx, int(r.Wanted))
	if err != nil {
		return 0, c.refuse(ctx, call, err)
	}
	defer func() {
		if err != nil {
			_ = l.Close() // nobody knows of it
		}
	}()
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("the port has no number")
	}
	call.Port = at.Port
	if err := c.cfg.Record(ctx, call); err != nil {
		return 0, err
	}
	p := c.port(r, l, call)
	c.running.Go(func() {
		defer c.exit()
		defer contain(c.cfg.Log, "control channel")
		why := p.run(ctx)
		c.cfg.Log.Info("closed a port of the control channel", "port", at.Port, "why", why.Message)
	})
	return at.Port, nil
}

// port is what waits for the viewer.
func (c *Channel) port(r portRequest, l net.Listener, call core.PortCall) *port {
	dialer := ruled{c.cfg.Rules, c.cfg.Dialer}
	p := &port{
		listener: l, password: r.Password, name: call.To, socket: bool(r.Socket), many: c.cfg.Compat,
		until: time.Now().Add(r.window()), log: c.cfg.Log,
		entered: func(ctx context.Context, addr string) error {
			came := call
			came.By, came.Addr = "viewer", addr
			return c.cfg.Record(ctx, came)
		},
		open: func(ctx context.Context) (net.Conn, serverInit, error) {
			conn, err := dialer.DialContext(ctx, "tcp", call.To)
			if err != nil {
				return nil, serverInit{}, unreachable(r.Host, err)
			}
			init, err := enterWith(ctx, conn, knocking{password: r.screenPassword(), either: true})
			if err != nil {
				_ = conn.Close() // the first error counts
				return nil, serverInit{}, err
			}
			return conn, init, nil
		},
	}
	if r.TLS {
		p.tls = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.cfg.Certificate.get, NextProtos: []string{"http/1.1"}}
	}
	return p
}

func (c *Channel) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open >= c.cfg.Most {
		return false
	}
	c.open++
	return true
}

func (c *Channel) exit() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
}
