package consoleproxy

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"gwm/core"
)

// assets is what make build writes where npm is there: the page with noVNC in it. A
// clean checkout has none.
//
//go:embed all:assets
var assets embed.FS

// The addresses of the page and of its sockets.
const (
	pagePath    = "/console"
	controlPath = "/console/control"
	screenPath  = "/console/rfb"
)

// pageFiles are the files of the page with their types.
var pageFiles = map[string]struct{ file, kind string }{
	pagePath:              {"assets/index.html", "text/html; charset=utf-8"},
	"/console/app.js":     {"assets/app.js", "text/javascript; charset=utf-8"},
	"/console/style.css":  {"assets/style.css", "text/css; charset=utf-8"},
	"/console/NOTICE.txt": {"assets/NOTICE.txt", "text/plain; charset=utf-8"},
}

// PageMissing is the error of a program that was built without the page; nil where it
// has it.
func PageMissing() error { return pageMissing(assets) }

func pageMissing(files fs.FS) error {
	for _, f := range pageFiles {
		if _, err := fs.Stat(files, f.file); err != nil {
			return core.Errorf(core.CodeUnsupported, "this gwm was built without the page for screens in browsers").
				WithHint("the administrator builds it where npm is there (make build); a VNC viewer works as it is: gwm vm vnc --viewer")
		}
	}
	return nil
}

// pagePolicy lets the page load what it is made of and connect with its own
// server. noVNC draws pictures from data: and blob: addresses that it makes.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// maxBrowsers is how many pages are open at once.
const maxBrowsers = 500

// LinkTo makes the addresses of the page that redeems tickets. public is how
// browsers reach the server, such as https://gwm.example.org:8889. The secret is
// behind a #, which browsers send to nobody.
func LinkTo(public string) (func(ticket core.Secret) (string, error), error) {
	u, err := url.Parse(public)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, core.Errorf(core.CodeInvalid, "the address of the console page must be like https://gwm.example.org:8889")
	}
	base := "https://" + u.Host + pagePath + "#"
	return func(ticket core.Secret) (string, error) { return base + ticket.Reveal(), nil }, nil
}

// pages serves the page of consoles in browsers and its sockets.
type pages struct {
	log      *slog.Logger
	public   string // origin that people know the server by; empty: only its host
	redeem   func(ctx context.Context, ticket core.Secret, addr string) (occupant, error)
	open     func(ctx context.Context, seat sitter) (net.Conn, serverInit, error)
	failures *rates[netip.Prefix]
	files    fs.FS
	ctx      context.Context // ends with the server
	stop     context.CancelCauseFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	browsers map[*browser]bool
}

func newPages(cfg Config) *pages {
	if cfg.Screens == nil {
		return nil
	}
	p := &pages{
		log: cfg.Log, public: strings.TrimSuffix(cfg.PublicURL, "/"), browsers: map[*browser]bool{},
		failures: newRates[netip.Prefix](cfg.Limits.Failures), files: assets,
		redeem: func(ctx context.Context, ticket core.Secret, addr string) (occupant, error) {
			seat, err := cfg.Core.Redeem(ctx, ticket, addr)
			if err != nil {
				return nil, err
			}
			return seated{seat}, nil
		},
		open: cfg.Screens.open,
	}
	p.ctx, p.stop = context.WithCancelCause(context.Background())
	return p
}

// owns tells whether an address is one of the page.
func (p *pages) owns(path string) bool {
	return p != nil && (path == pagePath || strings.HasPrefix(path, pagePath+"/"))
}

// serve answers one request.
func (p *pages) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case controlPath, screenPath:
		p.socket(w, r)
		return
	}
	f, ok := pageFiles[r.URL.Path]
	if !ok {
		say(w, http.StatusNotFound, "there is nothing at this address")
		return
	}
	if err := pageMissing(p.files); err != nil {
		say(w, http.StatusNotImplemented, core.AsError(err).Message)
		return
	}
	content, err := fs.ReadFile(p.files, f.file)
	if err != nil {
		say(w, http.StatusInternalServerError, "something went wrong inside gwm")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Type", f.kind)
	if _, err := w.Write(content); err != nil {
		p.log.Debug("a browser left before it had the page", "err", err)
	}
}

// socket takes a WebSocket in. What comes from another page, or from none, and
// what names no secret gets no further.
func (p *pages) socket(w http.ResponseWriter, r *http.Request) {
	kind, secret, ok := offered(r)
	if !r.ProtoAtLeast(1, 1) || !ownOrigin(r, p.public) || !ok || kind == withLink != (r.URL.Path == screenPath) {
		say(w, http.StatusForbidden, "this address is for the page of a console")
		return
	}
	p.running.Add(1) // before Shutdown may forget about the connection
	defer p.running.Done()
	conn, err := upgrade(w, r)
	if err != nil {
		p.log.Debug("no WebSocket came about", "err", err)
		return
	}
	from := sourceOf(r.RemoteAddr)
	if p.failures.wait(from, time.Now()) > 0 {
		refuse(conn, closeLimited, core.Errorf(core.CodeLimit, "too many wrong links came from your address").WithHint("wait some minutes"))
		return
	}
	switch kind {
	case withLink:
		p.watch(conn, from, secret)
	case withTicket:
		p.begin(r, conn, from, core.NewSecret(secret))
	case withResume:
		p.resume(conn, from, secret)
	}
}

// refuse tells a page why it gets no further.
func refuse(conn *websocket.Conn, code int, why *core.Error) {
	m := complaint("end", why)
	if conn.SetWriteDeadline(time.Now().Add(closeWait)) == nil {
		_ = conn.WriteJSON(m) // who is gone hears nothing
	}
	hangUp(conn, code, m.Text)
}

