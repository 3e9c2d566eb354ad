// Package consoleproxy carries the bytes of consoles, and is the HTTPS side of
// gwm: what machines and browsers ask for that do not speak SSH.
//
// Of HTTPS it guarantees that a secret is in no log, no error and no audit record,
// also where an old hook sends it in the address; that who has no good secret
// learns nothing, not even which clusters there are; and that nobody makes it do
// more work than its limits allow. It reaches the domain through a
// core.TokenReader only.
//
// Of consoles it guarantees that whoever holds a core.Seat is thrown out as soon
// as that is over; that a guest or a person who does not read holds up nobody
// else; that gwm shows its key to no node whose own key is not trusted; and that
// no buffer, queue or wait is without a bound. It decides nothing: who may sit
// where is the seat's to say.
package consoleproxy

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"gwm/core"
)

// Config is what New needs.
type Config struct {
	Core        *core.Core
	Log         *slog.Logger
	Certificate *Certificate
	PathSecrets bool // also take secrets in addresses, as old hooks send them
	Limits      Limits

	Screens   *Screens // what the page for consoles shows; nil: there is no such page
	PublicURL string   // how browsers reach the server, if not by its own name: https://gwm.example.org
}

// Limits bound what strangers and machines may cost.
type Limits struct {
	Connections int           // open at once
	PerSource   int           // of them from one source: an IPv4 address or an IPv6 /64
	Requests    Rate          // of one source
	Failures    Rate          // wrong secrets of one source; then it waits, whatever it sends
	Token       Rate          // requests with one token
	Timeout     time.Duration // for a request to arrive, and for the answer to leave
	Header      int           // bytes
}

// DefaultLimits suit nodes that install some VMs at once.
func DefaultLimits() Limits {
	return Limits{
		Connections: 256, PerSource: 32,
		Requests: Rate{Burst: 60, Every: time.Second},
		Failures: Rate{Burst: 10, Every: time.Minute},
		Token:    Rate{Burst: 120, Every: 500 * time.Millisecond},
		Timeout:  15 * time.Second, Header: 8 << 10,
	}
}

// Server answers over HTTPS.
type Server struct {
	cfg   Config
	front *front
}

// New makes a server.
func New(cfg Config) (*Server, error) {
	if cfg.Core == nil || cfg.Certificate == nil || cfg.Log == nil {
		return nil, errors.New("consoleproxy needs a core, a certificate and a log")
	}
	return &Server{cfg: cfg, front: newFront(cfg)}, nil
}

// Serve answers on l until ctx ends, and returns after the last answer left or
// its time was over. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	lim := s.cfg.Limits
	srv := &http.Server{
		Handler:           s.front,
		ReadHeaderTimeout: lim.Timeout,
		ReadTimeout:       lim.Timeout,
		WriteTimeout:      2 * lim.Timeout,
		MaxHeaderBytes:    lim.Header,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug), // broken handshakes; it never has an address asked for
		BaseContext:       func(net.Listener) context.Context { return ctx },
		Protocols:         new(http.Protocols),
	}
	srv.Protocols.SetHTTP1(true)
	srv.SetKeepAlivesEnabled(false)
	served := make(chan error, 1)
	go func() {
		served <- srv.Serve(tls.NewListener(corks{newDoor(l, lim)}, &tls.Config{
			MinVersion: tls.VersionTLS13, GetCertificate: s.cfg.Certificate.get, NextProtos: []string{"http/1.1"},
		}))
	}()
	defer s.front.close()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	s.front.stop() // srv knows nothing of WebSockets
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), lim.Timeout)
	defer cancel()
	err := srv.Shutdown(grace)
	if err != nil {
		err = errors.Join(err, srv.Close())
	}
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	return err
}

// sourceOf is what the addresses of one client have in common.
func sourceOf(addr string) netip.Prefix {
	_, source := core.SourceOf(addr)
	return source
}
