package browser

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gwm/consoleproxy"
	"gwm/consoleproxy/consoletest"
	"gwm/core"
	"gwm/core/coretest"
)

var shots = flag.String("shots", "", "write pictures of the page into this folder")

// patience is how long anything may take before a test gives up.
const patience = time.Minute

// desk is a gwm whose VMs all show one fake screen, and a browser.
type desk struct {
	t      *testing.T
	core   *core.Core
	world  *coretest.World // nil: the clusters are real
	root   *core.Session
	screen *consoletest.Screen
	url    string
	ctx    context.Context // the browser's tab
}

func newDesk(t *testing.T, tuning core.Tuning, options consoletest.ScreenOptions) *desk {
	t.Helper()
	screen, err := consoletest.StartScreen(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	var world *coretest.World
	d := newDeskOn(t, screen, "", func(consoles core.Consoles) *core.Core {
		world = coretest.StartWith(t, coretest.Options{Tuning: tuning, Consoles: consoles})
		return world.Core
	})
	d.world, d.screen = world, screen
	return d
}

// newDeskOn is newDesk on a core that start makes. dialer reaches screens, and
// ownSSH is the program that reaches nodes.
func newDeskOn(t *testing.T, dialer consoleproxy.Dialer, ownSSH string, start func(core.Consoles) *core.Core) *desk {
	t.Helper()
	d := &desk{t: t}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.url = "https://" + l.Addr().String()
	link, err := consoleproxy.LinkTo(d.url)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	board := consoleproxy.NewSwitchboard(consoleproxy.SwitchboardConfig{Log: log, Link: link, OwnSSH: ownSSH})
	t.Cleanup(func() { _ = board.Close() })
	d.core = start(board)
	if d.root, err = d.core.Local(t.Context(), "", "test"); err != nil {
		t.Fatal(err)
	}
	d.serve(l, consoleproxy.NewScreens(dialer, board), log)
	d.browse()
	return d
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

// browse starts Chromium.
func (d *desk) browse() {
	d.t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors, chromedp.WindowSize(1280, 800),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	d.t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	d.t.Cleanup(cancel)
	d.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // it does not know all events
	d.t.Cleanup(cancel)
	d.run(chromedp.Navigate("about:blank"))
}

func (d *desk) run(actions ...chromedp.Action) {
	d.t.Helper()
	if err := chromedp.Run(d.ctx, actions...); err != nil {
		d.shot("failed")
		d.t.Fatal(err)
	}
}

// until waits until an expression of JavaScript is true. A page that is just being
// left or loaded has no answer.
func (d *desk) until(expression string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		var ok bool
		err := chromedp.Run(ctx, chromedp.Evaluate("Boolean("+expression+")", &ok))
		if ok {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			var text string
			_ = chromedp.Run(d.ctx, chromedp.Text("body", &text))
			d.shot("failed")
			d.t.Fatalf("wait for %s: %v; the page says %q", expression, err, text)
		}
	}
}

// shot writes what the page looks like, where that was asked for.
func (d *desk) shot(name string) {
	if *shots == "" {
		return
	}
	var png []byte
	if err := chromedp.Run(d.ctx, chromedp.CaptureScreenshot(&png)); err != nil {
		d.t.Log("no picture:", err)
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, d.t.Name()+"-"+name+".png"), png, 0o600); err != nil {
		d.t.Log("no picture:", err)
	}
}

func (d *desk) ticket() core.Ticket {
	d.t.Helper()
	ticket, err := d.root.NewTicket(d.t.Context(), core.VMRef(coretest.Berlin, coretest.Web1), core.ConsoleVNC)
	if err != nil {
		d.t.Fatal(err)
	}
	return ticket
}

// visit opens a link in the tab as if somebody had clicked at it.
func (d *desk) visit(link string) {
	d.t.Helper()
	d.run(chromedp.Navigate("about:blank"), chromedp.Navigate(link))
}
