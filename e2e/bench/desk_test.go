//go:build bench

package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/consoleproxy"
	"gwm/core"
)

// guests is how many VMs there are on which consoles are opened; one in ten does
// not run.
const guests = 300

// desk is a gwm in a process of its own, whose VMs have toy guests with serial
// consoles in another one, and the people who sit there.
type desk struct {
	*child
	cluster *cluster
	addr    string
	keys    []gossh.Signer // of people
	terms   []*terminal
}

// newDesk starts both processes, with people.
func newDesk(t *testing.T) *desk {
	t.Helper()
	c, err := startCluster(guests)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{cluster: c}
	t.Cleanup(func() {
		d.leave()
		if d.child != nil {
			err = d.close()
		}
		if err := errors.Join(err, c.close()); err != nil {
			t.Error(err)
		}
	})
	if d.child, err = startChild("desk", t.TempDir(), c.URL, c.CA, c.Node, strconv.Itoa(guests)); err != nil {
		t.Fatal(err)
	}
	if err := d.ask(&d.addr, "hello"); err != nil {
		t.Fatal(err)
	}
	for i := range people {
		key, line, err := newSigner()
		if err == nil {
			err = d.ask(nil, "person", person(i), line)
		}
		if err != nil {
			t.Fatal(err)
		}
		d.keys = append(d.keys, key)
	}
	return d
}

// open opens a terminal for somebody, in turn.
func (d *desk) open(words ...string) (*terminal, error) {
	i := len(d.terms) % people
	term, err := openTerminal(d.addr, person(i), d.keys[i], words...)
	if err == nil {
		d.terms = append(d.terms, term)
	}
	return term, err
}

// leave cuts all lines.
func (d *desk) leave() {
	for _, term := range d.terms {
		term.drop()
	}
	d.terms = nil
}

// resident is the memory of the server after it collected its garbage.
func (d *desk) resident(label string) (int64, error) {
	if err := d.ask(nil, "collect", label); err != nil {
		return 0, err
	}
	return residentOf(d.cmd.Process.Pid)
}

// guest is the name of the n-th VM that runs.
func guest(n int) string { return fmt.Sprintf("vm%06d.big.example.net", n+n/9+1) }

// login waits for the console of a guest that nobody sat at before, and logs in.
func (t *terminal) login() error {
	if err := t.await("login: "); err != nil {
		return err
	}
	return t.say("root\r", "Type help.")
}

// say types something and waits for what shall follow.
func (t *terminal) say(keys, follows string) error {
	t.reset()
	if _, err := t.keys.Write([]byte(keys)); err != nil {
		return err
	}
	return t.await(follows)
}

// playDesk is the role "desk": DIR URL CA NODE SIZE.
func playDesk(args []string, p *profiles) error {
	dir, size := args[0], args[4]
	board := consoleproxy.NewSwitchboard(consoleproxy.SwitchboardConfig{Dialer: leadsTo(args[3])})
	s, err := openSiteWith(dir, board)
	if err != nil {
		return err
	}
	c := &cluster{clusterAt: clusterAt{URL: args[1], CA: args[2]}}
	if _, err := s.session.Do(context.Background(), c.settings()); err != nil {
		return err
	}
	s.run()
	n, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	if err := errors.Join(s.await(n), s.trust()); err != nil {
		return err
	}
	addr, stop, err := serveSSH(s, dir+"/keys")
	if err != nil {
		return err
	}
	err = answer(map[string]func([]string) (any, error){
		"hello":  func([]string) (any, error) { return addr, nil },
		"person": func(args []string) (any, error) { return nil, s.addPerson(args[0], args[1]) },
		"collect": func(args []string) (any, error) {
			runtime.GC()
			debug.FreeOSMemory()
			return nil, p.heap(args[0])
		},
		"profile": func(args []string) (any, error) { return nil, p.start(args[0]) },
	})
	return errors.Join(err, stop(), s.close(), board.Close())
}

// leadsTo is a Dialer for which every address is one and the same.
type leadsTo string

func (to leadsTo) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, string(to))
}

// trust has the fake node show its key, and trusts it.
func (s *site) trust() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	seat, err := s.session.OpenConsole(ctx, core.VMRef("big", guest(0)), core.ConsoleSerial)
	if err != nil {
		return err
	}
	defer seat.Close(core.Errorf(core.CodeState, "the key was seen"))
	line, err := s.session.Line(ctx, seat)
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }()
	for line.State().Phase == core.LineConnecting {
		select {
		case <-line.Changed():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	keys, err := s.session.HostKeys(ctx, "big")
	if err != nil || len(keys) == 0 {
		return errors.Join(errors.New("the node showed no key"), err)
	}
	_, err = s.session.Do(ctx, core.TrustHost{Cluster: "big", Host: core.AnyHost, Fingerprint: keys[0].Fingerprint})
	return err
}
