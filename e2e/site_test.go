package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// result is what a command showed and how it ended.
type result struct {
	out, err string
	code     int
}

// newSite is a world with both clusters known, the administrator and a running
// server. Settings ("limits.channels: 2") are added to the configuration.
func newSite(t *testing.T, settings ...string) *world {
	t.Helper()
	w := newServerless(t, settings...)
	for _, c := range []string{"berlin", "paris"} {
		w.gwm(t, "cluster", "add", c, "--url", w.clusters[c].URL(), "--user", "gwm", "--password-file", "password", "--ca", c+".pem")
	}
	w.up(t)
	return w
}

// newServerless is a world with the administrator and nothing else.
func newServerless(t *testing.T, settings ...string) *world {
	t.Helper()
	w, err := newWorld(t.TempDir())
	check(t, err)
	t.Cleanup(func() { check(t, w.close()) })
	config, err := os.ReadFile(filepath.Join(w.dir, "gwm.yaml"))
	check(t, err)
	for _, s := range settings {
		section, line, _ := strings.Cut(s, ".")
		config = bytes.Replace(config, []byte(section+":\n"), []byte(section+":\n  "+line+"\n"), 1)
	}
	check(t, w.write("gwm.yaml", string(config)))
	w.gwm(t, "init", "--admin", "admin", "--key", "admin.pub")
	return w
}

// up starts the server and waits until it knows what its clusters hold.
func (w *world) up(t *testing.T) {
	t.Helper()
	check(t, w.serve())
	w.gwm(t, "cluster", "refresh")
}

// down ends the server.
func (w *world) down(t *testing.T, how os.Signal) {
	t.Helper()
	check(t, w.server.cmd.Process.Signal(how))
	<-w.server.done
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// try runs the binary on the machine itself.
func (w *world) try(t *testing.T, args ...string) result {
	t.Helper()
	return w.command(t, nil, gwm, args...)
}

// gwm is try for what must succeed; it returns the standard output.
func (w *world) gwm(t *testing.T, args ...string) string {
	t.Helper()
	r := w.try(t, args...)
	if r.code != 0 {
		t.Fatalf("gwm %s: exit code %d: %s", strings.Join(args, " "), r.code, r.err)
	}
	return r.out
}

// command runs a program in the world's directory with its environment.
func (w *world) command(t *testing.T, stdin []byte, name string, args ...string) result {
	t.Helper()
	ctx, cancel := limited()
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = w.dir, w.env, bytes.NewReader(stdin), &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%s %v: %v %v\n%s", name, args, err, ctx.Err(), errs.String())
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// as runs a command over SSH.
func (w *world) as(t *testing.T, who string, words ...string) result {
	t.Helper()
	return w.feed(t, who, "", words...)
}

// feed is as with a standard input.
func (w *world) feed(t *testing.T, who, stdin string, words ...string) result {
	t.Helper()
	ctx, cancel := limited()
	defer cancel()
	return w.within(ctx, t, who, stdin, words...)
}

func (w *world) within(ctx context.Context, t *testing.T, who, stdin string, words ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	client, err := w.line(ctx, who)
	check(t, err)
	code, err := execute(ctx, client, quote(words), strings.NewReader(stdin), &out, &errs)
	if err != nil {
		t.Fatalf("%s: %v: %v\n%s", who, words, err, errs.String())
	}
	return result{out.String(), errs.String(), code}
}

// sit puts the administrator at the serial console of a VM, for the rest of the
// test, and returns the ID of the seat.
func (w *world) sit(t *testing.T, vm string) string {
	t.Helper()
	ctx, cancel := limited()
	client, err := w.line(ctx, "admin")
	check(t, err)
	stdin, open := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = execute(ctx, client, "vm console "+vm, stdin, io.Discard, io.Discard) // the test ends it
	}()
	t.Cleanup(func() {
		cancel()
		_ = open.Close()
		<-ended
	})
	for ctx.Err() == nil {
		var seats []struct{ ID string }
		check(t, json.Unmarshal([]byte(w.must(t, "admin", "console", "list", vm, "--output", "json")), &seats))
		if len(seats) > 0 {
			return seats[0].ID
		}
	}
	t.Fatal("nobody sat down")
	return ""
}

// must is as for what has to succeed; it returns the standard output.
func (w *world) must(t *testing.T, who string, words ...string) string {
	t.Helper()
	r := w.as(t, who, words...)
	if r.code != 0 {
		t.Fatalf("%s: %v: exit code %d: %s", who, words, r.code, r.err)
	}
	return r.out
}

// number is the job's number that a command printed.
func number(t *testing.T, out string) string {
	t.Helper()
	n := strings.TrimSpace(out)
	if _, err := strconv.Atoi(n); err != nil {
		t.Fatalf("not the number of a job: %q", out)
	}
	return n
}

// has holds that a text contains all of some words.
func has(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is missing in:\n%s", word, text)
		}
	}
}

// hasNot holds that a text contains none of some words.
func hasNot(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%q is in:\n%s", word, text)
		}
	}
}
