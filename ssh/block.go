package ssh

import (
	"sync"
	"time"
)

// maxOffenders bounds the memory that strangers can take.
const maxOffenders = 1 << 16

// blocks remembers who failed to log in, by source or by name, and keeps those
// out that did so too often.
type blocks[K comparable] struct {
	limits Limits

	mu        sync.Mutex
	offenders map[K]offender
	asking    map[K]int // guesses under way, see begin
}

// offender is one source or name. It is forgotten when it was quiet for the longest
// block.
type offender struct {
	failures int
	last     time.Time // of the failures; older ones than BlockFor do not count on
	level    int       // how often it was blocked
	until    time.Time // of the block
}

func newBlocks[K comparable](l Limits) *blocks[K] {
	return &blocks[K]{limits: l, offenders: map[K]offender{}, asking: map[K]int{}}
}

// namesLimits are those of the passwords that are tried for one name, wherever
// they come from: enough for a person, and never long enough to keep one out for
// the fun of it. Their key lets them in all the time.
func namesLimits(l Limits) Limits {
	l.BlockAfter *= 4
	l.BlockMax = l.BlockFor
	return l
}

// blocked tells whether the source must be kept out now.
func (b *blocks[K]) blocked(source K, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Before(b.offenders[source].until)
}

// begin asks for one guess, which end gives back. A guess under way counts like one
// that failed, so that many at once are not more than may be wrong one after the
// other.
func (b *blocks[K]) begin(source K, now time.Time) (ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.offenders[source].at(now, b.limits)
	if now.Before(o.until) || o.failures+b.asking[source] >= b.limits.BlockAfter {
		return false
	}
	b.asking[source]++
	return true
}

// end gives a guess back that begin allowed. Where it was wrong it counts as fail
// does.
func (b *blocks[K]) end(source K, wrong bool, now time.Time) (until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asking[source]--; b.asking[source] == 0 {
		delete(b.asking, source)
	}
	if !wrong {
		return time.Time{}
	}
	return b.count(source, now)
}

// fail counts a connection that ended without a login. Where that blocks the
// source, until is when the block ends, else it is zero.
func (b *blocks[K]) fail(source K, now time.Time) (until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count(source, now)
}

// at is what of an offender still counts.
func (o offender) at(now time.Time, l Limits) offender {
	switch {
	case now.Before(o.until):
	case now.Sub(o.last) > l.BlockMax:
		return offender{}
	case now.Sub(o.last) > l.BlockFor:
		o.failures = 0
	}
	return o
}

// count is fail with the lock held.
func (b *blocks[K]) count(source K, now time.Time) (until time.Time) {
	o, known := b.offenders[source]
	if !known && len(b.offenders) >= maxOffenders {
		b.forget(now)
	}
	if o = o.at(now, b.limits); now.Before(o.until) {
		return time.Time{} // it was under way when the block began
	}
	o.failures++
	o.last = now
	if o.failures >= b.limits.BlockAfter {
		o.until = now.Add(b.duration(o.level))
		o.last = o.until
		o.level++
		o.failures = 0
		until = o.until
	}
	b.offenders[source] = o
	return until
}

// duration of the block after level earlier ones.
func (b *blocks[K]) duration(level int) time.Duration {
	d := b.limits.BlockFor
	for range level {
		if d *= 2; d >= b.limits.BlockMax {
			return b.limits.BlockMax
		}
	}
	return min(d, b.limits.BlockMax)
}

// forget makes room: for whoever was quiet for long, else for anybody who is not
// blocked.
func (b *blocks[K]) forget(now time.Time) {
	for source, o := range b.offenders {
		if now.Sub(o.last) > b.limits.BlockMax {
			delete(b.offenders, source)
		}
	}
	for source, o := range b.offenders {
		if len(b.offenders) < maxOffenders {
			return
		}
		if !now.Before(o.until) {
			delete(b.offenders, source)
		}
	}
}
