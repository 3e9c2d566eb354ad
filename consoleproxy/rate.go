package consoleproxy

import (
	"maps"
	"sync"
	"time"
)

// Rate allows Burst at once, and one more for each Every that passes.
type Rate struct {
	Burst int
	Every time.Duration
}

// maxRated is how many keys are told apart; beyond that all new ones share one.
const maxRated = 10000

// rates counts by key in bounded memory.
type rates[K comparable] struct {
	rate Rate

	mu    sync.Mutex
	since map[K]time.Time // when a key will have nothing taken again
	rest  time.Time       // the same for all keys beyond maxRated together
	swept time.Time
}

func newRates[K comparable](r Rate) *rates[K] {
	return &rates[K]{rate: r, since: map[K]time.Time{}}
}

// wait is how long the key must wait for one more; 0: it need not.
func (r *rates[K]) wait(key K, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.beyond(r.taken(key, now), now)
}

// take takes one, or tells how long to wait.
func (r *rates[K]) take(key K, now time.Time) (wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.taken(key, now)
	if wait := r.beyond(at, now); wait > 0 {
		return wait
	}
	if at.Before(now) {
		at = now
	}
	at = at.Add(r.rate.Every)
	if _, ok := r.since[key]; ok || len(r.since) < maxRated {
		r.since[key] = at
	} else {
		r.rest = at
	}
	return 0
}

// beyond is for how long what was taken leaves nothing.
func (r *rates[K]) beyond(at, now time.Time) time.Duration {
	full := now.Add(time.Duration(r.rate.Burst-1) * r.rate.Every)
	return max(0, at.Sub(full))
}

// taken is the count of a key. Keys that have nothing taken are forgotten where
// room is needed.
func (r *rates[K]) taken(key K, now time.Time) time.Time {
	at, ok := r.since[key]
	if ok || len(r.since) < maxRated {
		return at
	}
	if now.Sub(r.swept) >= r.rate.Every {
		r.swept = now
		maps.DeleteFunc(r.since, func(_ K, t time.Time) bool { return !t.After(now) })
	}
	if len(r.since) < maxRated {
		return time.Time{}
	}
	return r.rest
}
