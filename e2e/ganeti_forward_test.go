//go:build ganeti

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"gwm/consoleproxy/consoletest"
)

// screenOf is where a VM's screen is, as the cluster says it.
type screenOf struct {
	name, node string
	port       int
}

// screenOf finds a VM by the first part of its name.
func (b *bed) screenOf(where, short string) screenOf {
	b.Helper()
	for name, row := range b.table(where, "gnt-instance", "name,pnode,network_port") {
		if strings.HasPrefix(name, short+".") {
			port, err := strconv.Atoi(row[1])
			check(b.T, err)
			return screenOf{name, row[0], port}
		}
	}
	b.Fatalf("%s has no VM %s", where, short)
	return screenOf{}
}

// dump is the screen of a VM as QEMU itself sees it.
func (b *bed) dump(where string, s screenOf) image.Image {
	b.Helper()
	const file = "/run/gwm-screendump.ppm"
	node, _, _ := strings.Cut(s.node, ".")
	out := b.exec(where+"-"+node, "sh", "-c", `echo "screendump $2" | socat -t5 - "UNIX-CONNECT:/run/ganeti/kvm-hypervisor/ctrl/$1.monitor" >/dev/null; cat "$2"; rm "$2"`,
		"sh", s.name, file)
	p, err := consoletest.ReadPPM(strings.NewReader(out))
	check(b.T, err)
	return p
}

// A viewer shows what QEMU dumps but for a blinking cursor, which fills no more
// than one cell of the text, and its own pointer.
const cellAndPointer = 9*16 + 24*24

// same compares what a viewer shows with QEMU's own dump until they are alike.
func (b *bed) same(where string, s screenOf, shown func() (image.Image, error)) {
	b.Helper()
	unlike := 0
	for end := time.Now().Add(patience); time.Now().Before(end); {
		want := b.dump(where, s)
		got, err := shown()
		check(b.T, err)
		if unlike = consoletest.Unlike(want, got, 8); unlike > cellAndPointer {
			continue
		}
		if consoletest.Unlike(want, image.NewRGBA(want.Bounds()), 8) < cellAndPointer {
			b.Fatalf("nothing is on the screen of %s", s.name)
		}
		b.Logf("%s: %d pixels differ from QEMU's own dump", s.name, unlike)
		return
	}
	b.Fatalf("%s: %d pixels differ from QEMU's own dump", s.name, unlike)
}

// testViewers connects viewers with a screen, which is one for all of them.
func testViewers(b *bed) {
	b.run("OldClient", testOldClient)
	b.run("ForwardEnds", testForwardEnds)
}

// testOldClient asks the control channel for ports as a program does that
// was made for TwistedVNCAuthProxy.
func testOldClient(shared *bed) {
	t := shared.T
	s := shared.screenOf("alpha", "vm-vnc")
	addrs, err := net.DefaultResolver.LookupHost(t.Context(), s.node) // of the loopback, which a rule has to name
	check(t, err)
	b := newBed(t, "console: {forward: {ports: 7700-7719}, control: {listen: '127.0.0.1:0', compat: true, allow: ['"+addrs[0]+"/32:11000-14999']}}")
	channel := b.w.listens(t, "listening on the control channel of consoles")
	ask := func(request string) string {
		t.Helper()
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", channel)
		check(t, err)
		defer conn.Close()
		check(t, conn.SetDeadline(time.Now().Add(patience)))
		_, err = io.WriteString(conn, request+"\r\n")
		check(t, err)
		answer, err := io.ReadAll(conn)
		check(t, err)
		return string(answer)
	}
	target := `"daddr": "` + s.node + `", "dport": ` + strconv.Itoa(s.port)
	answer := ask(`{` + target + `, "password": "k4tzpm8w", "sport": 7707, "ws": false, "tls": false}`)
	if answer != "7707\r\n" {
		t.Fatalf("the answer is %q", answer)
	}
	for range 2 { // until the window ends, as it was with the old proxy
		v, err := view(t.Context(), "127.0.0.1:7707", "k4tzpm8w")
		check(t, err)
		b.same("alpha", s, v.picture)
		check(t, v.Close())
	}
	if _, err := view(t.Context(), "127.0.0.1:7707", "k4tzpm8x"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a wrong password: %v", err)
	}
	for name, request := range map[string]string{
		"no JSON": "hello", "no password": `{` + target + `}`, "another port": `{"daddr": "` + s.node + `", "dport": 22, "password": "k4tzpm8w"}`,
		"another host": `{"daddr": "127.0.0.1", "dport": 11000, "password": "k4tzpm8w"}`,
	} {
		if answer := ask(request); answer != "FAILED\r\n" {
			t.Errorf("%s: the answer is %q", name, answer)
		}
	}
	has(t, b.w.must(t, "admin", "audit", "list", "--limit", "20"), "console.port")
}

