package ssh

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// code invites ann.
func (f *fixture) code() string {
	f.Helper()
	code, err := f.local.Invite(f.Context(), "ann", 0)
	f.check(err)
	return code
}

// knock connects to a door.
func (f *fixture) knock(door string, keys ...gossh.Signer) *gossh.Client {
	f.Helper()
	c, err := f.dialAs(door, f.addr, gossh.PublicKeys(keys...))
	f.check(err)
	f.Cleanup(func() { _ = c.Close() })
	return c
}

// says starts a session without a terminal and sends lines.
func (f *fixture) says(c *gossh.Client, lines string) result {
	f.Helper()
	s, err := c.NewSession()
	f.check(err)
	defer func() { _ = s.Close() }()
	var out, errs bytes.Buffer
	s.Stdin, s.Stdout, s.Stderr = strings.NewReader(lines), &out, &errs
	f.check(s.Shell())
	exit := exitCode(f, s.Wait())
	return result{out.String(), errs.String(), exit}
}

// logsIn tells whom a key logs in; empty: nobody.
func (f *fixture) logsIn(key gossh.Signer) string {
	f.Helper()
	c, err := f.dial(gossh.PublicKeys(key))
	if err != nil {
		return ""
	}
	defer func() { _ = c.Close() }()
	return strings.TrimSpace(f.run(c, "whoami").Out)
}

func TestEnrolAtDoor(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	zoe := newEd25519(t)
	got := f.says(f.knock(core.DoorEnrol, zoe), f.code()+"\n")
	if got.Exit != 0 || got.Out != "" || !strings.Contains(got.Err, "logs in as ann. Connect again, with ann@ in place of enroll@.") {
		t.Errorf("enrolling gives %+v", got)
	}
	if !strings.Contains(got.Err, gossh.FingerprintSHA256(zoe.PublicKey())) {
		t.Errorf("the key is not shown: %q", got.Err)
	}
	if who := f.logsIn(zoe); who != "ann" {
		t.Errorf("the new key logs in %q", who)
	}
	keys, err := f.local.Keys(t.Context(), "ann")
	f.check(err)
	if len(keys) != 2 || keys[1].Comment != "enrolled" {
		t.Errorf("ann's keys are %+v", keys)
	}
}

func TestEnrolOnTerminal(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	code, zoe := f.code(), newEd25519(t)
	s, keys, screen := f.shell(f.knock(core.DoorEnrol, zoe), "xterm-256color", 80, 24)
	screen.await(t, "Code: ")
	_, err := io.WriteString(keys, code+"x\x7f\r")
	f.check(err)
	screen.await(t, "logs in as ann")
	f.check(s.Wait())
	if strings.Contains(screen.String(), "drawn at") {
		t.Error("a screen was shown")
	}
}

// TestDoorGivesNothingElse holds that who came in at a door has no session.
func TestDoorGivesNothingElse(t *testing.T) {
	t.Parallel()
	f := startOn(t, core.Config{Registration: true}, nil)
	for _, door := range []string{core.DoorEnrol, core.DoorRegister} {
		c := f.knock(door, newEd25519(t))
		got := f.run(c, "whoami")
		if got.Exit == 0 || got.Out != "" || !strings.Contains(got.Err, door+"@ takes no command") {
			t.Errorf("a command at %s gives %+v", door, got)
		}
		if _, err := c.Dial("tcp", "127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "does not forward") {
			t.Errorf("forwarding at %s: %v", door, err)
		}
		if got := f.says(c, ""); got.Exit == 0 || !strings.Contains(got.Err, "nothing was typed") {
			t.Errorf("the end of the input at %s gives %+v", door, got)
		}
	}
}

// TestDoorIsForUnknownKeys holds who is let in where.
func TestDoorIsForUnknownKeys(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) { everywhere(c) })
	if got := f.run(f.knock(core.DoorEnrol, f.ann), "whoami"); got.Out != "ann\n" {
		t.Errorf("ann's key at the door is %+v", got)
	}
	weak := newRSA(t)
	sha1, err := gossh.NewSignerWithAlgorithms(weak.(gossh.AlgorithmSigner), []string{gossh.KeyAlgoRSA})
	f.check(err)
	ca := newEd25519(t)
	for name, tc := range map[string]struct {
		login string
		auth  []gossh.AuthMethod
	}{
		"another name":            {"enrol", []gossh.AuthMethod{gossh.PublicKeys(newEd25519(t))}},
		"closed registration":     {core.DoorRegister, []gossh.AuthMethod{gossh.PublicKeys(newEd25519(t))}},
		"no key":                  {core.DoorEnrol, nil},
		"RSA with SHA-1":          {core.DoorEnrol, []gossh.AuthMethod{gossh.PublicKeys(sha1)}},
		"certificate of nobody's": {core.DoorEnrol, []gossh.AuthMethod{gossh.PublicKeys(certified(t, ca, newEd25519(t), core.DoorEnrol))}},
		"offered, never proven":   {core.DoorEnrol, []gossh.AuthMethod{gossh.PublicKeys(offerOnly{newEd25519(t).PublicKey()})}},
		"proven with another key": {core.DoorEnrol, []gossh.AuthMethod{gossh.PublicKeys(forger{newEd25519(t).PublicKey(), newEd25519(t)})}},
	} {
		if c, err := f.dialAs(tc.login, f.addr, tc.auth...); err == nil {
			_ = c.Close()
			t.Errorf("%s: let in", name)
		}
	}
}

