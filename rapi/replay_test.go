package rapi

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gwm/core"
)

var update = flag.Bool("update-golden", false, "write the golden files anew")

// exchange is one request and answer of a real Ganeti, as recorded.
type exchange struct {
	Request struct {
		Method string `json:"method"`
		Path   string `json:"path"`
	} `json:"request"`
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// capture reads testdata/3.0/NAME.json.
func capture(tb testing.TB, name string) exchange {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "3.0", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	var e exchange
	if err := json.Unmarshal(data, &e); err != nil {
		tb.Fatal(err)
	}
	return e
}

// replay serves recorded answers to the requests that they were given to; a
// later name wins. What nobody recorded is answered with 404 as Ganeti does.
func replay(tb testing.TB, names ...string) *httptest.Server {
	tb.Helper()
	answers := map[string]exchange{}
	for _, name := range names {
		e := capture(tb, name)
		u, err := url.Parse(e.Request.Path)
		if err != nil {
			tb.Fatal(err)
		}
		answers[e.Request.Method+" "+u.Path+"?"+u.Query().Encode()] = e
	}
	return serve(tb, func(w http.ResponseWriter, r *http.Request) {
		e, ok := answers[r.Method+" "+r.URL.Path+"?"+r.URL.Query().Encode()]
		if !ok {
			e = capture(tb, "error-404-path")
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(e.Status)
		_, _ = w.Write(e.Body)
	})
}

// serve starts an HTTPS server for one test.
func serve(tb testing.TB, h http.HandlerFunc) *httptest.Server {
	tb.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	tb.Cleanup(s.Close)
	return s
}

// client makes a client with short pauses that trusts anybody.
func client(tb testing.TB, url string) *Client {
	tb.Helper()
	return clientOf(tb, Config{Cluster: core.Cluster{URL: url, Insecure: true}})
}

func clientOf(tb testing.TB, cfg Config) *Client {
	tb.Helper()
	cfg.Cluster.Name, cfg.Cluster.Platform, cfg.Cluster.User = "berlin", "ganeti", "gwm"
	cfg.Password = core.NewSecret("hunter22")
	cfg.Pause, cfg.Poll = time.Millisecond, time.Millisecond
	c, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// pemOf is a certificate as the CA file of a cluster.
func pemOf(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

// golden compares v as JSON with testdata/golden/NAME.json.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range gotLines {
			if i >= len(wantLines) || gotLines[i] != wantLines[i] {
				t.Fatalf("%s differs at line %d:\n got %s\nwant %s", path, i+1, gotLines[i], at(wantLines, i))
			}
		}
		t.Fatalf("%s is longer than what was decoded", path)
	}
}

// quiet is for servers whose clients fail on purpose.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
