package ssh

import (
	"context"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	charm "charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"
)

// connection is one client from accept to close.
type connection struct {
	server *Server
	net    net.Conn
	ip     netip.Addr
	source netip.Prefix
	exempt bool            // neither counted nor blocked
	local  bool            // of the control socket
	name   string          // of a local peer
	leave  func()          // gives back the place among those that have not logged in
	stop   <-chan struct{} // closed when the server stops

	known    atomic.Bool  // a login succeeded
	denied   atomic.Bool  // a login that the key allowed was refused by the account
	excused  atomic.Bool  // the directory could not be asked: nothing failed but us
	stranger atomic.Bool  // the key is nobody's; it was let in at a door
	guesses  atomic.Int32 // wrong codes and passwords, each counted as a failed login

	mu     sync.Mutex
	closed bool        // nothing may be opened any more
	open   int         // session channels
	since  time.Time   // the login
	unused *time.Timer // runs while no session is open
	late   *time.Timer // of somebody who came in at a door
	alive  sync.Once   // starts the keep-alive
	work   sync.WaitGroup
}

// serve runs the connection to its end, including everything it started.
func (c *connection) serve() {
	defer c.leave()
	defer c.close()
	lib, err := wish.NewServer(c.options()...)
	if err != nil {
		c.server.log.Error("cannot set up a connection", "err", err)
		return
	}
	lib.HandleConn(c.net)
	c.mu.Lock()
	c.closed = true
	for _, timer := range []*time.Timer{c.unused, c.late} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.mu.Unlock()
	c.work.Wait()
	c.account()
}

// spawn runs f in a goroutine that the connection waits for. A panic in it, which
// what a client sends might cause, ends the connection and nothing else.
func (c *connection) spawn(f func()) {
	c.work.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				c.server.logPanic(p, debug.Stack())
				c.close()
			}
		}()
		f()
	})
}

// options set up the library for this one connection, so that its callbacks
// know the connection without looking for it.
func (c *connection) options() []charm.Option {
	s := c.server
	opts := []charm.Option{
		func(lib *charm.Server) error {
			for _, signer := range s.keys.signers {
				lib.AddHostKey(signer)
			}
			lib.HandshakeTimeout = s.cfg.Limits.Handshake
			lib.ServerConfigCallback = c.config
			lib.RequestHandlers = map[string]charm.RequestHandler{
				"default":         refuseRequest,
				hostKeysProveType: s.keys.prove,
			}
			lib.ChannelHandlers = map[string]charm.ChannelHandler{"default": refuseChannel, "session": c.openSession}
			return nil
		},
		wish.WithVersion("gwm"),
		charm.EmulatePty(),
		wish.WithMiddleware(c.serveSession, c.contain),
	}
	if s.cfg.Banner != "" {
		opts = append(opts, wish.WithBanner(s.cfg.Banner))
	}
	if !c.local {
		opts = append(opts, wish.WithPublicKeyAuth(c.offered))
	}
	return opts
}

// authenticated is called when the client proved who it is. Who came in at a
// door keeps the place among those that have not logged in.
func (c *connection) authenticated() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stranger.Load() {
		c.late = time.AfterFunc(doorTime, c.close)
	} else {
		c.known.Store(true)
		c.leave()
	}
	c.since = time.Now()
	c.unused = time.AfterFunc(c.server.cfg.Limits.Idle, c.closeIfUnused)
}

// account settles what the end of the connection means for its source.
func (c *connection) account() {
	select {
	case <-c.stop:
		return // it may be us who ended it
	default:
	}
	if c.guesses.Load() > 0 || c.excused.Load() || c.known.Load() && !c.denied.Load() {
		return
	}
	c.fail()
}

// guessed counts a wrong code or password.
func (c *connection) guessed() {
	c.guesses.Add(1)
	c.fail()
}

// fail counts a failed login against the source.
func (c *connection) fail() {
	if c.local || c.exempt {
		return
	}
	if until := c.server.blocks.fail(c.source, time.Now()); !until.IsZero() {
		c.server.log.Warn("source blocked", "source", c.source.String(), "until", until)
	}
}

// begin counts a session channel in; ok is false where there may be no more.
func (c *connection) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.open >= c.server.cfg.Limits.Channels {
		return false
	}
	c.open++
	c.unused.Stop()
	c.work.Add(1)
	return true
}

// release counts it out. It comes before the client is told that the channel is
// closed, so that the client finds the place free at once.
func (c *connection) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
}

// finish is the end of everything that the channel started.
func (c *connection) finish() {
	defer c.work.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open > 0 || c.closed {
		return
	}
	select {
	case <-c.stop:
		c.close()
	default:
		c.unused.Reset(c.server.cfg.Limits.Idle)
	}
}

// openSession serves one session channel.
func (c *connection) openSession(lib *charm.Server, conn *gossh.ServerConn, offer gossh.NewChannel, ctx charm.Context) {
	if !c.begin() {
		_ = offer.Reject(gossh.ResourceShortage, "too many sessions on one connection")
		return
	}
	defer c.finish()
	c.alive.Do(func() {
		c.spawn(func() { c.keepAlive(ctx, conn) })
		c.server.keys.announce(conn)
	})
	ch := newChannel(ctx, c, conn)
	defer ch.cancel()
	defer ch.released.Do(c.release)
	charm.DefaultSessionHandler(lib, conn, sessionOffer{NewChannel: offer, ch: ch}, ch)
}

// turnAway says a line where the version string is expected, which clients
// show, and closes the connection.
func (c *connection) turnAway(line string) {
	_ = c.net.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	_, _ = c.net.Write([]byte(line))
	c.close()
}

// closeSoon closes the connection when the client did not within the grace. Ctx
// is the connection's.
func (c *connection) closeSoon(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(endGrace):
		c.close()
	}
}

func (c *connection) close() { _ = c.net.Close() }

func (c *connection) closeIfUnused() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == 0 {
		c.close()
	}
}
