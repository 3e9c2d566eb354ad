package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long anything may take before a test gives up. It is no
// measure of speed: a healthy run never comes near it.
const patience = 60 * time.Second

// server is a running `gwm serve`, or `gwm consoleproxy`.
type server struct {
	cmd  *exec.Cmd
	addr string // of the listener: for SSH, or for gwm
	done chan struct{}

	mu    sync.Mutex
	log   bytes.Buffer
	grown chan struct{} // closed when the log has grown
}

// ownPort gives a configuration that says nothing of HTTPS a port of its own: that of
// the defaults is there once.
func ownPort(file string) error {
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), "\nweb:") {
		return err
	}
	return os.WriteFile(file, append(text, "\nweb:\n  listen: 127.0.0.1:0\n"...), 0o600)
}

// startServer runs `gwm serve` in dir and returns when it listens.
func startServer(dir string, env []string, args ...string) (*server, error) {
	if err := ownPort(filepath.Join(dir, "gwm.yaml")); err != nil {
		return nil, err
	}
	cmd := exec.Command(gwm, append([]string{"serve"}, args...)...)
	cmd.Dir, cmd.Env = dir, env
	return start(cmd)
}

// start is startServer for a command that becomes a server.
func start(cmd *exec.Cmd) (*server, error) {
	s := &server{cmd: cmd, done: make(chan struct{}), grown: make(chan struct{})}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go s.read(stderr, ready)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case s.addr = <-ready:
		return s, nil
	case <-s.done:
		return nil, fmt.Errorf("gwm serve ended at once:\n%s", s.Log())
	case <-ctx.Done():
		_ = s.kill(syscall.SIGKILL)
		return nil, fmt.Errorf("gwm serve does not listen:\n%s", s.Log())
	}
}

// read keeps the log and finds the address in it, then reaps the process.
func (s *server) read(stderr io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.mu.Lock()
		s.log.Write(lines.Bytes())
		s.log.WriteByte('\n')
		close(s.grown)
		s.grown = make(chan struct{})
		s.mu.Unlock()
		var entry struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && (entry.Msg == "listening" || entry.Msg == "listening for gwm") && entry.Addr != "" {
			select {
			case ready <- entry.Addr:
			default:
			}
		}
	}
	_ = s.cmd.Wait()
	close(s.done)
}

// says waits until the log has a line with this text. A line comes through a
// pipe: whoever got the server's answer may be ahead of it.
func (s *server) says(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		s.mu.Lock()
		log, grown := s.log.String(), s.grown
		s.mu.Unlock()
		if strings.Contains(log, text) {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return fmt.Errorf("the server's log does not say %q:\n%s", text, log)
		}
	}
}

// Log is what of the server's standard error has arrived so far. What must be in
// it is for says.
func (s *server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// kill sends a signal and waits for the end of the process.
func (s *server) kill(sig syscall.Signal) error {
	if err := s.cmd.Process.Signal(sig); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		_ = s.cmd.Process.Kill()
		return errors.New("gwm serve does not end")
	}
}