// begin redeems a ticket.
func (p *pages) begin(r *http.Request, conn *websocket.Conn, from netip.Prefix, ticket core.Secret) {
	ctx, cancel := context.WithTimeout(r.Context(), askWait)
	defer cancel()
	seat, err := p.redeem(ctx, ticket, r.RemoteAddr)
	if err != nil {
		e := core.AsError(err)
		if e.Code == core.CodeDenied {
			p.failures.take(from, time.Now())
		} else {
			p.log.Warn("cannot redeem a ticket", "err", err)
		}
		refuse(conn, closeDenied, e)
		return
	}
	if kind := seat.Info().Kind; kind != core.ConsoleVNC {
		seat.Close(core.Errorf(core.CodeUnsupported, "a browser shows screens only"))
		refuse(conn, closeDenied, core.Errorf(core.CodeUnsupported, "a browser shows screens, not %s consoles", kind))
		return
	}
	b := newBrowser(seat)
	if !p.add(b) {
		seat.Close(core.Errorf(core.CodeLimit, "too many consoles are open in browsers"))
		refuse(conn, closeDenied, core.Errorf(core.CodeLimit, "too many consoles are open in browsers").WithHint("close one that nobody needs"))
		return
	}
	p.running.Go(func() { // it outlives this socket: the browser may come back
		b.keep(p.ctx)
		p.remove(b)
	})
	p.attend(conn, b)
}

// resume takes a browser back that lost its network.
func (p *pages) resume(conn *websocket.Conn, from netip.Prefix, secret string) {
	key := hashOf(secret)
	b := p.find(func(b *browser) bool { return b.comesBack(key) })
	if b == nil {
		p.failures.take(from, time.Now())
		refuse(conn, closeDenied, core.Errorf(core.CodeDenied, "this console is over: the page was away for too long, or gwm was started anew").
			WithHint("ask gwm for a new link"))
		return
	}
	p.attend(conn, b)
}

// attend serves a control socket until it ends.
func (p *pages) attend(conn *websocket.Conn, b *browser) {
	letIn(conn)
	c := newControl(conn)
	info := b.seat.Info()
	c.send(message{
		Type: "hello", VM: core.Printable(info.VM.Name), Cluster: core.Printable(info.VM.Cluster), User: core.Printable(info.User),
		Resume: b.attach(c), Powers: powersOf(b.seat),
	})
	var writing sync.WaitGroup
	writing.Go(c.write)
	leaves := c.serve(p.ctx, b)
	b.detach(c, leaves)
	writing.Wait()
}

// errReplaced ends a socket of a screen for the next one of the same browser.
var errReplaced = errors.New("another connection with the screen took over")

// screenWait is for both handshakes, with all that must be opened for them.
const screenWait = rfbHandshake + visitWait + dialWait

// watch carries the screen to a browser.
func (p *pages) watch(conn *websocket.Conn, from netip.Prefix, secret string) {
	key, now := hashOf(secret), time.Now()
	b := p.find(func(b *browser) bool { return b.useLink(key, now) })
	if b == nil {
		p.failures.take(from, now)
		hangUp(conn, closeDenied, "this link is not good")
		return
	}
	letIn(conn)
	ctx, done := b.takeScreen(p.ctx)
	defer done()
	s := newStream(conn, func() error { return context.Cause(ctx) })
	defer s.wait()
	defer func() { _ = s.Close() }()
	err := p.connect(ctx, b, s)
	if err == nil || ctx.Err() != nil {
		return
	}
	e := core.AsError(err)
	if e.Code == core.CodeInternal {
		p.log.Warn("cannot show a screen", "err", err)
	}
	m := complaint("screen", e)
	s.because(closeBroken, m.Text)
	b.tell(m)
}

// connect does both handshakes and carries bytes until one side ends. The error
// is a *core.Error, nil where it was the browser that ended.
func (p *pages) connect(ctx context.Context, b *browser, s *stream) error {
	stop := context.AfterFunc(ctx, func() { _ = s.Close() }) // while greet waits
	defer stop()
	late := time.AfterFunc(screenWait, func() { _ = s.conn.Close() })
	var screen net.Conn
	var failed error
	err := welcome{
		name: b.seat.Info().VM.Name,
		open: func() (serverInit, error) {
			var init serverInit
			screen, init, failed = p.open(ctx, b.seat)
			return init, failed
		},
	}.greet(s)
	late.Stop()
	if failed != nil {
		return failed
	}
	if screen == nil {
		s.because(websocket.ClosePolicyViolation, "this is not what the page sends")
		return nil // the browser left
	}
	defer screen.Close()
	if err != nil {
		return nil // as well
	}
	b.tell(message{Type: "screen"})
	if splice(ctx, s, farewell{screen, s}) {
		return core.Errorf(core.CodeUnreachable, "the VM's screen ended the connection")
	}
	return nil
}

// farewell is a screen whose end the browser is told as such.
type farewell struct {
	net.Conn
	browser *stream
}

func (f farewell) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	if err != nil {
		f.browser.because(closeBroken, "the screen ended")
	}
	return n, err
}

// add remembers a browser, if there is room.
func (p *pages) add(b *browser) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.browsers) >= maxBrowsers {
		return false
	}
	p.browsers[b] = true
	return true
}

func (p *pages) remove(b *browser) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.browsers, b)
}

// find asks each browser. It costs the same whether one is found or not, but for
// those that are behind it.
func (p *pages) find(is func(*browser) bool) (found *browser) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for b := range p.browsers {
		if is(b) {
			found = b
		}
	}
	return found
}
