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
	"sync"
	"time"

	"gwm/core"
)

// Certificate is the server's certificate with its key, from two files. It is
// read again when they change; where the new ones are no good the old ones stay
// in use and the log says why.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamp   fileStamp
	looked  time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 5 * time.Second

// fileStamp tells one content of the two files from another.
type fileStamp struct {
	certTime, keyTime time.Time
	certSize, keySize int64
}

// LoadCertificate reads the two files. The error is a *core.Error.
func LoadCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log, looked: time.Now()}
	var err error
	if c.stamp, err = c.look(); err != nil {
		return nil, err
	}
	if c.current, err = c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// get is for tls.Config.GetCertificate.
func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Sub(c.looked) < lookEvery {
		return c.current, nil
	}
	c.looked = now
	stamp, err := c.look()
	if err == nil && stamp == c.stamp {
		return c.current, nil
	}
	if err == nil {
		c.stamp = stamp // what is bad is read and told once
		var next *tls.Certificate
		if next, err = c.read(); err == nil {
			c.current = next
			c.log.Info("took over a new certificate", "file", c.certFile, "fingerprint", fingerprint(next.Leaf))
			return c.current, nil
		}
	}
	c.log.Warn("the certificate on the disk is no good; the old one stays in use", "file", c.certFile, "err", err)
	return c.current, nil
}

// Fingerprint is the SHA-256 of the certificate, 64 hex digits.
func (c *Certificate) Fingerprint() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fingerprint(c.current.Leaf)
}

// Pin is the SHA-256 of its public key as curl's --pinnedpubkey takes it.
func (c *Certificate) Pin() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := sha256.Sum256(c.current.Leaf.RawSubjectPublicKeyInfo)
	return "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
}

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
	if key.Mode().Perm()&0o007 != 0 {
		return fileStamp{}, core.Errorf(core.CodeInvalid, "everybody on this machine can read the key of the certificate, %s", c.keyFile).
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
