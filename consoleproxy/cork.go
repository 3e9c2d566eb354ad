package consoleproxy

import (
	"crypto/tls"
	"net"
	"sync"
)

// cork is a connection below TLS that can gather what is written, so that the
// many records of one message leave at once: a record has 16 KiB at most, and TLS
// writes each one by itself. While nothing is gathered it is the connection.
type cork struct {
	net.Conn

	mu        sync.Mutex
	gathering bool
	gathered  []byte
}

// mostGathered is what a cork holds back: a message with what TLS adds. What is
// more leaves before.
const mostGathered = spliceBuffer + spliceBuffer/32

// corks is a listener whose connections are corks.
type corks struct{ net.Listener }

// Accept waits for a connection.
func (l corks) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &cork{Conn: c}, nil
}

// corkBelow is the one below TLS; nil where there is none.
func corkBelow(c net.Conn) *cork {
	if secure, ok := c.(*tls.Conn); ok {
		below, _ := secure.NetConn().(*cork)
		return below
	}
	return nil
}

// Write writes or gathers.
func (c *cork) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.gathering {
		return c.Conn.Write(p)
	}
	if len(c.gathered)+len(p) > mostGathered {
		if err := c.pour(); err != nil {
			return 0, err
		}
	}
	c.gathered = append(c.gathered, p...)
	return len(p), nil
}

// gather begins to hold back; flush must follow. A nil cork does nothing.
func (c *cork) gather() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gathering = true
}

// flush ends it and writes what was held back.
func (c *cork) flush() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gathering = false
	return c.pour()
}

// pour writes what was gathered; the cork is locked.
func (c *cork) pour() error {
	if len(c.gathered) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.gathered)
	c.gathered = c.gathered[:0]
	return err
}
