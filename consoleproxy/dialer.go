package consoleproxy

import (
	"context"
	"net"
)

// Dialer opens connections to nodes. A *net.Dialer does it directly.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}