// certified is a key with a user certificate.
func certified(t *testing.T, ca, key gossh.Signer, principal string) gossh.Signer {
	t.Helper()
	cert := &gossh.Certificate{
		Key: key.PublicKey(), CertType: gossh.UserCert, ValidPrincipals: []string{principal}, ValidBefore: gossh.CertTimeInfinity,
	}
	if err := cert.SignCert(strings.NewReader(strings.Repeat("x", 1000)), ca); err != nil {
		t.Fatal(err)
	}
	s, err := gossh.NewCertSigner(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEnrolOfferedKeyRegression is the attack in which a client offers a key that
// it does not have, here the one of somebody who waits for their code, and
// proves another: what is attached is what was proven.
func TestEnrolOfferedKeyRegression(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	victim, own := newEd25519(t), newEd25519(t)
	got := f.says(f.knock(core.DoorEnrol, offerOnly{victim.PublicKey()}, own), f.code()+"\n")
	if got.Exit != 0 || !strings.Contains(got.Err, gossh.FingerprintSHA256(own.PublicKey())) {
		t.Fatalf("enrolling gives %+v", got)
	}
	if diff := cmp.Diff([]string{"", "ann"}, []string{f.logsIn(victim), f.logsIn(own)}); diff != "" {
		t.Error(diff)
	}
}

// TestWrongCodes holds that guessing is slow, that it is answered alike, and that
// it blocks its source; not even the right code helps then.
func TestWrongCodes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		code, wrong := f.code(), strings.Repeat("abcd-", 6)+"abcd"
		began := time.Now()
		c := f.knock(core.DoorEnrol, newEd25519(t))
		got := f.says(c, wrong+"\nx\n"+wrong+"\n"+code+"\n")
		if got.Exit == 0 || strings.Count(got.Err, "this code is not valid") != 3 || !strings.Contains(got.Err, "too many codes were wrong") {
			t.Errorf("three wrong codes give %+v", got)
		}
		if took := time.Since(began); took < 3*guessPause {
			t.Errorf("three guesses took %s", took)
		}
		if got := f.says(c, code+"\n"); got.Exit == 0 || !strings.Contains(got.Err, "too many codes were wrong") {
			t.Errorf("another session on the connection gives %+v", got)
		}
		f.check(c.Close())
		synctest.Wait()
		c = f.knock(core.DoorEnrol, newEd25519(t))
		f.says(c, wrong+"\n"+wrong+"\n")
		f.check(c.Close())
		synctest.Wait()
		if _, err := f.dial(gossh.PublicKeys(f.ann)); err == nil {
			t.Error("five wrong codes do not block their source")
		}
		if strings.Contains(f.log.String(), wrong) {
			t.Error("the log holds what was typed")
		}
		f.stop()
	})
}

func TestDoorCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, func(c *Config) { c.Limits.PerSource = Startups{Start: 1, Rate: 100, Full: 1} })
		c := f.knock(core.DoorEnrol, newEd25519(t))
		_, _, screen := f.shell(c, "xterm", 80, 24)
		screen.await(t, "Code: ")
		if _, err := f.dialAs(core.DoorEnrol, f.addr, gossh.PublicKeys(newEd25519(t))); err == nil {
			t.Error("who stands at the door is not counted as one that has not logged in")
		}
		began := time.Now()
		_ = c.Wait()
		if stayed := time.Since(began); stayed > doorTime {
			t.Errorf("somebody without an account stayed for %s", stayed)
		}
		f.stop()
	})
}

func TestRegister(t *testing.T) {
	t.Parallel()
	f := startOn(t, core.Config{Registration: true}, nil)
	zoe := newEd25519(t)
	got := f.says(f.knock(core.DoorRegister, zoe), "Zoe!\nZoe\nzoe\nZoe Zander\n")
	if got.Exit != 0 || !strings.Contains(got.Err, "cannot be the name of a user") || !strings.Contains(got.Err, "Thank you.") {
		t.Errorf("registering gives %+v", got)
	}
	waiting, err := f.local.Applicants(t.Context())
	f.check(err)
	if len(waiting) != 1 || waiting[0].Name != "zoe" || waiting[0].Comment != "Zoe Zander" {
		t.Fatalf("waiting are %+v", waiting)
	}
	if who := f.logsIn(zoe); who != "" {
		t.Errorf("who waits logs in as %q", who)
	}
	f.do(core.ApproveApplicant{Name: "zoe", Key: gossh.FingerprintSHA256(zoe.PublicKey())})
	if who := f.logsIn(zoe); who != "zoe" {
		t.Errorf("who was approved logs in as %q", who)
	}
}
