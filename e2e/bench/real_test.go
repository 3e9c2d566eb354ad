//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
	gossh "golang.org/x/crypto/ssh"

	"gwm/rapi/rapitest"
)

// real is the program as people run it: gwm serve on a store of its own, with a
// simulated cluster whose VMs have their screens on this machine.
type real struct {
	dir      string
	env      []string
	cluster  *rapitest.Server
	screen   *flood // of the VM vm
	vm       string
	signer   gossh.Signer
	serve    *exec.Cmd
	ssh, web string // addresses
	client   *gossh.Client

	mu   sync.Mutex
	log  bytes.Buffer
	read sync.WaitGroup // the log and the control sockets
}

// controlSocket is where programs ask for ports, in the directory of the run.
const controlSocket = "ports.socket"

// startReal builds the program, sets it up and starts it.
func startReal(dir string) (r *real, err error) {
	r = &real{dir: dir, env: append(os.Environ(), "HOME="+dir, "GWM_DATA_DIR="+filepath.Join(dir, "data"),
		"GWM_CONFIG="+filepath.Join(dir, "gwm.yaml"), "SSH_AUTH_SOCK=")}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if err := errors.Join(r.build(), r.startCluster()); err != nil {
		return r, err
	}
	key, line, err := newSigner()
	if err != nil {
		return r, err
	}
	r.signer = key
	config := strings.Join([]string{
		"ssh:", "  listen: 127.0.0.1:0", "web:", "  listen: 127.0.0.1:0", "limits:", "  exempt: [127.0.0.1]",
		"log:", "  format: json", "console:", "  control:", "    listen: " + filepath.Join(dir, controlSocket),
		"    allow: ['127.0.0.1:11000-14999']", "",
	}, "\n")
	err = errors.Join(
		r.write("gwm.yaml", config), r.write("key.pub", line), r.write("password", rapitest.DemoPassword+"\n"), r.write("ca.pem", string(r.cluster.CA())),
	)
	if err != nil {
		return r, err
	}
	if err := r.gwm("init", "--admin", "admin", "--key", "key.pub"); err != nil {
		return r, err
	}
	if err := r.gwm("cluster", "add", "big", "--url", r.cluster.URL(), "--user", rapitest.DemoUser, "--password-file", "password", "--ca", "ca.pem"); err != nil {
		return r, err
	}
	if err := r.start(); err != nil {
		return r, err
	}
	return r, r.gwm("cluster", "refresh")
}

// build builds the program. Without the page, which needs npm, it makes no links:
// no browser looks at it here, so that an empty one will do.
func (r *real) build() error {
	assets, err := filepath.Abs("../../consoleproxy/assets")
	if err != nil {
		return err
	}
	args := []string{"build", "-o", filepath.Join(r.dir, "gwm")}
	if _, err := os.Stat(filepath.Join(assets, "index.html")); err != nil {
		replace := map[string]string{}
		for _, name := range []string{"index.html", "app.js", "style.css", "NOTICE.txt"} {
			replace[filepath.Join(assets, name)] = filepath.Join(r.dir, "empty")
		}
		overlay, err := json.Marshal(map[string]any{"Replace": replace})
		if err = errors.Join(err, r.write("empty", "\n"), r.write("overlay.json", string(overlay))); err != nil {
			return err
		}
		args = append(args, "-overlay", filepath.Join(r.dir, "overlay.json"))
	}
	if out, err := exec.Command("go", append(args, "gwm")...).CombinedOutput(); err != nil {
		return fmt.Errorf("build gwm: %w: %s", err, out)
	}
	return nil
}

// startCluster finds a VM whose port is free here and puts its screen there.
func (r *real) startCluster() (err error) {
	c := rapitest.Sized(100)
	c.Nodes[0].Name = "localhost"
	for i := range c.VMs {
		v := &c.VMs[i]
		v.Node, v.HV = "localhost", map[string]any{"serial_console": false, "vnc_bind_address": "0.0.0.0"}
		if r.screen == nil && v.Running {
			if r.screen, err = startFlood(fmt.Sprintf("127.0.0.1:%d", 11000+i)); err == nil {
				r.vm = v.Name
			} else {
				r.screen = nil
			}
		}
	}
	if r.screen == nil {
		return fmt.Errorf("no port for a screen is free: %w", err)
	}
	r.cluster, err = rapitest.Serve(rapitest.New(c))
	return err
}

func (r *real) write(name, text string) error {
	return os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600)
}

func (r *real) command(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(r.dir, "gwm"), args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	return cmd
}

