package e2e

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/consoleproxy/consoletest"
	"gwm/rapi/rapitest"
)

// password of the simulated clusters. A test looks for it where it must not be.
const password = "planted-rapi-password"

// world is what one test acts in: a data directory, two simulated clusters, the
// people with their keys, and the server.
type world struct {
	dir      string
	env      []string
	clusters map[string]*rapitest.Server
	state    map[string]*rapitest.Cluster
	actors   map[string]*actor
	screens  map[string]*screen
	server   *server
	node     *consoletest.Node // where consoles lead; nil: nowhere

	mu    sync.Mutex
	lines map[string]*gossh.Client // connections of actors, by name and address
}

// newWorld makes a world in dir: configuration and first administrator are
// there, nothing runs but the clusters.
func newWorld(dir string) (*world, error) {
	w := &world{
		dir: dir, clusters: map[string]*rapitest.Server{}, state: map[string]*rapitest.Cluster{},
		actors: map[string]*actor{}, screens: map[string]*screen{}, lines: map[string]*gossh.Client{},
	}
	w.env = append(os.Environ(), "HOME="+dir, "GWM_DATA_DIR="+filepath.Join(dir, "data"), "GWM_CONFIG="+filepath.Join(dir, "gwm.yaml"),
		"SSH_AUTH_SOCK=", "GORACE=halt_on_error=1", "TERM=xterm-256color")
	for _, name := range []string{"admin", "ann", "bob", "mallory"} {
		a, err := newActor(name)
		if err != nil {
			return nil, err
		}
		w.actors[name] = a
		if err := w.write(name+".pub", a.authorizedKey()); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"berlin", "paris"} {
		if err := w.addCluster(name, small(name)); err != nil {
			return nil, err
		}
	}
	key, err := slowKey()
	keys := filepath.Join(dir, "data", "host_keys")
	if err := errors.Join(err, os.MkdirAll(keys, 0o700)); err != nil {
		return nil, err
	}
	return w, errors.Join(
		os.WriteFile(filepath.Join(keys, "ssh_host_rsa_key"), key, 0o600),
		w.write("password", password+"\n"),
		w.write("gwm.yaml", strings.Join([]string{
			"ssh:", "  listen: 127.0.0.1:0", "limits:", "  exempt: [127.0.0.1]",
			"poll:", "  busy: 100ms", "  looked: 200ms", "  idle: 500ms", "  backoff_max: 1s",
			"log:", "  format: json", "  level: debug", "",
		}, "\n")),
	)
}

// slowKey is the RSA host key of every world, which takes longer to make than all
// else that a server starts with. Its other key each world makes for itself.
var slowKey = sync.OnceValues(func() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return nil, err
	}
	block, err := gossh.MarshalPrivateKey(key, "")
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(block), nil
})

func (w *world) write(name, text string) error {
	return os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600)
}

func (w *world) addCluster(name string, config rapitest.Config) error {
	state := rapitest.New(config)
	s, err := rapitest.Serve(state)
	if err != nil {
		return err
	}
	w.clusters[name], w.state[name] = s, state
	return w.write(name+".pem", string(s.CA()))
}

// small is a cluster of two nodes and a few VMs.
func small(name string) rapitest.Config {
	domain := "." + name + ".example.org"
	vm := func(short, node string, running bool) rapitest.VM {
		admin := "down"
		if running {
			admin = "up"
		}
		return rapitest.VM{
			Name: short + domain, Node: node + domain, Admin: admin, Running: running, Memory: 1024, VCPUs: 2,
			Disks: []rapitest.Disk{{Size: 10240}}, NICs: []rapitest.NIC{{IP: "192.0.2.10"}}, Age: 24 * time.Hour,
		}
	}
	return rapitest.Config{
		Name: name + ".example.org", RequireAuth: true, Speed: 0,
		Users: []rapitest.User{{Name: "gwm", Password: password, Write: true}, {Name: "reader", Password: password}},
		Nodes: []rapitest.Node{{Name: "node1" + domain}, {Name: "node2" + domain}},
		VMs: []rapitest.VM{
			vm("web1", "node1", true), vm("web2", "node2", true), vm("db1", "node1", true), vm("old1", "node2", false),
		},
		OSes:       []string{"debootstrap+default", "noop"},
		ChattyJobs: true,
	}
}

// serve starts the server.
func (w *world) serve(args ...string) error {
	s, err := startServer(w.dir, w.env, args...)
	if err != nil {
		return err
	}
	w.server = s
	return nil
}

// line is an open connection of an actor to the server as it runs now.
func (w *world) line(ctx context.Context, who string) (*gossh.Client, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := who + " " + w.server.addr
	if c := w.lines[key]; c != nil {
		return c, nil
	}
	c, err := w.actors[who].dial(ctx, w.server.addr)
	if err == nil {
		w.lines[key] = c
	}
	return c, err
}

// close ends everything that the world started.
func (w *world) close() error {
	for _, s := range w.screens {
		s.close()
	}
	for _, c := range w.lines {
		_ = c.Close()
	}
	var errs []error
	if w.server != nil {
		select {
		case <-w.server.done:
		default:
			errs = append(errs, w.server.cmd.Process.Kill())
			<-w.server.done
		}
		if log := w.server.Log(); strings.Contains(log, "DATA RACE") {
			errs = append(errs, fmt.Errorf("the server has a data race:\n%s", log))
		}
		if strings.Contains(w.server.Log(), password) {
			errs = append(errs, errors.New("the server's log holds a password"))
		}
	}
	for _, s := range w.clusters {
		errs = append(errs, s.Close())
	}
	if w.node != nil {
		errs = append(errs, w.node.Close())
	}
	return errors.Join(errs...)
}
