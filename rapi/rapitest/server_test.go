package rapitest_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"runtime"
	"testing"
	"time"

	"gwm/rapi/rapitest"
)

func serve(t *testing.T) (*rapitest.Cluster, *rapitest.Server) {
	t.Helper()
	c := rapitest.New(alpha())
	s, err := rapitest.Serve(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, s
}

// trusting is a client that knows the CA.
func trusting(t *testing.T, ca []byte) *http.Transport {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		t.Fatal("the CA is not PEM")
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func get(t *testing.T, tr http.RoundTripper, url string) (answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(alphaUser, alphaPassword)
	return send(tr, r)
}

func TestServe(t *testing.T) {
	t.Parallel()
	_, s := serve(t)
	tr := trusting(t, s.CA())
	a, err := get(t, tr, s.URL()+"/2/info")
	if err != nil || a.status != http.StatusOK || a.decode(t).(map[string]any)["name"] != "alpha.gwm.test" {
		t.Fatalf("answer %d %.80s, %v", a.status, a.body, err)
	}
	block, _ := pem.Decode(s.CA())
	sum := sha256.Sum256(block.Bytes)
	if s.Fingerprint() != hex.EncodeToString(sum[:]) {
		t.Errorf("fingerprint %s does not fit the certificate", s.Fingerprint())
	}
	if _, err := get(t, trusting(t, otherCA(t)), s.URL()+"/version"); err == nil {
		t.Error("a client with another CA got an answer")
	}
}

func otherCA(t *testing.T) []byte {
	t.Helper()
	_, s := serve(t)
	return s.CA()
}

func TestRefuseAndResume(t *testing.T) {
	t.Parallel()
	_, s := serve(t)
	tr := trusting(t, s.CA())
	url := s.URL()
	if err := s.Refuse(); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, tr, url+"/version"); err == nil {
		t.Error("a closed port answers")
	}
	if err := s.Resume(); err != nil {
		t.Fatal(err)
	}
	if a, err := get(t, tr, url+"/version"); err != nil || string(a.body) != "2" {
		t.Errorf("after Resume: %d %s, %v", a.status, a.body, err)
	}
}

func TestChangeCertificate(t *testing.T) {
	t.Parallel()
	_, s := serve(t)
	old, before := trusting(t, s.CA()), s.Fingerprint()
	if err := s.ChangeCertificate(); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, old, s.URL()+"/version"); err == nil || s.Fingerprint() == before {
		t.Errorf("the old CA still works: %v", err)
	}
	if _, err := get(t, trusting(t, s.CA()), s.URL()+"/version"); err != nil {
		t.Errorf("the new CA does not work: %v", err)
	}
}

// TestFaultsOnTheWire checks that what breaks off in memory breaks off over TLS as well.
func TestFaultsOnTheWire(t *testing.T) {
	t.Parallel()
	c, s := serve(t)
	tr := trusting(t, s.CA())
	c.Faults().Set(rapitest.Fault{Kind: rapitest.Cut, Bytes: 4, Times: 1})
	if a, err := get(t, tr, s.URL()+"/2/features"); err == nil || string(a.body) != `["no` {
		t.Errorf("cut answer: %q, %v", a.body, err)
	}
	// A transport repeats a read whose connection is closed before any answer, if the connection was used before.
	c.Faults().Set(rapitest.Fault{Kind: rapitest.Dead})
	if a, err := get(t, tr, s.URL()+"/2/features"); err == nil {
		t.Errorf("dead server answers %d", a.status)
	}
	c.Faults().Clear()
	c.Faults().Set(rapitest.Fault{Kind: rapitest.Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/2/info", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := send(tr, r); err == nil {
		t.Errorf("hanging server answers %d", a.status)
	}
}

// TestCloseEndsHangingRequests closes a server while a request hangs; Close must come back and the client must hear of it.
func TestCloseEndsHangingRequests(t *testing.T) {
	t.Parallel()
	c, s := serve(t)
	tr := trusting(t, s.CA())
	c.Faults().Set(rapitest.Fault{Kind: rapitest.Hang})
	done := make(chan error)
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+"/2/info", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := send(tr, r)
		done <- err
	}()
	for c.Faults().Seen(rapitest.Hang) == 0 {
		runtime.Gosched()
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the hanging request got an answer")
	}
}