func (r *real) gwm(args ...string) error {
	if out, err := r.command(args...).CombinedOutput(); err != nil {
		return fmt.Errorf("gwm %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// start runs gwm serve until it listens, and logs in.
func (r *real) start() error {
	r.serve = r.command("serve")
	stderr, err := r.serve.StderrPipe()
	if err != nil {
		return err
	}
	if err := r.serve.Start(); err != nil {
		return err
	}
	listening := make(chan struct{})
	r.read.Go(func() { r.listen(stderr, listening) })
	select {
	case <-listening:
	case <-time.After(time.Minute):
		return errors.New("gwm serve does not listen")
	}
	if r.ssh == "" || r.web == "" {
		r.mu.Lock()
		defer r.mu.Unlock()
		return fmt.Errorf("gwm serve ended: %s", r.log.String())
	}
	r.client, err = gossh.Dial("tcp", r.ssh, &gossh.ClientConfig{
		User: "admin", Auth: []gossh.AuthMethod{gossh.PublicKeys(r.signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), // as openTerminal
	})
	return err
}

// listen reads the log and finds the addresses in it.
func (r *real) listen(log io.Reader, listening chan<- struct{}) {
	defer func() {
		if listening != nil {
			close(listening)
		}
	}()
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		r.mu.Lock()
		r.log.Write(append(lines.Bytes(), '\n'))
		r.mu.Unlock()
		var entry struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &entry) != nil || listening == nil {
			continue
		}
		switch entry.Msg {
		case "listening for HTTPS":
			r.web = entry.Addr
		case "listening":
			r.ssh = entry.Addr
			close(listening)
			listening = nil
		}
	}
}

// reply runs a command over SSH that stays, and returns what it prints first.
func (r *real) reply(words string, value any) error {
	session, err := r.client.NewSession()
	if err != nil {
		return err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return err
	}
	var errs bytes.Buffer
	session.Stderr = &errs
	if err := session.Start(words); err != nil {
		return err
	}
	if err := json.NewDecoder(out).Decode(value); err != nil {
		return fmt.Errorf("%s: %w: %s", words, err, errs.String())
	}
	return nil
}

// page opens the screen as a browser does: a link by a command over SSH, the
// control socket, the socket of the screen.
func (r *real) page() (io.ReadWriteCloser, error) {
	var ticket struct{ Link string }
	if err := r.reply("vm vnc "+r.vm+" --output json", &ticket); err != nil {
		return nil, err
	}
	_, secret, _ := strings.Cut(ticket.Link, "#")
	control, err := r.socket("/console/control", "gwm.ticket."+secret)
	if err != nil {
		return nil, err
	}
	for _, m := range []string{"have", "link"} {
		if err := control.WriteJSON(map[string]string{"type": m}); err != nil {
			return nil, err
		}
	}
	var m struct{ Type, Key, Text string }
	for m.Type != "link" {
		if err := control.ReadJSON(&m); err != nil || m.Type == "end" {
			return nil, errors.Join(fmt.Errorf("the control socket ended: %s", m.Text), err)
		}
	}
	screen, err := r.socket("/console/rfb", "gwm.link."+m.Key)
	if err != nil {
		return nil, err
	}
	r.read.Go(func() { // a page reads: it answers pings, and leaves when this ends
		for {
			if _, _, err := control.NextReader(); err != nil {
				return
			}
		}
	})
	return &wsConn{Conn: screen}, nil
}

func (r *real) socket(path, secret string) (*websocket.Conn, error) {
	conn, err := net.Dial("tcp", r.web)
	if err != nil {
		return nil, err
	}
	return openSocket(conn, "wss://"+r.web+path, http.Header{"Origin": {"https://" + r.web}}, "gwm.v1", secret)
}

// forwarded opens the screen as an ordinary viewer does.
func (r *real) forwarded() (*viewer, error) {
	var f struct{ Address, Password string }
	if err := r.reply("vm vnc "+r.vm+" --viewer --output json", &f); err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", f.Address)
	if err != nil {
		return nil, err
	}
	return enter(conn, f.Password)
}

// plainSocket opens the screen through a port that a program asked for, as a
// WebSocket without TLS.
func (r *real) plainSocket() (*viewer, error) {
	ask, err := net.Dial("unix", filepath.Join(r.dir, controlSocket))
	if err != nil {
		return nil, err
	}
	defer func() { _ = ask.Close() }()
	host, port, err := net.SplitHostPort(r.screen.listener.Addr().String())
	if err != nil {
		return nil, err
	}
	const password = "k4tzpm8w"
	if _, err := fmt.Fprintf(ask, `{"daddr":%q,"dport":%s,"password":%q,"ws":true}`+"\r\n", host, port, password); err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(ask)
	if err != nil {
		return nil, err
	}
	addr := "127.0.0.1:" + strings.TrimSpace(string(answer))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the control channel said %q: %w", answer, err)
	}
	socket, err := openSocket(conn, "ws://"+addr+"/websockify", nil, "binary")
	if err != nil {
		return nil, err
	}
	return enter(&wsConn{Conn: socket}, password)
}

func (r *real) close() error {
	var errs []error
	if r.client != nil {
		_ = r.client.Close()
	}
	if r.serve != nil && r.serve.Process != nil {
		_ = r.serve.Process.Signal(syscall.SIGTERM) // it ends all connections
		r.read.Wait()
		errs = append(errs, r.serve.Wait())
	}
	if r.cluster != nil {
		errs = append(errs, r.cluster.Close())
	}
	if r.screen != nil {
		r.screen.close()
	}
	return errors.Join(errs...)
}
