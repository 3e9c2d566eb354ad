package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// ErrNotServing is what Attach returns where no server answers at the socket.
var ErrNotServing = errors.New("no gwm serves at this socket")

// AttachOptions say what the person at this side has.
type AttachOptions struct {
	// Ask tells that standard input is a person who can answer questions.
	Ask bool
	// Password asks for a password without echo; nil: it cannot be asked.
	Password func(prompt string) (string, error)
	// Env holds NAME=VALUE of the terminal (COLORTERM, NO_COLOR, LANG, LC_*);
	// others are not sent.
	Env []string
}

// Client is a connection to the control socket of a running server. Its
// commands run one after the other.
type Client struct {
	conn    *gossh.Client
	options AttachOptions
	serving sync.WaitGroup

	mu   sync.Mutex
	args []string // of the command that runs: it may open the files in them
}

// Attach connects to the control socket of a running server. The error is
// ErrNotServing where there is no socket or nobody listens, and CodeDenied where
// the socket belongs to somebody who is not to be trusted. Close must be called.
func Attach(ctx context.Context, socket string, o AttachOptions) (*Client, error) {
	var d net.Dialer
	raw, err := d.DialContext(ctx, "unix", socket)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("%w: %s", ErrNotServing, socket)
	case err != nil:
		return nil, core.Errorf(core.CodeState, "the control socket %s cannot be used: %w", socket, err)
	}
	if err := trustServer(raw, socket); err != nil {
		_ = raw.Close()
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()
	conn, chans, reqs, err := gossh.NewClientConn(raw, socket, &gossh.ClientConfig{
		// trustServer asked the kernel who the server is.
		HostKeyCallback: func(string, net.Addr, gossh.PublicKey) error { return nil },
	})
	if err != nil {
		_ = raw.Close()
		return nil, core.Errorf(core.CodeState, "the server at %s does not let this user in: %w", socket, err).
			WithHint("use root or the user that gwm serve runs as")
	}
	c := &Client{conn: gossh.NewClient(conn, chans, reqs), options: o}
	c.accept(fileChannel, func(offer gossh.NewChannel) { serveFile(offer, c.permitted) })
	c.accept(passwordChannel, c.servePassword)
	return c, nil
}

// trustServer makes sure that the server is root, ourselves, or, for root, the
// user to whom the socket belongs.
func trustServer(conn net.Conn, socket string) error {
	uid, err := peerUID(conn)
	if err != nil {
		return fmt.Errorf("look at the server: %w", err)
	}
	me := os.Getuid()
	trusted := uid == 0 || uid == me
	if owner, ok := ownerOf(socket); ok && me == 0 {
		trusted = trusted || owner == uid
	}
	if !trusted {
		return core.Errorf(core.CodeDenied, "the server at %s runs as somebody else (uid %d)", socket, uid).
			WithHint("look at the socket path in the configuration")
	}
	return nil
}

// accept serves the channels of one kind that the server opens.
func (c *Client) accept(kind string, serve func(gossh.NewChannel)) {
	offers := c.conn.HandleChannelOpen(kind)
	c.serving.Go(func() {
		for offer := range offers {
			c.serving.Go(func() { serve(offer) })
		}
	})
}

// Close ends the connection and waits for everything that it served.
func (c *Client) Close() error {
	err := c.conn.Close()
	c.serving.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Run carries out one command line on the server and returns its exit code. The
// FILE arguments in it are opened on this side. When ctx ends the command is
// interrupted. The error is not nil where the exit code never came.
func (c *Client) Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	c.mu.Lock()
	c.args = slices.Clone(args)
	c.mu.Unlock()
	return c.session(ctx, stdin, stdout, stderr, func(s *gossh.Session) error {
		if c.options.Ask {
			_ = s.Setenv(variableAsk, "1")
		}
		return s.Start(quoteWords(args))
	})
}

// Shell works on a terminal that the caller has taken over, until the user quits or
// ctx ends: it shows the screen, or carries out one command line. Term is TERM.
func (c *Client) Shell(ctx context.Context, term string, raw command.Raw, args ...string) (int, error) {
	c.mu.Lock()
	c.args = slices.Clone(args)
	c.mu.Unlock()
	return c.session(ctx, raw.Keys, raw.Screen, raw.Screen, func(s *gossh.Session) error {
		first := <-raw.Sizes
		if err := s.RequestPty(term, first.Rows, first.Cols, gossh.TerminalModes{}); err != nil {
			return err
		}
		if err := begin(s, args); err != nil {
			return err
		}
		ended := make(chan struct{})
		c.serving.Go(func() { defer close(ended); _ = c.conn.Wait() })
		c.serving.Go(func() {
			for {
				select {
				case <-ended:
					return
				case size, ok := <-raw.Sizes:
					if !ok || s.WindowChange(size.Rows, size.Cols) != nil {
						return
					}
				}
			}
		})
		return nil
	})
}

// begin asks for a command line, or for the screen where there is none.
func begin(s *gossh.Session, args []string) error {
	if len(args) == 0 {
		return s.Shell()
	}
	return s.Start(quoteWords(args))
}

// session starts something on a new session and waits for its end.
func (c *Client) session(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, start func(*gossh.Session) error) (int, error) {
	s, err := c.conn.NewSession()
	if err != nil {
		return 0, fmt.Errorf("open a session: %w", err)
	}
	defer func() { _ = s.Close() }()
	s.Stdin, s.Stdout, s.Stderr = stdin, stdout, stderr
	for _, kv := range c.options.Env {
		if name, value, ok := strings.Cut(kv, "="); ok && acceptVariable(name, value) {
			_ = s.Setenv(name, value)
		}
	}
	if err := start(s); err != nil {
		return 0, fmt.Errorf("start the session: %w", err)
	}
	defer context.AfterFunc(ctx, func() {
		_ = s.Signal(gossh.SIGINT)
		time.AfterFunc(2*time.Second, func() { _ = s.Close() }) // a server that does not listen
	})()
	err = s.Wait()
	var exit *gossh.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return exit.ExitStatus(), nil
	}
	return 0, core.Errorf(core.CodeState, "the server went away: %w", err)
}

// permitted tells whether the running command names a file: as an argument of
// its own, after "=", or after a one-letter flag.
func (c *Client) permitted(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.args, func(a string) bool {
		_, value, ok := strings.Cut(a, "=")
		return a == path || ok && value == path ||
			len(a) > 2 && a[0] == '-' && a[1] != '-' && a[2:] == path
	})
}

// servePassword asks the person for a password.
func (c *Client) servePassword(offer gossh.NewChannel) {
	var want passwordRequest
	if c.options.Password == nil || gossh.Unmarshal(offer.ExtraData(), &want) != nil {
		_ = offer.Reject(gossh.Prohibited, "nobody can be asked")
		return
	}
	text, err := c.options.Password(core.Printable(want.Prompt))
	if err != nil {
		_ = offer.Reject(gossh.ConnectionFailed, err.Error())
		return
	}
	ch, requests, err := offer.Accept()
	if err != nil {
		return
	}
	go gossh.DiscardRequests(requests) // ends with the channel
	_, _ = io.WriteString(ch, text)
	_ = ch.Close()
}
