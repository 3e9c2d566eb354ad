package consoleproxy

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"gwm/core"
)

const (
	awayWait = 30 * time.Second // for a browser that lost its network to come back
	linkWait = 30 * time.Second // for the socket of the screen, after it was asked for
)

// occupant is what a browser needs of a core.Seat.
type occupant interface {
	sitter
	// Close gives the seat up.
	Close(reason *core.Error)
	// Can and Do are the session's, for the VM of the seat.
	Can(op core.Op) core.Decision
	Do(ctx context.Context, op core.Op) (core.JobID, error)
}

// hash is the SHA-256 of a secret. Secrets are looked up by it, so that the time
// of a look-up tells nothing of them.
type hash [sha256.Size]byte

func hashOf(secret string) hash { return sha256.Sum256([]byte(secret)) }

// newSecret is a secret of 260 bits.
func newSecret() (string, hash) {
	s := strings.ToLower(rand.Text() + rand.Text())
	return s, hashOf(s)
}

// browser is the page that one ticket was redeemed for. It has a control socket,
// which may come back after a network drop, and for as long as it wants a socket
// for the screen. It ends with its seat.
type browser struct {
	seat occupant

	mu      sync.Mutex
	resume  []hash // that it may come back with: the newest, and until that has arrived the one before
	link    hash   // that the socket of the screen may come with
	until   time.Time
	control *control // nil: it is away
	away    *time.Timer
	left    bool                    // the page was closed
	screen  context.CancelCauseFunc // ends the socket of the screen; nil: there is none
	gone    chan struct{}           // closed when that has ended
	why     *core.Error             // why it has ended
}

func newBrowser(seat occupant) *browser {
	return &browser{seat: seat}
}

// leave gives the seat up because the browser did.
func (b *browser) leave(why string) {
	b.seat.Close(core.Errorf(core.CodeState, "%s", why).WithHint("ask gwm for a new link"))
}

// attach makes a control socket the current one, and returns the key that it may
// come back with.
func (b *browser) attach(c *control) string {
	secret, key := newSecret()
	b.mu.Lock()
	before, why := b.control, b.why
	b.control = c
	b.resume = append([]hash{key}, b.resume[:min(1, len(b.resume))]...)
	if b.away != nil {
		b.away.Stop()
		b.away = nil
	}
	b.mu.Unlock()
	if before != nil {
		before.end(message{Type: "replaced"}, closeOther, "another connection took over")
	}
	if why != nil {
		c.over(why)
	}
	return secret
}

// arrived forgets the key before the newest.
func (b *browser) arrived() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.resume = b.resume[:min(1, len(b.resume))]
}

// detach is for a control socket that has ended: the browser may come back for a
// while, unless it said that it leaves.
func (b *browser) detach(c *control, leaves bool) {
	b.mu.Lock()
	current := b.control == c
	if current {
		b.control, b.left = nil, leaves
		if !leaves && b.why == nil {
			b.away = time.AfterFunc(awayWait, func() { b.leave("the browser was away for " + awayWait.String()) })
		}
	}
	b.mu.Unlock()
	if current && leaves {
		b.leave("the page of the console was closed")
	}
}

// comesBack tells whether the key is one that the browser may come back with.
func (b *browser) comesBack(key hash) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.resume, key)
}

// newLink makes a key for one socket of the screen. One that was not used is no
// good any more.
func (b *browser) newLink(now time.Time) string {
	secret, key := newSecret()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.link, b.until = key, now.Add(linkWait)
	return secret
}

// useLink takes a key, which is good once.
func (b *browser) useLink(key hash, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.link != key || !now.Before(b.until) {
		return false
	}
	b.link, b.until = hash{}, time.Time{}
	return true
}

// takeScreen makes the caller the one socket of the screen, after the one before
// has ended. done must be called when it ends.
func (b *browser) takeScreen(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	gone := make(chan struct{})
	b.mu.Lock()
	stop, before := b.screen, b.gone
	b.screen, b.gone = cancel, gone
	if b.why != nil {
		cancel(b.why)
	}
	b.mu.Unlock()
	if stop != nil {
		stop(errReplaced)
		<-before
	}
	return ctx, func() {
		cancel(nil)
		close(gone)
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.gone == gone {
			b.screen, b.gone = nil, nil
		}
	}
}

// tell sends the page a message, if it is there.
func (b *browser) tell(m message) {
	b.mu.Lock()
	c := b.control
	b.mu.Unlock()
	if c != nil {
		c.send(m)
	}
}

// keep waits for the end of the seat, tells the page, and ends what there is. A
// page that has not heard it may come back for a while to read why.
func (b *browser) keep(ctx context.Context) {
	select {
	case <-b.seat.Done():
	case <-ctx.Done():
		b.seat.Close(stopping())
		<-b.seat.Done()
	}
	why := core.AsError(b.seat.Err())
	b.mu.Lock()
	b.why = why
	c, screen := b.control, b.screen
	if b.away != nil {
		b.away.Stop()
	}
	b.link = hash{}
	left := b.left
	b.mu.Unlock()
	if screen != nil {
		screen(why)
	}
	if c != nil {
		c.over(why)
	}
	if left {
		return
	}
	select {
	case <-time.After(awayWait):
	case <-ctx.Done():
	}
}