// testSPICE has a VM offer SPICE instead of VNC: gwm says so, and how it is
// reached.
func testSPICE(b *bed) {
	t := b.T
	s := b.screenOf("alpha", "vm-vnclocal")
	bind := b.table("alpha", "gnt-instance", "name,hv/vnc_bind_address", s.name)[s.name][0]
	t.Cleanup(func() {
		b.exec("alpha", "gnt-instance", "modify", "-H", "vnc_bind_address="+bind+",spice_bind=", s.name)
	})
	b.exec("alpha", "gnt-instance", "modify", "-H", "vnc_bind_address=,spice_bind=127.0.0.1", s.name) // it goes on with VNC until it is started anew
	for _, words := range [][]string{{"vm", "vnc"}, {"vm", "vnc", "--viewer"}} {
		r := b.w.as(t, "admin", append(words, "alpha/"+s.name)...)
		if r.code == 0 {
			t.Errorf("%v: %+v", words, r)
		}
		has(t, r.err, "SPICE", s.node, "remote-viewer spice://127.0.0.1:"+strconv.Itoa(s.port))
	}
	screen := b.screen("admin", 120, 40)
	check(t, screen.see("alpha"))
	check(t, screen.press(":", "vm alpha/"+s.name, "enter"))
	check(t, screen.see("running"))
	check(t, screen.press("v"))
	check(t, screen.see("SPICE"))
}

// port is one that vm vnc --viewer opened, as long as its command runs.
type port struct {
	Address, Password string
	over              <-chan struct{} // closed when the command has ended
	said              func() string   // to standard error; waits for over
}

// viewerPort asks for a port as somebody.
func (b *bed) viewerPort(who, vm string) *port {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 2*patience)
	b.Cleanup(cancel)
	client, err := b.w.actors[who].dial(ctx, b.w.server.addr)
	check(b.T, err)
	b.Cleanup(func() { _ = client.Close() })
	var stderr bytes.Buffer
	in, out := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, err := execute(ctx, client, "vm vnc --viewer --output json "+vm, strings.NewReader(""), out, &stderr)
		_ = out.CloseWithError(errors.Join(err, io.EOF))
	}()
	p := &port{over: ended, said: func() string { <-ended; return stderr.String() }}
	output := bufio.NewReader(in)
	if err := json.NewDecoder(output).Decode(p); err != nil {
		b.Fatalf("there is no port: %v: %s", err, p.said())
	}
	go func() { _, _ = io.Copy(io.Discard, output) }()
	return p
}

// testForwardEnds comes through a port for a viewer, once, and loses the right
// while it looks.
func testForwardEnds(b *bed) {
	t := b.T
	s := b.screenOf("alpha", "vm-vnc")
	vm := "alpha/" + s.name
	b.person("fred", vm)
	p := b.viewerPort("fred", vm)
	v, err := view(t.Context(), p.Address, p.Password)
	check(t, err)
	b.same("alpha", s, v.picture)
	if again, err := view(t.Context(), p.Address, p.Password); err == nil {
		_ = again.Close()
		t.Error("the password is good twice")
	}
	b.w.must(t, "admin", "grant", "remove", "fred", vm)
	since := time.Now()
	if _, err := io.Copy(io.Discard, v.in); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the viewer was not cut off: %v", err)
	}
	t.Logf("the viewer was cut off %v after the command", time.Since(since).Round(time.Millisecond))
	has(t, p.said(), "you may not use the console")
}
