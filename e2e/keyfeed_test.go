package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// webAddr finds the address of the HTTPS listener in the server's log.
func (w *world) webAddr(t *testing.T) string {
	t.Helper()
	return w.listens(t, "listening for HTTPS")
}

// listens finds an address in the server's log.
func (w *world) listens(t *testing.T, message string) string {
	t.Helper()
	check(t, w.server.says(message))
	for line := range strings.Lines(w.server.Log()) {
		var entry struct{ Msg, Addr string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == message {
			return entry.Addr
		}
	}
	t.Fatalf("the server does not say %q with an address:\n%s", message, w.server.Log())
	return ""
}

// hook runs docs/hooks/sshkeys.sh with an environment of its own.
func (w *world) hook(t *testing.T, env ...string) result {
	t.Helper()
	script, err := filepath.Abs("../docs/hooks/sshkeys.sh")
	check(t, err)
	cmd := exec.CommandContext(t.Context(), "sh", script)
	cmd.Dir, cmd.Env = w.dir, append([]string{"PATH=" + os.Getenv("PATH"), "AUTHORIZED_KEYS=" + filepath.Join(w.dir, "target", "keys")}, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode()}
}

// written is what the hook left; empty where there is no file.
func (w *world) written() string {
	text, err := os.ReadFile(filepath.Join(w.dir, "target", "keys"))
	if err != nil {
		return ""
	}
	return string(text)
}

// feedSite is a site with HTTPS: ann administers web1 of berlin, bob works with it.
func feedSite(t *testing.T) (w *world, addr string) {
	t.Helper()
	w = newServerless(t)
	config, err := os.ReadFile(filepath.Join(w.dir, "gwm.yaml"))
	check(t, err)
	check(t, w.write("gwm.yaml", string(config)+"web:\n  listen: 127.0.0.1:0\n"))
	w.gwm(t, "cluster", "add", "berlin", "--url", w.clusters["berlin"].URL(), "--user", "gwm", "--password-file", "password", "--ca", "berlin.pem")
	w.up(t)
	for _, name := range []string{"ann", "bob"} {
		w.must(t, "admin", "user", "add", name, "--key", strings.TrimSpace(w.actors[name].authorizedKey()))
	}
	w.must(t, "admin", "grant", "set", "ann", "admin", "berlin/web1")
	w.must(t, "admin", "grant", "set", "bob", "operator", "berlin/web1")
	return w, w.webAddr(t)
}

// The hook fetches the keys of an instance, a cluster and the site, and leaves the
// file as it was whenever it cannot.
func TestHookWritesKeys(t *testing.T) {
	t.Parallel()
	w, addr := feedSite(t)
	token := func(on string) string {
		secret := strings.TrimSpace(w.must(t, "admin", "token", "add", on, "--comment", "hook"))
		check(t, w.write("token", secret+"\n"))
		return secret
	}
	host, cacert := "GWM_HOST="+addr, "GWM_CACERT="+filepath.Join(w.dir, "data", "web.crt")
	file := "GWM_API_KEY_FILE=" + filepath.Join(w.dir, "token")
	instance, slug := "INSTANCE_NAME=web1.berlin.example.org", "GWM_SLUG=berlin"
	users := func() string {
		var names []string
		for line := range strings.Lines(w.written()) {
			_, name, _ := strings.Cut(line, " gwm-user=")
			names = append(names, strings.TrimSpace(name))
		}
		return strings.Join(names, " ")
	}
	good := func(want string, env ...string) {
		t.Helper()
		if r := w.hook(t, append(env, host, cacert, file)...); r.code != 0 || users() != want {
			t.Errorf("the hook ends with %d, %s%s; the keys are those of %q, want %q", r.code, r.out, r.err, users(), want)
		}
	}
	site := token("site")
	good("admin ann bob")
	good("admin ann bob", slug)
	good("admin ann", slug, instance)
	if !strings.Contains(w.written(), strings.TrimSpace(w.actors["ann"].authorizedKey())) {
		t.Errorf("ann's key is not in %q", w.written())
	}
	info, err := os.Stat(filepath.Join(w.dir, "target", "keys"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	before := w.written()
	bad := func(why string, env ...string) {
		t.Helper()
		r := w.hook(t, append([]string{cacert, host, file, slug, instance}, env...)...)
		if r.code != 1 || !strings.Contains(r.err, why) || w.written() != before {
			t.Errorf("the hook ends with %d, %q, want 1 with %q; the file is %q", r.code, r.err, why, w.written())
		}
		if strings.Contains(r.out+r.err, site[13:]) {
			t.Errorf("the hook tells the secret: %s%s", r.out, r.err)
		}
	}
	bad("gwm did not give the keys", "INSTANCE_NAME=nothing")
	bad("gwm did not give the keys", "GWM_SLUG=nothing")
	bad("gwm did not give the keys", "GWM_CACERT="+filepath.Join(w.dir, "berlin.pem"))
	bad("gwm did not give the keys", "GWM_PIN=sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	bad("GWM_SLUG is not set", "GWM_SLUG=")
	bad("GWM_HOST must be reached by https", "GWM_HOST=http://"+addr)
	bad("cannot be the name", "INSTANCE_NAME=../../keys")
	bad("is not the secret of a token", "GWM_API_KEY_FILE=", "GWM_API_KEY=a\" --output x")
	check(t, os.Chmod(filepath.Join(w.dir, "token"), 0o644))
	bad("must be a file of mode 0600")
	check(t, os.Chmod(filepath.Join(w.dir, "token"), 0o600))

	token("berlin/web2")
	bad("gwm did not give the keys")
	token("berlin/web1")
	w.must(t, "admin", "grant", "remove", "ann", "berlin/web1")
	good("admin", slug, instance)
	left, err := filepath.Glob(filepath.Join(w.dir, "target", ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the hook leaves %v", left)
	}
	if strings.Contains(w.server.Log(), site[13:]) {
		t.Error("the server's log holds a secret")
	}
}

// feedClient asks for keys over HTTPS, with the certificate that gwm made.
func (w *world) feedClient(t *testing.T, addr string) func(path, bearer string) (got *http.Response, body string) {
	t.Helper()
	pem, err := os.ReadFile(filepath.Join(w.dir, "data", "web.crt"))
	check(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}}
	return func(path, bearer string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+addr+path, nil)
		check(t, err)
		if bearer != "" {
			r.Header.Set("Authorization", "Bearer "+bearer)
		}
		got, err := client.Do(r)
		check(t, err)
		defer got.Body.Close()
		body, err := io.ReadAll(got.Body)
		check(t, err)
		return got, string(body)
	}
}

// The addresses and the JSON of old hooks, and the way of the new ones.
func TestKeyFeedAddresses(t *testing.T) {
	t.Parallel()
	w, addr := feedSite(t)
	secret := strings.TrimSpace(w.must(t, "admin", "token", "add", "berlin"))
	ask := w.feedClient(t, addr)
	for _, tt := range []struct {
		path, bearer string
		status       int
		users        int
	}{
		{"/cluster/berlin/keys/" + secret + "/", "", 200, 3},
		{"/cluster/berlin/web1/keys/" + secret + "/", "", 200, 2},
		{"/cluster/berlin/web1.berlin.example.org/keys/", secret, 200, 2},
		{"/cluster/berlin/nothing/keys/" + secret + "/", "", 404, 0},
		{"/keys/" + secret + "/", "", 403, 0},
		{"/cluster/oslo/keys/" + secret + "/", "", 403, 0},
	} {
		got, body := ask(tt.path, tt.bearer)
		var pairs [][2]string
		if got.StatusCode == http.StatusOK {
			check(t, json.Unmarshal([]byte(body), &pairs))
		}
		if got.StatusCode != tt.status || len(pairs) != tt.users {
			t.Errorf("%s: %d %s", strings.ReplaceAll(tt.path, secret, "SECRET"), got.StatusCode, body)
		}
	}
	out := w.must(t, "admin", "audit", "list", "--op", "key.feed")
	has(t, out, "token:"+secret[:12], "denied", "read", "berlin/web1.berlin.example.org", "the token is for berlin")
	hasNot(t, out+w.server.Log(), secret[13:])
}
