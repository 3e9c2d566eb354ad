package consoleproxy

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestFeedAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	all, berlin := s.token(core.Site()), s.token(core.ClusterRef("berlin"))
	guess := all[:len(all)-4] + "2222"
	bearer := func(secret string) string { return "Authorization: Bearer " + secret }
	for _, tt := range []struct {
		name   string
		status int
		path   string
		header []string
	}{
		{"site, in the path", 200, "/keys/" + all + "/", nil},
		{"without the last slash", 200, "/keys/" + all, nil},
		{"cluster, in the path", 200, "/cluster/berlin/keys/" + berlin + "/", nil},
		{"cluster, in a header", 200, "/cluster/berlin/keys/", []string{bearer(berlin)}},
		{"site, in a header", 200, "/keys", []string{bearer(all)}},
		{"small letters", 200, "/keys", []string{"Authorization: bearer " + all}},
		{"unknown cluster", 404, "/cluster/nowhere/keys/" + all, nil},
		{"unknown VM", 404, "/cluster/berlin/web1/keys/" + all, nil},
		{"unknown VM of the token's cluster", 404, "/cluster/berlin/web1/keys", []string{bearer(berlin)}},
		{"a VM that is called keys", 404, "/cluster/berlin/keys/keys/" + all, nil},
		{"wrong secret", 403, "/keys/" + guess + "/", nil},
		{"wrong secret, known cluster", 403, "/cluster/berlin/keys/" + guess, nil},
		{"wrong secret, unknown cluster", 403, "/cluster/nowhere/keys/" + guess, nil},
		{"another cluster", 403, "/cluster/paris/keys/" + berlin, nil},
		{"another cluster that is not there", 403, "/cluster/nowhere/keys/" + berlin, nil},
		{"beyond the token", 403, "/keys/" + berlin, nil},
		{"no secret", 401, "/keys/", nil},
		{"no secret, cluster", 401, "/cluster/berlin/keys", nil},
		{"another scheme", 403, "/keys/", []string{"Authorization: Basic " + all}},
		{"two headers", 403, "/keys/", []string{bearer(all), bearer(all)}},
		{"twice", 400, "/keys/" + all, []string{bearer(all)}},
		{"with a question", 404, "/keys/?secret=" + all, nil},
		{"escaped", 404, "/keys/%61" + all[1:], nil},
		{"dots", 404, "/cluster/../keys/" + all, nil},
		{"somewhere else", 404, "/", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.ask(http.MethodGet, tt.path, append(tt.header, "From: 192.0.2."+strconv.Itoa(len(tt.name))+":1")...)
			if got.status != tt.status {
				t.Errorf("the answer is %d %q, want %d", got.status, got.body, tt.status)
			}
			for _, secret := range []string{all, berlin, guess} {
				if strings.Contains(got.body+got.header.Get("Location"), secret[13:]) {
					t.Errorf("the answer holds the secret: %q", got.body)
				}
			}
			if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("the headers are %v", got.header)
			}
		})
	}
	for _, it := range s.store.Dump() {
		for _, secret := range []string{all, berlin, guess} {
			if strings.Contains(string(it.Value), secret[13:]) {
				t.Errorf("%s holds a secret: %s", it.Key, it.Value)
			}
		}
	}
	for _, secret := range []string{all, berlin, guess} {
		if strings.Contains(s.log.String(), secret[13:]) {
			t.Errorf("the log holds a secret: %s", s.log)
		}
	}
}

