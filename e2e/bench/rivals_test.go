//go:build bench

package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// rival is another program that carries bytes, as one process that serves one
// connection on a port of the loopback.
type rival struct {
	cmd  *exec.Cmd
	addr string
	log  bytes.Buffer
}

// freePort is a port of the loopback that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// startRival starts a program that listens at once. Its arguments are made from
// the address that it shall listen on.
func startRival(env []string, name string, args func(addr string) []string) (*rival, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	r := &rival{cmd: exec.Command(name, args(addr)...), addr: addr}
	r.cmd.Env = append(os.Environ(), env...)
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	return r, nil
}

// dial connects as soon as it listens.
func (r *rival) dial() (net.Conn, error) {
	late := time.Now().Add(20 * time.Second)
	for {
		c, err := net.Dial("tcp", r.addr)
		if err == nil || time.Now().After(late) {
			return c, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (r *rival) close() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait() // it was killed
}

// debian are Debian's packages that are needed here and not installed, unpacked
// into a directory that ends with the run. Nothing is installed.
type debian struct{ root string }

// unpack fetches packages. The error says why they cannot be had.
func unpack(dir string, packages ...string) (*debian, error) {
	for _, tool := range []string{"apt-get", "dpkg"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, errors.New("needs Debian, whose packages are unpacked")
		}
	}
	debs := filepath.Join(dir, "debs")
	d := &debian{root: filepath.Join(dir, "root")}
	if err := os.MkdirAll(debs, 0o700); err != nil {
		return nil, err
	}
	get := exec.Command("apt-get", append([]string{"-q", "download"}, packages...)...)
	get.Dir = debs
	if out, err := get.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return nil, fmt.Errorf("the packages cannot be fetched: %s", lines[len(lines)-1])
	}
	files, err := filepath.Glob(filepath.Join(debs, "*.deb"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if out, err := exec.Command("dpkg", "-x", f, d.root).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("unpack %s: %w: %s", filepath.Base(f), err, out)
		}
	}
	return d, nil
}

// program is that of the machine, or else Debian's of the package of that name.
func program(dir, name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	d, err := unpack(dir, name)
	if err != nil {
		return "", err
	}
	path := filepath.Join(d.root, "usr/bin", name)
	_, err = os.Stat(path)
	return path, err
}

// websockify is Debian's websockify with numpy, which it is faster with.
type websockify struct {
	script string
	env    []string
}

// Debian's python, for which its numpy is built.
const python = "/usr/bin/python3"

func fetchWebsockify(dir string) (*websockify, error) {
	if _, err := os.Stat(python); err != nil {
		return nil, errors.New("needs " + python)
	}
	d, err := unpack(dir, "websockify", "python3-websockify", "python3-numpy", "libblas3", "liblapack3", "libgfortran5")
	if err != nil {
		return nil, err
	}
	lib, err := filepath.Glob(filepath.Join(d.root, "usr/lib/*-linux-gnu*"))
	if err != nil || len(lib) == 0 {
		return nil, fmt.Errorf("the packages have no libraries: %w", err)
	}
	w := &websockify{script: filepath.Join(d.root, "usr/bin/websockify"), env: []string{
		"PYTHONPATH=" + filepath.Join(d.root, "usr/lib/python3/dist-packages"),
		"LD_LIBRARY_PATH=" + lib[0] + ":" + lib[0] + "/blas:" + lib[0] + "/lapack",
	}}
	try := exec.Command(python, "-c", "import numpy, websockify")
	try.Env = append(os.Environ(), w.env...)
	if out, err := try.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("it does not start: %s", bytes.TrimSpace(out))
	}
	return w, nil
}

// start lets it carry one connection to target; with a certificate it speaks TLS.
func (w *websockify) start(target string, certificate ...string) (*rival, error) {
	return startRival(w.env, python, func(addr string) []string {
		args := []string{w.script, "--run-once", addr, target}
		if len(certificate) == 2 {
			args = append([]string{w.script, "--ssl-only", "--cert", certificate[0], "--key", certificate[1]}, args[1:]...)
		}
		return args
	})
}
