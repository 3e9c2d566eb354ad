//go:build ganeti

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// bastion is a `gwm consoleproxy` inside the network of the test bed, where the
// nodes have their real addresses, and the way to it from outside.
type bastion struct {
	*testing.T
	b      *bed
	config string
	relay  net.Listener // where gwm believes the bastion to be
	server *server      // nil: it does not run
	conns  sync.WaitGroup

	mu   sync.Mutex
	addr string // of the bastion, in its network
}

// newBastion makes a gwm that reaches nodes through a bastion only, which runs.
func newBastion(t *testing.T) *bastion {
	t.Helper()
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	p := &bastion{T: t, relay: relay}
	dir := t.TempDir()
	out, err := exec.Command(gwm, "consoleproxy", "init", dir).Output()
	check(t, err)
	pin := regexp.MustCompile(`[0-9a-f]{64}`)
	p.b = newBed(t, "console:", "  proxy:", "    address: "+relay.Addr().String(), "    fingerprint: "+string(pin.Find(out)))
	const told = "must know this certificate"
	check(t, p.b.w.server.says(told))
	_, line, _ := strings.Cut(p.b.w.server.Log(), told)
	config := []string{
		"listen: 127.0.0.1:0", "clients: [" + pin.FindString(line) + "]", "log:", "  format: json", "allow:",
	}
	for node := range p.b.table("alpha", "gnt-node", "name") {
		config = append(config, "  - '"+node+":22'")
	}
	p.config = filepath.Join(dir, "consoleproxy.yaml")
	check(t, os.WriteFile(p.config, []byte(strings.Join(config, "\n")+"\n"), 0o600))
	p.start()
	go p.carry()
	t.Cleanup(func() {
		_ = relay.Close()
		p.stop()
		p.conns.Wait()
	})
	return p
}

// start runs the bastion.
func (p *bastion) start() {
	p.Helper()
	cmd := exec.Command(setting(p.T, "GWM_GANETI_EXEC"), "client", gwm, "consoleproxy", "--config", p.config)
	cmd.Env = p.b.w.env
	s, err := start(cmd)
	check(p.T, err)
	p.server = s
	p.mu.Lock()
	p.addr = s.addr
	p.mu.Unlock()
}

// stop ends the bastion, and all connections with it.
func (p *bastion) stop() {
	if p.server != nil {
		check(p.T, p.server.kill(syscall.SIGTERM))
		p.server = nil
	}
}

// carry brings connections into the network of the test bed.
func (p *bastion) carry() {
	for {
		conn, err := p.relay.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		to := p.addr
		p.mu.Unlock()
		p.conns.Go(func() { relayInto(setting(p.T, "GWM_GANETI_EXEC"), to, conn) })
	}
}

// relayInto is one connection to an address in the network of the test bed.
func relayInto(program, to string, conn net.Conn) {
	defer func() { _ = conn.Close() }()
	cmd := exec.Command(program, "client", "socat", "STDIO", "TCP:"+to)
	in, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	cmd.Stdout = conn
	if cmd.Start() != nil {
		return
	}
	go func() {
		_, _ = io.Copy(in, conn)
		_ = in.Close()
	}()
	_ = cmd.Wait() // the bastion has closed, or does not answer
}

// link takes the network from a node, or gives it back.
func (p *bastion) link(where, node, state string) {
	p.Helper()
	pip := p.b.table(where, "gnt-node", "name,pip", node)[node][0]
	p.b.exec("client", "ip", "link", "set", fmt.Sprintf("v%s%s", where, pip[strings.LastIndexByte(pip, '.')+1:]), state)
}
