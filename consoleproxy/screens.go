package consoleproxy

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"gwm/core"
)

const (
	dialWait     = 10 * time.Second // for TCP to a screen
	passwordFile = 1 << 10          // bytes
)

// Screens connects seats with the screens of their VMs: directly, or through the
// node's SSH server where the screen listens on the node's loopback only. It dials
// what the seat's Endpoint names and nothing else.
type Screens struct {
	dialer Dialer
	board  *Switchboard
}

// NewScreens makes one. dialer reaches screens that listen in the nodes' network;
// nil: as board reaches the nodes. board has the SSH connections to the nodes.
func NewScreens(dialer Dialer, board *Switchboard) *Screens {
	if dialer == nil && board != nil {
		dialer = board.cfg.Dialer
	}
	if dialer == nil {
		// The loopback is left in: a node that is this machine may be known here so.
		dialer = &net.Dialer{Control: judge(func(at netip.AddrPort) bool { return !nowhere(at.Addr().Unmap()) })}
	}
	return &Screens{dialer: dialer, board: board}
}

// open asks where the screen is, connects and logs in. The error is a *core.Error,
// CodeState where the VM does not run.
func (s *Screens) open(ctx context.Context, seat sitter) (net.Conn, serverInit, error) {
	at, err := seat.Endpoint(ctx)
	if err != nil {
		return nil, serverInit{}, err
	}
	if at.Problem != "" {
		return nil, serverInit{}, core.Errorf(core.CodeUnsupported, "%s", core.Printable(at.Problem))
	}
	password, err := s.password(ctx, seat, at)
	if err != nil {
		return nil, serverInit{}, err
	}
	conn, err := s.dial(ctx, seat, at)
	if err != nil {
		return nil, serverInit{}, err
	}
	init, err := enter(ctx, conn, password)
	if err != nil {
		_ = conn.Close() // the first error counts
		return nil, serverInit{}, err
	}
	return conn, init, nil
}

// password is the first line of the file that the endpoint names.
func (s *Screens) password(ctx context.Context, seat sitter, at core.Endpoint) (string, error) {
	if at.PasswordFile == "" {
		return "", nil
	}
	content, err := s.board.readFile(ctx, seat, at, passwordFile)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(content, []byte("\n"))
	password := strings.TrimSuffix(string(line), "\r")
	if password == "" {
		return "", core.Errorf(core.CodeCluster, "the file with the password of the screen is empty on %s", core.Printable(at.Node)).
			WithHint("put a password into %s there", core.Printable(at.PasswordFile))
	}
	return password, nil
}

func (s *Screens) dial(ctx context.Context, seat sitter, at core.Endpoint) (net.Conn, error) {
	if at.Loopback {
		return s.board.tunnel(ctx, seat, at)
	}
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	conn, err := s.dialer.DialContext(ctx, "tcp", at.Address)
	if errors.Is(err, errRules) {
		return nil, core.Errorf(core.CodeCluster, "the screen of the VM is at an address where no node can be: %s", core.Printable(at.Address)).
			WithHint("look at the VM's parameter vnc_bind_address")
	}
	if err != nil {
		e := unreachable(at.Node, err)
		return nil, &core.Error{
			Code: core.CodeUnreachable, Err: err, Message: "the screen of the VM cannot be reached: " + e.Message,
			Hint: "look whether the VM runs, and whether gwm reaches the ports 5900 and up of its node",
		}
	}
	return conn, nil
}

// enter does the handshake in the time that it may take.
func enter(ctx context.Context, conn net.Conn, password string) (serverInit, error) {
	return enterWith(ctx, conn, knocking{password: password})
}

func enterWith(ctx context.Context, conn net.Conn, k knocking) (serverInit, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(rfbHandshake)); err != nil {
		return serverInit{}, unreachable("the screen", err)
	}
	init, err := k.with(conn)
	if err != nil {
		return init, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil || !stop() {
		return init, core.Errorf(core.CodeUnreachable, "the VM's screen does not answer: the connection broke")
	}
	return init, nil
}
