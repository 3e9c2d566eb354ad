package ssh

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// HostKey is a public host key of the server.
type HostKey struct {
	Type        string // "ssh-ed25519", "ssh-rsa"
	Fingerprint string // "SHA256:..." as OpenSSH prints it
	Line        string // "TYPE BASE64", for known_hosts
	Next        bool   // announced to clients, not used yet (see Config.HostKeyDir)
}

// hostKeys are the keys that the server shows, and those that it announces as
// its next ones.
type hostKeys struct {
	signers []gossh.Signer
	next    []gossh.Signer
}

// nextSuffix marks the file of a key that takes over when it is renamed.
const nextSuffix = ".next"

// loadHostKeys reads the host keys from dir and makes those that are missing.
func loadHostKeys(dir string) (*hostKeys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the host key directory: %w", err)
	}
	if err := checkPrivate(dir, 0o700); err != nil {
		return nil, err
	}
	keys := &hostKeys{}
	for _, kind := range []string{"ed25519", "rsa"} {
		path := filepath.Join(dir, "ssh_host_"+kind+"_key")
		signer, err := readHostKey(path)
		if errors.Is(err, fs.ErrNotExist) {
			signer, err = makeHostKey(path, kind)
		}
		if err != nil {
			return nil, err
		}
		keys.signers = append(keys.signers, signer)
		next, err := readHostKey(path + nextSuffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if next != nil {
			keys.next = append(keys.next, next)
		}
	}
	return keys, nil
}

// list describes the keys.
func (k *hostKeys) list() []HostKey {
	var out []HostKey
	add := func(signers []gossh.Signer, next bool) {
		for _, s := range signers {
			pub := s.PublicKey()
			out = append(out, HostKey{
				Type: pub.Type(), Fingerprint: gossh.FingerprintSHA256(pub),
				Line: strings.TrimSpace(string(gossh.MarshalAuthorizedKey(pub))), Next: next,
			})
		}
	}
	add(k.signers, false)
	add(k.next, true)
	return out
}

// checkPrivate refuses what others than the owner may read or change.
func checkPrivate(path string, mode fs.FileMode) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at the host key: %w", err)
	}
	if info.Mode().Perm()&^mode != 0 {
		return core.Errorf(core.CodeState, "%s is open to others (mode %04o)", path, info.Mode().Perm()).
			WithHint("run: chmod %o %s", mode, path)
	}
	return nil
}

func readHostKey(path string) (gossh.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the host key: %w", err)
	}
	if err := checkPrivate(path, 0o600); err != nil {
		return nil, err
	}
	signer, err := gossh.ParsePrivateKey(text)
	if err != nil {
		return nil, core.Errorf(core.CodeState, "%s is not a private key without passphrase: %w", path, err).
			WithHint("restore it from a backup, or remove it to have a new one made (clients will warn)")
	}
	return withoutSHA1(signer)
}

// withoutSHA1 keeps an RSA key from signing with SHA-1, which the library would
// offer to clients.
func withoutSHA1(signer gossh.Signer) (gossh.Signer, error) {
	rsaSigner, ok := signer.(gossh.AlgorithmSigner)
	if !ok || signer.PublicKey().Type() != gossh.KeyAlgoRSA {
		return signer, nil
	}
	modern, err := gossh.NewSignerWithAlgorithms(rsaSigner, []string{gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSASHA256})
	if err != nil {
		return nil, fmt.Errorf("restrict the host key: %w", err)
	}
	return modern, nil
}

// makeHostKey makes a key and its file. A file that appeared meanwhile is left
// alone.
func makeHostKey(path, kind string) (gossh.Signer, error) {
	key, err := generateHostKey(kind)
	if err != nil {
		return nil, fmt.Errorf("make the host key %s: %w", path, err)
	}
	block, err := gossh.MarshalPrivateKey(key, "gwm")
	if err != nil {
		return nil, fmt.Errorf("encode the host key %s: %w", path, err)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".hostkey-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("write the host key: %w", err)
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = part.Write(pem.EncodeToMemory(block))
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return nil, fmt.Errorf("write the host key: %w", err)
	}
	if err := os.Link(part.Name(), path); err != nil {
		return nil, fmt.Errorf("write the host key: %w", err)
	}
	return readHostKey(path)
}

func generateHostKey(kind string) (crypto.PrivateKey, error) {
	if kind == "rsa" {
		return rsa.GenerateKey(rand.Reader, 3072)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}
