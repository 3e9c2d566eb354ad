package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestChaosFullDisk lets the store's file reach the largest size that the
// server may write, as a full disk does.
func TestChaosFullDisk(t *testing.T) {
	t.Parallel()
	w := paced(t, 0)
	s, err := w.actors["ann"].open(w.server.addr, 120, 30, "xterm-256color")
	check(t, err)
	w.screens["ann"] = s
	check(t, s.see("berlin"))
	file := filepath.Join(w.dir, "data", "gwm.db")
	info, err := os.Stat(file)
	check(t, err)
	w.room(t, fmt.Sprint(info.Size()))
	var kept []string
	var refused result
	for n := 0; refused.code == 0; n++ {
		name := fmt.Sprintf("user-%d", n)
		if refused = w.as(t, "admin", "user", "add", name, "--comment", strings.Repeat("x", 200)); refused.code == 0 {
			kept = append(kept, name)
		}
		if n > 20000 {
			t.Fatal("the disk is never full")
		}
	}
	has(t, refused.err, "gwm: ", "could not write", "disk")
	if refused.code != 1 {
		t.Errorf("the refusal has the exit code %d", refused.code)
	}
	w.room(t, "8192") // no page of the store can be written
	stop := w.as(t, "ann", "vm", "stop", "berlin/web1")
	if stop.code != 1 {
		t.Errorf("a job is accepted on a full disk: %+v", stop)
	}
	has(t, stop.err, "disk")
	if got := w.ownJobs(t, "berlin"); len(got) != 0 {
		t.Errorf("the cluster was sent %v", got)
	}
	check(t, s.press("2"))
	check(t, s.see("old1"))
	check(t, w.server.says("cannot be written"))

	w.room(t, "unlimited")
	w.must(t, "ann", "vm", "stop", "berlin/web1", "--wait")
	w.must(t, "admin", "audit", "verify")
	w.down(t, syscall.SIGKILL)
	check(t, w.serve())
	users := w.must(t, "admin", "user", "list", "--output", "json")
	for _, name := range kept {
		has(t, users, `"`+name+`"`)
	}
	w.must(t, "admin", "audit", "verify")
	w.tidy(t)
}

// room sets the largest size of a file that the server may write.
func (w *world) room(t *testing.T, size string) {
	t.Helper()
	r := w.command(t, nil, "prlimit", "--pid", fmt.Sprint(w.server.cmd.Process.Pid), "--fsize="+size+":unlimited")
	if r.code != 0 {
		t.Fatal(r.err)
	}
}

// TestChaosReplacedStore puts another file in the place of the store while the
// server has it open: what it acknowledges must not go into a file that is gone.
func TestChaosReplacedStore(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	file := filepath.Join(w.dir, "data", "gwm.db")
	check(t, os.Rename(file, file+".aside"))
	r := w.as(t, "admin", "user", "add", "ann")
	if r.code != 1 {
		t.Fatalf("a write into a file that is gone: %+v", r)
	}
	has(t, r.err, "could not write")
	check(t, w.server.says("was moved or replaced"))
	check(t, os.Rename(file+".aside", file))
	w.must(t, "admin", "user", "add", "ann")
	w.down(t, syscall.SIGTERM)
	check(t, w.serve())
	has(t, w.must(t, "admin", "user", "list"), "ann")
}

// TestChaosDamage starts the server on files that something happened to. It must
// say what, end with an error and change nothing.
func TestChaosDamage(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	w.down(t, syscall.SIGTERM)
	data := filepath.Join(w.dir, "data")
	for name, c := range map[string]struct {
		do   func(t *testing.T, store, key []byte)
		says []string
	}{
		"key missing": {
			func(t *testing.T, _, _ []byte) { check(t, os.Remove(filepath.Join(data, "master.key"))) },
			[]string{"master.key does not exist", "bring back"},
		},
		"key wrong": {
			func(t *testing.T, _, key []byte) {
				i := bytes.LastIndex(key, []byte("active ")) + len("active ")
				other := bytes.Clone(key)
				other[i] = 'A' + (other[i]-'A'+1)%26
				check(t, os.WriteFile(filepath.Join(data, "master.key"), other, 0o600))
			},
			[]string{"master key"},
		},
		"key nonsense": {
			func(t *testing.T, _, _ []byte) {
				check(t, os.WriteFile(filepath.Join(data, "master.key"), []byte("planted-nonsense\n"), 0o600))
			},
			[]string{"master.key, line 1"},
		},
		"key open": {
			func(t *testing.T, _, _ []byte) { check(t, os.Chmod(filepath.Join(data, "master.key"), 0o640)) }, // that is the test
			[]string{"can be read or written by others (mode 0640)", "chmod 600"},
		},
		"store open": {
			func(t *testing.T, _, _ []byte) { check(t, os.Chmod(filepath.Join(data, "gwm.db"), 0o644)) }, // that is the test
			[]string{"can be read or written by others (mode 0644)", "chmod 600"},
		},
		"directory open": {
			func(t *testing.T, _, _ []byte) { check(t, os.Chmod(data, 0o777)) }, // that is the test
			[]string{"directory that others can write"},
		},
		"store cut":      {damage(data, func(b []byte) []byte { return b[:5*os.Getpagesize()] }), []string{"damaged", "gwm restore"}},
		"store nonsense": {damage(data, func(b []byte) []byte { return bytes.Repeat([]byte("no"), len(b)/2) }), []string{"damaged", "gwm restore"}},
		"heads flipped": {damage(data, func(b []byte) []byte {
			for i := range 2 {
				b[i*os.Getpagesize()+40] ^= 0xff
			}
			return b
		}), []string{"damaged", "gwm restore"}},
		"all pages flipped": {damage(data, func(b []byte) []byte {
			for i := 2 * os.Getpagesize(); i < len(b); i += 64 {
				b[i] ^= 0xff
			}
			return b
		}), []string{"damaged", "gwm restore"}},
	} {
		store, err := os.ReadFile(filepath.Join(data, "gwm.db"))
		check(t, err)
		key, err := os.ReadFile(filepath.Join(data, "master.key"))
		check(t, err)
		c.do(t, store, key)
		before, err := os.ReadFile(filepath.Join(data, "gwm.db"))
		check(t, err)
		says := refuses(t, w, name)
		has(t, says, c.says...)
		hasNot(t, says, "goroutine", "planted-nonsense", "panic")
		after, err := os.ReadFile(filepath.Join(data, "gwm.db"))
		check(t, err)
		if !bytes.Equal(before, after) {
			t.Errorf("%s: the store was changed", name)
		}
		check(t, os.Chmod(data, 0o700))
		for file, text := range map[string][]byte{"gwm.db": store, "master.key": key} {
			check(t, os.WriteFile(filepath.Join(data, file), text, 0o600))
			check(t, os.Chmod(filepath.Join(data, file), 0o600))
		}
	}
	check(t, w.serve())
	w.must(t, "admin", "audit", "verify")
}

// damage writes the store anew.
func damage(data string, change func(b []byte) []byte) func(t *testing.T, store, key []byte) {
	return func(t *testing.T, store, _ []byte) {
		t.Helper()
		check(t, os.WriteFile(filepath.Join(data, "gwm.db"), change(bytes.Clone(store)), 0o600))
	}
}

// refuses holds that the server does not start, and returns what it says.
func refuses(t *testing.T, w *world, what string, args ...string) string {
	t.Helper()
	s, err := startServer(w.dir, w.env, args...)
	if err == nil {
		check(t, s.kill(syscall.SIGKILL))
		t.Errorf("%s: the server runs", what)
		return ""
	}
	return err.Error()
}
