package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"gwm/core"
)

// maxSocketPath is the longest path of a Unix socket that every system takes.
const maxSocketPath = 103

// listeners are where people come in. One that systemd passed to us takes the
// place of the one in the configuration.
type listeners struct {
	ssh     net.Listener
	control net.Listener
	web     net.Listener // nil: HTTPS is off
	caller  net.Listener // nil: the control channel of consoles is off
}

// listen opens what systemd did not pass.
func listen(ctx context.Context, c config, env func(string) string) (l listeners, err error) {
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if err := l.activated(env); err != nil {
		return l, err
	}
	if l.ssh == nil {
		if l.ssh, err = listenTCP(ctx, "ssh.listen", c.SSH.Listen); err != nil {
			return l, err
		}
	}
	if l.control == nil {
		if l.control, err = listenControl(ctx, "control_socket", c.path(c.ControlSocket)); err != nil {
			return l, err
		}
	}
	if l.web == nil && !c.Web.off() {
		if l.web, err = listenTCP(ctx, "web.listen (off: no HTTPS)", c.Web.Listen); err != nil {
			return l, err
		}
	}
	return l, nil
}

func (l *listeners) close() {
	for _, ln := range []net.Listener{l.ssh, l.control, l.web, l.caller} {
		if ln != nil {
			_ = ln.Close() // nobody was let in yet
		}
	}
}

// activated takes the sockets that systemd opened for us (sd_listen_fds(3)): a
// TCP socket is for SSH, one that is named "web" (FileDescriptorName=) for HTTPS,
// a Unix socket is the control socket.
func (l *listeners) activated(env func(string) string) error {
	n, err := strconv.Atoi(env("LISTEN_FDS"))
	if err != nil || env("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil //nolint:nilerr // without a number there are no sockets
	}
	const first = 3
	names := strings.Split(env("LISTEN_FDNAMES"), ":")
	for fd := first; fd < first+n; fd++ {
		f := os.NewFile(uintptr(fd), "systemd socket "+strconv.Itoa(fd-first))
		ln, err := net.FileListener(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("use the socket of systemd: %w", err)
		}
		switch {
		case fd-first < len(names) && names[fd-first] == "web" && ln.Addr().Network() == "tcp" && l.web == nil:
			l.web = ln
		case ln.Addr().Network() == "unix" && l.control == nil:
			l.control = ln
		case ln.Addr().Network() == "tcp" && l.ssh == nil:
			l.ssh = ln
		default:
			return errors.Join(ln.Close(), core.Errorf(core.CodeInvalid, "systemd passed a socket too many: %s", ln.Addr()).
				WithHint("the socket units may hold one TCP address, one more that is named web, and one Unix socket"))
		}
	}
	return nil
}

// listenTCP listens on an address that setting names: where people change it.
func listenTCP(ctx context.Context, setting, addr string) (net.Listener, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, listenError(setting, addr, err)
	}
	return ln, nil
}

// listenControl opens a Unix socket, whose path setting names. One that a server left
// behind is replaced; a server that still answers is not.
func listenControl(ctx context.Context, setting, path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, core.Errorf(core.CodeInvalid, "the path of the socket is longer than %d bytes: %s", maxSocketPath, path).
			WithHint("set %s to a shorter path", setting)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if errors.Is(err, syscall.EADDRINUSE) {
		if err := removeStale(ctx, setting, path); err != nil {
			return nil, err
		}
		ln, err = new(net.ListenConfig).Listen(ctx, "unix", path)
	}
	if err != nil {
		return nil, listenError(setting, path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(listenError(setting, path, err), ln.Close())
	}
	return ln, nil
}

func removeStale(ctx context.Context, setting, path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return listenError(setting, path, err)
	}
	if info.Mode().Type() != os.ModeSocket {
		return core.Errorf(core.CodeInvalid, "%s is in the way: a socket belongs there", path).
			WithHint("remove it, or set %s to another path", setting)
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err == nil {
		return errors.Join(conn.Close(), core.Errorf(core.CodeConflict, "another server answers at %s", path).
			WithHint("stop it, or set %s to another path", setting))
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return listenError(setting, path, err)
	}
	if err := os.Remove(path); err != nil {
		return listenError(setting, path, err)
	}
	return nil
}

// listenError says what stands in the way of listening, and which setting changes it.
func listenError(setting, where string, err error) error {
	hint := "check the address: " + setting
	var e syscall.Errno
	if !errors.As(err, &e) {
		return core.Errorf(core.CodeInvalid, "cannot listen on %s: %w", where, err).WithHint("%s", hint)
	}
	switch {
	case errors.Is(e, syscall.EADDRINUSE):
		hint = "another program listens there: stop it, or set another port: " + setting
	case errors.Is(e, syscall.EACCES):
		hint = "a port below 1024 needs root or CAP_NET_BIND_SERVICE; a socket needs a directory that is ours"
	}
	return core.Errorf(core.CodeInvalid, "cannot listen on %s: %w", where, e).WithHint("%s", hint)
}
