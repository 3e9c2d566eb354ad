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
	return &blocks[K]{limits: l, offenders: map[K]offender{}}
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

// fail counts a connection that ended without a login. Where that blocks the
// source, until is when the block ends, else it is zero.
func (b *blocks[K]) fail(source K, now time.Time) (until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, known := b.offenders[source]
	if !known && len(b.offenders) >= maxOffenders {
		b.forget(now)
	}
	switch {
	case now.Before(o.until):
		return time.Time{} // it was under way when the block began
	case now.Sub(o.last) > b.limits.BlockMax:
		o = offender{}
	case now.Sub(o.last) > b.limits.BlockFor:
		o.failures = 0
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
