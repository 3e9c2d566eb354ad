package consoleproxy

import (
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// front is what every request passes: headers, methods, the rate of its source.
// Then it is the part's whose addresses it asks for.
type front struct {
	log      *slog.Logger
	requests *rates[netip.Prefix]
	feed     *feed
	pages    *pages // nil: there is no page for consoles
}

func newFront(cfg Config) *front {
	return &front{
		log:      cfg.Log,
		requests: newRates[netip.Prefix](cfg.Limits.Requests),
		feed:     newFeed(cfg),
		pages:    newPages(cfg),
	}
}

// ServeHTTP answers one request. The address may hold a secret: nothing here or
// below logs it, answers with it or redirects.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recover() != nil {
			logFault(f.log, "consoleproxy")
			say(w, http.StatusInternalServerError, "something went wrong inside gwm")
		}
	}()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if wait := f.requests.take(sourceOf(r.RemoteAddr), time.Now()); wait > 0 {
		later(w, wait)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		say(w, http.StatusMethodNotAllowed, "only GET and HEAD are possible")
		return
	}
	if f.pages.owns(r.URL.Path) {
		f.pages.serve(w, r)
		return
	}
	f.feed.serve(w, r)
}

// stop ends what goes on after its request was answered.
func (f *front) stop() {
	if f.pages != nil {
		f.pages.stop(stopping())
	}
}

// close is stop, and waits until it has ended.
func (f *front) close() {
	f.stop()
	if f.pages != nil {
		f.pages.running.Wait()
	}
}

// say answers with a sentence. It is always one of ours.
func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // who does not listen gets nothing
}

// later answers who asks too often.
func later(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	say(w, http.StatusTooManyRequests, "too many requests; wait as long as Retry-After says")
}

// bearer is the secret in the Authorization header; given tells that there is
// such a header.
func bearer(r *http.Request) (secret string, given bool) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", false
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return strings.TrimSpace(secret), true
}
