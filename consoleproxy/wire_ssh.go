package consoleproxy

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// exitWait is for a command to say how it ended, after its last output.
const exitWait = 2 * time.Second

// serialWire is a command on a node that is connected with the serial port of a
// VM.
type serialWire struct {
	conn    *nodeConn
	session *gossh.Session
	ended   chan error // size 1: how the command ended
	release func()     // gives conn back
	in      io.Writer
	out     io.Reader
}

// serial runs the command of a console on its node, on a terminal, as the command
// expects it.
func (n *nodes) serial(ctx context.Context, h host, at core.Endpoint) (wire, error) {
	command, err := shellCommand(withoutEscape(at.Command))
	if err != nil {
		return nil, err
	}
	conn, err := n.visit(ctx, h, at)
	if err != nil {
		return nil, err
	}
	w, err := open(ctx, n, conn, func() (*serialWire, error) { return startSerial(n, conn, command) })
	if err != nil {
		n.release(conn)
		return nil, err
	}
	w.release = sync.OnceFunc(func() { n.release(conn) })
	return w, nil
}

// startSerial opens a session with a terminal that changes nothing.
func startSerial(n *nodes, conn *nodeConn, command string) (*serialWire, error) {
	session, err := conn.client.NewSession()
	if err != nil {
		return nil, err
	}
	w := &serialWire{conn: conn, session: session, ended: make(chan error, 1), release: func() {}}
	if err := w.start(command); err != nil {
		_ = session.Close() // the first error counts
		return nil, err
	}
	if !n.spawn(func() { w.ended <- session.Wait() }) {
		_ = session.Close() // everything ends
		return nil, stopping()
	}
	return w, nil
}

func (w *serialWire) start(command string) error {
	modes := gossh.TerminalModes{
		gossh.ECHO: 0, gossh.ICANON: 0, gossh.ISIG: 0, gossh.ICRNL: 0, gossh.OPOST: 0, gossh.IXON: 0,
	}
	err := w.session.RequestPty("xterm-256color", 24, 80, modes)
	if err == nil {
		w.in, err = w.session.StdinPipe()
	}
	if err == nil {
		w.out, err = w.session.StdoutPipe()
	}
	if err == nil {
		err = w.session.Start(command)
	}
	return err
}

// Read reads what the guest writes.
func (w *serialWire) Read(p []byte) (int, error) {
	n, err := w.out.Read(p)
	if err != nil {
		err = w.why()
	}
	return n, err
}

// why says why there is no more to read.
func (w *serialWire) why() error {
	late := time.NewTimer(exitWait)
	defer late.Stop()
	var err error
	select {
	case err = <-w.ended:
	case <-late.C:
	}
	var exit *gossh.ExitError
	node := core.Printable(w.conn.name.node)
	switch {
	case w.conn.hasGone(), err != nil && !errors.As(err, &exit):
		return core.Errorf(core.CodeUnreachable, "the connection to %s broke", node)
	case exit != nil && exit.ExitStatus() != 0:
		return core.Errorf(core.CodeState, "the console program on %s ended with status %d", node, exit.ExitStatus())
	default:
		return core.Errorf(core.CodeState, "the console program on %s ended", node)
	}
}

// hasGone tells whether the connection has ended.
func (c *nodeConn) hasGone() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

// Write types.
func (w *serialWire) Write(p []byte) (int, error) { return w.in.Write(p) }

// Resize tells the node the size of the window.
func (w *serialWire) Resize(cols, rows int) {
	_ = w.session.WindowChange(rows, cols) // it is a hint; a broken connection shows in Read
}

// Close ends the command.
func (w *serialWire) Close() error {
	defer w.release()
	if err := w.session.Close(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
