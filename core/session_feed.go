package core

import (
	"context"
	"time"
)

// opFeed is the Op of the audit records of key feeds.
const opFeed = "key.feed"

// KeyFeed lists the public keys of who may log in to the machines of the site, a
// cluster or a VM (see FeedKey). It is for who administers the object; reading is
// recorded.
func (s *Session) KeyFeed(ctx context.Context, on Ref) ([]FeedKey, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	if on != Site() {
		if err := checkKind(on, KindCluster, KindVM); err != nil {
			return nil, err
		}
	}
	switch {
	case !s.sees(p, on, time.Now()):
		return nil, notFound(on)
	case !s.holds(p, VerbManage, on):
		return nil, Errorf(CodeDenied, "the keys of %s are for its administrators: %s", on, lacking(VerbManage, on))
	case !s.core.known(p, on):
		return nil, notFound(on)
	}
	r := s.record(EventRead, opFeed)
	r.Target = on
	if err := s.core.recordSeldom(ctx, r, s.info.ID+" "+on.String()); err != nil {
		return nil, err
	}
	return p.feed(on, time.Now()), nil
}

// known tells whether there is such an object, or one that gwm keeps rights for.
func (c *Core) known(p *people, on Ref) bool {
	_, owned := p.owners[on]
	return c.exists(on) || owned || len(p.grantsOn[on]) > 0
}

// recordSeldom writes down what machines do again and again: that a feed was
// read, that a secret was refused. The same is written once in readEvery only, so
// that a busy machine does not fill the log.
func (c *Core) recordSeldom(ctx context.Context, r Record, what string) error {
	now := time.Now()
	if c.feeds.recent(what, now) {
		return nil
	}
	err := c.recordAlone(ctx, r)
	if err == nil {
		c.feeds.note(what, now)
	}
	return err
}
