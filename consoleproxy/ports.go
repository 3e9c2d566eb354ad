package consoleproxy

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"net"
	"strconv"
	"syscall"

	"gwm/core"
)

// Ports is a range of TCP ports of one address of this machine, at which viewers
// are awaited.
type Ports struct {
	Address     string // an IP address of this machine
	First, Last int    // both belong to the range
}

// listen opens the port that is wanted, and where that is 0 or not free another
// one of the range, so that nobody can tell which is next. The error is CodeLimit
// where all are in use.
func (p Ports) listen(ctx context.Context, wanted int) (net.Listener, error) {
	size := p.Last - p.First + 1
	first, err := rand.Int(rand.Reader, big.NewInt(int64(size)))
	if err != nil {
		return nil, err
	}
	candidates := make([]int, 0, size+1)
	if wanted >= p.First && wanted <= p.Last {
		candidates = append(candidates, wanted)
	}
	for i := range size {
		candidates = append(candidates, p.First+(int(first.Int64())+i)%size)
	}
	for _, port := range candidates {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(p.Address, strconv.Itoa(port)))
		switch {
		case err == nil:
			return l, nil
		case !errors.Is(err, syscall.EADDRINUSE):
			return nil, core.Errorf(core.CodeInternal, "no port for a viewer can be opened on %s: %w", p.Address, core.PlainCause(err)).
				WithHint("the administrator finds the address in the configuration: console.forward.listen")
		}
	}
	return nil, core.Errorf(core.CodeLimit, "all ports for viewers are in use (%d-%d)", p.First, p.Last).
		WithHint("try again in a moment, or open the console in a browser")
}
