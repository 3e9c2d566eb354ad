package e2e

import (
	"bytes"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	gossh "golang.org/x/crypto/ssh"

	"gwm/consoleproxy/consoletest"
)

// node: what is done with the machine behind the consoles of a cluster.
//
//	node start CLUSTER  a simulated cluster at $CLUSTER whose consoles all lead to one
//	                    fake node, with the fingerprint $NODE_KEY; web2 has a screen
//	node allow FILE     the node lets in who has the key in the file
//	node rekey          the node has another host key from now on, and all connections break
func node(ts *testscript.TestScript, _ bool, args []string) {
	w := of(ts)
	switch args[0] {
	case "start":
		ts.Check(w.addNode(args[1]))
		ts.Setenv("CLUSTER", w.clusters[args[1]].URL())
		ts.Setenv("NODE_KEY", gossh.FingerprintSHA256(w.node.HostKey()))
	case "allow":
		key, _, _, _, err := gossh.ParseAuthorizedKey([]byte(ts.ReadFile(args[1])))
		ts.Check(err)
		w.node.Allow(key)
	case "rekey":
		ts.Check(w.node.ChangeKey())
		ts.Setenv("NODE_KEY", gossh.FingerprintSHA256(w.node.HostKey()))
		w.node.Drop()
	default:
		ts.Fatalf("node start, allow or rekey, not %q", args[0])
	}
}

// addNode adds a cluster whose consoles all lead to one fake node, which
// lets nobody in yet.
func (w *world) addNode(cluster string) error {
	n, err := consoletest.Start()
	if err != nil {
		return err
	}
	w.node = n
	n.Allow(w.actors["mallory"].signer.PublicKey()) // from now on not everybody
	host, port, err := net.SplitHostPort(n.Addr())
	if err != nil {
		return err
	}
	config := small(cluster)
	config.SSHHost, config.VNCConsole = host, true
	config.VMs[1].HV = map[string]any{"serial_console": false, "vnc_bind_address": "127.0.0.1"} // web2 has a screen
	if config.SSHPort, err = strconv.Atoi(port); err != nil {
		return fmt.Errorf("the port of the fake node: %w", err)
	}
	return w.addCluster(cluster, config)
}

// sit: sit WHO COMMAND... The command on a terminal over SSH, in the place of their
// screen: see, press and ended work on it.
func sit(ts *testscript.TestScript, _ bool, args []string) {
	w := of(ts)
	if s := w.screens[args[0]]; s != nil {
		s.close()
	}
	s, err := w.actors[args[0]].openWith(w.server.addr, 120, 40, "xterm-256color", func(session *gossh.Session) error {
		return session.Start(quote(args[1:]))
	})
	if err != nil {
		ts.Fatalf("%v\n%s", err, w.server.Log())
	}
	w.screens[args[0]] = s
}

// until: until REGEXP WHO COMMAND... The command over SSH, again and again until
// what it prints matches, however it ends.
func until(ts *testscript.TestScript, _ bool, args []string) {
	w := of(ts)
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	ctx, cancel := limited()
	defer cancel()
	for {
		var out, errs bytes.Buffer
		exit, err := w.actors[args[1]].run(ctx, w.server.addr, quote(args[2:]), strings.NewReader(""), &out, &errs)
		if err != nil {
			ts.Fatalf("%v; it does not print %q: %s%s", err, args[0], out.String(), errs.String())
		}
		if re.Match(out.Bytes()) || re.Match(errs.Bytes()) {
			_, _ = ts.Stdout().Write(out.Bytes())
			_, _ = ts.Stderr().Write(errs.Bytes())
			ts.Setenv("CODE", strconv.Itoa(exit))
			return
		}
	}
}
