package consoleproxy

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"gwm/core"
)

// Pin is the SHA-256 of a certificate.
type Pin [sha256.Size]byte

// ParsePin reads a fingerprint as Certificate.Fingerprint tells it, with or without
// colons.
func ParsePin(s string) (Pin, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(b) != sha256.Size {
		return Pin{}, core.Errorf(core.CodeInvalid, "a fingerprint has 64 hex digits").WithHint("gwm consoleproxy init and the log of gwm serve show it")
	}
	return Pin(b), nil
}

// pinned accepts a peer that has shown one of the certificates, and proved with the
// handshake that it has the key.
func pinned(pins []Pin) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errStranger
		}
		sum := sha256.Sum256(s.PeerCertificates[0].Raw)
		if !slices.ContainsFunc(pins, func(p Pin) bool { return subtle.ConstantTimeCompare(p[:], sum[:]) == 1 }) {
			return errStranger
		}
		return nil
	}
}

// errStranger is of a peer whose certificate is not the one that is expected.
var errStranger = errors.New("the certificate is not one that is trusted")

// BastionConfig is what NewBastion needs.
type BastionConfig struct {
	Certificate *Certificate
	Clients     []Pin // certificates of the gwm that may use it
	Rules       Rules // where connections may lead
	Log         *slog.Logger
}

// Bastion opens TCP connections for gwm from another host, which reaches what gwm
// does not. Both sides show a certificate that the other one knows; over each TLS
// connection one CONNECT of HTTP/1.1 asks for one connection, which the bastion's
// own rules must permit. What is encrypted inside, SSH, stays so.
//
// Who has not shown a certificate takes the room of strangers only, so that nobody
// keeps gwm out with silent connections from one address.
type Bastion struct {
	cfg       BastionConfig
	tls       *tls.Config
	strangers Limits
	known     chan struct{} // holds a value for each connection of a gwm
}

// maxKnown is how many connections all gwm have at once.
const maxKnown = 1024

// NewBastion makes one.
func NewBastion(cfg BastionConfig) (*Bastion, error) {
	if cfg.Certificate == nil || cfg.Log == nil || len(cfg.Clients) == 0 {
		return nil, errors.New("a bastion needs a certificate, a log and who may use it")
	}
	b := &Bastion{cfg: cfg, strangers: Limits{Connections: 512, PerSource: 256}, known: make(chan struct{}, maxKnown)}
	b.tls = &tls.Config{
		MinVersion: tls.VersionTLS13, GetCertificate: cfg.Certificate.get, ClientAuth: tls.RequireAnyClientCert,
		VerifyConnection: pinned(cfg.Clients), SessionTicketsDisabled: true,
	}
	return b, nil
}

// Serve answers on l until ctx ends, and returns when every connection has ended.
// It closes l.
func (b *Bastion) Serve(ctx context.Context, l net.Listener) error {
	entrance := newDoor(l, b.strangers)
	entrance.receive(ctx, b.cfg.Log, "bastion", b.answer)
	return nil
}

// answer serves one connection.
func (b *Bastion) answer(ctx context.Context, conn net.Conn) {
	from := conn.RemoteAddr().String()
	if conn.SetDeadline(time.Now().Add(requestWait)) != nil {
		return
	}
	secure := tls.Server(conn, b.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		b.cfg.Log.Warn("refused a connection", "addr", from, "err", err)
		return
	}
	select {
	case b.known <- struct{}{}:
		defer func() { <-b.known }()
	default:
		b.cfg.Log.Warn("refused a connection", "addr", from, "err", "as many are open as are possible")
		return
	}
	if g, ok := conn.(*guest); ok {
		g.leave()
	}
	// The client sends nothing after its request before that is answered: what the
	// buffer reads too far would be a breach, and is dropped.
	r, err := http.ReadRequest(bufio.NewReader(io.LimitReader(secure, maxRequest)))
	if err != nil || r.Method != http.MethodConnect {
		_, _ = io.WriteString(secure, "HTTP/1.1 405 only CONNECT\r\n\r\n") // it is closed either way
		return
	}
	if conn.SetDeadline(time.Now().Add(2*dialWait)) != nil {
		return
	}
	far, err := ruled{rules: b.cfg.Rules}.DialContext(ctx, "tcp", r.RequestURI)
	if err != nil {
		b.refuse(secure, from, r.RequestURI, err)
		return
	}
	defer func() { _ = far.Close() }()
	if _, err := io.WriteString(secure, "HTTP/1.1 200 connected\r\n\r\n"); err != nil || conn.SetDeadline(time.Time{}) != nil {
		return
	}
	b.cfg.Log.Info("opened a connection", "addr", from, "to", core.Printable(r.RequestURI))
	splice(ctx, secure, far)
}

// refuse tells the client why there is no connection: 403 for the rules, 502 for
// the network.
func (b *Bastion) refuse(w io.Writer, from, to string, err error) {
	b.cfg.Log.Warn("refused to open a connection", "addr", from, "to", core.Printable(to), "err", err)
	answer := "HTTP/1.1 502 not reached\r\n\r\n"
	if errors.Is(err, errRules) {
		answer = "HTTP/1.1 403 not permitted\r\n\r\n"
	}
	_, _ = io.WriteString(w, answer) // who is gone hears nothing
}
