//go:build bench

package bench

import (
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"gwm/consoleproxy"
)

// loads are the pictures that are carried: what a typed letter changes, a window,
// and as fast as it goes.
var loads = []struct {
	what         string
	size, rounds int
}{
	{"4 KiB", 4 << 10, 500},
	{"1 MiB", 1 << 20, 100},
	{"64 MiB", 64 << 20, 9},
}

const pointerMoves = 500

// way is one way from a viewer to the screen.
type way struct {
	name   string
	viewer *viewer
	pid    int // of the process that carries the bytes; 0: there is none
	moved  []time.Duration
	drawn  [][]time.Duration // by load
	worked time.Duration     // processor time of the process for the largest load
	err    error             // why it could not be had
}

// speed is the median of a load in MB/s.
func (w *way) speed(load int) float64 {
	return float64(loads[load].size) / 1e6 / median(w.drawn[load]).Seconds()
}

// cost is the processor time of the carrying process for a GB.
func (w *way) cost() float64 {
	last := loads[len(loads)-1]
	return ms(w.worked) / (float64(last.size) / 1e9 * float64(last.rounds))
}

// ways are all that are measured.
type ways struct {
	direct, socat, port, plain, websockify, socatTLS, page, websockifyTLS *way
	rivals                                                                []*rival
}

func (w *ways) all() []*way {
	return []*way{w.direct, w.socat, w.port, w.plain, w.websockify, w.socatTLS, w.page, w.websockifyTLS}
}

