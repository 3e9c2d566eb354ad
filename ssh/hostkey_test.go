package ssh

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gossh "golang.org/x/crypto/ssh"
)

func TestHostKeysAreMadeOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	first, err := loadHostKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := loadHostKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.list(), second.list()); diff != "" {
		t.Errorf("the second start has other keys: %s", diff)
	}
	var types []string
	for _, k := range first.list() {
		types = append(types, k.Type)
		if !strings.HasPrefix(k.Fingerprint, "SHA256:") || !strings.HasPrefix(k.Line, k.Type+" ") {
			t.Errorf("odd description %+v", k)
		}
	}
	if diff := cmp.Diff([]string{"ssh-ed25519", "ssh-rsa"}, types); diff != "" {
		t.Error(diff)
	}
	modes := map[string]fs.FileMode{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		modes[e.Name()] = info.Mode().Perm()
	}
	want := map[string]fs.FileMode{"ssh_host_ed25519_key": 0o600, "ssh_host_rsa_key": 0o600}
	if diff := cmp.Diff(want, modes); diff != "" {
		t.Errorf("files: %s", diff)
	}
}

func TestOpenHostKeysAreRefused(t *testing.T) {
	t.Parallel()
	dir := copyKeys(t)
	key := filepath.Join(dir, "ssh_host_rsa_key")
	for _, tc := range []struct {
		path string
		mode fs.FileMode
		want string
	}{
		{key, 0o640, "run: chmod 600 " + key},
		{dir, 0o750, "run: chmod 700 " + dir},
	} {
		info, err := os.Stat(tc.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(tc.path, tc.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := loadHostKeys(dir); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s with mode %o: %v", tc.path, tc.mode, err)
		}
		if err := os.Chmod(tc.path, info.Mode()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedHostKey(t *testing.T) {
	t.Parallel()
	dir := copyKeys(t)
	path := filepath.Join(dir, "ssh_host_ed25519_key")
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadHostKeys(dir); err == nil || !strings.Contains(err.Error(), path+" is not a private key") {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "nonsense" {
		t.Errorf("the damaged key was touched: %q, %v", text, err)
	}
}

// copyKeys returns a directory with the host keys of all tests.
func copyKeys(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := os.CopyFS(dir, os.DirFS(hostKeyDir())); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ssh_host_ed25519_key", "ssh_host_rsa_key"} {
		if err := os.Chmod(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestRotation does what OpenSSH's UpdateHostKeys does: it learns the keys that
// the server announces and asks for a proof.
func TestRotation(t *testing.T) {
	t.Parallel()
	dir := copyKeys(t)
	if _, err := makeHostKey(filepath.Join(dir, "ssh_host_ed25519_key.next"), "ed25519"); err != nil {
		t.Fatal(err)
	}
	f := start(t, func(c *Config) { c.HostKeyDir = dir })
	conn, chans, reqs, err := gossh.NewClientConn(f.ln.dial(f.addr), "gwm", &gossh.ClientConfig{
		User: "ann", Auth: []gossh.AuthMethod{gossh.PublicKeys(f.ann)},
		HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	f.check(err)
	defer func() { _ = conn.Close() }()
	go func() {
		for ch := range chans {
			_ = ch.Reject(gossh.Prohibited, "")
		}
	}()
	session, requests, err := conn.OpenChannel("session", nil)
	f.check(err)
	go gossh.DiscardRequests(requests)
	defer func() { _ = session.Close() }()
	var announced []string
	var ask []byte
	for req := range reqs {
		if req.Type != hostKeysType {
			continue
		}
		for _, blob := range wireStrings(t, req.Payload) {
			key, err := gossh.ParsePublicKey(blob)
			f.check(err)
			announced = append(announced, gossh.FingerprintSHA256(key))
			ask = append(ask, gossh.Marshal(struct{ B []byte }{blob})...)
		}
		break
	}
	var want []string
	for _, k := range f.server.HostKeys() {
		want = append(want, k.Fingerprint)
	}
	if diff := cmp.Diff(want, announced); diff != "" || len(want) != 3 {
		t.Fatalf("announced %v: %s", announced, diff)
	}
	ok, proofs, err := conn.SendRequest(hostKeysProveType, true, ask)
	f.check(err)
	sigs := wireStrings(t, proofs)
	if !ok || len(sigs) != 3 {
		t.Fatalf("%d proofs, %v", len(sigs), ok)
	}
	for i, blob := range wireStrings(t, ask) {
		key, err := gossh.ParsePublicKey(blob)
		f.check(err)
		var sig gossh.Signature
		f.check(gossh.Unmarshal(sigs[i], &sig))
		data := gossh.Marshal(struct {
			Type      string
			SessionID []byte
			Key       []byte
		}{hostKeysProveType, conn.SessionID(), blob})
		if err := key.Verify(data, &sig); err != nil || sig.Format == gossh.KeyAlgoRSA {
			t.Errorf("proof of %s with %s: %v", key.Type(), sig.Format, err)
		}
	}
	foreign := gossh.Marshal(struct{ B []byte }{f.ann.PublicKey().Marshal()})
	if ok, _, _ := conn.SendRequest(hostKeysProveType, true, foreign); ok {
		t.Error("a foreign key was proved")
	}
}

// wireStrings splits a sequence of SSH strings.
func wireStrings(t *testing.T, data []byte) [][]byte {
	t.Helper()
	var out [][]byte
	for len(data) > 0 {
		var s struct {
			Head []byte
			Rest []byte `ssh:"rest"`
		}
		if err := gossh.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		out, data = append(out, s.Head), s.Rest
	}
	return out
}

// TestHostKeysWithoutSHA1 holds that no host key signs with SHA-1.
func TestHostKeysWithoutSHA1(t *testing.T) {
	t.Parallel()
	keys, err := loadHostKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, s := range keys.signers {
		got[s.PublicKey().Type()] = nil
		if m, ok := s.(gossh.MultiAlgorithmSigner); ok {
			got[s.PublicKey().Type()] = m.Algorithms()
		}
	}
	want := map[string][]string{"ssh-ed25519": {gossh.KeyAlgoED25519}, "ssh-rsa": {gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSASHA256}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
