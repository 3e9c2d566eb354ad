package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"sync"

	"gwm/consoleproxy"
	"gwm/core"
)

// page is what makes the links to consoles in browsers: to the HTTPS server of gwm
// serve, once it listens, or to one on the loopback that begins with the first
// link.
type page struct {
	missing error // why the program has no page; nil: it has it

	mu    sync.Mutex
	link  func(core.Secret) (string, error) // nil: there is no page yet
	begin func() error                      // makes link; nil: there will be none
	end   func() error                      // nil: nothing began
}

func newPage() *page { return &page{missing: consoleproxy.PageMissing()} }

// Link is consoleproxy.SwitchboardConfig.Link.
func (p *page) Link(ticket core.Secret) (string, error) {
	if p.missing != nil {
		return "", p.missing
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link == nil && p.begin != nil {
		if err := p.begin(); err != nil {
			return "", err
		}
	}
	if p.link == nil {
		return "", core.Errorf(core.CodeUnsupported, "screens in browsers are switched off here").
			WithHint("the administrator switches them on in the configuration (web.listen); a VNC viewer works as it is: gwm vm vnc --viewer")
	}
	return p.link(ticket)
}

// at has links lead to an address.
func (p *page) at(public string) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.link, err = consoleproxy.LinkTo(public)
	return err
}

// Close ends what the first link began.
func (p *page) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin = nil
	if p.end == nil {
		return nil
	}
	return p.end()
}

// alone has the page begin with the first link, on a port of the loopback.
func (p *page) alone(ctx context.Context, c config, domain *core.Core, screens *consoleproxy.Screens, log *slog.Logger) {
	p.begin = func() error {
		l, err := listenTCP(ctx, "the loopback", "127.0.0.1:0")
		if err != nil {
			return err
		}
		c.Web.PublicURL = "https://" + l.Addr().String()
		server, err := c.webServer(domain, screens, l, log)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		if p.link, err = consoleproxy.LinkTo(c.Web.PublicURL); err != nil {
			return errors.Join(err, l.Close())
		}
		serving, stop := context.WithCancel(context.WithoutCancel(ctx))
		served := make(chan error, 1)
		go func() { served <- server.Serve(serving, l) }()
		p.end = sync.OnceValue(func() error {
			stop()
			return <-served
		})
		return nil
	}
}

// publish makes the HTTPS server of gwm serve, nil where it is off, and has links
// to consoles lead there.
func (c config) publish(s *site, l net.Listener, links *page, log *slog.Logger) (*consoleproxy.Server, error) {
	if l == nil || s.board == nil {
		return c.webServer(s.core, nil, l, log)
	}
	if links.missing != nil {
		log.Warn("no screen opens in a browser", "err", links.missing)
	}
	if err := links.at(c.public(l)); err != nil {
		return nil, err
	}
	return c.webServer(s.core, consoleproxy.NewScreens(nil, s.board), l, log)
}

// public is how browsers reach the HTTPS server: as the configuration says, else by
// the address that it listens on, for every address by the name of this machine.
func (c config) public(l net.Listener) string {
	if c.Web.PublicURL != "" {
		return c.Web.PublicURL
	}
	host, port, _ := net.SplitHostPort(l.Addr().String()) // the address of a listener has both
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		name, err := os.Hostname()
		if host = name; err != nil || name == "" {
			host = "localhost"
		}
	}
	return "https://" + net.JoinHostPort(host, port)
}
