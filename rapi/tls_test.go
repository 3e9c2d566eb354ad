package rapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gwm/core"
)

// certificate makes a self-signed certificate; change may spoil it.
func certificate(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "alpha.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"alpha.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	change(tmpl)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// guarded is a server with that certificate which counts what reaches it.
func guarded(t *testing.T, cert tls.Certificate, most uint16) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	web1 := capture(t, "instance-web1")
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = w.Write(web1.Body)
	}))
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: most}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, requests
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	good := certificate(t, func(*x509.Certificate) {})
	expired := certificate(t, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = c.NotBefore.AddDate(-1, 0, 0), c.NotAfter.AddDate(-1, 0, 0)
	})
	early := certificate(t, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = c.NotBefore.AddDate(1, 0, 0), c.NotAfter.AddDate(1, 0, 0)
	})
	otherName := certificate(t, func(c *x509.Certificate) { c.IPAddresses = nil })
	noName := certificate(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, nil })
	finger := func(c tls.Certificate) string {
		sum := sha256.Sum256(c.Leaf.Raw)
		return hex.EncodeToString(sum[:])
	}
	for _, tt := range []struct {
		name    string
		cert    tls.Certificate
		cluster core.Cluster
		parts   []string // of the error; nil: it works
		problem string   // of the probe
	}{
		{"its own CA", good, core.Cluster{CA: pemOf(good.Leaf)}, nil, ""},
		{"no CA", good, core.Cluster{}, []string{"not trusted here", "--ca FILE", "--fingerprint"}, "not trusted here"},
		{"another CA", good, core.Cluster{CA: pemOf(expired.Leaf)}, []string{"not trusted here"}, "not trusted here"},
		{"expired", expired, core.Cluster{CA: pemOf(expired.Leaf)}, []string{"expired on", "gnt-cluster renew-crypto"}, "expired on"},
		{"not valid yet", early, core.Cluster{CA: pemOf(early.Leaf)}, []string{"valid only from"}, "valid only from"},
		{"another name", otherName, core.Cluster{CA: pemOf(otherName.Leaf)}, []string{"is for alpha.example, not for 127.0.0.1"}, "not for 127.0.0.1"},
		{"no name, as every Ganeti makes them", noName, core.Cluster{CA: pemOf(noName.Leaf)}, []string{"names no host", "Ganeti's own certificates", "--fingerprint"}, "names no host"},
		{"pinned", good, core.Cluster{Fingerprint: finger(good)}, nil, ""},
		{"pinned and expired", expired, core.Cluster{Fingerprint: finger(expired)}, nil, ""},
		{"pinned without name", noName, core.Cluster{Fingerprint: finger(noName)}, nil, ""},
		{"pinned another", good, core.Cluster{Fingerprint: finger(expired)}, []string{"certificate changed", finger(good), finger(expired), "listening in"}, "certificate changed"},
		{"insecure", expired, core.Cluster{Insecure: true}, nil, "expired on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url, requests := guarded(t, tt.cert, 0)
			tt.cluster.URL = url
			c := clientOf(t, Config{Cluster: tt.cluster})
			p, err := c.Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if p.Fingerprint != finger(tt.cert) || p.Subject != "CN=alpha.example" || !p.NotAfter.Equal(tt.cert.Leaf.NotAfter) {
				t.Errorf("probe: %+v", p)
			}
			if (p.Problem == "") != (tt.problem == "") || !strings.Contains(p.Problem, tt.problem) {
				t.Errorf("problem %q, want %q", p.Problem, tt.problem)
			}
			if requests.Load() != 0 {
				t.Error("the probe sent a request")
			}
			err = readVM(c)
			if tt.parts == nil {
				if err != nil || requests.Load() != 1 {
					t.Errorf("%d requests, %v", requests.Load(), err)
				}
				return
			}
			checkError(t, err, core.CodeUnreachable, tt.parts...)
			_, err = c.Submit(t.Context(), core.StartVM{VM: vm("web1")}, "")
			checkError(t, err, core.CodeUnreachable, tt.parts...)
			if requests.Load() != 0 {
				t.Error("a request was sent over a connection that is not trusted")
			}
		})
	}
}

func TestOldTLSAndNoTLS(t *testing.T) {
	t.Parallel()
	good := certificate(t, func(*x509.Certificate) {})
	url, requests := guarded(t, good, tls.VersionTLS11)
	checkError(t, readVM(client(t, url)), core.CodeUnreachable, "TLS 1.2")
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	t.Cleanup(plain.Close)
	c := client(t, strings.Replace(plain.URL, "http:", "https:", 1))
	checkError(t, readVM(c), core.CodeUnreachable, "does not speak TLS", "--url")
	_, err := c.Probe(t.Context())
	checkError(t, err, core.CodeUnreachable, "does not speak TLS")
	if requests.Load() != 0 {
		t.Error("a request was sent")
	}
}

func TestPasswordStaysWithTheCluster(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) })
	var user, pass, uri string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, pass, _ = r.BasicAuth()
		uri = r.RequestURI
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	checkError(t, readVM(client(t, s.URL)), core.CodeCluster, "redirects to "+other.URL)
	if elsewhere.Load() != 0 {
		t.Error("the redirect was followed")
	}
	if user != "gwm" || pass != "hunter22" || strings.Contains(uri, "hunter22") {
		t.Errorf("user %q, password %q, %s", user, pass, uri)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, cluster := range map[string]core.Cluster{
		"no address":      {},
		"http":            {URL: "http://a:5080"},
		"password in URL": {URL: "https://gwm:secret@a:5080"},
		"CA is no PEM":    {URL: "https://a:5080", CA: "hello"},
		"short pin":       {URL: "https://a:5080", Fingerprint: "abcd"},
		"pin and CA":      {URL: "https://a:5080", Fingerprint: strings.Repeat("ab", 32), CA: "x"},
	} {
		cluster.Name, cluster.Platform = "berlin", "ganeti"
		p, err := Open(cluster, core.Secret{})
		if core.CodeOf(err) != core.CodeInvalid || p != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
