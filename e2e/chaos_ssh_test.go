package e2e

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TestChaosClients lets clients behave as badly as they can: a well-behaved
// person goes on working, and afterwards nothing of them is left.
func TestChaosClients(t *testing.T) {
	t.Parallel()
	w := paced(t, 0)
	for range 20 {
		w.must(t, "ann", "vm", "stop", "berlin/web1", "--wait")
	}
	idle := w.settled(t, 0)
	good, err := w.actors["ann"].open(w.server.addr, 120, 30, "xterm-256color")
	check(t, err)
	w.screens["ann"] = good
	check(t, good.see("berlin"))
	works := func(what string) {
		t.Helper()
		check(t, good.press("2"))
		check(t, good.see("old1"))
		check(t, good.press("1"))
		check(t, good.vanish("old1"))
		if r := w.as(t, "bob", "vm", "stop", "paris/web1", "--wait"); r.code != 0 {
			t.Errorf("%s: %+v", what, r)
		}
	}
	ctx, cancel := limited()
	defer cancel()

	silent := w.dialMany(ctx, t, 300)
	works("300 connections that say nothing")
	garbage := w.dialMany(ctx, t, 50)
	for _, c := range garbage {
		_, _ = io.WriteString(c, "SSH-2.0-x\r\n"+strings.Repeat("\xff\x00garbage", 500)) // the server may have gone
	}
	works("garbage")

	slow := w.slow(ctx, t)
	works("clients that do not read")

	pasted, err := w.actors["bob"].open(w.server.addr, 120, 30, "xterm-256color")
	check(t, err)
	check(t, pasted.see("berlin"))
	var sending sync.WaitGroup
	sending.Go(func() {
		_, _ = io.WriteString(pasted.input, "\x1b[200~"+strings.Repeat("pasted text\r\n", 10<<20/13)+"\x1b[201~") // it may be closed on
	})
	works("a paste of 10 MB")

	var flood sync.WaitGroup
	for range 10 {
		flood.Go(func() {
			for range 10 {
				_, _ = w.actors["bob"].run(ctx, w.server.addr, "vm list", nil, io.Discard, io.Discard) // the limit of sessions may refuse it
			}
		})
	}
	works("a flood of commands")
	flood.Wait()

	pasted.close()
	sending.Wait()
	for _, c := range append(silent, garbage...) {
		_ = c.Close() // the server may have been first
	}
	for _, end := range slow {
		end()
	}
	good.close()
	w.settled(t, idle)
	hasNot(t, w.server.Log(), "panic")
}

// dialMany opens connections that do not log in.
func (w *world) dialMany(ctx context.Context, t *testing.T, n int) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, n)
	for i := range conns {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", w.server.addr)
		check(t, err)
		conns[i] = c
	}
	return conns
}

// slow opens sessions of the administrator whose output nobody reads: the screen
// and a long export of the audit log.
func (w *world) slow(ctx context.Context, t *testing.T) (ends []func()) {
	t.Helper()
	for n := range 6 {
		client, err := w.actors["admin"].dial(ctx, w.server.addr)
		check(t, err)
		ends = append(ends, func() { _ = client.Close() })
		// No reader takes what arrives: the window is used up and not opened again.
		channel, requests, err := client.OpenChannel("session", nil)
		check(t, err)
		go gossh.DiscardRequests(requests)
		if n%2 == 0 {
			_, err = channel.SendRequest("exec", true, gossh.Marshal(struct{ Command string }{"audit export"}))
			check(t, err)
			continue
		}
		_, err = channel.SendRequest("pty-req", true, gossh.Marshal(struct {
			Term                         string
			Columns, Rows, Width, Height uint32
			Modes                        string
		}{"xterm-256color", 300, 100, 0, 0, "\x00"}))
		check(t, err)
		_, err = channel.SendRequest("shell", true, nil)
		check(t, err)
		go func() {
			for _, size := range []uint32{20, 400} {
				for range 500 {
					_, _ = channel.SendRequest("window-change", false, gossh.Marshal(struct{ Columns, Rows, Width, Height uint32 }{300 - size/2, 100, 0, 0}))
					size = 420 - size
				}
			}
		}()
	}
	return ends
}

// settled waits until the server has no more files open than most (0: whatever
// it has now, when that stays the same), and returns how many.
func (w *world) settled(t *testing.T, most int) int {
	t.Helper()
	const slack = 4 // connections to the clusters come and go
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	last := 0
	for {
		n, err := w.server.descriptors()
		check(t, err)
		if most > 0 && n <= most+slack || most == 0 && n == last {
			return n
		}
		last = n
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d files are open, before it were %d", n, most)
		}
	}
}
