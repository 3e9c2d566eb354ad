package consoletest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"

	gossh "golang.org/x/crypto/ssh"
)

// Node is an SSH server with VMs behind it. One node answers for any number of
// names: see DialContext. It is safe for concurrent use.
type Node struct {
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	key     gossh.Signer
	keys    map[string]bool // that may log in, as they are sent; nil: every one
	refuse  bool
	down    bool
	hang    chan struct{} // closed when the node does not hang
	conns   map[net.Conn]bool
	logins  int
	guests  map[string]*Guest
	files   map[string]string
	forward map[string]string
}

// Start makes a node and starts it on a port of the loopback.
func Start() (*Node, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a fake node: %w", err)
	}
	n := &Node{
		listener: l, conns: map[net.Conn]bool{}, guests: map[string]*Guest{},
		files: map[string]string{}, forward: map[string]string{}, hang: make(chan struct{}),
	}
	close(n.hang)
	if err := n.ChangeKey(); err != nil {
		_ = l.Close() // the first error counts
		return nil, err
	}
	n.running.Go(n.accept)
	return n, nil
}

// Addr is where the node listens.
func (n *Node) Addr() string { return n.listener.Addr().String() }

// DialContext reaches the node under every name and port: it is the Dialer of a
// gwm whose nodes are all this one.
func (n *Node) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	n.mu.Lock()
	down := n.down
	n.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errRefused}
	}
	return (&net.Dialer{}).DialContext(ctx, network, n.Addr())
}

// HostKey is the public key that the node shows.
func (n *Node) HostKey() gossh.PublicKey {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.key.PublicKey()
}

// ChangeKey makes a new host key, which connections from now on see.
func (n *Node) ChangeKey() error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a host key: %w", err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		return fmt.Errorf("make a host key: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.key = signer
	return nil
}

// Allow lets a key in; until it is called every key may enter.
func (n *Node) Allow(key gossh.PublicKey) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.keys == nil {
		n.keys = map[string]bool{}
	}
	n.keys[string(key.Marshal())] = true
}

// RefuseKeys makes the node know no key, or those it knew before.
func (n *Node) RefuseKeys(refuse bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.refuse = refuse
}

// Fall makes the node go away: connections break and nothing answers. Rise brings
// it back.
func (n *Node) Fall() {
	n.mu.Lock()
	n.down = true
	n.mu.Unlock()
	n.Drop()
}

// Rise brings a node back that fell.
func (n *Node) Rise() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = false
}

// Drop breaks all connections that there are.
func (n *Node) Drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.conns {
		_ = c.Close() // that is the purpose
	}
}

// Hang makes the node neither read nor answer, with its connections open, until
// it is told the contrary.
func (n *Node) Hang(hang bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	select {
	case <-n.hang:
		if hang {
			n.hang = make(chan struct{})
		}
	default:
		if !hang {
			close(n.hang)
		}
	}
}

// Logins counts the connections that came in with a key.
func (n *Node) Logins() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.logins
}

// Guest is the VM of a name. It is made when it is asked for first, by a test or
// by the command of a console.
func (n *Node) Guest(name string) *Guest {
	n.mu.Lock()
	defer n.mu.Unlock()
	g := n.guests[name]
	if g == nil {
		g = newGuest(name)
		n.guests[name] = g
	}
	return g
}

// PutFile makes a file that `cat -- PATH` shows.
func (n *Node) PutFile(path, content string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.files[path] = content
}

// Forward makes an address that a client asks the node to connect with lead to
// another one. All others are refused.
func (n *Node) Forward(address, target string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forward[address] = target
}

// Close ends the node and returns when nothing of it runs any more.
func (n *Node) Close() error {
	n.mu.Lock()
	n.closed = true
	guests := n.guests
	n.mu.Unlock()
	err := n.listener.Close()
	n.Hang(false)
	n.Drop()
	for _, g := range guests {
		g.Drop()
	}
	n.running.Wait()
	return err
}

func (n *Node) accept() {
	for {
		conn, err := n.listener.Accept()
		if err != nil {
			return
		}
		n.mu.Lock()
		if n.closed {
			n.mu.Unlock()
			_ = conn.Close() // nobody is there any more
			return
		}
		n.conns[conn] = true
		n.running.Go(func() { n.serve(conn) })
		n.mu.Unlock()
	}
}

// errUnknownKey refuses a login.
var errUnknownKey = errors.New("this key is not known here")

func (n *Node) config() *gossh.ServerConfig {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := &gossh.ServerConfig{
		ServerVersion: "SSH-2.0-toy",
		PublicKeyCallback: func(_ gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.refuse || n.keys != nil && !n.keys[string(key.Marshal())] {
				return nil, errUnknownKey
			}
			return &gossh.Permissions{}, nil
		},
	}
	c.AddHostKey(n.key)
	return c
}
