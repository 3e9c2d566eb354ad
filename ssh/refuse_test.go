package ssh

import (
	"bytes"
	"io"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

func TestRefusedFeatures(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)

	if _, err := c.Dial("tcp", "127.0.0.1:22"); err == nil || !strings.Contains(err.Error(), "gwm does not forward connections") {
		t.Errorf("direct-tcpip: %v", err)
	}
	if _, err := c.Dial("unix", "/tmp/x"); err == nil || !strings.Contains(err.Error(), "gwm does not forward connections") {
		t.Errorf("direct-streamlocal: %v", err)
	}
	if _, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Error("tcpip-forward was accepted")
	}
	if _, err := c.ListenUnix("/tmp/gwm-test-socket"); err == nil {
		t.Error("streamlocal-forward was accepted")
	}
	for _, kind := range []string{"x11", "auth-agent@openssh.com", "tun@openssh.com", fileChannel, passwordChannel} {
		if _, _, err := c.OpenChannel(kind, nil); err == nil {
			t.Errorf("a %s channel was opened", kind)
		}
	}
	s, err := c.NewSession()
	f.check(err)
	for kind, payload := range map[string][]byte{
		"auth-agent-req@openssh.com": nil,
		"x11-req":                    gossh.Marshal(struct{ A, B string }{"MIT-MAGIC-COOKIE-1", "x"}),
		"unheard-of":                 nil,
		"window-change":              {1},
		"env":                        {0, 0, 0, 9},
	} {
		if ok, err := s.SendRequest(kind, true, payload); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	sub, requests, err := c.OpenChannel("session", nil)
	f.check(err)
	if ok, err := sub.SendRequest("subsystem", true, gossh.Marshal(struct{ Name string }{"sftp"})); !ok || err != nil {
		t.Errorf("sftp is not accepted to say why not: %v, %v", ok, err)
	}
	why, err := io.ReadAll(sub.Stderr())
	f.check(err)
	if got, want := string(why), "gwm has no sftp: it does not transfer files, it runs a screen and commands\n"; got != want {
		t.Errorf("sftp: %q", got)
	}
	end := <-requests
	if end == nil || end.Type != "exit-status" || !bytes.Equal(end.Payload, []byte{0, 0, 0, 2}) {
		t.Errorf("sftp ends with %+v", end)
	}
	if got := f.run(c, "whoami"); got.Out != "ann\n" {
		t.Errorf("afterwards: %+v", got)
	}
}

// TestOnlyOneCommandASession asks for a second command on a session.
func TestOnlyOneCommandASession(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	s, stdout, _ := f.command(f.client(f.ann), "wait")
	stdout.await(t, "waiting")
	for _, kind := range []string{"exec", "shell", "pty-req", "env"} {
		payload := gossh.Marshal(struct{ A, B string }{"LANG", "C"})
		if ok, err := s.SendRequest(kind, true, payload); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	f.check(s.Close())
}

func TestServerVersionTellsNothing(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) { c.Banner = "hello\n" })
	c := f.client(f.ann)
	if got := string(c.ServerVersion()); got != "SSH-2.0-gwm" {
		t.Errorf("version %q", got)
	}
}

func TestWeakAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]gossh.Config{
		"key exchange": {KeyExchanges: []string{gossh.InsecureKeyExchangeDH14SHA1}},
		"cipher":       {Ciphers: []string{gossh.InsecureCipherAES128CBC}},
		"mac":          {MACs: []string{gossh.InsecureHMACSHA196}, Ciphers: []string{gossh.CipherAES128CTR}},
	} {
		f := start(t, everywhere)
		_, _, _, err := gossh.NewClientConn(f.ln.dial(f.addr), "gwm", &gossh.ClientConfig{
			Config: cfg, User: "x", Auth: []gossh.AuthMethod{gossh.PublicKeys(f.ann)},
			HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		if err == nil || !strings.Contains(err.Error(), "no common algorithm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
