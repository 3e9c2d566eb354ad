package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"

	ldapv3 "github.com/go-ldap/ldap/v3"
)

// maxAnswer is what one login may make us read, in bytes.
const maxAnswer = 8 << 20

// errTooMuch is the error of a server that does not end.
var errTooMuch = errors.New("the answer is larger than any should be")

// connect opens a connection, with TLS where it is wanted, and binds with gwm's
// own name. The connection ends with ctx, whatever the server does.
func (d *Directory) connect(ctx context.Context) (*ldapv3.Conn, error) {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", d.addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = raw.Close() })
	deadline, _ := ctx.Deadline()
	if err := raw.SetDeadline(deadline); err != nil {
		return nil, err
	}
	var bounded net.Conn = &boundedConn{Conn: raw}
	if d.tls != nil && !d.cfg.StartTLS {
		secure := tls.Client(bounded, d.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		bounded = secure
	}
	conn := ldapv3.NewConn(bounded, d.tls != nil && !d.cfg.StartTLS)
	conn.SetTimeout(max(time.Until(deadline), time.Millisecond))
	conn.Start()
	if err := d.introduce(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// introduce does what comes before the questions.
func (d *Directory) introduce(conn *ldapv3.Conn) error {
	if d.cfg.StartTLS {
		if err := conn.StartTLS(d.tls); err != nil {
			return err
		}
	}
	if d.cfg.BindDN == "" {
		return nil
	}
	return conn.Bind(d.cfg.BindDN, d.cfg.BindPassword.Reveal())
}

// boundedConn reads so much and no more.
type boundedConn struct {
	net.Conn
	read atomic.Int64
}

// Read implements io.Reader.
func (c *boundedConn) Read(p []byte) (int, error) {
	if c.read.Load() > maxAnswer {
		return 0, errTooMuch
	}
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}
