package ssh

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	gossh "golang.org/x/crypto/ssh"
)

func TestStartups(t *testing.T) {
	t.Parallel()
	s := Startups{Start: 10, Rate: 30, Full: 60}
	for _, tc := range []struct {
		waiting int
		dice    float64
		want    bool
	}{
		{0, 0, false},
		{9, 0, false},
		{10, 29, true},
		{10, 30, false},
		{35, 64, true},
		{35, 66, false},
		{59, 98, true},
		{60, 99.9, true},
		{1000, 99.9, true},
	} {
		if got := s.refuses(tc.waiting, tc.dice); got != tc.want {
			t.Errorf("%d waiting, dice %v: refuses %v", tc.waiting, tc.dice, got)
		}
	}
}

func TestGateCountsSourcesApart(t *testing.T) {
	t.Parallel()
	g := newGate(Limits{PerSource: Startups{2, 100, 2}, Total: Startups{3, 100, 3}})
	a, b := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::/64")
	enter := func(p netip.Prefix, want bool) func() {
		t.Helper()
		leave, ok := g.enter(p)
		if ok != want {
			t.Errorf("enter(%s) = %v", p, ok)
		}
		return leave
	}
	enter(a, true)
	leave := enter(a, true)
	enter(a, false)
	enter(b, true)
	enter(b, false) // the total
	leave()
	leave() // counts once
	enter(b, true)
	enter(a, false)
}

func TestSourceOf(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"192.0.2.7:22":             "192.0.2.7/32",
		"[::ffff:192.0.2.7]:22":    "192.0.2.7/32",
		"[2001:db8:1:2:3::4]:22":   "2001:db8:1:2::/64",
		"[fe80::1%eth0]:22":        "fe80::/64",
		"not an address at all: 1": "invalid Prefix",
	} {
		_, got := sourceOf(textAddr(addr))
		if got.String() != want {
			t.Errorf("%s counts as %s, want %s", addr, got, want)
		}
	}
}

type textAddr string

func (textAddr) Network() string  { return "tcp" }
func (a textAddr) String() string { return string(a) }

func TestBlocks(t *testing.T) {
	t.Parallel()
	l := DefaultLimits()
	b := newBlocks[netip.Prefix](l)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p, other := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	var got []time.Duration
	for range 9 {
		var until time.Time
		for i := range l.BlockAfter {
			if !until.IsZero() {
				t.Fatalf("blocked after %d failures", i)
			}
			until = b.fail(p, now)
		}
		if !b.blocked(p, now) || !b.blocked(p, until.Add(-1)) || b.blocked(p, until) || b.blocked(other, now) {
			t.Fatalf("the block does not hold from %s until %s for %s alone", now, until, p)
		}
		got = append(got, until.Sub(now))
		if late := b.fail(p, now); !late.IsZero() {
			t.Errorf("a failure during the block prolongs it to %s", late)
		}
		now = until
	}
	want := []time.Duration{
		15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
		8 * time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	now = now.Add(l.BlockMax + time.Second)
	for range l.BlockAfter - 1 {
		b.fail(p, now)
	}
	if until := b.fail(p, now); until.Sub(now) != l.BlockFor {
		t.Errorf("after a quiet day the block lasts %s", until.Sub(now))
	}
}

func TestSlowFailuresDoNotBlock(t *testing.T) {
	t.Parallel()
	b := newBlocks[netip.Prefix](DefaultLimits())
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := netip.MustParsePrefix("192.0.2.1/32")
	for range 20 {
		if until := b.fail(p, now); !until.IsZero() {
			t.Fatal("blocked")
		}
		now = now.Add(16 * time.Minute)
	}
}

func TestBlocksAreBounded(t *testing.T) {
	t.Parallel()
	b := newBlocks[netip.Prefix](DefaultLimits())
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	kept := netip.MustParsePrefix("203.0.113.1/32")
	for range DefaultLimits().BlockAfter {
		b.fail(kept, now)
	}
	for i := range maxOffenders + 10 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
		b.fail(p, now)
	}
	if n := len(b.offenders); n > maxOffenders {
		t.Errorf("%d sources are remembered", n)
	}
	if !b.blocked(kept, now) {
		t.Error("a flood of other sources lifts a block")
	}
}

