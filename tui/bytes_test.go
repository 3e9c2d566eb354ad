package tui_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
)

// wire is a terminal at the end of a connection: the real program with its
// renderer, and the bytes that it sends. It needs a synctest bubble.
type wire struct {
	program *tea.Program
	out     syncBuffer
}

// connect runs the program for a session until the test ends it.
func connect(t *testing.T, s *core.Session, o tui.Options) (w *wire, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	app := tui.New(s, o)
	w = &wire{}
	in, typist := io.Pipe()
	w.program = tea.NewProgram(app, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(&w.out),
		tea.WithEnvironment([]string{"TERM=" + o.Term}), tea.WithWindowSize(o.Width, o.Height), tea.WithColorProfile(o.Profile),
		tea.WithoutSignalHandler(), tea.WithFPS(60))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = w.program.Run()
	}()
	w.frame()
	return w, func() {
		app.Close()
		cancel()
		_ = typist.Close()
		<-done
	}
}

// frame returns what is sent until nothing more follows.
func (w *wire) frame() string {
	<-time.After(100 * time.Millisecond)
	synctest.Wait()
	w.out.mu.Lock()
	defer w.out.mu.Unlock()
	sent := w.out.buf.String()
	w.out.buf.Reset()
	return sent
}

// press presses a key and returns what the program sends for it.
func (w *wire) press(key rune) string {
	w.program.Send(tea.KeyPressMsg{Code: key, Text: string(key)})
	return w.frame()
}

// wideFleet is a cluster of n VMs that have something in every column.
func wideFleet(n int) *coretest.Platform {
	p := coretest.New(coretest.Berlin)
	p.PutVM(&core.VM{Cluster: coretest.Berlin, Name: coretest.Web1}) // ann's
	for i := range n - 1 {
		state, status := core.StateRunning, "running"
		if i%7 == 3 {
			state, status = core.StateDown, "ADMIN_down"
		}
		p.PutVM(&core.VM{
			Cluster: coretest.Berlin, Name: fmt.Sprintf("vm%06d.big.example.net", i), State: state, Status: status,
			Node: fmt.Sprintf("node%04d.big.example.net", i*7%40), MemoryMiB: 1024 << (i % 5), VCPUs: 1 << (i % 4), DiskMiB: 10240 << (i % 5),
			OS: "debootstrap+default", NICs: []core.NIC{{IP: fmt.Sprintf("10.1.%d.%d", i>>8, i&255)}}, Tags: []string{"env:prod", "role:web"},
			Created: time.Now().Add(-time.Duration(i) * time.Hour), Hypervisor: "kvm", DiskTemplate: "drbd",
		})
	}
	return p
}

// TestScrollSendsLittle holds what a cursor move that scrolls may cost a slow
// line.
func TestScrollSendsLittle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		user, title string
	}{
		{"admin", "CLUSTER"},
		{"bob", "NAME"}, // sees one cluster
	} {
		t.Run(tt.user, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := coretest.StartWith(t, coretest.Options{Berlin: wideFleet(200)})
				term, end := connect(t, w.Login(tt.user), tui.Options{Width: 120, Height: 40, Profile: colorprofile.ANSI256, Term: "xterm-256color"})
				defer end()
				if list := term.press('2'); !strings.Contains(list, tt.title) {
					t.Fatalf("no column %s: %q", tt.title, list)
				}
				for range 40 {
					term.press('j')
				}
				most := ""
				for range 100 {
					if sent := term.press('j'); len(sent) > len(most) {
						most = sent
					}
				}
				if n := len(most); n == 0 || n >= 400 {
					t.Errorf("%d bytes, want less than 400: %q", n, most)
				}
			})
		})
	}
}

func TestPanelStandsWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	const panel = "secondary   node"
	sit(t, "admin", func(d *desk) {
		d.Resize(120, 40)
		d.Press("2")
		d.Hides(panel)
		d.Press("i")
		d.Shows(panel)
		d.Press("w")
		d.Hides(panel) // all columns instead
		d.Press("i")
		d.Shows(panel)
		d.Resize(100, 40)
		d.Hides(panel)
		d.Press("i")
		d.Shows("it needs 120")
		d.Resize(120, 40)
		d.Press("3", "2")
		d.Shows(panel) // it is kept
		d.Press("i")
		d.Resize(160, 40)
		d.Hides(panel)
	})
	sit(t, "bob", func(d *desk) {
		d.Resize(160, 40)
		d.Press("2")
		d.Shows(panel)
		d.Press("i", "3", "2")
		d.Hides(panel)
	})
}

func TestClustersAreToldApartWhereThereAreSeveral(t *testing.T) {
	t.Parallel()
	for user, several := range map[string]bool{"admin": true, "bob": false} {
		sit(t, user, func(d *desk) {
			for _, page := range []string{"2", "3", "4"} {
				d.Press(page)
				if got := strings.Contains(d.Screen(), " CLUSTER "); got != several {
					t.Errorf("%s, page %s: column CLUSTER %v, want %v:\n%s", user, page, got, several, d.Screen())
				}
			}
		})
	}
}
