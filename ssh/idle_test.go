package ssh

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// waited returns how long a session took to end and its exit code, -1 where the
// connection was cut.
func waited(s *gossh.Session) (time.Duration, int) {
	begin := time.Now()
	err := s.Wait()
	var exit *gossh.ExitError
	switch {
	case err == nil:
		return time.Since(begin), 0
	case errors.As(err, &exit):
		return time.Since(begin), exit.ExitStatus()
	}
	return time.Since(begin), -1
}

func about(got, want time.Duration) bool { return got >= want && got < want+2*time.Second }

// TestIdleCountsInput has a server that writes all the time.
func TestIdleCountsInput(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		s, _, stderr := f.command(f.client(f.ann), "tick")
		pass(28*time.Minute + time.Second)
		if got := stderr.String(); got != "gwm: this session ends in 2m0s unless something is typed\n" {
			t.Errorf("the warning is %q", got)
		}
		took, code := waited(s)
		if !about(took, 2*time.Minute-time.Second) || code != 1 {
			t.Errorf("ended after another %s with %d", took, code)
		}
		if got := stderr.String(); !strings.Contains(got, "nothing was typed for 30m0s\n     connect again") {
			t.Errorf("the reason is %q", got)
		}
	})
}

func TestInputPostponesIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, func(c *Config) { c.Limits.Idle, c.Limits.IdleWarning = 3*time.Minute, time.Minute })
		s, keys, screen := f.shell(f.client(f.ann), "xterm", 80, 24)
		pass(2*time.Minute + time.Second)
		if got := f.events.String(); !strings.Contains(got, "this session ends in 1m0s") {
			t.Errorf("the screen does not warn: %q", got)
		}
		_, err := io.WriteString(keys, "x")
		f.check(err)
		took, code := waited(s)
		if !about(took, 3*time.Minute) || code != 1 {
			t.Errorf("after a key it ended after %s with %d", took, code)
		}
		if got := screen.String(); !strings.HasSuffix(got, "gwm: nothing was typed for 3m0s\r\n     connect again\r\n") {
			t.Errorf("the last words are %q", got)
		}
	})
}

func TestLongestSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, func(c *Config) { c.Limits.Session = 25 * time.Minute; c.Limits.Idle = 10 * time.Minute })
		s, keys, screen := f.shell(f.client(f.ann), "xterm", 80, 24)
		ended := make(chan struct{})
		go func() {
			for {
				select {
				case <-ended:
					return
				case <-time.After(time.Minute):
					_, _ = io.WriteString(keys, "x")
				}
			}
		}()
		took, code := waited(s)
		close(ended)
		if !about(took, 25*time.Minute) || code != 1 || !strings.Contains(screen.String(), "the session lasted 25m0s, which is the longest") {
			t.Errorf("ended after %s with %d: %q", took, code, screen)
		}
	})
}

func TestUnusedConnectionEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		c := f.client(f.ann)
		pass(20 * time.Minute)
		if got := f.run(c, "whoami"); got.Exit != 0 {
			t.Fatalf("after 20 minutes: %+v", got)
		}
		begin := time.Now()
		_ = c.Wait()
		if took := time.Since(begin); !about(took, 30*time.Minute) {
			t.Errorf("an unused connection lived %s", took)
		}
	})
}

func TestChannelWithoutCommandEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		ch, reqs, err := f.client(f.ann).OpenChannel("session", nil)
		f.check(err)
		go gossh.DiscardRequests(reqs)
		begin := time.Now()
		_, _ = io.ReadAll(ch)
		if took := time.Since(begin); !about(took, 10*time.Second) {
			t.Errorf("a session without a command lived %s", took)
		}
		_ = ch.Close()
	})
}

func TestSilentClientEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		raw := f.ln.dial(f.addr)
		c, err := clientOn(raw, "x", gossh.PublicKeys(f.ann))
		f.check(err)
		f.command(c, "tick")
		pass(5 * time.Minute) // it answers
		raw.cut()
		begin := time.Now()
		_ = c.Wait()
		if took := time.Since(begin); took < 90*time.Second || took > 150*time.Second {
			t.Errorf("a silent client was kept for %s", took)
		}
	})
}