// TestBlockAfterFailedConnections holds that a blocked source is refused before
// the handshake, even with a good key, and that others are not.
func TestBlockAfterFailedConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		for i := range 5 {
			auth := []gossh.AuthMethod{gossh.PublicKeys(newEd25519(t))}
			if i%2 == 1 {
				auth = nil // never offers a key
			}
			if _, err := f.dial(auth...); err == nil {
				t.Fatal("logged in")
			}
			synctest.Wait()
		}
		if said := readAll(f.ln.dial(f.addr)); !strings.HasPrefix(said, "Too many connections from your network") {
			t.Errorf("a blocked source reads %q", said)
		}
		if _, err := f.dial(gossh.PublicKeys(f.ann)); err == nil {
			t.Error("a blocked source logs in")
		}
		c, err := f.dialAs("x", "192.0.2.2:1", gossh.PublicKeys(f.ann))
		f.check(err)
		_ = c.Close()
		pass(15*time.Minute + time.Second)
		c, err = f.dial(gossh.PublicKeys(f.ann))
		f.check(err)
		_ = c.Close()
		f.stop()
	})
}

func TestExemptSourcesAreNotBlocked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, everywhere)
		for range 20 {
			if _, err := f.dial(); err == nil {
				t.Fatal("logged in")
			}
		}
		synctest.Wait()
		c, err := f.dial(gossh.PublicKeys(f.ann))
		f.check(err)
		_ = c.Close()
		f.stop()
	})
}

// TestStopDoesNotBlock holds that connections which the server itself ended are
// not held against anybody.
func TestStopDoesNotBlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		for range 6 {
			f.ln.dial(f.addr)
		}
		synctest.Wait()
		f.stop()
		if len(f.server.blocks.offenders) != 0 {
			t.Errorf("the stop made offenders: %v", f.server.blocks.offenders)
		}
	})
}

// TestTooManyUnauthenticated opens connections that say nothing.
func TestTooManyUnauthenticated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, func(c *Config) {
			c.Limits.PerSource = Startups{3, 100, 3}
			c.Limits.BlockAfter = 100
		})
		for range 3 {
			f.ln.dial(f.addr)
		}
		synctest.Wait()
		if said := readAll(f.ln.dial(f.addr)); !strings.HasPrefix(said, "Too many logins are under way") {
			t.Errorf("one connection too many reads %q", said)
		}
		c, err := f.dialAs("x", "192.0.2.2:1", gossh.PublicKeys(f.ann))
		f.check(err)
		_ = c.Close()
		pass(11 * time.Second) // the silent ones reach the handshake's end
		c, err = f.dial(gossh.PublicKeys(f.ann))
		f.check(err)
		_ = c.Close()
		f.stop()
	})
}

// TestLoggedInConnectionsLeaveTheGate holds that those who logged in do not
// count as waiting.
func TestLoggedInConnectionsLeaveTheGate(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) { c.Limits.PerSource = Startups{1, 100, 1} })
	for range 5 {
		f.client(f.ann)
	}
}

// TestSlowHandshake says a little every second and never ends.
func TestSlowHandshake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		for name, opening := range map[string]string{"nothing": "", "version only": "SSH-2.0-slow\r\n"} {
			begin := time.Now()
			c := f.ln.dial(f.addr)
			var dripping sync.WaitGroup
			dripping.Go(func() {
				_, err := c.Write([]byte(opening))
				for err == nil {
					pass(time.Second)
					_, err = c.Write([]byte{0})
				}
			})
			readAll(c)
			if took := time.Since(begin); took > 11*time.Second {
				t.Errorf("%s: the connection lived %s", name, took)
			}
			dripping.Wait()
		}
		f.stop()
	})
}

func readAll(c net.Conn) string {
	var b bytes.Buffer
	_, _ = b.ReadFrom(c)
	return b.String()
}

func TestMaxAuthTries(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	keys := func(wrong int) []gossh.AuthMethod {
		var all []gossh.Signer
		for range wrong {
			all = append(all, newEd25519(t))
		}
		return []gossh.AuthMethod{gossh.PublicKeys(append(all, f.ann)...)}
	}
	c, err := f.dial(keys(5)...)
	f.check(err)
	_ = c.Close()
	if c, err := f.dial(keys(6)...); err == nil {
		_ = c.Close()
		t.Error("the seventh key logs in")
	}
}

func TestChannelsOfAConnection(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	first, err := c.NewSession()
	f.check(err)
	for range 3 {
		_, err := c.NewSession()
		f.check(err)
	}
	if _, err := c.NewSession(); err == nil || !strings.Contains(err.Error(), "too many sessions on one connection") {
		t.Errorf("a fifth session: %v", err)
	}
	f.check(first.Run("whoami"))
	if got := f.run(c, "whoami"); got.Exit != 0 {
		t.Errorf("a session in place of an ended one: %+v", got)
	}
}
