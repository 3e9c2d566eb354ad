package consoleproxy

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"

	"gwm/core"
)

// hangUpWait is for an ssh program to end that was hung up; then it is killed.
const hangUpWait = 2 * time.Second

// hostName and userName are what may stand in the arguments of ssh: nothing that
// it could take for an option.
var (
	hostName = regexp.MustCompile(`^[0-9A-Za-z_:][0-9A-Za-z_.:-]*$`)
	userName = regexp.MustCompile(`^[0-9A-Za-z_][0-9A-Za-z_.-]*$`)
)

// ownSSH is the ssh program of the person at this machine: it finds the node and
// its key, and asks what it has to ask, as it does in their shell.
type ownSSH struct {
	program string
	start   func(work func()) bool // runs work that is waited for
}

// command is an ssh program that hangs up when ctx ends.
func (o *ownSSH) command(ctx context.Context, at core.Endpoint, options []string, remote ...string) (*exec.Cmd, error) {
	if !hostName.MatchString(at.Node) || !userName.MatchString(at.SSHUser) {
		return nil, core.Errorf(core.CodeCluster, "%q is no name that gwm gives to ssh", core.Printable(at.SSHUser+"@"+at.Node))
	}
	program, err := exec.LookPath(o.program)
	if err != nil {
		return nil, core.Errorf(core.CodeUnsupported, "there is no ssh program on this machine, which consoles need").
			WithHint("install the OpenSSH client")
	}
	args := append([]string{"-p", strconv.Itoa(at.SSHPort), "-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3"}, options...)
	args = append(append(args, at.SSHUser+"@"+at.Node), remote...)
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // checked and quoted
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGHUP) }
	cmd.WaitDelay = hangUpWait
	return cmd, nil
}

// ptyWire is an ssh program on a terminal.
type ptyWire struct {
	node  string
	term  *os.File
	began time.Time
	stop  context.CancelFunc
	ended chan error // size 1: how the program ended
}

// serial runs the command of a console by ssh.
func (o *ownSSH) serial(ctx context.Context, at core.Endpoint) (wire, error) {
	remote, err := shellCommand(withoutEscape(at.Command))
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	cmd, err := o.command(ctx, at, []string{"-t", "-e", "none"}, "--", remote)
	if err != nil {
		stop()
		return nil, err
	}
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "SSH_ASKPASS_REQUIRE=never")
	term, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		stop()
		return nil, core.Errorf(core.CodeInternal, "ssh cannot be started: %w", core.PlainCause(err))
	}
	w := &ptyWire{node: core.Printable(at.Node), term: term, began: time.Now(), stop: stop, ended: make(chan error, 1)}
	if !o.start(func() { w.ended <- cmd.Wait() }) {
		stop()
		w.ended <- cmd.Wait()
		_ = w.Close() // everything ends
		return nil, stopping()
	}
	return w, nil
}

// Read reads what ssh and the guest write.
func (w *ptyWire) Read(p []byte) (int, error) {
	n, err := w.term.Read(p)
	if err != nil {
		err = w.why()
	}
	return n, err
}

// why says why ssh ended.
func (w *ptyWire) why() error {
	late := time.NewTimer(exitWait)
	defer late.Stop()
	var exit *exec.ExitError
	select {
	case err := <-w.ended:
		_ = errors.As(err, &exit)
	case <-late.C:
	}
	switch {
	case exit == nil:
		return core.Errorf(core.CodeState, "the console program on %s ended", w.node)
	case exit.ExitCode() != 255: // what ssh says of itself (ssh(1), EXIT STATUS)
		return core.Errorf(core.CodeState, "the console program on %s ended with status %d", w.node, exit.ExitCode())
	case time.Since(w.began) < steady:
		return core.Errorf(core.CodeRefused, "ssh could not log in to %s", w.node).WithHint("it says why above; reconnect when that is mended")
	default:
		return core.Errorf(core.CodeUnreachable, "the connection to %s broke", w.node)
	}
}

// Write types.
func (w *ptyWire) Write(p []byte) (int, error) { return w.term.Write(p) }

// Resize sets the size of the terminal.
func (w *ptyWire) Resize(cols, rows int) {
	_ = pty.Setsize(w.term, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}) // it is a hint
}

// Close hangs up.
func (w *ptyWire) Close() error {
	w.stop()
	return w.term.Close()
}

// tunnel connects with the screen of an endpoint from its node. ssh cannot ask
// anything here: the person's keys must do without.
func (o *ownSSH) tunnel(ctx context.Context, at core.Endpoint) (net.Conn, error) {
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	cmd, err := o.command(life, at, []string{"-o", "BatchMode=yes", "-W", at.Address})
	if err != nil {
		stop()
		return nil, err
	}
	conn, far, err := socketPair()
	if err != nil {
		stop()
		return nil, core.Errorf(core.CodeInternal, "ssh cannot be connected: %w", err)
	}
	cmd.Stdin, cmd.Stdout = far, far
	err = cmd.Start()
	_ = far.Close() // ssh has its own
	if err != nil {
		stop()
		_ = conn.Close() // the first error counts
		return nil, core.Errorf(core.CodeInternal, "ssh cannot be started: %w", core.PlainCause(err))
	}
	t := &stdioTunnel{Conn: conn, stop: sync.OnceFunc(stop)}
	if !o.start(func() { _ = cmd.Wait() }) { // its end shows in the connection
		_ = t.Close() // everything ends
		_ = cmd.Wait()
		return nil, stopping()
	}
	return t, nil
}

// stdioTunnel is a connection with an ssh program.
type stdioTunnel struct {
	net.Conn
	stop func()
}

// Close ends the connection and the program.
func (t *stdioTunnel) Close() error {
	t.stop()
	return t.Conn.Close()
}

// socketPair is a connection and its far end for a program.
func socketPair() (net.Conn, *os.File, error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	near, far := os.NewFile(uintptr(fds[0]), "near"), os.NewFile(uintptr(fds[1]), "far")
	defer func() { _ = near.Close() }()
	conn, err := net.FileConn(near)
	if err != nil {
		_ = far.Close() // the first error counts
		return nil, nil, err
	}
	return conn, far, nil
}

// readFile reads a file on a node.
func (o *ownSSH) readFile(ctx context.Context, at core.Endpoint, limit int) ([]byte, error) {
	remote, err := shellCommand([]string{"cat", "--", at.PasswordFile})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, visitWait)
	defer cancel()
	cmd, err := o.command(ctx, at, []string{"-T", "-o", "BatchMode=yes"}, "--", remote)
	if err != nil {
		return nil, err
	}
	content, complaint := bounded{most: limit + 1}, bounded{most: maxComplaint}
	cmd.Stdout, cmd.Stderr = &content, &complaint
	if err := cmd.Run(); err != nil {
		return nil, core.Errorf(core.CodeRefused, "ssh cannot read the password of the screen on %s: %s", core.Printable(at.Node), core.Printable(string(complaint.kept)))
	}
	return content.within(at)
}
