package ssh

import (
	"crypto/rand"
	"net/netip"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// certify makes a user certificate for "ann", good for an hour, changed by
// change before ca signs it.
func certify(t testing.TB, ca, key gossh.Signer, change func(*gossh.Certificate)) gossh.Signer {
	t.Helper()
	now := time.Now()
	cert := &gossh.Certificate{
		Key: key.PublicKey(), Serial: 7, CertType: gossh.UserCert, KeyId: "ann-laptop", ValidPrincipals: []string{"ann"},
		ValidAfter: uint64(now.Add(-time.Hour).Unix()), ValidBefore: uint64(now.Add(time.Hour).Unix()),
	}
	if change != nil {
		change(cert)
	}
	if err := cert.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	s, err := gossh.NewCertSigner(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func option(name, value string) func(*gossh.Certificate) {
	return func(c *gossh.Certificate) { c.CriticalOptions = map[string]string{name: value} }
}

func principals(names ...string) func(*gossh.Certificate) {
	return func(c *gossh.Certificate) { c.ValidPrincipals = names }
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	ca, stranger, rsaCA := newEd25519(t), newEd25519(t), newRSA(t)
	sha1CA, err := gossh.NewSignerWithAlgorithms(rsaCA.(gossh.AlgorithmSigner), []string{gossh.KeyAlgoRSA})
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, func(c *Config) {
		everywhere(c)
		c.UserCAKeys = append([]byte("# ours\n\n"), gossh.MarshalAuthorizedKey(ca.PublicKey())...)
		c.UserCAKeys = append(c.UserCAKeys, gossh.MarshalAuthorizedKey(rsaCA.PublicKey())...)
		c.Revoked = []byte("# lost\nserial: 100\nserial: 200-299\nid: stolen laptop\n")
	})
	for _, tc := range []struct {
		name   string
		ca     gossh.Signer
		login  string
		change func(*gossh.Certificate)
		want   string // the user; empty: refused
	}{
		{name: "good", want: "ann"},
		{name: "signed by RSA with SHA-2", ca: rsaCA, want: "ann"},
		{name: "signed by RSA with SHA-1", ca: sha1CA},
		{name: "unknown authority", ca: stranger},
		{name: "the login name is not a principal", login: "root", want: "ann"},
		{name: "no principal", login: "ann", change: principals()},
		{name: "several principals, login chooses", login: "root", change: principals("ann", "root"), want: "root"},
		{name: "several principals, login is none", login: "eve", change: principals("ann", "root")},
		{name: "principal without account", change: principals("nobody")},
		{name: "host certificate", change: func(c *gossh.Certificate) { c.CertType = gossh.HostCert }},
		{name: "expired", change: func(c *gossh.Certificate) { c.ValidBefore = c.ValidAfter + 10 }},
		{name: "not yet valid", change: func(c *gossh.Certificate) { c.ValidAfter = c.ValidBefore - 10 }},
		{name: "for ever", change: func(c *gossh.Certificate) { c.ValidAfter, c.ValidBefore = 0, gossh.CertTimeInfinity }, want: "ann"},
		{name: "from here", change: option("source-address", "203.0.113.0/24,192.0.2.0/24"), want: "ann"},
		{name: "from this address", change: option("source-address", "192.0.2.1"), want: "ann"},
		{name: "from elsewhere", change: option("source-address", "203.0.113.0/24")},
		{name: "from nonsense", change: option("source-address", "!192.0.2.1")},
		{name: "forced command", change: option("force-command", "whoami")},
		{name: "unknown option", change: option("verify-required", "")},
		{name: "revoked serial", change: func(c *gossh.Certificate) { c.Serial = 100 }},
		{name: "revoked range", change: func(c *gossh.Certificate) { c.Serial = 250 }},
		{name: "beside the range", change: func(c *gossh.Certificate) { c.Serial = 300 }, want: "ann"},
		{name: "revoked id", change: func(c *gossh.Certificate) { c.KeyId = "stolen laptop" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			by, login := tc.ca, tc.login
			if by == nil {
				by = ca
			}
			if login == "" {
				login = "x"
			}
			c, err := f.dialAs(login, f.addr, gossh.PublicKeys(certify(t, by, newEd25519(t), tc.change)))
			if err != nil {
				if tc.want != "" {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			defer func() { _ = c.Close() }()
			got := f.run(c, "whoami")
			if strings.TrimSpace(got.Out) != tc.want {
				t.Errorf("is %q, want %q (%s)", got.Out, tc.want, got.Err)
			}
		})
	}
}

func TestCertificateKeyIsNotAPlainKey(t *testing.T) {
	t.Parallel()
	ca, key := newEd25519(t), newEd25519(t)
	f := start(t, func(c *Config) { c.UserCAKeys = gossh.MarshalAuthorizedKey(ca.PublicKey()) })
	for name, k := range map[string]gossh.Signer{"the certificate's key": key, "the authority's key": ca} {
		if c, err := f.dial(gossh.PublicKeys(k)); err == nil {
			_ = c.Close()
			t.Errorf("%s logs in without a certificate", name)
		}
	}
}

// TestPlainKeysWithAuthorities holds that trusting an authority does not switch
// registered keys off.
func TestPlainKeysWithAuthorities(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) { c.UserCAKeys = gossh.MarshalAuthorizedKey(newEd25519(t).PublicKey()) })
	if got := f.run(f.client(f.ann), "whoami"); got.Out != "ann\n" {
		t.Errorf("got %+v", got)
	}
}

func TestBadAuthorities(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ keys, revoked, want string }{
		"key":          {keys: "# x\nssh-ed25519 nonsense\n", want: "the trusted user CA keys, line 2: this is not a public key"},
		"word":         {revoked: "serail: 1\n", want: `line 1 of the revocation list: "serail" is not known`},
		"number":       {revoked: "\nserial: twelve\n", want: "line 2 of the revocation list"},
		"range":        {revoked: "serial: 9-3\n", want: "is not a serial number or a range"},
		"empty id":     {revoked: "id:\n", want: "the key id is missing"},
		"control char": {revoked: "\x1b[2J: 1\n", want: `"·[2J" is not known`},
	} {
		_, err := parseAuthorities([]byte(tc.keys), []byte(tc.revoked))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}

func FuzzRevocations(f *testing.F) {
	f.Add([]byte("serial: 1-9\nid: x\n"), uint64(5))
	f.Fuzz(func(t *testing.T, text []byte, serial uint64) {
		r, err := parseRevocations(text)
		if err == nil && r.match(&gossh.Certificate{Serial: serial}) && len(r.serials) == 0 {
			t.Error("a certificate without id is revoked by an id")
		}
	})
}

func FuzzSourceAddress(f *testing.F) {
	f.Add("192.0.2.0/24, ::1", "192.0.2.9")
	f.Fuzz(func(t *testing.T, list, addr string) {
		ip, err := netip.ParseAddr(addr)
		if err != nil {
			return
		}
		if addressListed(list, ip) && !strings.ContainsAny(list, "0123456789abcdefABCDEF:") {
			t.Errorf("%q lists %s", list, ip)
		}
	})
}
