package browser

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"gwm/consoleproxy"
	"gwm/consoleproxy/consoletest"
	"gwm/core"
	"gwm/core/coretest"
)

// desk is a gwm whose VMs all show one fake screen, and a browser.
type desk struct {
	core   *core.Core
	world  *coretest.World
	root   *core.Session
	screen *consoletest.Screen
	net    *relay // between the browser and gwm
	url    string
	dead   atomic.Bool // the node of the VMs does not answer
	*tab
}

func newDesk(t *testing.T, tuning core.Tuning) *desk {
	t.Helper()
	d := &desk{tab: &tab{t: t}}
	var err error
	if d.screen, err = consoletest.StartScreen(consoletest.ScreenOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.screen.Close() })
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.net = newRelay(t, l.Addr().String())
	d.url = "https://" + d.net.listener.Addr().String()
	link, err := consoleproxy.LinkTo(d.url)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	board := consoleproxy.NewSwitchboard(consoleproxy.SwitchboardConfig{Log: log, Link: link})
	t.Cleanup(func() { _ = board.Close() })
	d.world = coretest.StartWith(t, coretest.Options{Tuning: tuning, Consoles: board})
	d.core = d.world.Core
	if d.root, err = d.core.Local(t.Context(), "", "test"); err != nil {
		t.Fatal(err)
	}
	d.serve(l, consoleproxy.NewScreens(d, board), log)
	d.tab = newTab(t)
	return d
}

// DialContext reaches the screen for gwm, unless its node is dead.
func (d *desk) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if d.dead.Load() {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.EHOSTUNREACH}
	}
	return d.screen.DialContext(ctx, network, address)
}

// serve answers on a listener until the test ends.
func (d *desk) serve(l net.Listener, screens *consoleproxy.Screens, log *slog.Logger) {
	d.t.Helper()
	dir := d.t.TempDir()
	certFile, keyFile := filepath.Join(dir, "web.crt"), filepath.Join(dir, "web.key")
	if _, err := consoleproxy.MakeCertificate(certFile, keyFile, ""); err != nil {
		d.t.Fatal(err)
	}
	cert, err := consoleproxy.LoadCertificate(certFile, keyFile, log)
	if err != nil {
		d.t.Fatal(err)
	}
	server, err := consoleproxy.New(consoleproxy.Config{
		Core: d.core, Log: log, Certificate: cert, Limits: consoleproxy.DefaultLimits(),
		Screens: screens,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	d.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			d.t.Error(err)
		}
	})
}

func (d *desk) ticket() core.Ticket {
	d.t.Helper()
	return d.ticketOf(d.root)
}

func (d *desk) ticketOf(s *core.Session) core.Ticket {
	d.t.Helper()
	ticket, err := s.NewTicket(d.t.Context(), core.VMRef(coretest.Berlin, coretest.Web1), core.ConsoleVNC)
	if err != nil {
		d.t.Fatal(err)
	}
	return ticket
}
