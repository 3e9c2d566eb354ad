package consoleproxy

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"gwm/core"
)

const (
	perConnection   = 8                // users of one SSH connection; OpenSSH allows ten sessions
	nodeConnections = 32               // SSH connections to one node
	linger          = 15 * time.Second // that nobody uses is kept for so long
	visitWait       = 20 * time.Second // for a connection to a node and what is opened on it
)

// nodes keeps gwm's SSH connections to nodes, logged in with gwm's own key.
// Serial lines, tunnels to screens and files share them; one that nobody uses is
// closed soon. A node's key is checked before gwm shows its own, and again for
// everybody who uses the connection.
type nodes struct {
	dialer Dialer
	log    *slog.Logger

	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	conns  map[nodeName][]*nodeConn
	closed bool
}

// nodeName is who gwm is where, and which cluster's keys tell that it is there.
type nodeName struct {
	cluster, node, user string
	port                int
}

// newNodes makes an empty set. dialer reaches the SSH servers; nil: directly.
func newNodes(dialer Dialer, log *slog.Logger) *nodes {
	if dialer == nil {
		dialer = &net.Dialer{}
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	n := &nodes{dialer: dialer, log: log, conns: map[nodeName][]*nodeConn{}}
	n.ctx, n.stop = context.WithCancel(context.Background())
	return n
}

// visit returns a connection to the node of an endpoint. The caller gives it back
// with release.
func (n *nodes) visit(ctx context.Context, h host, at core.Endpoint) (*nodeConn, error) {
	ctx, cancel := context.WithTimeout(ctx, visitWait)
	defer cancel()
	c, err := n.take(h, nodeName{at.VM.Cluster, at.Node, at.SSHUser, at.SSHPort})
	if err != nil {
		return nil, err
	}
	select {
	case <-c.ready:
	case <-ctx.Done():
		n.release(c)
		return nil, unreachable(at.Node, ctx.Err())
	}
	err = c.err
	if err == nil {
		err = h.CheckHost(ctx, at.Node, c.key)
	}
	if err != nil {
		n.release(c)
		return nil, err
	}
	return c, nil
}

// take finds a connection that has room, or begins one.
func (n *nodes) take(h host, name nodeName) (*nodeConn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, stopping()
	}
	for _, c := range n.conns[name] {
		if c.users < perConnection && !c.hasGone() {
			c.users++
			c.idle.Stop()
			return c, nil
		}
	}
	if len(n.conns[name]) >= nodeConnections {
		return nil, core.Errorf(core.CodeLimit, "%s has as many connections from gwm as are possible", core.Printable(name.node)).
			WithHint("close a console there that nobody needs")
	}
	c := &nodeConn{name: name, users: 1, ready: make(chan struct{}), gone: make(chan struct{})}
	c.idle = time.AfterFunc(linger, func() { n.expire(c) })
	c.idle.Stop()
	n.conns[name] = append(n.conns[name], c)
	n.start(func() {
		defer n.forget(c)
		c.open(n.ctx, n.dialer, h)
		if c.err == nil {
			c.watch(n.ctx)
		}
	})
	return c, nil
}

// release gives a connection back.
func (n *nodes) release(c *nodeConn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.users--; c.users == 0 && !n.closed {
		c.idle.Reset(linger)
	}
}

// expire closes a connection that nobody used for long.
func (n *nodes) expire(c *nodeConn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.users > 0 {
		return
	}
	select {
	case <-c.ready:
		n.drop(c)
		c.close()
	default:
		c.idle.Reset(linger)
	}
}

// forget takes a connection that has ended out of the set.
func (n *nodes) forget(c *nodeConn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c.idle.Stop()
	n.drop(c)
}

func (n *nodes) drop(c *nodeConn) {
	rest := slices.DeleteFunc(n.conns[c.name], func(other *nodeConn) bool { return other == c })
	if n.conns[c.name] = rest; len(rest) == 0 {
		delete(n.conns, c.name)
	}
}

// Close ends all connections and returns when they have ended.
func (n *nodes) Close() error {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.stop()
	n.running.Wait()
	return nil
}

// stopping is the answer while everything ends.
func stopping() *core.Error {
	return core.Errorf(core.CodeState, "the server stops").WithHint("open the console again in a moment")
}

// spawn runs work that Close waits for; false where that was called already.
func (n *nodes) spawn(work func()) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return false
	}
	n.start(work)
	return true
}

// start is spawn under the lock. A fault in the work ends the work only.
func (n *nodes) start(work func()) {
	n.running.Go(func() {
		defer contain(n.log, "ssh to a node")
		work()
	})
}

// open runs what asks a node for something and has no time limit of its own. What
// comes after ctx has ended is closed.
func open[T io.Closer](ctx context.Context, n *nodes, c *nodeConn, ask func() (T, error)) (T, error) {
	type answer struct {
		got T
		err error
	}
	ctx, cancel := context.WithTimeout(ctx, visitWait)
	defer cancel()
	var none T
	answers := make(chan answer)
	started := n.spawn(func() {
		a := answer{err: errors.New("fault while asking a node")}
		defer func() {
			select {
			case answers <- a:
			case <-ctx.Done():
				if a.err == nil {
					_ = a.got.Close()
				}
			}
		}()
		a.got, a.err = ask()
	})
	if !started {
		return none, stopping()
	}
	select {
	case a := <-answers:
		return a.got, c.explain(a.err)
	case <-ctx.Done():
		return none, unreachable(c.name.node, ctx.Err())
	}
}
