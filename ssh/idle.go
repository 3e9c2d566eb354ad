package ssh

import (
	"context"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// endGrace is how long a session may take to end by itself once it must.
const endGrace = 500 * time.Millisecond

// activity remembers when a person last did something. What the server writes
// does not count.
type activity struct{ last atomic.Int64 }

func (a *activity) touch() { a.last.Store(time.Now().UnixNano()) }

func (a *activity) idle() time.Duration { return time.Since(time.Unix(0, a.last.Load())) }

// watch ends a session when it must: it cancels the session's context with the
// reason, and closes the connection where the session does not end by itself
// soon. It returns when done is closed.
func (ch *channel) watch(ctx context.Context, cancel context.CancelCauseFunc, s *core.Session, done <-chan struct{}) {
	reason := ch.awaitEnd(ctx, s, done)
	if reason == nil {
		<-done
		return
	}
	cancel(reason)
	select {
	case <-done:
	case <-time.After(endGrace):
		ch.conn.close()
		<-done
	}
}

// awaitEnd returns why the session must end, nil where it ended by itself or the
// client has gone.
func (ch *channel) awaitEnd(ctx context.Context, s *core.Session, done <-chan struct{}) error {
	limits := ch.conn.server.cfg.Limits
	idle := time.NewTimer(limits.Idle - limits.IdleWarning)
	defer idle.Stop()
	over := time.NewTimer(time.Until(ch.conn.since.Add(limits.Session)))
	defer over.Stop()
	stop, stopped := ch.conn.stop, (<-chan time.Time)(nil)
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return nil
		case <-s.Done():
			return core.AsError(s.Err())
		case <-stop:
			ch.announce("gwm is stopping: this session ends in " + limits.Stop.String())
			stop, stopped = nil, time.After(limits.Stop)
		case <-stopped:
			return core.Errorf(core.CodeState, "gwm was stopped").WithHint("connect again in a moment; jobs go on by themselves")
		case <-over.C:
			return core.Errorf(core.CodeLimit, "the session lasted %s, which is the longest", limits.Session).WithHint("connect again")
		case <-idle.C:
			switch left := limits.Idle - ch.idle(); {
			case left <= 0:
				return core.Errorf(core.CodeLimit, "nothing was typed for %s", limits.Idle).WithHint("connect again")
			case left <= limits.IdleWarning:
				ch.announce("this session ends in " + left.Round(time.Second).String() + " unless something is typed")
				idle.Reset(left)
			default:
				idle.Reset(left - limits.IdleWarning)
			}
		}
	}
}

// keepAlive asks the client whether it is there, and closes the connection when
// it does not answer. It returns when ctx ends.
func (c *connection) keepAlive(ctx context.Context, conn gossh.Conn) {
	limits := c.server.cfg.Limits
	tick := time.NewTicker(limits.KeepAlive)
	defer tick.Stop()
	answered := make(chan struct{}, 1)
	asked, missed := false, 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-answered:
			asked, missed = false, 0
		case <-tick.C:
			if asked {
				if missed++; missed >= limits.KeepAliveMisses {
					c.server.log.Info("client does not answer", "addr", c.net.RemoteAddr().String())
					c.close()
					return
				}
				continue
			}
			asked = true
			c.spawn(func() {
				if _, _, err := conn.SendRequest("keepalive@openssh.com", true, nil); err == nil {
					answered <- struct{}{}
				}
			})
		}
	}
}
