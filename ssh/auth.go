package ssh

import (
	"errors"
	"time"

	charm "charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// identity is who a verified key or certificate belongs to.
type identity struct {
	user  string
	key   string    // fingerprint
	cert  string    // id and serial; empty for a plain key
	until time.Time // end of the certificate
}

// errRefused is the answer to every login that fails, whatever the reason.
var errRefused = errors.New("permission denied")

// identify tells whose key this is. It proves nothing: it is asked once for the
// offer, whose answer is forgotten, and once when the signature was checked.
// What fails here takes the same way for an unknown key and a disabled user, and
// the way has no waiting in it.
func (c *connection) identify(key gossh.PublicKey, login string) (identity, error) {
	if cert, ok := key.(*gossh.Certificate); ok {
		return c.server.authorities.check(cert, login, c.ip, time.Now())
	}
	user, ok := c.server.cfg.Core.UserByKey(key.Marshal())
	if !ok {
		return identity{}, errRefused
	}
	return identity{user: user, key: gossh.FingerprintSHA256(key)}, nil
}

// offered answers whether it is worth to sign with a key. It stores nothing.
func (c *connection) offered(ctx charm.Context, key charm.PublicKey) bool {
	_, err := c.identify(key, ctx.User())
	return err == nil || c.opens(ctx.User(), key)
}

// verified is called after the signature was checked, and is the only place
// that decides who a client is. Nothing of the permissions of an offer is kept.
func (c *connection) verified(meta gossh.ConnMetadata, key gossh.PublicKey, _ *gossh.Permissions, _ string) (*gossh.Permissions, error) {
	id, err := c.identify(key, meta.User())
	switch {
	case err == nil:
		return id.permissions(), nil
	case c.opens(meta.User(), key):
		return c.atDoor(meta.User(), key), nil
	}
	return nil, errRefused
}

// The names under which an identity travels in gossh.Permissions.Extensions.
const (
	extUser  = "user"
	extKey   = "key"
	extCert  = "cert"
	extUntil = "until"
	// extMethod is core.MethodPassword where there is neither key nor certificate.
	extMethod = "method"
)

func (id identity) permissions() *gossh.Permissions {
	ext := map[string]string{extUser: id.user, extKey: id.key, extCert: id.cert}
	if !id.until.IsZero() {
		ext[extUntil] = id.until.UTC().Format(time.RFC3339)
	}
	return &gossh.Permissions{Extensions: ext}
}

// credential reads what verified stored.
func credential(p charm.Permissions) (core.Credential, error) {
	if p.Permissions == nil || p.Extensions[extUser] == "" {
		return core.Credential{}, errRefused
	}
	cred := core.Credential{User: p.Extensions[extUser], Key: p.Extensions[extKey], Cert: p.Extensions[extCert], Method: p.Extensions[extMethod]}
	if until := p.Extensions[extUntil]; until != "" {
		t, err := time.Parse(time.RFC3339, until)
		if err != nil {
			return core.Credential{}, errRefused
		}
		cred.Until = t
	}
	return cred, nil
}

// config pins what is negotiated to what a current OpenSSH does by default, as
// far as golang.org/x/crypto has it.
func (c *connection) config(ctx charm.Context) *gossh.ServerConfig {
	cfg := &gossh.ServerConfig{
		Config: gossh.Config{
			KeyExchanges: []string{
				gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519,
				gossh.KeyExchangeECDHP256, gossh.KeyExchangeECDHP384, gossh.KeyExchangeECDHP521,
			},
			Ciphers: []string{
				gossh.CipherChaCha20Poly1305, gossh.CipherAES128GCM, gossh.CipherAES256GCM,
				gossh.CipherAES128CTR, gossh.CipherAES192CTR, gossh.CipherAES256CTR,
			},
			MACs: []string{
				gossh.HMACSHA256ETM, gossh.HMACSHA512ETM, gossh.HMACSHA256, gossh.HMACSHA512,
			},
		},
		PublicKeyAuthAlgorithms: []string{
			gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoSKECDSA256,
			gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521,
			gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSASHA256,
		},
		MaxAuthTries: c.server.cfg.Limits.AuthTries,
		AuthLogCallback: func(_ gossh.ConnMetadata, _ string, err error) {
			if err == nil {
				c.authenticated()
			}
		},
	}
	if c.local {
		cfg.NoClientAuth = true // the kernel told who the peer is
		return cfg
	}
	cfg.VerifiedPublicKeyCallback = c.verified
	if c.server.cfg.Core.Passwords() {
		cfg.KeyboardInteractiveCallback = func(meta gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
			return c.password(ctx, meta.User(), ask)
		}
	}
	return cfg
}
