package ssh

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

func TestLoginWithEveryKeyType(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	for name, key := range map[string]gossh.Signer{
		"ed25519": newEd25519(t), "ecdsa": newECDSA(t), "rsa": newRSA(t), "security key": newSecurityKey(t, 1),
	} {
		f.addKey("ann", key.PublicKey())
		got := f.run(f.client(key), "whoami")
		if diff := cmp.Diff(result{Out: "ann\n"}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLoginNameDoesNotMatter(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c, err := f.dialAs("root", f.addr, gossh.PublicKeys(f.ann))
	f.check(err)
	defer func() { _ = c.Close() }()
	if got := f.run(c, "whoami"); got.Out != "ann\n" {
		t.Errorf("ann's key with the login name root is %q", got.Out)
	}
}

// TestRefusedLogins also holds that every refusal reads the same.
func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) { everywhere(c) })
	disabled, sha1, untouched := newEd25519(t), newRSA(t), newSecurityKey(t, 0)
	yes := true
	f.do(core.AddUser{User: core.User{Name: "bob"}})
	f.addKey("bob", disabled.PublicKey())
	f.do(core.EditUser{Name: "bob", Disabled: &yes})
	f.addKey("ann", sha1.PublicKey())
	f.addKey("ann", untouched.PublicKey())
	oldRSA, err := gossh.NewSignerWithAlgorithms(sha1.(gossh.AlgorithmSigner), []string{gossh.KeyAlgoRSA})
	f.check(err)

	texts := map[string][]string{}
	for name, auth := range map[string][]gossh.AuthMethod{
		"nothing":              nil,
		"unknown key":          {gossh.PublicKeys(newEd25519(t))},
		"disabled user":        {gossh.PublicKeys(disabled)},
		"RSA with SHA-1":       {gossh.PublicKeys(oldRSA)},
		"security key, no tap": {gossh.PublicKeys(untouched)},
		"password":             {gossh.Password("ann")},
		"keyboard-interactive": {gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })},
	} {
		c, err := f.dial(auth...)
		if err == nil {
			_ = c.Close()
			t.Errorf("%s: logged in", name)
			continue
		}
		texts[err.Error()] = append(texts[err.Error()], name)
	}
	for text, names := range texts {
		if strings.Contains(text, "ann") || strings.Contains(text, "bob") {
			t.Errorf("%v: the refusal names an account: %s", names, text)
		}
	}
	for _, pair := range [][2]string{{"unknown key", "disabled user"}} {
		same := false
		for _, names := range texts {
			joined := strings.Join(names, "|")
			same = same || strings.Contains(joined, pair[0]) && strings.Contains(joined, pair[1])
		}
		if !same {
			t.Errorf("%s and %s are told apart: %q", pair[0], pair[1], texts)
		}
	}
}

// TestOfferedKeyRegression is the attack on an identity that is taken from an
// offered key: the client offers the administrator's public key, which anybody
// can know, fails to sign with it and then signs with its own.
func TestOfferedKeyRegression(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c, err := f.dial(gossh.PublicKeys(offerOnly{f.root.PublicKey()}, f.ann))
	f.check(err)
	defer func() { _ = c.Close() }()
	if got := f.run(c, "whoami"); got.Out != "ann\n" {
		t.Errorf("after offering root's key ann is %q", got.Out)
	}
}

// TestForgedSignature signs with one key for another.
func TestForgedSignature(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	if c, err := f.dial(gossh.PublicKeys(forger{f.root.PublicKey(), f.ann}, f.ann)); err == nil {
		got := f.run(c, "whoami")
		_ = c.Close()
		if got.Out != "ann\n" {
			t.Errorf("a forged signature for root's key makes %q", got.Out)
		}
	}
}

func TestKeyRemovedBetweenLogins(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	f.do(core.RemoveKey{User: "ann", Fingerprint: gossh.FingerprintSHA256(f.ann.PublicKey())})
	got := f.run(c, "whoami")
	if got.Exit != 1 || got.Out != "" || !strings.Contains(got.Err, "login refused") {
		t.Errorf("a session with a removed key gives %+v", got)
	}
	if _, err := f.dial(gossh.PublicKeys(f.ann)); err == nil {
		t.Error("a removed key still logs in")
	}
}

func TestTooManySessionsIsSaid(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) {
		small, err := core.New(context.Background(), core.Config{Store: coretest.NewStore(), Inventory: inventory.New, Tuning: core.Tuning{SessionsUser: 1}})
		if err != nil {
			t.Fatal(err)
		}
		c.Core = small
	})
	small := f.server.cfg.Core
	local, err := small.Local(t.Context(), "local", "command")
	f.check(err)
	f.local = local
	f.do(core.AddUser{User: core.User{Name: "ann"}})
	f.addKey("ann", f.ann.PublicKey())
	c := f.client(f.ann)
	first, err := c.NewSession()
	f.check(err)
	out, err := first.StdoutPipe()
	f.check(err)
	f.check(first.Start("wait"))
	f.check(readLine(out))
	got := f.run(c, "whoami")
	if got.Exit != 1 || !strings.Contains(got.Err, "sessions open") {
		t.Errorf("one session too many gives %+v", got)
	}
}

func readLine(r io.Reader) error {
	b := make([]byte, 1)
	for {
		if _, err := r.Read(b); err != nil || b[0] == '\n' {
			return err
		}
	}
}

// offerOnly has a public key and gives an empty signature.
type offerOnly struct{ key gossh.PublicKey }

func (o offerOnly) PublicKey() gossh.PublicKey { return o.key }

func (o offerOnly) Sign(io.Reader, []byte) (*gossh.Signature, error) {
	return &gossh.Signature{}, nil
}

// forger signs with another key than it shows.
type forger struct {
	key  gossh.PublicKey
	with gossh.Signer
}

func (f forger) PublicKey() gossh.PublicKey { return f.key }

func (f forger) Sign(r io.Reader, data []byte) (*gossh.Signature, error) { return f.with.Sign(r, data) }

// securityKey is an sk-ssh-ed25519 key in software; flags is what it says of the
// person's presence.
type securityKey struct {
	public  gossh.PublicKey
	private ed25519.PrivateKey
	flags   byte
}

const skApplication = "ssh:"

func newSecurityKey(t *testing.T, flags byte) gossh.Signer {
	t.Helper()
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gossh.ParsePublicKey(gossh.Marshal(struct {
		Type, Key, Application string
	}{gossh.KeyAlgoSKED25519, string(pub), skApplication}))
	if err != nil {
		t.Fatal(err)
	}
	return &securityKey{key, private, flags}
}

func (k *securityKey) PublicKey() gossh.PublicKey { return k.public }

func (k *securityKey) Sign(_ io.Reader, data []byte) (*gossh.Signature, error) {
	app, sum := sha256.Sum256([]byte(skApplication)), sha256.Sum256(data)
	rest := binary.BigEndian.AppendUint32([]byte{k.flags}, 7)
	signed := append(append(append([]byte{}, app[:]...), rest...), sum[:]...)
	blob := ed25519.Sign(k.private, signed)
	if len(blob) == 0 {
		return nil, errors.New("no signature")
	}
	return &gossh.Signature{Format: gossh.KeyAlgoSKED25519, Blob: blob, Rest: rest}, nil
}