// A wrong secret and one for something else are told apart by nothing, so that
// nobody learns which clusters there are.
func TestFeedTellsAWrongSecretNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	berlin := s.token(core.ClusterRef("berlin"))
	var first answer
	for i, path := range []string{
		"/cluster/berlin/keys/guess", "/cluster/nowhere/keys/guess", "/cluster/berlin/web1/keys/guess", "/keys/guess",
		"/cluster/paris/keys/" + berlin, "/cluster/nowhere/keys/" + berlin, "/cluster/paris/web1/keys/" + berlin,
	} {
		got := s.ask(http.MethodGet, path)
		if i == 0 {
			first = got
		}
		if diff := cmp.Diff(first, got, cmp.AllowUnexported(answer{})); diff != "" || got.status != http.StatusForbidden {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestFeedForms(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	path := "/keys/" + s.token(core.Site()) + "/"
	got := s.ask(http.MethodGet, path)
	var pairs [][]string
	if err := json.Unmarshal([]byte(got.body), &pairs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{annKey, "ann"}}, pairs); diff != "" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("the answer of type %q: %s", got.header.Get("Content-Type"), diff)
	}
	if got := s.ask(http.MethodGet, path, "Accept: text/plain"); got.body != annKey+" gwm-user=ann\n" {
		t.Errorf("as text: %q", got.body)
	}
	if got := s.ask(http.MethodHead, path); got.status != http.StatusOK {
		t.Errorf("HEAD: %d", got.status)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodConnect, "BREW"} {
		if got := s.ask(method, path); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d", method, got.status)
		}
	}
}

func TestPathSecretsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) { c.PathSecrets = false })
	secret := s.token(core.Site())
	if got := s.ask(http.MethodGet, "/keys/"+secret); got.status != http.StatusForbidden || !strings.Contains(got.body, "Authorization: Bearer") {
		t.Errorf("%d %q", got.status, got.body)
	}
	if got := s.ask(http.MethodGet, "/keys", "Authorization: Bearer "+secret); got.status != http.StatusOK {
		t.Errorf("%d %q", got.status, got.body)
	}
}

func TestLimitsOfRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(c *Config) {
			c.Limits.Requests, c.Limits.Failures = Rate{20, time.Second}, Rate{3, time.Minute}
			c.Limits.Token = Rate{5, time.Second}
		})
		good := "/keys/" + s.token(core.Site())
		run := func(n int, path, from string) (statuses string) {
			for range n {
				got := s.ask(http.MethodGet, path, "From: "+from)
				statuses += " " + strconv.Itoa(got.status)
				if wait, err := strconv.Atoi(got.header.Get("Retry-After")); got.status == 429 && (err != nil || wait < 1 || wait > 60) {
					t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
				}
			}
			return statuses
		}
		for _, tt := range []struct{ name, got, want string }{
			{"guesses", run(5, "/keys/guess", "192.0.2.1:1"), " 403 403 403 429 429"},
			{"the good secret after guesses", run(1, good, "192.0.2.1:2"), " 429"},
			{"the good secret from elsewhere", run(1, good, "192.0.2.2:1"), " 200"},
			{"guesses from one IPv6 network", run(3, "/keys/guess", "[2001:db8::1]:1") + run(1, "/keys/guess", "[2001:db8::2]:1"), " 403 403 403 429"},
			{"one token", run(5, good, "192.0.2.3:1"), " 200 200 200 200 429"},
			{"one source", run(16, "/", "192.0.2.3:1")[56:], " 404 429"},
		} {
			if tt.got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
			}
		}
		<-time.After(time.Minute)
		if got := run(1, good, "192.0.2.1:1"); got != " 200" {
			t.Errorf("a minute later:%s", got)
		}
	})
}

func FuzzParsePath(f *testing.F) {
	for _, path := range []string{"/keys/x/", "/keys", "/cluster/a/keys/x", "/cluster/a/b/keys/x/", "/cluster/keys/keys/keys/keys", "//keys//", "/keys/../x", "/%6beys/x"} {
		f.Add(path, true)
		f.Add(path, false)
	}
	f.Fuzz(func(t *testing.T, path string, bearer bool) {
		q, ok := parsePath(path, bearer)
		if !ok {
			return
		}
		if (q.secret == "") != bearer || q.vm != "" && q.cluster == "" {
			t.Fatalf("%q is %+v", path, q)
		}
		again := "/keys"
		switch {
		case q.vm != "":
			again = "/cluster/" + q.cluster + "/" + q.vm + "/keys"
		case q.cluster != "":
			again = "/cluster/" + q.cluster + "/keys"
		}
		if !bearer {
			again += "/" + q.secret
		}
		if strings.TrimSuffix(path, "/") != again {
			t.Fatalf("%q is read as %q", path, again)
		}
		for _, part := range []string{q.cluster, q.vm, q.secret} {
			if strings.ContainsAny(part, "/%?#\\") || part == ".." || part == "." {
				t.Fatalf("%q has the part %q", path, part)
			}
		}
	})
}
