//go:build bench

package bench

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/colorprofile"
	gossh "golang.org/x/crypto/ssh"

	"gwm/tui"
)

// The terminal that everything is measured on.
const (
	width, height = 120, 40
	termName      = "xterm-256color"
)

// options are those of a screen on such a terminal.
var options = tui.Options{Width: width, Height: height, Profile: colorprofile.ANSI256, Term: termName, Version: "bench"}

// quiet is how long nothing comes after a frame that is complete. It is more
// than the time between two frames.
const quiet = 60 * time.Millisecond

// terminal is a client with a screen.
type terminal struct {
	raw     net.Conn
	client  *gossh.Client
	session *gossh.Session
	keys    io.Writer
	reading sync.WaitGroup

	mu      sync.Mutex
	first   time.Time // when the first bytes came since the last reset
	last    time.Time // when the last bytes came
	size    int       // bytes since the last reset
	text    bytes.Buffer
	arrived chan struct{} // size 1
}

// newSigner makes a key, and its line for authorized_keys.
func newSigner() (gossh.Signer, string, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, "", err
	}
	s, err := gossh.NewSignerFromKey(key)
	if err != nil {
		return nil, "", err
	}
	return s, string(gossh.MarshalAuthorizedKey(s.PublicKey())), nil
}

// openTerminal logs in and starts the screen, or else the command that words are.
func openTerminal(addr, user string, key gossh.Signer, words ...string) (*terminal, error) {
	raw, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	conn, chans, reqs, err := gossh.NewClientConn(raw, "gwm", &gossh.ClientConfig{
		User: user, Auth: []gossh.AuthMethod{gossh.PublicKeys(key)},
		HostKeyCallback: gossh.InsecureIgnoreHostKey(), // the server is a part of the measurement
	})
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	t := &terminal{raw: raw, client: gossh.NewClient(conn, chans, reqs), arrived: make(chan struct{}, 1)}
	if err := t.start(strings.Join(words, " ")); err != nil {
		return nil, errors.Join(err, t.client.Close())
	}
	return t, nil
}

func (t *terminal) start(command string) (err error) {
	if t.session, err = t.client.NewSession(); err != nil {
		return err
	}
	out, err := t.session.StdoutPipe()
	if err != nil {
		return err
	}
	if t.keys, err = t.session.StdinPipe(); err != nil {
		return err
	}
	if err := t.session.RequestPty(termName, height, width, gossh.TerminalModes{}); err != nil {
		return err
	}
	if command == "" {
		err = t.session.Shell()
	} else {
		err = t.session.Start(command)
	}
	if err != nil {
		return err
	}
	t.reading.Go(func() { t.read(out) })
	return nil
}

func (t *terminal) read(out io.Reader) {
	buf := make([]byte, 64<<10)
	for {
		n, err := out.Read(buf)
		now := time.Now()
		t.mu.Lock()
		if t.last = now; t.size == 0 {
			t.first = now
		}
		t.size += n
		t.text.Write(buf[:n])
		t.mu.Unlock()
		select {
		case t.arrived <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// reset forgets what has come.
func (t *terminal) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.size = 0
	t.text.Reset()
	select {
	case <-t.arrived:
	default:
	}
}

// await returns when the terminal was sent a text.
func (t *terminal) await(text string) error {
	late := time.After(time.Minute)
	for {
		t.mu.Lock()
		got := bytes.Contains(t.text.Bytes(), []byte(text))
		t.mu.Unlock()
		if got {
			return nil
		}
		select {
		case <-t.arrived:
		case <-late:
			t.mu.Lock()
			defer t.mu.Unlock()
			return fmt.Errorf("%q never came, but %q", text, t.text.String())
		}
	}
}

// settle returns when nothing has come for a while.
func (t *terminal) settle() {
	for {
		select {
		case <-t.arrived:
		case <-time.After(quiet):
			return
		}
	}
}

// press sends a key at a moment that has nothing to do with the server's frames,
// and returns how long it took until the first and until the last byte of what
// followed had come.
func (t *terminal) press(key string) (painted, took time.Duration, size int, err error) {
	time.Sleep(mrand.N(50 * time.Millisecond))
	t.reset()
	began := time.Now()
	if _, err := io.WriteString(t.keys, key); err != nil {
		return 0, 0, 0, err
	}
	select {
	case <-t.arrived:
	case <-time.After(10 * time.Second):
		return 0, 0, 0, fmt.Errorf("nothing was painted after the key %q", key)
	}
	t.settle()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first.Sub(began), t.last.Sub(began), t.size, nil
}

// send sends keys that are not measured and may change nothing.
func (t *terminal) send(keys ...string) {
	for _, k := range keys {
		_, _ = io.WriteString(t.keys, k) // a line that is dead shows in the next press
		t.settle()
	}
}

// drop cuts the line without a word.
func (t *terminal) drop() {
	_ = t.raw.Close()
	_ = t.client.Close()
	t.reading.Wait()
}
