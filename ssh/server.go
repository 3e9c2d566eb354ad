package ssh

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/ssh/command"
	"gwm/tui"
)

// Config is what New needs.
type Config struct {
	Core *core.Core
	Log  *slog.Logger // nil: nothing is logged
	// HostKeyDir holds ssh_host_ed25519_key and ssh_host_rsa_key, which are made
	// where they are missing. A key in a file with the suffix .next is announced
	// to clients (OpenSSH's UpdateHostKeys) before it takes over by renaming.
	HostKeyDir string
	// UserCAKeys are the public keys of authorities whose user certificates let
	// people in, one a line as in authorized_keys; Revoked lists certificates
	// that do not ("serial: N", "serial: N-M", "id: TEXT" lines).
	UserCAKeys []byte
	Revoked    []byte
	Limits     Limits
	Banner     string // shown before the login; empty: none
	Version    string // of gwm, for the screen and the version command
	Demo       bool   // the clusters are simulated; shown on the screen

	// Run carries out one command line and returns the exit code. Nil:
	// command.Run.
	Run func(ctx context.Context, env command.Env, args []string) int
	// Screen makes the screen of a session. Nil: tui.New.
	Screen func(s *core.Session, o tui.Options) Screen
}

// Screen is the model of a session's program.
type Screen interface {
	tea.Model
	// Close ends what the model still waits for, after the program ended.
	Close()
}

// Server serves gwm over SSH. It is safe for concurrent use; several listeners
// may be served at once.
type Server struct {
	cfg         Config
	log         *slog.Logger
	keys        *hostKeys
	authorities *authorities
	gate        *gate
	blocks      *blocks[netip.Prefix]
	names       *blocks[string] // passwords tried for one name
}

// New checks the configuration, reads or makes the host keys and logs their
// fingerprints. It starts nothing.
func New(cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Run == nil {
		cfg.Run = command.Run
	}
	if cfg.Screen == nil {
		orders := tui.NewOrders()
		cfg.Screen = func(s *core.Session, o tui.Options) Screen {
			o.Orders = orders
			return tui.New(s, o)
		}
	}
	cfg.Limits = cfg.Limits.withDefaults()
	trusted, err := parseAuthorities(cfg.UserCAKeys, cfg.Revoked)
	if err != nil {
		return nil, err
	}
	keys, err := loadHostKeys(cfg.HostKeyDir)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, log: cfg.Log, keys: keys, authorities: trusted,
		gate: newGate(cfg.Limits), blocks: newBlocks[netip.Prefix](cfg.Limits), names: newBlocks[string](namesLimits(cfg.Limits)),
	}
	for _, k := range keys.list() {
		s.log.Info("host key", "type", k.Type, "fingerprint", k.Fingerprint, "next", k.Next)
	}
	return s, nil
}

// HostKeys lists the public host keys, for people to compare.
func (s *Server) HostKeys() []HostKey { return s.keys.list() }

// Serve lets people in from ln until ctx ends. Then it refuses new connections,
// tells the open sessions, gives them Limits.Stop to end, closes them and
// returns nil after all its goroutines ended. It closes ln in any case; the
// error is that of a listener that failed by itself.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	return s.serve(ctx, ln, s.admit)
}

// serve accepts connections that admit lets through; it returns nil for those
// it refused and closed.
func (s *Server) serve(ctx context.Context, ln net.Listener, admit func(net.Conn) *connection) error {
	var all openConnections
	defer all.drain(s.cfg.Limits.Stop)
	defer func() { _ = ln.Close() }()
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	wait := time.Duration(0)
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return nil
		}
		if err != nil {
			var passing interface{ Temporary() bool }
			if !errors.As(err, &passing) || !passing.Temporary() {
				return err
			}
			// Out of file descriptors, for example: others may end meanwhile.
			wait = min(max(2*wait, 5*time.Millisecond), time.Second)
			s.log.Warn("cannot accept a connection", "err", err, "wait", wait)
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
			continue
		}
		wait = 0
		if c := admit(conn); c != nil {
			c.stop = ctx.Done()
			all.start(c)
		}
	}
}

// admit decides before the handshake whether a connection is worth it.
func (s *Server) admit(conn net.Conn) *connection {
	c := &connection{server: s, net: conn, leave: func() {}}
	c.ip, c.source = sourceOf(conn.RemoteAddr())
	c.exempt = s.cfg.Limits.exempt(c.ip)
	if c.exempt {
		return c
	}
	if s.blocks.blocked(c.source, time.Now()) {
		c.turnAway("Too many connections from your network ended without a login, try again later.\r\n")
		return nil
	}
	leave, ok := s.gate.enter(c.source)
	if !ok {
		c.turnAway("Too many logins are under way, try again in a moment.\r\n")
		s.log.Warn("connection refused: too many logins under way", "addr", c.ip.String())
		return nil
	}
	c.leave = leave
	return c
}

// openConnections are the connections of one listener.
type openConnections struct {
	mu    sync.Mutex
	conns map[*connection]struct{}
	work  sync.WaitGroup
}

func (o *openConnections) start(c *connection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conns == nil {
		o.conns = map[*connection]struct{}{}
	}
	o.conns[c] = struct{}{}
	o.work.Go(func() {
		c.serve()
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.conns, c)
	})
}

// drain closes what has no session at once and everything else when the grace
// and a little more is over, and returns when all have ended.
func (o *openConnections) drain(grace time.Duration) {
	o.each(func(c *connection) { c.closeIfUnused() })
	late := time.AfterFunc(grace+2*endGrace, func() {
		o.each(func(c *connection) { c.close() })
	})
	o.work.Wait()
	late.Stop()
}

func (o *openConnections) each(f func(*connection)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for c := range o.conns {
		f(c)
	}
}
