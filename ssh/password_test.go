package ssh

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/core/coretest"
)

// company is a fixture with a directory that knows zoe with the password
// "open sesame".
func company(t *testing.T) (*fixture, *coretest.Directory) {
	t.Helper()
	d := coretest.NewDirectory()
	d.Set("open sesame", core.Person{Name: "zoe"})
	return startOn(t, core.Config{Directory: d}, nil), d
}

// typist answers every question for a password with the next of words.
func typist(said *strings.Builder, words ...string) gossh.AuthMethod {
	return gossh.RetryableAuthMethod(gossh.KeyboardInteractive(func(_, instruction string, questions []string, _ []bool) ([]string, error) {
		said.WriteString(instruction)
		if len(questions) == 0 {
			return nil, nil
		}
		word := words[0]
		words = words[1:]
		return []string{word}, nil
	}), len(words))
}

func TestPasswordLogin(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	var said strings.Builder
	// The offer of somebody else's key is forgotten: CVE-2023-43809.
	c, err := f.dialAs("zoe", f.addr, gossh.PublicKeys(offerOnly{f.root.PublicKey()}), typist(&said, "open sesame"))
	f.check(err)
	defer func() { _ = c.Close() }()
	if got := f.run(c, "whoami"); got.Out != "zoe\n" {
		t.Errorf("zoe is %+v", got)
	}
	if _, err := f.dialAs("zoe", f.addr, gossh.Password("open sesame")); err == nil {
		t.Error("the method password is offered")
	}
	s, stdout, _ := f.command(c, "wait")
	stdout.await(t, "waiting")
	yes := true
	f.do(core.EditUser{Name: "zoe", Disabled: &yes})
	if err := s.Wait(); err == nil {
		t.Error("the session goes on")
	}
	_ = c.Wait()
}

// TestWrongPasswords holds that guesses are counted, and that not even the right
// password helps who was blocked.
func TestWrongPasswords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, d := company(t)
		var said strings.Builder
		dial := func(from string, words ...string) error {
			c, err := f.dialAs("zoe", from, typist(&said, words...))
			if err == nil {
				_ = c.Close()
			}
			synctest.Wait()
			return err
		}
		began := time.Now()
		if dial(f.addr, "a", "b", "c", "open sesame") == nil || d.Asked() != 3 {
			t.Errorf("one connection tried %d passwords", d.Asked())
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("three passwords took %s", took)
		}
		if dial(f.addr, "d", "e") == nil || dial(f.addr, "open sesame") == nil {
			t.Error("who was blocked got in")
		}
		for _, from := range []string{"192.0.2.2:1", "192.0.2.3:1", "192.0.2.4:1", "192.0.2.5:1", "192.0.2.6:1"} {
			if dial(from, "a", "b", "c") == nil {
				t.Error("a wrong password logs in")
			}
		}
		asked := d.Asked()
		began = time.Now()
		if dial("192.0.2.7:1", "open sesame") == nil || d.Asked() != asked || time.Since(began) != time.Second {
			t.Errorf("after %d guesses from everywhere the directory is asked for the name, or it shows", asked)
		}
		pass(f.server.cfg.Limits.BlockFor)
		if err := dial("192.0.2.7:1", "open sesame"); err != nil {
			t.Errorf("after the block: %v", err)
		}
		if log := f.log.String(); strings.Contains(log, "sesame") {
			t.Error("the log holds a password")
		}
		f.stop()
	})
}

// TestPasswordsAtOnce holds that connections side by side get no more guesses for a
// name than one after the other.
func TestPasswordsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, d := company(t)
		var dialing sync.WaitGroup
		for n := range 30 {
			dialing.Go(func() {
				var said strings.Builder
				if c, err := f.dialAs("zoe", fmt.Sprintf("192.0.2.%d:1", n+10), typist(&said, "wrong")); err == nil {
					_ = c.Close()
					t.Error("a wrong password logs in")
				}
			})
		}
		dialing.Wait()
		if most := namesLimits(f.server.cfg.Limits).BlockAfter; d.Asked() != most {
			t.Errorf("the directory was asked %d times, want %d", d.Asked(), most)
		}
		synctest.Wait()
		f.stop()
	})
}

// TestRightPasswordsAreNotCounted holds that a login and a directory that is down
// give back the guess that they took.
func TestRightPasswordsAreNotCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, d := company(t)
		for n := range 50 {
			d.SetDown(n%2 == 0)
			var said strings.Builder
			c, err := f.dialAs("zoe", fmt.Sprintf("192.0.2.%d:1", n+10), typist(&said, "open sesame"))
			if (err != nil) != (n%2 == 0) {
				t.Fatalf("login %d: %v", n, err)
			}
			if err == nil {
				_ = c.Close()
			}
			synctest.Wait()
		}
		if left := len(f.server.names.asking) + len(f.server.names.offenders); left != 0 {
			t.Errorf("%d names are remembered", left)
		}
		f.stop()
	})
}

func TestSlowTypist(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := company(t)
		typing := func(d time.Duration) gossh.AuthMethod {
			return gossh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
				pass(d)
				return []string{"open sesame"}[:len(questions)], nil
			})
		}
		c, err := f.dialAs("zoe", f.addr, typing(passwordTime-time.Second))
		if err != nil {
			t.Fatalf("who types slowly: %v", err)
		}
		pass(2 * passwordTime)
		if got := f.run(c, "whoami"); got.Out != "zoe\n" {
			t.Errorf("after the login: %+v", got)
		}
		_ = c.Close()
		if c, err := f.dialAs("zoe", f.addr, typing(passwordTime+time.Second)); err == nil {
			_ = c.Close()
			t.Error("who never answers stays")
		}
		f.stop()
	})
}

func TestDirectoryDownIsSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, d := company(t)
		d.SetDown(true)
		for range 7 {
			var said strings.Builder
			if _, err := f.dialAs("zoe", f.addr, typist(&said, "open sesame")); err == nil {
				t.Fatal("logged in")
			}
			synctest.Wait()
			if !strings.Contains(said.String(), "the directory that knows the passwords does not answer; log in with a key") {
				t.Fatalf("said was %q", said.String())
			}
		}
		if got := f.run(f.client(f.ann), "whoami"); got.Out != "ann\n" {
			t.Errorf("with a key: %+v", got)
		}
		f.stop()
	})
}
