package consoleproxy

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"gwm/core"
)

const (
	knocksAtOnce    = 8                // viewers of one port that have not logged in yet
	knocksPerSource = 4                // of them from one source
	wrongPasswords  = 3                // and a port is closed
	openWait        = 45 * time.Second // for the connection with the screen, once the viewer has logged in
)

// portFault names a port in the log where the program has a fault.
const portFault = "port for a viewer"

// letters are those of temporary passwords: none is taken for another one.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// newPassword makes a password of VNC authentication, about 39 bits. It is enough
// for something that is good once, for half a minute and for three tries.
func newPassword() string {
	password := make([]byte, 0, maxVNCPassword)
	var b [1]byte
	for len(password) < maxVNCPassword {
		_, _ = rand.Read(b[:])                     // does not fail
		if n := int(b[0] & 31); n < len(letters) { // every letter is as likely as another
			password = append(password, letters[n])
		}
	}
	return string(password)
}

// port is a TCP port that waits for a viewer who knows its password, and connects
// it with a screen. What is asked of a viewer before that is bounded in number,
// size and time.
type port struct {
	listener net.Listener
	password string
	name     string      // of the desktop, as the viewer shows it
	tls      *tls.Config // nil: without
	socket   bool        // a WebSocket is spoken inside
	many     bool        // the password stays good until the end of the window
	until    time.Time   // the end of the window
	// open connects with the screen, for each viewer anew.
	open func(ctx context.Context) (net.Conn, serverInit, error)
	// entered is called for each viewer that has logged in; an error keeps it out.
	entered func(ctx context.Context, addr string) error
	log     *slog.Logger

	mu      sync.Mutex
	wrong   int
	viewers int         // that have logged in
	why     *core.Error // what ended it, as far as that is known
}

// run lets a viewer in, and returns when it has left, nobody came in time, too
// many wrong passwords came, or ctx has ended. The error says which.
func (p *port) run(ctx context.Context) *core.Error {
	window, shut := context.WithDeadline(ctx, p.until)
	stop := context.AfterFunc(window, func() { _ = p.listener.Close() }) // nobody waits in its queue who shall come in
	entrance := newDoor(p.listener, Limits{Connections: knocksAtOnce, PerSource: knocksPerSource})
	var viewers sync.WaitGroup
	for {
		conn, err := entrance.admit()
		if err != nil {
			break
		}
		viewers.Go(func() {
			defer contain(p.log, portFault)
			defer func() { _ = conn.Close() }()
			p.attend(ctx, window, shut, conn.Conn, conn.leave)
		})
	}
	if !p.many {
		shut()
	}
	viewers.Wait()
	shut()
	stop()
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why == nil {
		p.why = core.Errorf(core.CodeState, "no viewer came in time").WithHint("ask for another port: each one is open for a short time only")
	}
	return p.why
}

// failed counts a wrong password, and closes the port where that is one too many.
func (p *port) failed(shut func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrong++; p.wrong == wrongPasswords {
		p.why = core.Errorf(core.CodeDenied, "%d wrong passwords came to the port for a viewer", p.wrong).
			WithHint("somebody else may be trying; ask for another port")
		shut()
	}
}

// claim lets a viewer in that has shown the password. It tells whether that was
// still good.
func (p *port) claim() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrong >= wrongPasswords || p.viewers > 0 && !p.many {
		return false
	}
	p.viewers++
	return true
}

func (p *port) because(why *core.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why == nil {
		p.why = why
	}
}

// attend serves one viewer from its first byte to its last. Until it has logged in
// it ends with the window; then it ends with ctx. in makes room for others to knock,
// as the end of the connection does.
func (p *port) attend(ctx, window context.Context, shut func(), conn net.Conn, in func()) {
	waiting, done := context.WithTimeout(window, rfbHandshake)
	defer done()
	tooLate := context.AfterFunc(waiting, func() { _ = conn.Close() })
	defer tooLate()
	viewer, err := p.unwrap(waiting, conn)
	if err != nil {
		return // it did not get as far as a password
	}
	defer func() { _ = viewer.Close() }()
	opening, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	var screen net.Conn
	var overdue func() bool
	err = welcome{password: p.password, name: p.name, open: func() (serverInit, error) {
		if !p.claim() || !tooLate() {
			return serverInit{}, core.Errorf(core.CodeDenied, "the password was used already, or it is too old")
		}
		in()
		if !p.many {
			shut()
		}
		overdue = context.AfterFunc(opening, func() { _ = conn.Close() })
		if err := p.entered(opening, conn.RemoteAddr().String()); err != nil {
			return serverInit{}, err
		}
		var init serverInit
		var err error
		screen, init, err = p.open(opening)
		return init, err
	}}.greet(viewer)
	switch {
	case overdue == nil:
		if errors.Is(err, errViewer) {
			p.failed(shut)
		}
		return
	case screen == nil:
		p.because(core.AsError(err))
		return
	}
	defer func() { _ = screen.Close() }()
	if err != nil || !overdue() {
		p.because(core.Errorf(core.CodeState, "the viewer went away before it was connected").WithHint("ask for another port"))
		return
	}
	if splice(ctx, viewer, screen) {
		p.because(core.Errorf(core.CodeState, "the screen of the VM ended").WithHint("look whether the VM runs, and ask for another port"))
		return
	}
	p.because(core.Errorf(core.CodeState, "the viewer was closed").WithHint("ask for another port to come back"))
}

// unwrap does what the port wants before RFB.
func (p *port) unwrap(ctx context.Context, conn net.Conn) (io.ReadWriteCloser, error) {
	if p.tls != nil {
		secure := tls.Server(&cork{Conn: conn}, p.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	if p.socket {
		return acceptSocket(conn)
	}
	return conn, nil
}