func TestBenchScreens(t *testing.T) {
	r, err := startReal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	}()
	w, err := openWays(r, t.TempDir())
	defer func() {
		for _, rival := range w.rivals {
			rival.close()
		}
	}()
	if err != nil {
		t.Fatal(err)
	}
	err = w.measure()
	for _, way := range w.all() {
		if way.viewer != nil {
			_ = way.viewer.conn.Close()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	w.report()
}

// openWays opens all ways. Those of other programs that cannot be had say why.
func openWays(r *real, dir string) (*ways, error) {
	screen, pid := r.screen.listener.Addr().String(), r.serve.Process.Pid
	w := &ways{}
	stranger := func(name string, start func() (*rival, error), open func(*rival) (io.ReadWriteCloser, error)) *way {
		way := &way{name: name}
		var rival *rival
		if rival, way.err = start(); way.err != nil {
			return way
		}
		w.rivals = append(w.rivals, rival)
		var conn io.ReadWriteCloser
		if conn, way.err = open(rival); way.err == nil {
			way.viewer, way.err = enter(conn, "")
		}
		if way.err != nil {
			way.err = fmt.Errorf("%w %s", way.err, rival.log.String())
		}
		way.pid = rival.cmd.Process.Pid
		return way
	}
	ours := func(name string, open func() (*viewer, error)) (*way, error) {
		v, err := open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return &way{name: name, viewer: v, pid: pid}, nil
	}
	cert, key := filepath.Join(dir, "rival.crt"), filepath.Join(dir, "rival.key")
	if _, err := consoleproxy.MakeCertificate(cert, key, ""); err != nil {
		return w, err
	}
	socat, noSocat := program(dir, "socat")
	python, noPython := fetchWebsockify(dir)
	toSocat := func(listen string) func() (*rival, error) {
		return func() (*rival, error) {
			if noSocat != nil {
				return nil, noSocat
			}
			return startRival(nil, socat, func(addr string) []string {
				host, port, _ := net.SplitHostPort(addr)
				return []string{fmt.Sprintf(listen, port, host), "TCP:" + screen}
			})
		}
	}
	toPython := func(certificate ...string) func() (*rival, error) {
		return func() (*rival, error) {
			if noPython != nil {
				return nil, noPython
			}
			return python.start(screen, certificate...)
		}
	}
	w.socat = stranger("socat, TCP", toSocat("TCP-LISTEN:%s,bind=%s,nodelay"), overTCP)
	w.websockify = stranger("websockify, ws", toPython(), overSocket("ws"))
	w.socatTLS = stranger("socat, TLS", toSocat("OPENSSL-LISTEN:%s,bind=%s,nodelay,verify=0,cert="+cert+",key="+key), overTLS)
	w.websockifyTLS = stranger("websockify, wss", toPython(cert, key), overSocket("wss"))
	var errs [4]error
	w.direct, errs[0] = ours("without a proxy", func() (*viewer, error) { return direct(screen) })
	w.port, errs[1] = ours("gwm, port for a viewer, TCP", r.forwarded)
	w.plain, errs[2] = ours("gwm, port with ws", r.plainSocket)
	w.page, errs[3] = ours("gwm, page, wss", func() (*viewer, error) {
		conn, err := r.page()
		if err != nil {
			return nil, err
		}
		return enter(conn, "")
	})
	if w.direct != nil {
		w.direct.pid = 0
	}
	return w, errors.Join(errs[:]...)
}

// each measures one round of every way, so that what disturbs disturbs all.
func (w *ways) each(measure func(*way) error) error {
	for _, way := range w.all() {
		if way.viewer == nil {
			continue
		}
		if err := measure(way); err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
	}
	return nil
}

// measure does all rounds.
func (w *ways) measure() error {
	for i, load := range loads {
		for _, way := range w.all() {
			way.drawn = append(way.drawn, nil)
		}
		for range load.rounds {
			if err := w.each(func(w *way) error { return w.draw(i) }); err != nil {
				return err
			}
		}
	}
	for range pointerMoves {
		if err := w.each((*way).move); err != nil {
			return err
		}
	}
	return nil
}

func (w *way) draw(load int) error {
	before, err := w.cpu()
	if err != nil {
		return err
	}
	took, err := w.viewer.picture(loads[load].size)
	if err != nil {
		return err
	}
	after, err := w.cpu()
	w.drawn[load] = append(w.drawn[load], took)
	if load == len(loads)-1 {
		w.worked += after - before
	}
	return err
}

func (w *way) cpu() (time.Duration, error) {
	if w.pid == 0 {
		return 0, nil
	}
	return cpuOf(w.pid)
}

func (w *way) move() error {
	took, err := w.viewer.point()
	w.moved = append(w.moved, took)
	return err
}

func (w *ways) report() {
	for i, load := range loads {
		results.section("A VM's screen through gwm, pictures of %s, median of %d interleaved", load.what, load.rounds)
		for _, way := range w.all() {
			switch {
			case way.viewer == nil:
				results.missing(way.err, "%s", way.name)
			case way.pid == 0 || i < len(loads)-1:
				results.note(way.speed(i), "MB/s", "%s", way.name)
			default:
				results.note(way.speed(i), "MB/s", "%s (processor time: %s ms a GB)", way.name, number(way.cost()))
			}
		}
		for _, p := range w.pairs() {
			if p.other.viewer == nil {
				results.missing(p.other.err, "%s", p.what)
				continue
			}
			if p.other == w.websockify {
				results.note(w.direct.speed(i)/p.other.speed(i), "times", "without a proxy / websockify, ws, bytes a second")
			}
			results.atLeast(p.ours.speed(i)/p.other.speed(i), "times", p.least, "%s, bytes a second", p.what)
			if i == len(loads)-1 {
				results.note(p.ours.cost()/p.other.cost(), "times", "%s, processor time a byte", p.what)
			}
		}
	}
	results.section("From a movement of the pointer to the answer of the screen, median of %d interleaved", pointerMoves)
	for _, way := range w.all() {
		if way.viewer != nil {
			results.note(us(median(way.moved)), "us", "%s (99%%: %s us)", way.name, number(us(quantile(way.moved, 0.99))))
		}
	}
	for _, p := range w.pairs() {
		if p.other.viewer != nil {
			results.note(float64(median(p.ours.moved))/float64(median(p.other.moved)), "times", "%s", p.what)
		}
	}
}

// pair is what is compared, and how many times faster ours should be at least.
type pair struct {
	ours, other *way
	least       float64
	what        string
}

func (w *ways) pairs() []pair {
	return []pair{
		{w.port, w.socat, 0.7, "port / socat, TCP"},
		{w.plain, w.socat, 0.7, "port with ws / socat, TCP"},
		{w.page, w.socatTLS, 0.7, "page / socat, TLS"},
		{w.plain, w.websockify, 3, "port with ws / websockify, ws"},
		{w.page, w.websockifyTLS, 3, "page / websockify, wss"},
	}
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
