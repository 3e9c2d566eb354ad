package ssh

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
	"gwm/ssh/command"
	"gwm/tui"
)

// fixture is a server with an administrator "root" and a user "ann", each with
// a key.
type fixture struct {
	*testing.T
	core   *core.Core
	local  *core.Session
	server *Server
	ln     *pipeListener
	addr   string // where clients come from
	root   gossh.Signer
	ann    gossh.Signer
	log    *safeBuffer
	events *safeBuffer // what the screens were told
	stop   func()      // stops the server and waits
}

// hostKeyDir is made once: RSA keys take long.
var hostKeyDir = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "gwm-ssh-test-")
	if err != nil {
		panic(err)
	}
	if _, err := loadHostKeys(filepath.Join(dir, "keys")); err != nil {
		panic(err)
	}
	return filepath.Join(dir, "keys")
})

// start starts a server whose clients come from 192.0.2.1.
func start(t *testing.T, change func(*Config)) *fixture {
	t.Helper()
	return startOn(t, core.Config{}, change)
}

// startOn is start with a core of its own configuration.
func startOn(t *testing.T, domain core.Config, change func(*Config)) *fixture {
	t.Helper()
	domain.Store, domain.Inventory, domain.Tuning = coretest.NewStore(), inventory.New, core.Tuning{SessionsUser: 500}
	f := &fixture{T: t, addr: "192.0.2.1:5555", log: &safeBuffer{}, events: &safeBuffer{}, ln: newPipeListener()}
	var err error
	f.core, err = core.New(t.Context(), domain)
	f.check(err)
	f.local, err = f.core.Local(t.Context(), "local", "command")
	f.check(err)
	f.root, f.ann = newEd25519(t), newEd25519(t)
	f.do(core.AddUser{User: core.User{Name: "root", Admin: true}})
	f.do(core.AddUser{User: core.User{Name: "ann"}})
	f.addKey("root", f.root.PublicKey())
	f.addKey("ann", f.ann.PublicKey())
	cfg := Config{
		Core: f.core, Log: slog.New(slog.NewTextHandler(f.log, nil)), HostKeyDir: hostKeyDir(),
		Run: testCommand, Version: "1.2.3",
		Screen: func(_ *core.Session, o tui.Options) Screen { return newPlainScreen(o, f.events) },
	}
	if change != nil {
		change(&cfg)
	}
	f.server, err = New(cfg)
	f.check(err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(ctx, f.ln) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		f.local.Close()
	})
	t.Cleanup(func() { f.stop() })
	return f
}

func (f *fixture) check(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) do(op core.Op) {
	f.Helper()
	_, err := f.local.Do(context.Background(), op)
	f.check(err)
}

func (f *fixture) addKey(user string, key gossh.PublicKey) {
	f.Helper()
	k, err := core.ParseKey(string(gossh.MarshalAuthorizedKey(key)))
	f.check(err)
	f.do(core.AddKey{User: user, Key: k})
}

// dial logs in with the methods; the SSH login name is "x".
func (f *fixture) dial(auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return f.dialAs("x", f.addr, auth...)
}

func (f *fixture) dialAs(login, from string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return clientOn(f.ln.dial(from), login, auth...)
}

