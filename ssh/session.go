package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	charm "charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// channel is one session channel. It is the context of the library's session:
// it ends with the channel, not with the connection.
type channel struct {
	charm.Context
	ctx    context.Context
	cancel context.CancelFunc

	conn     *connection
	peer     gossh.Conn
	wire     *input    // what the client sends and gets; set before anything is asked of it
	released sync.Once // gives back the place among the connection's channels
	activity

	started   bool // a shell or command runs; belongs to sift
	variables int  // that the client set; belongs to sift

	sizes    chan size // the newest window size that was not looked at yet
	says     atomic.Pointer[func(string)]
	speaking sync.WaitGroup
}

func newChannel(ctx charm.Context, c *connection, peer gossh.Conn) *channel {
	ch := &channel{Context: ctx, conn: c, peer: peer, sizes: make(chan size, 1)}
	ch.ctx, ch.cancel = context.WithCancel(ctx)
	ch.touch()
	return ch
}

// Done implements context.Context.
func (ch *channel) Done() <-chan struct{} { return ch.ctx.Done() }

// Err implements context.Context.
func (ch *channel) Err() error { return ch.ctx.Err() }

// announce tells the person something while the session runs. It does not wait.
func (ch *channel) announce(text string) {
	if say := ch.says.Load(); say != nil {
		ch.speaking.Go(func() { (*say)(text) })
	}
}

// size is that of a terminal in cells.
type size struct{ width, height int }

// maxCells bounds what a client can make us draw in one direction.
const maxCells = 1000

// cells makes a client's number usable: none becomes usual.
func cells(n uint32, usual int) int {
	if n == 0 {
		return usual
	}
	return int(min(n, maxCells))
}

// resize keeps the newest size only.
func (ch *channel) resize(width, height uint32) {
	newest(ch.sizes, size{cells(width, 80), cells(height, 24)})
}

// contain is the middleware that ends a session whose code panics, and nothing
// else.
func (c *connection) contain(next charm.Handler) charm.Handler {
	return func(sess charm.Session) {
		defer c.work.Done()
		defer func() {
			if p := recover(); p != nil {
				c.server.logPanic(p, debug.Stack())
				_, _ = io.WriteString(sess.Stderr(), messagePanic+"\n")
				_ = sess.Exit(1)
			}
		}()
		next(sess)
	}
}

const messagePanic = "gwm: a fault inside gwm ended this session; ask the administrator to look at the log"

func (s *Server) logPanic(p any, stack []byte) {
	s.log.Error("panic in a session", "panic", fmt.Sprint(p), "stack", string(stack))
}

// serveSession is the middleware that serves a session: it logs the person in
// and runs the screen or a command.
func (c *connection) serveSession(charm.Handler) charm.Handler {
	return func(sess charm.Session) {
		ch, ok := sess.Context().(*channel)
		if !ok {
			_ = sess.Exit(1)
			return
		}
		t := ch.terminal(sess)
		if ch.serveDoor(sess, t) {
			return
		}
		s, err := c.login(ch.ctx, sess, t)
		if err != nil {
			ch.fail(sess, t, err)
			return
		}
		defer s.Close()
		ch.serve(sess, s, t)
	}
}

// login opens the core session.
func (c *connection) login(ctx context.Context, sess charm.Session, t terminal) (*core.Session, error) {
	via := "command"
	if t.screen() {
		via = "tui"
	}
	if c.local {
		return c.server.cfg.Core.Local(ctx, c.name, via)
	}
	cred, err := credential(sess.Permissions())
	if err != nil {
		return nil, core.Errorf(core.CodeDenied, "the login is not valid: %w", err)
	}
	cred.Addr, cred.Via = sess.RemoteAddr().String(), via
	s, err := c.server.cfg.Core.Login(ctx, cred)
	if core.CodeOf(err) == core.CodeDenied {
		c.denied.Store(true)
	}
	return s, err
}

// fail shows why there is no session.
func (ch *channel) fail(sess charm.Session, t terminal, err error) {
	e := core.AsError(err)
	if e.Code == core.CodeInternal {
		ch.conn.server.log.Error("login failed", "err", e.Err)
	}
	command.PrintError(t.errors(sess), e)
	_ = sess.Exit(1)
}

// serve runs a logged-in session to its end and tells the client how it ended.
func (ch *channel) serve(sess charm.Session, s *core.Session, t terminal) {
	if t.env.readOnly() {
		s.SetReadOnly()
	}
	ch.touch()
	ctx, cancel := context.WithCancelCause(ch.ctx)
	defer cancel(nil)
	done := make(chan struct{})
	defer ch.hush()
	var watching sync.WaitGroup
	defer watching.Wait()
	watching.Go(func() { ch.watch(ctx, cancel, s, done) })
	defer close(done)

	code := ch.run(ctx, sess, s, t)
	var reason *core.Error
	if errors.As(context.Cause(ctx), &reason) {
		code = command.ExitFailed
		command.PrintError(t.errors(sess), reason)
	}
	_ = sess.Exit(code)
	select {
	case <-s.Done():
		// The account or key was taken away: nothing of it stays open. The
		// client gets the time to read why.
		ch.conn.closeSoon(ch.Context)
	default:
	}
}

// hush waits for the last announcement. One that a stalled client does not take
// costs it the connection.
func (ch *channel) hush() {
	late := time.AfterFunc(endGrace, ch.conn.close)
	ch.speaking.Wait()
	late.Stop()
}

// run does what the client came for and returns the exit code.
func (ch *channel) run(ctx context.Context, sess charm.Session, s *core.Session, t terminal) int {
	if t.screen() {
		return ch.runScreen(ctx, sess, s, t)
	}
	return ch.runCommand(ctx, sess, s, t)
}
