package consoleproxy

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"gwm/core"
)

// Certificate is the server's certificate with its key, from two files. It is
// read again when they change; where the new ones are no good the old ones stay
// in use and the log says why.
type Certificate struct {
	certFile, keyFile string
	kept              kept[*tls.Certificate]
}

// LoadCertificate reads the two files. The error is a *core.Error.
func LoadCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile}
	c.kept = kept[*tls.Certificate]{
		file: certFile, look: c.look, read: c.read, log: log,
		took: func(next *tls.Certificate) {
			log.Info("took over a new certificate", "file", certFile, "fingerprint", fingerprint(next.Leaf))
		},
	}
	return c, c.kept.load()
}

// get is for tls.Config.GetCertificate.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.kept.get(), nil }

// Fingerprint is the SHA-256 of the certificate, 64 hex digits.
func (c *Certificate) Fingerprint() string { return fingerprint(c.kept.get().Leaf) }

// Pin is the SHA-256 of its public key as curl's --pinnedpubkey takes it.
func (c *Certificate) Pin() string {
	sum := sha256.Sum256(c.kept.get().Leaf.RawSubjectPublicKeyInfo)
	return "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
}

// Private tells whether a file with this mode may hold a secret: nobody but its owner
// writes it, and nobody but its group reads it, as with credentials of systemd and
// keys of Debian's group ssl-cert.
func Private(mode fs.FileMode) bool { return mode.IsRegular() && mode.Perm()&0o037 == 0 }

func fingerprint(leaf *x509.Certificate) string {
	sum := sha256.Sum256(leaf.Raw)
	return hex.EncodeToString(sum[:])
}

func (c *Certificate) look() (fileStamp, error) {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return fileStamp{}, unreadable(c.certFile, err)
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return fileStamp{}, unreadable(c.keyFile, err)
	}
	if !Private(key.Mode()) {
		return fileStamp{}, core.Errorf(core.CodeInvalid, "others on this machine can read or change the key of the certificate, %s, or it is no file", c.keyFile).
			WithHint("chmod 600 it, and make a new one if others work on this machine")
	}
	return fileStamp{cert.ModTime(), key.ModTime(), cert.Size(), key.Size()}, nil
}

func (c *Certificate) read() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	switch {
	case err == nil:
		return &pair, nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, unreadable(c.certFile+" or its key "+c.keyFile, err)
	}
	return nil, core.Errorf(core.CodeInvalid, "%s and %s are not a certificate and its key: %w", c.certFile, c.keyFile, err).
		WithHint("both are PEM files; the certificate comes first, then those above it")
}

func unreadable(file string, err error) error {
	return core.Errorf(core.CodeInvalid, "the certificate %s cannot be read: %w", file, core.PlainCause(err)).
		WithHint("check web.certificate and web.key in the configuration, or leave both empty to have one made")
}
