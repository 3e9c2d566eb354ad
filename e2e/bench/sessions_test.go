//go:build bench

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// people and each are how many sessions there are: ten are what one person may
// have by default.
const (
	people   = 20
	sessions = 200
)

// idle is how long the processor time of idle sessions is counted.
const idle = 20 * time.Second

// crowd is a server in a process of its own and the terminals on it.
type crowd struct {
	*child
	addr  string
	keys  []gossh.Signer
	terms []*terminal
}

func TestBenchSessions(t *testing.T) {
	_, dir := warm(t)
	c := &crowd{}
	var err error
	if c.child, err = startChild("server", dir, filepath.Join(t.TempDir(), "keys")); err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, term := range c.terms {
			term.drop()
		}
		if err := c.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := c.measure(t); err != nil {
		t.Fatal(err)
	}
}

func (c *crowd) measure(t *testing.T) error {
	if err := c.ask(&c.addr, "hello"); err != nil {
		return err
	}
	for i := range people {
		key, line, err := newSigner()
		if err != nil {
			return err
		}
		if err := c.ask(nil, "person", person(i), line); err != nil {
			return err
		}
		c.keys = append(c.keys, key)
	}
	before, err := c.goroutines()
	if err != nil {
		return err
	}
	empty, err := c.resident("empty")
	if err != nil {
		return err
	}
	results.section("%d SSH sessions on the list of %d VMs, %dx%d", sessions, large, width, height)
	results.note(mib(empty), "MiB", "resident memory without a session")
	if err := c.open(1); err != nil {
		return err
	}
	if err := c.idle("with 1 session"); err != nil {
		return err
	}
	if err := c.open(sessions); err != nil {
		return err
	}
	full, err := c.resident("full")
	if err != nil {
		return err
	}
	results.note(mib(full), "MiB", "resident memory with %d sessions", sessions)
	results.aim(mib(full-empty)/sessions, "MiB", 2.5, "a session that was just opened")
	if err := c.idle(fmt.Sprintf("with %d sessions", sessions)); err != nil {
		return err
	}
	if err := c.strokes("S", "memory", "\r"); err != nil {
		return err
	}
	if err := c.idle(fmt.Sprintf("with %d sessions that sort by memory", sessions)); err != nil {
		return err
	}
	if err := c.strokes(slices.Repeat([]string{"\x1b[6~"}, 20)...); err != nil {
		return err
	}
	if full, err = c.resident("sorted"); err != nil {
		return err
	}
	results.aim(mib(full-empty)/sessions, "MiB", 2.5, "a session that sorts by memory and was paged through")
	return c.drop(t, before)
}

func person(i int) string { return fmt.Sprintf("person%02d", i) }

// open opens terminals until there are n, all on the list of VMs.
func (c *crowd) open(n int) error {
	for len(c.terms) < n {
		i := len(c.terms) % people
		term, err := openTerminal(c.addr, person(i), c.keys[i])
		if err != nil {
			return err
		}
		c.terms = append(c.terms, term)
		if err := term.await("big"); err != nil {
			return err
		}
		if _, err := term.keys.Write([]byte("2")); err != nil {
			return err
		}
		if err := term.await("vm000001"); err != nil {
			return err
		}
		term.reset()
	}
	return nil
}

// strokes sends keys to all terminals, and gives the server time to paint each.
func (c *crowd) strokes(keys ...string) error {
	for _, k := range keys {
		for _, term := range c.terms {
			if _, err := term.keys.Write([]byte(k)); err != nil {
				return err
			}
		}
		time.Sleep(time.Second)
	}
	return nil
}

// painted counts the bytes that came to all terminals since they were reset.
func (c *crowd) painted() (n int) {
	for _, term := range c.terms {
		term.mu.Lock()
		n += term.size
		term.mu.Unlock()
	}
	return n
}

// idle reports the processor time of the server while nobody does anything.
func (c *crowd) idle(what string) error {
	time.Sleep(2 * time.Second)
	pid := c.cmd.Process.Pid
	if err := c.ask(nil, "profile", "idle "+what); err != nil {
		return err
	}
	before, err := cpuOf(pid)
	if err != nil {
		return err
	}
	for _, term := range c.terms {
		term.reset()
	}
	time.Sleep(idle)
	after, err := cpuOf(pid)
	if err != nil {
		return err
	}
	results.note(100*(after-before).Seconds()/idle.Seconds(), "% of one core", "idle %s (%.0f bytes a second sent to each)",
		what, float64(c.painted())/idle.Seconds()/float64(len(c.terms)))
	return c.ask(nil, "profile", "busy")
}

