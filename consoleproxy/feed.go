package consoleproxy

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"gwm/core"
)

// feed answers the addresses of the key feed.
type feed struct {
	core        *core.Core
	log         *slog.Logger
	pathSecrets bool
	failures    *rates[netip.Prefix]
	tokens      *rates[string]
}

func newFeed(cfg Config) *feed {
	return &feed{
		core: cfg.Core, log: cfg.Log, pathSecrets: cfg.PathSecrets,
		failures: newRates[netip.Prefix](cfg.Limits.Failures), tokens: newRates[string](cfg.Limits.Token),
	}
}

// serve answers one request: who asks is found out before anything is looked up.
func (f *feed) serve(w http.ResponseWriter, r *http.Request) {
	q, status, why := f.ask(r)
	if status != 0 {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="gwm"`)
		}
		say(w, status, why)
		return
	}
	from, now := sourceOf(r.RemoteAddr), time.Now()
	if wait := f.failures.wait(from, now); wait > 0 {
		later(w, wait)
		return
	}
	reader, err := f.core.LoginToken(r.Context(), core.NewSecret(q.secret), r.RemoteAddr)
	if err == nil {
		if wait := f.tokens.take(reader.ID(), now); wait > 0 {
			later(w, wait)
			return
		}
		var keys []core.FeedKey
		if keys, err = reader.Feed(r.Context(), q.cluster, q.vm); err == nil {
			f.write(w, r, keys)
			return
		}
	}
	switch core.CodeOf(err) {
	case core.CodeDenied:
		f.failures.take(from, now)
		say(w, http.StatusForbidden, "this secret does not open these keys")
	case core.CodeNotFound:
		say(w, http.StatusNotFound, "there is no such cluster or VM")
	default:
		f.log.Error("cannot answer for the key feed", "err", err)
		say(w, http.StatusInternalServerError, "gwm could not read or write its records")
	}
}

// ask reads the question and the secret of a request; a status other than 0 is
// the answer.
func (f *feed) ask(r *http.Request) (q question, status int, why string) {
	path := r.RequestURI // as it was sent
	secret, given := bearer(r)
	switch plain, isPlain := parsePath(path, true); {
	case given && isPlain:
		plain.secret = secret
		return plain, 0, ""
	case given:
		if _, twice := parsePath(path, false); twice {
			return q, http.StatusBadRequest, "the secret belongs in the address or in the Authorization header, not in both"
		}
	default:
		if q, ok := parsePath(path, false); ok {
			if !f.pathSecrets {
				return q, http.StatusForbidden, "secrets in addresses are switched off here; send Authorization: Bearer"
			}
			return q, 0, ""
		}
		if isPlain {
			return q, http.StatusUnauthorized, "send the secret of a token: Authorization: Bearer"
		}
	}
	return q, http.StatusNotFound, "there is nothing at this address"
}

// write answers with the keys: JSON, or lines of authorized_keys for who asks for
// plain text.
func (f *feed) write(w http.ResponseWriter, r *http.Request, keys []core.FeedKey) {
	accept := r.Header.Get("Accept")
	if strings.Contains(accept, "text/plain") && !strings.Contains(accept, "application/json") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		var text strings.Builder
		for _, k := range keys {
			text.WriteString(k.Line() + "\n")
		}
		f.send(w, []byte(text.String()))
		return
	}
	pairs := make([][2]string, len(keys))
	for i, k := range keys {
		pairs[i] = [2]string{k.Key, k.User}
	}
	body, err := json.Marshal(pairs)
	if err != nil {
		f.log.Error("cannot write the key feed", "err", err)
		say(w, http.StatusInternalServerError, "something went wrong inside gwm")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	f.send(w, append(body, '\n'))
}

func (f *feed) send(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		f.log.Debug("a machine left before it had its keys", "err", err)
	}
}