// TestLostAccountEndsSessions takes the ground away from live sessions in
// several ways; each must be closed, with the reason, within a second.
func TestLostAccountEndsSessions(t *testing.T) {
	t.Parallel()
	yes := true
	for name, tc := range map[string]struct {
		op   func(*fixture) core.Op
		want string
	}{
		"user disabled": {func(*fixture) core.Op { return core.EditUser{Name: "ann", Disabled: &yes} }, "your account was disabled"},
		"user deleted":  {func(*fixture) core.Op { return core.DeleteUser{Name: "ann"} }, "your account was removed"},
		"key removed": {func(f *fixture) core.Op {
			return core.RemoveKey{User: "ann", Fingerprint: gossh.FingerprintSHA256(f.ann.PublicKey())}
		}, "the key that you logged in with was removed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, nil)
				screenClient, commandClient := f.client(f.ann), f.client(f.ann)
				s, _, screen := f.shell(screenClient, "xterm", 80, 24)
				cmd, _, stderr := f.command(commandClient, "wait")
				synctest.Wait()
				begin := time.Now()
				f.do(tc.op(f))
				_, code1 := waited(s)
				_, code2 := waited(cmd)
				if code1 != 1 || code2 != 1 || !strings.Contains(screen.String(), tc.want) || !strings.Contains(stderr.String(), tc.want) {
					t.Errorf("exit %d %q, exit %d %q", code1, screen, code2, stderr)
				}
				_, _ = screenClient.Wait(), commandClient.Wait()
				if took := time.Since(begin); took > time.Second {
					t.Errorf("the connections lived on for %s", took)
				}
			})
		})
	}
}

// TestLostAccountWithStalledClient has a client that reads nothing.
func TestLostAccountWithStalledClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		c := f.client(f.ann)
		s, err := c.NewSession()
		f.check(err)
		_, err = s.StdoutPipe() // never read: the window fills
		f.check(err)
		f.check(s.Start("talk"))
		synctest.Wait()
		begin := time.Now()
		yes := true
		f.do(core.EditUser{Name: "ann", Disabled: &yes})
		_ = c.Wait()
		if took := time.Since(begin); took > time.Second {
			t.Errorf("the connection lived on for %s", took)
		}
	})
}

func TestStopTellsSessions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		s, _, screen := f.shell(f.client(f.ann), "xterm", 80, 24)
		cmd, _, stderr := f.command(f.client(f.ann), "wait")
		unused := f.client(f.ann)
		handshaking := f.ln.dial(f.addr)
		synctest.Wait()
		begin := time.Now()
		stopped := make(chan time.Duration)
		go func() { f.stop(); stopped <- time.Since(begin) }()
		_ = unused.Wait()
		readAll(handshaking)
		if took := time.Since(begin); took > 0 {
			t.Errorf("what had no session lived on for %s", took)
		}
		took, code := waited(s)
		_, code2 := waited(cmd)
		if !about(took, 5*time.Second) || code != 1 || code2 != 1 {
			t.Errorf("the sessions ended after %s with %d and %d", took, code, code2)
		}
		for what, text := range map[string]string{"screen": f.events.String() + screen.String(), "command": stderr.String()} {
			if !strings.Contains(text, "gwm is stopping: this session ends in 5s") || !strings.Contains(text, "gwm was stopped") {
				t.Errorf("the %s says %q", what, text)
			}
		}
		if took := <-stopped; took > 6*time.Second {
			t.Errorf("Serve returned after %s", took)
		}
		if c := f.ln.dial(f.addr); readAll(c) != "" {
			t.Error("a stopped server answers")
		}
	})
}

func TestSignalEndsCommand(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	s, stdout, _ := f.command(f.client(f.ann), "wait")
	stdout.await(t, "waiting")
	f.check(s.Signal(gossh.SIGINT))
	if _, code := waited(s); code != 130 {
		t.Errorf("exit %d", code)
	}
}