func clientOn(raw net.Conn, login string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	conn, chans, reqs, err := gossh.NewClientConn(raw, "gwm", &gossh.ClientConfig{
		User: login, Auth: auth,
		HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return gossh.NewClient(conn, chans, reqs), nil
}

// client logs in with a key and ends with the test.
func (f *fixture) client(key gossh.Signer) *gossh.Client {
	f.Helper()
	c, err := f.dial(gossh.PublicKeys(key))
	f.check(err)
	f.Cleanup(func() { _ = c.Close() })
	return c
}

// result is what a client saw of a command.
type result struct {
	Out, Err string
	Exit     int
}

// run runs one command on a new session.
func (f *fixture) run(c *gossh.Client, line string) result {
	f.Helper()
	s, err := c.NewSession()
	f.check(err)
	defer func() { _ = s.Close() }()
	var out, errs bytes.Buffer
	s.Stdout, s.Stderr = &out, &errs
	err = s.Run(line)
	return result{out.String(), errs.String(), exitCode(f, err)}
}

func exitCode(f *fixture, err error) int {
	f.Helper()
	var exit *gossh.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitStatus()
	}
	f.Fatalf("no exit code: %v", err)
	return -1
}

// testCommand stands in for the command tree.
func testCommand(ctx context.Context, env command.Env, args []string) int {
	switch args[0] {
	case "whoami":
		u := env.Session.User()
		_, _ = fmt.Fprintln(env.Stdout, u.Name)
	case "args":
		_, _ = fmt.Fprintf(env.Stdout, "%q\n", args[1:])
	case "exit":
		var code int
		_, _ = fmt.Sscan(args[1], &code)
		_, _ = fmt.Fprintln(env.Stderr, "exits")
		return code
	case "cat":
		_, _ = io.Copy(env.Stdout, env.Stdin)
	case "file":
		return testFile(env, args)
	case "password":
		secret, err := env.ReadPassword("Password")
		_, _ = fmt.Fprintln(env.Stdout, secret.Reveal(), err, env.Terminal)
	case "readonly":
		_, _ = fmt.Fprintln(env.Stdout, env.Session.ReadOnly())
	case "wait":
		_, _ = fmt.Fprintln(env.Stdout, "waiting")
		<-ctx.Done()
		return 130
	case "tick":
		for ctx.Err() == nil {
			_, _ = io.WriteString(env.Stdout, ".")
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	case "talk":
		for ctx.Err() == nil {
			if _, err := fmt.Fprintln(env.Stdout, strings.Repeat("x", 1000)); err != nil {
				return 1
			}
		}
	case "panic":
		panic("the test wants it")
	case "--help":
		_, _ = fmt.Fprintln(env.Stdout, "the help")
	default:
		return 2
	}
	return 0
}

func testFile(env command.Env, args []string) int {
	fail := func(err error) int { _, _ = fmt.Fprintln(env.Stderr, err); return 1 }
	if env.Files == nil {
		return fail(errors.New("no files"))
	}
	if args[1] == "read" {
		r, err := env.Files.Open(args[2])
		if err != nil {
			return fail(err)
		}
		defer func() { _ = r.Close() }()
		if _, err = io.Copy(env.Stdout, r); err != nil {
			return fail(err)
		}
		return 0
	}
	w, err := env.Files.Create(args[2])
	if err != nil {
		return fail(err)
	}
	if _, err = io.Copy(w, env.Stdin); err == nil {
		err = w.Keep()
	}
	_ = w.Close()
	if err != nil {
		return fail(err)
	}
	return 0
}

// plainScreen writes what it is told into events, quits on q and panics on p.
type plainScreen struct {
	size   tea.WindowSizeMsg
	events io.Writer
}

func newPlainScreen(o tui.Options, events io.Writer) *plainScreen {
	return &plainScreen{size: tea.WindowSizeMsg{Width: o.Width, Height: o.Height}, events: events}
}

func (p *plainScreen) Init() tea.Cmd { return nil }
func (p *plainScreen) Close()        { _, _ = fmt.Fprintln(p.events, "closed") }

func (p *plainScreen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.size = msg
		_, _ = fmt.Fprintf(p.events, "size %dx%d\n", msg.Width, msg.Height)
	case tui.Announce:
		_, _ = fmt.Fprintln(p.events, msg.Text)
	case tea.KeyPressMsg:
		_, _ = fmt.Fprintln(p.events, "key", msg)
		switch msg.String() {
		case "q":
			return p, tea.Quit
		case "p":
			panic("the test wants it")
		case "c":
			return p, func() tea.Msg { panic("the test wants it in a command") }
		}
	}
	return p, nil
}

func (p *plainScreen) View() tea.View {
	v := tea.NewView(fmt.Sprintf("drawn at %dx%d", p.size.Width, p.size.Height))
	v.AltScreen = true
	return v
}

// The sequences that a screen begins and ends with.
const (
	enterAltScreen = "\x1b[?1049h"
	leaveAltScreen = "\x1b[?1049l"
)

// shell starts the screen on a new session; what it shows goes to the buffer.
func (f *fixture) shell(c *gossh.Client, term string, width, height int) (*gossh.Session, io.Writer, *safeBuffer) {
	f.Helper()
	s, err := c.NewSession()
	f.check(err)
	screen := &safeBuffer{}
	s.Stdout, s.Stderr = screen, screen
	keys, err := s.StdinPipe()
	f.check(err)
	f.check(s.RequestPty(term, height, width, gossh.TerminalModes{}))
	f.check(s.Shell())
	return s, keys, screen
}

// command starts a command on a new session.
func (f *fixture) command(c *gossh.Client, line string) (s *gossh.Session, stdout, stderr *safeBuffer) {
	f.Helper()
	s, err := c.NewSession()
	f.check(err)
	stdout, stderr = &safeBuffer{}, &safeBuffer{}
	s.Stdout, s.Stderr = stdout, stderr
	f.check(s.Start(line))
	return s, stdout, stderr
}

// pass lets the clock of a synctest bubble go on.
func pass(d time.Duration) { <-time.After(d) }

// safeBuffer collects what several goroutines write, and lets a test wait for a
// text.
type safeBuffer struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// await returns when the text contains what.
func (b *safeBuffer) await(t testing.TB, what string) {
	t.Helper()
	b.awaitTimes(t, what, 1)
}

// awaitTimes returns when the text contains what so many times.
func (b *safeBuffer) awaitTimes(t testing.TB, what string, times int) {
	t.Helper()
	for {
		b.mu.Lock()
		if strings.Count(b.text.String(), what) >= times {
			b.mu.Unlock()
			return
		}
		if b.changed == nil {
			b.changed = make(chan struct{})
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("never saw %q in %q", what, b.String())
		}
	}
}

func newEd25519(t testing.TB) gossh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return signer(t, key, err)
}

func newECDSA(t testing.TB) gossh.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return signer(t, key, err)
}

func newRSA(t testing.TB) gossh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return signer(t, key, err)
}

func signer(t testing.TB, key any, err error) gossh.Signer {
	t.Helper()
	if err == nil {
		var s gossh.Signer
		if s, err = gossh.NewSignerFromKey(key); err == nil {
			return s
		}
	}
	t.Fatal(err)
	return nil
}

// everywhere exempts all sources from counting.
func everywhere(c *Config) { c.Limits.Exempt = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")} }
