package consoleproxy

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

const (
	handshakeWait = 15 * time.Second // for TCP, the exchange of keys and the login
	keepAlive     = 10 * time.Second
	keepMisses    = 3 // questions without an answer end a connection
)

// nodeConn is one SSH connection to a node.
type nodeConn struct {
	name  nodeName
	ready chan struct{} // closed when client or err is set
	gone  chan struct{} // closed when the connection has ended
	idle  *time.Timer
	users int // under the lock of nodes

	client *gossh.Client
	key    []byte // the node's, as it is sent
	err    error

	closing sync.Once
}

// algorithms are what gwm speaks with nodes. A node of which a key is trusted is
// asked for that type; otherwise the order is fixed, so that a node with several
// keys always shows the same one.
func algorithms(c *gossh.ClientConfig, types []string) {
	c.HostKeyAlgorithms = []string{
		gossh.KeyAlgoED25519, gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521,
		gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSASHA256,
	}
	if len(types) > 0 {
		c.HostKeyAlgorithms = slices.DeleteFunc(c.HostKeyAlgorithms, func(algorithm string) bool {
			if algorithm == gossh.KeyAlgoRSASHA512 || algorithm == gossh.KeyAlgoRSASHA256 {
				algorithm = gossh.KeyAlgoRSA
			}
			return !slices.Contains(types, algorithm)
		})
	}
	c.KeyExchanges = []string{
		gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519, gossh.KeyExchangeECDHP256, gossh.KeyExchangeECDHP384,
	}
	c.Ciphers = []string{
		gossh.CipherAES128GCM, gossh.CipherAES256GCM, gossh.CipherChaCha20Poly1305, gossh.CipherAES256CTR, gossh.CipherAES128CTR,
	}
	c.MACs = []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM, gossh.HMACSHA256, gossh.HMACSHA512}
}

// open connects and logs in. It sets client or err.
func (c *nodeConn) open(ctx context.Context, dialer Dialer, h host) {
	defer close(c.ready)
	ctx, cancel := context.WithTimeout(ctx, handshakeWait)
	defer cancel()
	c.client, c.err = c.login(ctx, dialer, h)
	if c.err != nil {
		close(c.gone)
	}
}

func (c *nodeConn) login(ctx context.Context, dialer Dialer, h host) (*gossh.Client, error) {
	identity, err := h.Identity(ctx)
	if err != nil {
		return nil, err
	}
	signer, err := gossh.ParsePrivateKey([]byte(identity.Reveal()))
	if err != nil {
		return nil, core.AsError(errors.New("parse gwm's own key")) // the cause might show some of it
	}
	types, err := h.KeyTypes(ctx, c.name.node)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(c.name.node, strconv.Itoa(c.name.port))
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, unreachable(c.name.node, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var refusal error
	config := &gossh.ClientConfig{
		User: c.name.user, Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, ClientVersion: "SSH-2.0-gwm",
		HostKeyCallback: func(_ string, _ net.Addr, key gossh.PublicKey) error {
			c.key = key.Marshal()
			refusal = h.CheckHost(ctx, c.name.node, c.key)
			return refusal
		},
	}
	algorithms(config, types)
	ssh, channels, requests, err := gossh.NewClientConn(conn, address, config)
	switch {
	case err == nil && stop():
		return gossh.NewClient(ssh, channels, requests), nil
	case refusal != nil:
		err = refusal
	case err == nil || ctx.Err() != nil:
		err = unreachable(c.name.node, context.DeadlineExceeded)
	default:
		err = c.refused(err)
	}
	_ = conn.Close()
	return nil, err
}

// refused says why a login failed.
func (c *nodeConn) refused(err error) error {
	node := core.Printable(c.name.node)
	text := err.Error()
	switch {
	case strings.Contains(text, "unable to authenticate"):
		return &core.Error{
			Code: core.CodeRefused, Err: err, Message: node + " does not know gwm's key",
			Hint: "put the line of `console key " + core.Printable(c.name.cluster) + "` into " + core.Printable(c.name.user) + "'s authorized_keys there",
		}
	case strings.Contains(text, "no common algorithm for host key"):
		return &core.Error{
			Code: core.CodeUntrusted, Err: err, Message: node + " does not show the kind of key any more that is trusted",
			Hint: "if it was installed anew, an administrator of the cluster forgets the old key: console forget " + c.name.cluster + " " + node,
		}
	case strings.Contains(text, "no common algorithm"):
		return &core.Error{
			Code: core.CodeUnreachable, Err: err, Message: node + " and gwm have no way of encryption in common",
			Hint: "update the SSH server of the node",
		}
	default:
		return unreachable(c.name.node, err)
	}
}

// unreachable says that a node does not answer and, as far as it is known, why.
func unreachable(node string, err error) *core.Error {
	why := "the connection broke"
	var dns *net.DNSError
	var e *core.Error
	switch {
	case errors.As(err, &e):
		return e // of a dialer that has words of its own
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		why = "no answer in time"
	case errors.As(err, &dns):
		why = "its name is not known here"
	case errors.Is(err, syscall.ECONNREFUSED):
		why = "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		why = "no way leads there"
	}
	return &core.Error{
		Code: core.CodeUnreachable, Err: err, Message: core.Printable(node) + " does not answer: " + why,
		Hint: "look whether the node is up and whether gwm reaches its SSH server",
	}
}

// explain says in people's words why something was not opened on the node.
func (c *nodeConn) explain(err error) error {
	var refused *gossh.OpenChannelError
	var e *core.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.As(err, &refused):
		return &core.Error{
			Code: core.CodeRefused, Err: err,
			Message: core.Printable(c.name.node) + " refuses what gwm asks its SSH server for: " + core.Printable(refused.Message),
			Hint:    "look at the limits of the key and of the SSH server there",
		}
	default:
		return unreachable(c.name.node, err)
	}
}

// watch keeps the connection until it ends, asks it for signs of life, and ends
// it where there are none.
func (c *nodeConn) watch(ctx context.Context) {
	defer close(c.gone)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.client.Wait() // why it ended says nothing that people understand
	}()
	answers := make(chan error, 1)
	asking, misses, stopping := false, 0, ctx.Done()
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			c.close()
			if asking {
				<-answers
			}
			return
		case <-stopping:
			stopping = nil
			c.close()
		case err := <-answers:
			if asking, misses = false, 0; err != nil {
				c.close()
			}
		case <-tick.C:
			if asking {
				if misses++; misses == keepMisses {
					c.close()
				}
				continue
			}
			asking = true
			go func() {
				_, _, err := c.client.SendRequest("keepalive@openssh.com", true, nil)
				answers <- err
			}()
		}
	}
}

// close ends the connection.
func (c *nodeConn) close() {
	c.closing.Do(func() {
		if c.client != nil {
			_ = c.client.Close() // it is over either way
		}
	})
}
