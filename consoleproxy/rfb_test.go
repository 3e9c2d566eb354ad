package consoleproxy

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

func startScreen(t *testing.T, o consoletest.ScreenOptions) *consoletest.Screen {
	t.Helper()
	s, err := consoletest.StartScreen(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestKnock(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		screen   consoletest.ScreenOptions
		password string
		code     core.Code // "": it gets in
		says     string
	}{
		{"3.8, no password", consoletest.ScreenOptions{Version: 8}, "", "", ""},
		{"3.7, no password", consoletest.ScreenOptions{Version: 7}, "", "", ""},
		{"3.3, no password", consoletest.ScreenOptions{Version: 3}, "", "", ""},
		{"3.8, password", consoletest.ScreenOptions{Version: 8, Password: "s3cret"}, "s3cret", "", ""},
		{"3.7, password", consoletest.ScreenOptions{Version: 7, Password: "s3cret"}, "s3cret", "", ""},
		{"3.3, password", consoletest.ScreenOptions{Version: 3, Password: "s3cret"}, "s3cret", "", ""},
		{"eight bytes count", consoletest.ScreenOptions{Password: "12345678"}, "12345678and more", "", ""},
		{"several ways", consoletest.ScreenOptions{Password: "s3cret", Ways: []byte{19, 2, 16}}, "s3cret", "", ""},
		{"3.8, wrong password", consoletest.ScreenOptions{Version: 8, Password: "other"}, "s3cret", core.CodeCluster, "refuses gwm: Authentication failed"},
		{"3.7, wrong password", consoletest.ScreenOptions{Version: 7, Password: "other"}, "s3cret", core.CodeCluster, "refuses gwm"},
		{"3.3, wrong password", consoletest.ScreenOptions{Version: 3, Password: "other"}, "s3cret", core.CodeCluster, "refuses gwm"},
		{"3.8, refused", consoletest.ScreenOptions{Refuse: "too\x1b[31m many"}, "", core.CodeCluster, "refuses gwm: too·[31m many"},
		{"3.3, refused", consoletest.ScreenOptions{Version: 3, Refuse: "too many"}, "", core.CodeCluster, "refuses gwm: too many"},
		{"the password is not asked for", consoletest.ScreenOptions{}, "s3cret", core.CodeCluster, "asks for no password although one is set"},
		{"3.3, the password is not asked for", consoletest.ScreenOptions{Version: 3}, "s3cret", core.CodeCluster, "asks for no password although one is set"},
		{"no password is known", consoletest.ScreenOptions{Password: "s3cret"}, "", core.CodeUnsupported, "asks for a password that the cluster does not name"},
		{"TLS", consoletest.ScreenOptions{Ways: []byte{18, 19}}, "", core.CodeUnsupported, "speaks TLS or another kind of login that gwm does not (TLS, VeNCrypt)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := startScreen(t, test.screen)
			conn, err := s.DialContext(t.Context(), "tcp", "")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			init, err := enter(t.Context(), conn, test.password)
			if code := core.CodeOf(err); code != test.code || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Fatalf("%v (%s), want %q (%s)", err, code, test.says, test.code)
			}
			if err != nil {
				return
			}
			if got := init.bytes("web1"); !bytes.HasSuffix(got, []byte("\x00\x00\x00\x04web1")) || !bytes.HasPrefix(got, []byte{2, 128, 1, 144, 32, 24}) {
				t.Errorf("ServerInit for the viewer is %x", got)
			}
			if seen, err := s.Await(t.Context(), func(s consoletest.Seen) bool { return len(s.Shared) > 0 }); err != nil || !seen.Shared[0] {
				t.Errorf("the screen is not shared: %v", err)
			}
		})
	}
}

// What answers may be anything.
func TestKnockBounds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sent string
		code       core.Code
	}{
		{"nothing", "", core.CodeUnreachable},
		{"SSH", "SSH-2.0-OpenSSH_9.2p1\r\n", core.CodeCluster},
		{"an old major version", "RFB 002.002\n", core.CodeCluster},
		{"a version of letters", "RFB 0x3.008\n", core.CodeCluster},
		{"cut off", "RFB 003.008\n\x01", core.CodeUnreachable},
		{"many ways", "RFB 003.008\n\xff" + strings.Repeat("\x02", 255), core.CodeCluster},
		{"a long reason", "RFB 003.008\n\x00\xff\xff\xff\xff", core.CodeCluster},
		{"a long name", "RFB 003.008\n\x01\x01\x00\x00\x00\x00" + strings.Repeat("\x00", 4) + " " + strings.Repeat("\x00", 15) + "\xff\xff\xff\xff", core.CodeCluster},
		{"a huge picture", "RFB 003.008\n\x01\x01\x00\x00\x00\x00\xff\xff\xff\xff " + strings.Repeat("\x00", 15) + "\x00\x00\x00\x00", core.CodeCluster},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := knock(&script{in: strings.NewReader(test.sent)}, "")
			if core.CodeOf(err) != test.code {
				t.Errorf("%v (%s), want %s", err, core.CodeOf(err), test.code)
			}
		})
	}
}

// script is a peer that says what it was told to, whatever it hears.
type script struct {
	in  io.Reader
	out bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)  { return s.in.Read(p) }
func (s *script) Write(p []byte) (int, error) { return s.out.Write(p) }