// resident is the memory of the server after it collected its garbage, which
// else hides what sessions hold.
func (c *crowd) resident(label string) (int64, error) {
	if err := c.ask(nil, "collect", label); err != nil {
		return 0, err
	}
	return residentOf(c.cmd.Process.Pid)
}

// serving is what runs in the server for its sessions.
type serving struct {
	Ours  int    // goroutines of connections and sessions
	Dump  string // their stacks
	Total int
}

func (c *crowd) goroutines() (serving, error) {
	var s serving
	return s, c.ask(&s, "goroutines")
}

// drop cuts all lines while keys arrive, and fails where something stays.
func (c *crowd) drop(t *testing.T, before serving) error {
	var burst sync.WaitGroup
	for _, term := range c.terms {
		burst.Go(func() {
			for {
				if _, err := term.keys.Write([]byte("jjjjkkkk\x1b[6~\x1b[5~")); err != nil {
					return
				}
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	during, err := c.goroutines()
	if err != nil {
		return err
	}
	for _, term := range c.terms {
		term.drop()
	}
	burst.Wait()
	c.terms = nil
	began := time.Now()
	var after serving
	for time.Since(began) < 30*time.Second {
		if after, err = c.goroutines(); err != nil {
			return err
		}
		if after.Ours <= before.Ours {
			break
		}
		time.Sleep(100 * time.Millisecond)
		if d := os.Getenv("GWM_BENCH_PROFILE"); d != "" && time.Since(began) > 3*time.Second {
			_ = os.WriteFile(d+"/stacks", []byte(after.Dump), 0o600)
		}
	}
	results.note(float64(during.Ours-before.Ours), "goroutines", "during a burst of keys in all sessions")
	results.note(float64(after.Ours-before.Ours), "goroutines", "left after all lines were cut during the burst (must be none; %.1f s)", time.Since(began).Seconds())
	if after.Ours > before.Ours {
		t.Errorf("%d goroutines are left of dropped sessions:\n%s", after.Ours-before.Ours, after.Dump)
	}
	left, err := c.resident("left")
	results.note(mib(left), "MiB", "resident memory afterwards")
	return err
}

// playServer is the role "server": DIR HOSTKEYDIR.
func playServer(args []string, p *profiles) error {
	s, err := openSite(args[0])
	if err != nil {
		return err
	}
	s.run()
	if err := s.await(large); err != nil {
		return err
	}
	addr, stop, err := serveSSH(s, args[1])
	if err != nil {
		return err
	}
	err = answer(map[string]func([]string) (any, error){
		"hello":  func([]string) (any, error) { s.calm(); return addr, nil },
		"person": func(args []string) (any, error) { return nil, s.addPerson(args[0], args[1]) },
		"collect": func(args []string) (any, error) {
			runtime.GC()
			debug.FreeOSMemory()
			return nil, p.heap(args[0])
		},
		"profile":    func(args []string) (any, error) { return nil, p.start(args[0]) },
		"goroutines": func([]string) (any, error) { return goroutines(), nil },
	})
	if stopErr := stop(); err == nil {
		err = stopErr
	}
	if closeErr := s.close(); err == nil {
		err = closeErr
	}
	return err
}

// goroutines finds those that serve connections and sessions by what they run.
func goroutines() serving {
	buf := make([]byte, 64<<20)
	buf = buf[:runtime.Stack(buf, true)]
	s := serving{Total: runtime.NumGoroutine()}
	var found []string
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		for _, pkg := range []string{"gwm/ssh.", "gwm/tui.", "bubbletea", "ultraviolet", "charm.land/ssh", "x/crypto/ssh"} {
			if strings.Contains(stack, pkg) {
				found = append(found, stack)
				break
			}
		}
	}
	s.Ours, s.Dump = len(found), strings.Join(found[:min(len(found), 50)], "\n\n")
	return s
}
