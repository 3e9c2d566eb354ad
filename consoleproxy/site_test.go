package consoleproxy

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

const annKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB ann@desk"

// site is a core with the site administrator ann and the cluster berlin, on which
// the VM web1.example.org has rights and another does not exist, and the front on it.
type site struct {
	t     *testing.T
	core  *core.Core
	store *coretest.Store
	root  *core.Session
	cfg   Config
	front *front
	log   *logBook
}

// logBook is a log of every level that can be read.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newSite(t *testing.T, change func(*Config)) *site {
	t.Helper()
	s := &site{t: t, store: coretest.NewStore(), log: &logBook{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	s.core, err = core.New(t.Context(), core.Config{Store: s.store, Inventory: inventory.New, Log: log, Open: map[string]core.Opener{"ganeti": coretest.Opener()}})
	if err != nil {
		t.Fatal(err)
	}
	if s.root, err = s.core.Local(t.Context(), "", "test"); err != nil {
		t.Fatal(err)
	}
	key, err := core.ParseKey(annKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range []core.Op{
		core.AddUser{User: core.User{Name: "ann", Admin: true}, Keys: []core.Key{key}},
		core.AddCluster{Cluster: core.Cluster{Name: "berlin", Platform: "ganeti", URL: "https://berlin.example:5080"}},
		core.AddCluster{Cluster: core.Cluster{Name: "paris", Platform: "ganeti", URL: "https://paris.example:5080"}},
	} {
		if _, err := s.root.Do(t.Context(), op); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "web.crt"), filepath.Join(dir, "web.key")
	if _, err := MakeCertificate(certFile, keyFile, ""); err != nil {
		t.Fatal(err)
	}
	cert, err := LoadCertificate(certFile, keyFile, log)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg = Config{Core: s.core, Log: log, Certificate: cert, PathSecrets: true, Limits: DefaultLimits()}
	if change != nil {
		change(&s.cfg)
	}
	s.front = newFront(s.cfg)
	return s
}

func (s *site) token(on core.Ref) string {
	s.t.Helper()
	secret, err := s.root.NewToken(s.t.Context(), on, "", time.Time{})
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// answer is what a client got.
type answer struct {
	status int
	body   string
	header http.Header
}

// ask sends a request to the front; header is "Name: value" lines.
func (s *site) ask(method, path string, header ...string) answer {
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, nil)
	r.RemoteAddr = "192.0.2.7:4711"
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		if name == "From" {
			r.RemoteAddr = value
			continue
		}
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.front.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return answer{w.Code, string(body), w.Result().Header}
}