// A challenge, a password and the answer as RFC 6143 has it, computed with
// another program.
func TestChallenge(t *testing.T) {
	t.Parallel()
	var c challenge
	copy(c[:], "0123456789abcdef")
	for password, want := range map[string]bool{"password": true, "passwordand more": true, "passwore": false, "": false} {
		if c.right(c.answer("password"), password) != want {
			t.Errorf("%q is taken for right: %v", password, !want)
		}
	}
	got := c.answer("password")
	if want := "5645abeb5f1e6475e8feb11beb66ea19"; hex.EncodeToString(got[:]) != want {
		t.Errorf("the answer is %x, want %s", got, want)
	}
}

// greeted lets a viewer of ours, knock, in at a welcome.
func greeted(t *testing.T, w welcome, password string) (viewer, server error) {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	done := make(chan error, 1)
	go func() {
		defer b.Close()
		done <- w.greet(b)
	}()
	_, viewer = knock(a, password)
	_ = a.Close()
	return viewer, <-done
}

func TestGreet(t *testing.T) {
	t.Parallel()
	good := func() (serverInit, error) { return serverInit{head: [20]byte{4: 32}}, nil }
	down := func() (serverInit, error) {
		return serverInit{}, core.Errorf(core.CodeState, "web1 does not run").WithHint("start it first")
	}
	tests := []struct {
		name            string
		password, typed string
		open            func() (serverInit, error)
		viewer          string // what it reads
		server          error
	}{
		{"no password", "", "", good, "", nil},
		{"password", "s3cret12", "s3cret12", good, "", nil},
		{"wrong password", "s3cret12", "guess", good, "the password is wrong, used or too old", errViewer},
		{"the screen is down", "", "", down, "web1 does not run; start it first", nil},
		{"the screen is down behind a password", "s3cret12", "s3cret12", down, "web1 does not run; start it first", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			viewer, server := greeted(t, welcome{password: test.password, name: "web1", open: test.open}, test.typed)
			if test.viewer == "" && viewer != nil || test.viewer != "" && (viewer == nil || !strings.Contains(viewer.Error(), test.viewer)) {
				t.Errorf("the viewer reads %v", viewer)
			}
			if test.server != nil && !errors.Is(server, test.server) || test.viewer == "" && server != nil {
				t.Errorf("the server says %v", server)
			}
		})
	}
}

// CVE-2022-36436: a viewer that chooses what was not offered gets no further, in
// any version.
func TestGreetTakesOnlyWhatItOffers(t *testing.T) {
	t.Parallel()
	refuse := func() (serverInit, error) { return serverInit{}, errors.New("it was let in") }
	wrong := strings.Repeat("\x00", 16)
	for name, sent := range map[string]string{
		"None, 3.8":               "RFB 003.008\n\x01\x01",
		"None, 3.7":               "RFB 003.007\n\x01\x01",
		"None, 3.3":               "RFB 003.003\n\x01" + wrong,
		"invalid":                 "RFB 003.008\n\x00\x01",
		"TLS":                     "RFB 003.008\n\x12\x01",
		"no answer to a question": "RFB 003.008\n\x02" + wrong + "\x01",
		"another protocol":        "GET / HTTP/1.1\r\n\r\n",
		"nothing":                 "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{in: strings.NewReader(sent)}
			err := welcome{password: "s3cret12", name: "web1", open: refuse}.greet(s)
			if err == nil || strings.Contains(err.Error(), "it was let in") {
				t.Errorf("the viewer gets in: %v", err)
			}
			if strings.Contains(s.out.String(), "web1") {
				t.Errorf("the viewer learns the name: %q", s.out.String())
			}
		})
	}
}

func FuzzKnock(f *testing.F) {
	f.Add([]byte("RFB 003.008\n\x01\x02"), "s3cret")
	f.Add([]byte("RFB 003.003\n\x00\x00\x00\x01"), "")
	f.Add([]byte("RFB 003.007\n\x00\x00\x00\x00\x05sorry"), "")
	f.Fuzz(func(t *testing.T, sent []byte, password string) {
		s := &script{in: bytes.NewReader(sent)}
		if _, err := knock(s, password); err != nil && core.CodeOf(err) == core.CodeInternal {
			t.Errorf("a screen makes gwm fail: %v", err)
		}
		if password != "" && len(password) > 3 && strings.Contains(s.out.String(), password) {
			t.Error("the password leaves as it is")
		}
	})
}

func FuzzGreet(f *testing.F) {
	f.Add([]byte("RFB 003.008\n\x02"), "s3cret12")
	f.Add([]byte("RFB 003.003\n\x01"), "")
	f.Fuzz(func(t *testing.T, sent []byte, password string) {
		s := &script{in: bytes.NewReader(sent)}
		opened := false
		_ = welcome{password: password, name: "web1", open: func() (serverInit, error) {
			opened = true
			return serverInit{}, nil
		}}.greet(s)
		if opened && password != "" {
			t.Error("somebody got in who did not see the question") // 2^-128 by chance
		}
	})
}

// A screen that says nothing does not hold up anybody.
func TestEnterGivesUp(t *testing.T) {
	t.Parallel()
	a, b := net.Pipe()
	defer b.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := enter(ctx, a, ""); core.CodeOf(err) != core.CodeUnreachable {
		t.Errorf("a silent screen: %v", err)
	}
}
