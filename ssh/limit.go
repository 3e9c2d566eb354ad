package ssh

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"gwm/core"
)

// Limits say how much one server, one source and one session may take. Zero
// fields take the defaults of DefaultLimits.
type Limits struct {
	Handshake time.Duration // from accepting to the end of the login
	// PerSource limits the connections of one source that have not logged in
	// yet, Total those of all sources. A source is an IPv4 address or an IPv6
	// /64.
	PerSource, Total Startups

	AuthTries  int           // keys that one connection may try
	BlockAfter int           // connections of a source that ended without a login
	BlockFor   time.Duration // the first block; each further one lasts twice as long
	BlockMax   time.Duration // the longest block
	// Exempt sources are neither blocked nor counted.
	Exempt []netip.Prefix

	Channels    int           // sessions at once on one connection
	Idle        time.Duration // without input
	IdleWarning time.Duration // before Idle is reached
	Session     time.Duration // from the login, however busy

	KeepAlive       time.Duration // between questions whether the client is there
	KeepAliveMisses int           // unanswered ones that end the connection
	Stop            time.Duration // sessions get to end by themselves when the server stops
}

// Startups limits connections that have not logged in: from Start on a new one
// is refused with a probability of Rate percent, which grows to certainty at
// Full (sshd_config's MaxStartups).
type Startups struct{ Start, Rate, Full int }

// DefaultLimits are the limits of a server whose configuration says nothing.
func DefaultLimits() Limits {
	return Limits{
		Handshake: 10 * time.Second,
		PerSource: Startups{Start: 10, Rate: 30, Full: 60},
		Total:     Startups{Start: 200, Rate: 30, Full: 1000},
		AuthTries: 6, BlockAfter: 5, BlockFor: 15 * time.Minute, BlockMax: 24 * time.Hour,
		Channels: 4, Idle: 30 * time.Minute, IdleWarning: 2 * time.Minute, Session: 12 * time.Hour,
		KeepAlive: 30 * time.Second, KeepAliveMisses: 3, Stop: 5 * time.Second,
	}
}

// withDefaults fills what was left zero.
func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	setDefault(&l.Handshake, d.Handshake)
	setDefault(&l.PerSource, d.PerSource)
	setDefault(&l.Total, d.Total)
	setDefault(&l.AuthTries, d.AuthTries)
	setDefault(&l.BlockAfter, d.BlockAfter)
	setDefault(&l.BlockFor, d.BlockFor)
	setDefault(&l.BlockMax, d.BlockMax)
	setDefault(&l.Channels, d.Channels)
	setDefault(&l.Idle, d.Idle)
	setDefault(&l.IdleWarning, d.IdleWarning)
	setDefault(&l.Session, d.Session)
	setDefault(&l.KeepAlive, d.KeepAlive)
	setDefault(&l.KeepAliveMisses, d.KeepAliveMisses)
	setDefault(&l.Stop, d.Stop)
	return l
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// refuses decides about one more connection where n wait already; dice is in
// [0, 100).
func (s Startups) refuses(n int, dice float64) bool {
	switch {
	case n < s.Start:
		return false
	case n >= s.Full:
		return true
	default:
		rate := float64(s.Rate) + float64(100-s.Rate)*float64(n-s.Start)/float64(s.Full-s.Start)
		return dice < rate
	}
}

// gate counts the connections that have not logged in.
type gate struct {
	limits Limits
	dice   func() float64

	mu      sync.Mutex
	all     int
	sources map[netip.Prefix]int
}

func newGate(l Limits) *gate {
	return &gate{
		limits:  l,
		dice:    func() float64 { return rand.Float64() * 100 }, //nolint:gosec // which connection to drop is no secret
		sources: map[netip.Prefix]int{},
	}
}

// enter counts a connection in; leave must be called once, when it logged in or
// ended. ok is false where the connection must be refused.
func (g *gate) enter(source netip.Prefix) (leave func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.sources[source]
	if g.limits.Total.refuses(g.all, g.dice()) || g.limits.PerSource.refuses(n, g.dice()) {
		return nil, false
	}
	g.all++
	g.sources[source] = n + 1
	return sync.OnceFunc(func() { g.leave(source) }), true
}

func (g *gate) leave(source netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all--
	if g.sources[source]--; g.sources[source] == 0 {
		delete(g.sources, source)
	}
}

// sourceOf is core.SourceOf for a peer, which may be none.
func sourceOf(a net.Addr) (netip.Addr, netip.Prefix) {
	if a == nil {
		return netip.Addr{}, netip.Prefix{}
	}
	return core.SourceOf(a.String())
}

// exempt tells whether ip is on the allow-list.
func (l Limits) exempt(ip netip.Addr) bool {
	for _, p := range l.Exempt {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
