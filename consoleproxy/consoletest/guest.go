package consoletest

import (
	"io"
	"sync"
	"time"
)

// Guest is a toy VM with a serial port, which one client at a time can use, as
// QEMU has it: a second one waits. It boots when the first comes, asks for a
// login, and has a small shell. It keeps its state while nobody is connected.
type Guest struct {
	name string
	turn chan struct{} // holds a value while nobody is connected

	mu     sync.Mutex
	client io.Closer // who is connected; nil: nobody
	away   time.Time // until then the port does not answer: it reboots
	off    bool
	booted bool
	typed  []byte // all that was typed, the last 64 KiB

	shell *shell // of who has the turn
}

const maxTyped = 64 << 10

// rebootTime is how long a guest that reboots is away.
const rebootTime = 2 * time.Second

func newGuest(name string) *Guest {
	g := &Guest{name: name, turn: make(chan struct{}, 1)}
	g.turn <- struct{}{}
	g.shell = newShell(g)
	return g
}

// Name is the name of the VM.
func (g *Guest) Name() string { return g.name }

// Drop breaks the connection with whoever is connected, as a guest does that ends.
func (g *Guest) Drop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.client != nil {
		_ = g.client.Close() // that is the purpose
	}
}

// Stop turns the VM off: who is connected is thrown out, and nothing answers. It
// boots anew when Start was called and somebody comes.
func (g *Guest) Stop() {
	g.mu.Lock()
	g.off = true
	g.mu.Unlock()
	g.Drop()
}

// Start turns a VM on that was stopped.
func (g *Guest) Start() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.off, g.away = false, time.Time{}
	g.booted = false
}

// Typed is what the guest received, the last 64 KiB of it.
func (g *Guest) Typed() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return string(g.typed)
}

// Say has the guest write bytes as they are to who is connected, as a program in it
// may; nobody is told who is not.
func (g *Guest) Say(text string) {
	g.mu.Lock()
	client := g.client
	g.mu.Unlock()
	if w, ok := client.(io.Writer); ok {
		_, _ = io.WriteString(w, text) // who does not read misses it
	}
}

// serve connects a client with the serial port and returns the exit status of the
// program that does it on a node.
func (g *Guest) serve(client io.ReadWriteCloser) uint32 {
	g.mu.Lock()
	gone := g.off || time.Now().Before(g.away)
	g.mu.Unlock()
	if gone {
		_, _ = io.WriteString(client, "socat: connect: No such file or directory\r\n")
		return 1
	}
	left := make(chan struct{})
	keys := make(chan []byte)
	var reading sync.WaitGroup
	reading.Go(func() { g.read(client, keys, left) })
	defer reading.Wait()
	defer client.Close()
	defer close(left)
	pending, ok := g.await(keys)
	if !ok {
		return 0
	}
	defer func() { g.turn <- struct{}{} }()
	g.mu.Lock()
	g.client = client
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.client = nil
	}()
	g.shell.attach(client)
	for _, p := range pending {
		if !g.take(p) {
			return 0
		}
	}
	for p := range keys {
		if !g.take(p) {
			break
		}
	}
	return 0
}

// read hands on what a client types until it goes.
func (g *Guest) read(client io.Reader, keys chan<- []byte, left <-chan struct{}) {
	defer close(keys)
	buf := make([]byte, 4096)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			select {
			case keys <- append([]byte(nil), buf[:n]...):
			case <-left:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// await waits for the port and keeps what is typed meanwhile; false where the
// client went.
func (g *Guest) await(keys <-chan []byte) (pending [][]byte, ok bool) {
	for {
		select {
		case <-g.turn:
			return pending, true
		case p, open := <-keys:
			if !open {
				return nil, false
			}
			if len(pending) < 16 {
				pending = append(pending, p)
			}
		}
	}
}

// take is one read of the guest; false where it ends the connection.
func (g *Guest) take(p []byte) bool {
	g.mu.Lock()
	g.typed = append(g.typed, p...)
	g.typed = g.typed[max(0, len(g.typed)-maxTyped):]
	g.mu.Unlock()
	for _, b := range p {
		if !g.shell.key(b) {
			return false
		}
	}
	return true
}

// boots tells whether the guest starts at this moment: somebody is connected for
// the first time since it was turned on.
func (g *Guest) boots() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	boots := !g.booted
	g.booted = true
	return boots
}

// reboot makes the port go away for a while.
func (g *Guest) reboot() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away = time.Now().Add(rebootTime)
	g.booted = false
}
