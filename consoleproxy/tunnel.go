package consoleproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// tunnel connects with the screen of an endpoint from its node, as the node itself
// would: for a screen that listens on the node's own loopback. A Read under way
// returns at Close where the node answers, else when that is noticed, which takes
// 40 seconds.
func (b *Switchboard) tunnel(ctx context.Context, h host, at core.Endpoint) (net.Conn, error) {
	if b.own != nil {
		return b.own.tunnel(ctx, at)
	}
	return b.nodes.tunnel(ctx, h, at)
}

// readFile reads the file on its node that holds the password of an endpoint's
// screen, of which it may be at most limit bytes.
func (b *Switchboard) readFile(ctx context.Context, h host, at core.Endpoint, limit int) ([]byte, error) {
	if b.own != nil {
		return b.own.readFile(ctx, at, limit)
	}
	return b.nodes.readFile(ctx, h, at, limit)
}

func (n *nodes) tunnel(ctx context.Context, h host, at core.Endpoint) (net.Conn, error) {
	conn, err := n.visit(ctx, h, at)
	if err != nil {
		return nil, err
	}
	channel, err := open(ctx, n, conn, func() (net.Conn, error) { return conn.client.Dial("tcp", at.Address) })
	if err != nil {
		n.release(conn)
		return nil, err
	}
	return &tunnel{Conn: channel, release: sync.OnceFunc(func() { n.release(conn) })}, nil
}

// tunnel is a connection through a node. A deadline that passes closes it.
type tunnel struct {
	net.Conn
	release func()

	mu          sync.Mutex
	read, write *time.Timer
}

// Close ends the connection.
func (t *tunnel) Close() error {
	t.release()
	_ = t.SetDeadline(time.Time{})
	if err := t.Conn.Close(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// SetDeadline sets both deadlines.
func (t *tunnel) SetDeadline(at time.Time) error {
	return errors.Join(t.SetReadDeadline(at), t.SetWriteDeadline(at))
}

// SetReadDeadline closes the connection at a time; the zero time: never.
func (t *tunnel) SetReadDeadline(at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arm(&t.read, at)
	return nil
}

// SetWriteDeadline does the same: what is not written by then will not be.
func (t *tunnel) SetWriteDeadline(at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arm(&t.write, at)
	return nil
}

func (t *tunnel) arm(timer **time.Timer, at time.Time) {
	if *timer != nil {
		(*timer).Stop()
		*timer = nil
	}
	if !at.IsZero() {
		*timer = time.AfterFunc(time.Until(at), func() { _ = t.Conn.Close() })
	}
}

func (n *nodes) readFile(ctx context.Context, h host, at core.Endpoint, limit int) ([]byte, error) {
	command, err := shellCommand([]string{"cat", "--", at.PasswordFile})
	if err != nil {
		return nil, err
	}
	conn, err := n.visit(ctx, h, at)
	if err != nil {
		return nil, err
	}
	defer n.release(conn)
	f, err := open(ctx, n, conn, func() (remoteFile, error) { return catFile(conn, command, limit) })
	if err != nil {
		return nil, err
	}
	return f.content.within(at)
}

// remoteFile is what a file held; there is nothing to close.
type remoteFile struct{ content *bounded }

func (remoteFile) Close() error { return nil }

// catFile runs a command and keeps its output, one byte more than limit at most.
func catFile(conn *nodeConn, command string, limit int) (remoteFile, error) {
	session, err := conn.client.NewSession()
	if err != nil {
		return remoteFile{}, err
	}
	defer func() { _ = session.Close() }()
	content, complaint := &bounded{most: limit + 1}, &bounded{most: maxComplaint}
	session.Stdout, session.Stderr = content, complaint
	err = session.Run(command)
	var exit *gossh.ExitError
	if errors.As(err, &exit) {
		return remoteFile{}, core.Errorf(core.CodeCluster, "%s cannot read the password of the screen: %s",
			core.Printable(conn.name.node), core.Printable(string(complaint.kept)))
	}
	return remoteFile{content}, err
}

const maxComplaint = 300

// bounded keeps the first bytes of what is written.
type bounded struct {
	kept []byte
	most int
}

// Write drops what is too much.
func (b *bounded) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), b.most-len(b.kept))]...)
	return len(p), nil
}

// within returns the content of a file that was not too large.
func (b *bounded) within(at core.Endpoint) ([]byte, error) {
	if len(b.kept) == b.most {
		return nil, core.Errorf(core.CodeInvalid, "%s on %s has more than %d bytes",
			core.Printable(at.PasswordFile), core.Printable(at.Node), b.most-1)
	}
	return b.kept, nil
}
