package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gwm/core/coretest"
	"gwm/rapi/rapitest"
)

type worldKey struct{}

// TestScripts runs testdata/*.txtar. Each gets a world of its own; beside
// testscript's commands there are those of the table below.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			w, err := newWorld(env.WorkDir)
			if err != nil {
				return err
			}
			env.Values[worldKey{}] = w
			env.Defer(func() {
				if err := w.close(); err != nil {
					env.T().Fatal(err)
				}
			})
			for name, c := range w.clusters {
				env.Setenv(strings.ToUpper(name), c.URL())
				env.Setenv(strings.ToUpper(name)+"_FINGERPRINT", c.Fingerprint())
			}
			for name, a := range w.actors {
				env.Setenv(strings.ToUpper(name)+"_KEY", strings.TrimSpace(a.authorizedKey()))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"gwm":       local,
			"serve":     serve,
			"stop":      kill(syscall.SIGTERM),
			"crash":     kill(syscall.SIGKILL),
			"job":       job,
			"as":        as,
			"rivals":    rivals,
			"code":      code,
			"knock":     knock,
			"node":      node,
			"sit":       sit,
			"until":     until,
			"keep":      keep,
			"fault":     fault,
			"open":      open,
			"press":     onScreen((*screen).press),
			"see":       onScreen(each((*screen).see)),
			"vanish":    onScreen(each((*screen).vanish)),
			"lacks":     onScreen(each((*screen).lacks)),
			"totp":      totp,
			"glean":     glean,
			"rouse":     onScreen(func(s *screen, args ...string) error { return s.rouse(args[0], args[1]) }),
			"line":      line,
			"matrix":    matrix,
			"person":    person,
			"lines":     onScreen(func(s *screen, _ ...string) error { return s.lines() }),
			"ended":     onScreen(func(s *screen, _ ...string) error { return s.end() }),
			"hang":      onScreen(func(s *screen, _ ...string) error { s.close(); return s.end() }),
			"submitted": submitted,
			"gone":      planted,
			"stored":    stored,
		},
	})
}

func of(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// settle records the exit code of a command and holds it against what the
// script expects: success, or failure after "!".
func settle(ts *testscript.TestScript, neg bool, exit int) {
	ts.Setenv("CODE", strconv.Itoa(exit))
	if neg != (exit != 0) {
		ts.Fatalf("exit code %d", exit)
	}
}

// local: gwm ARGS. The binary on the machine itself, as its administrator.
func local(ts *testscript.TestScript, neg bool, args []string) {
	w := of(ts)
	cmd := exec.Command(gwm, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.dir, w.env, ts.Stdout(), ts.Stderr()
	cmd.Stdin = stdin(ts)
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		ts.Fatalf("%v", err)
	}
	settle(ts, neg, cmd.ProcessState.ExitCode())
}

// stdin is the file "stdin" of the script's directory, where there is one.
func stdin(ts *testscript.TestScript) io.Reader {
	data, err := os.ReadFile(ts.MkAbs("stdin"))
	if err != nil {
		return strings.NewReader("")
	}
	ts.Check(os.Remove(ts.MkAbs("stdin")))
	return bytes.NewReader(data)
}

// serve starts the server and waits until it listens.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	err := of(ts).serve(args...)
	if neg && err != nil {
		fmt.Fprintln(ts.Stderr(), err)
		return
	}
	ts.Check(err)
}

// kill makes a command that ends the server with a signal and waits for its end.
func kill(sig syscall.Signal) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		ts.Check(of(ts).server.kill(sig))
	}
}

// job: job NAME. Keeps the job's number that the last command printed as $NAME.
func job(ts *testscript.TestScript, _ bool, args []string) {
	number := strings.TrimSpace(ts.ReadFile("stdout"))
	if _, err := strconv.Atoi(number); err != nil {
		ts.Fatalf("the last command printed no job number: %q", number)
	}
	ts.Setenv(args[0], number)
}

// as: as WHO COMMAND..., over SSH.
func as(ts *testscript.TestScript, neg bool, args []string) {
	w := of(ts)
	ctx, cancel := limited()
	defer cancel()
	exit, err := w.actors[args[0]].run(ctx, w.server.addr, quote(args[1:]), stdin(ts), ts.Stdout(), ts.Stderr())
	if err != nil {
		if !neg {
			ts.Fatalf("%v\n%s", err, w.server.Log())
		}
		fmt.Fprintln(ts.Stderr(), err)
		exit = 255
	}
	settle(ts, neg, exit)
}

// quote joins words so that the other side splits them the same way.
func quote(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(out, " ")
}

// code: code N. The exit code of the last command.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if (ts.Getenv("CODE") == args[0]) == neg {
		ts.Fatalf("the exit code was %s", ts.Getenv("CODE"))
	}
}

// fault: fault CLUSTER KIND [TIMES], fault CLUSTER clear, refuse or resume.
func fault(ts *testscript.TestScript, _ bool, args []string) {
	w := of(ts)
	switch args[1] {
	case "clear":
		w.state[args[0]].Faults().Clear()
	case "refuse":
		ts.Check(w.clusters[args[0]].Refuse())
	case "resume":
		ts.Check(w.clusters[args[0]].Resume())
	default:
		f := rapitest.Fault{Kind: rapitest.Kind(args[1])}
		if len(args) > 2 {
			n, err := strconv.Atoi(args[2])
			ts.Check(err)
			f.Times = n
		}
		w.state[args[0]].Faults().Set(f)
	}
}

// open: open WHO WIDTHxHEIGHT [TERM]. The screen over SSH.
func open(ts *testscript.TestScript, _ bool, args []string) {
	w := of(ts)
	var width, height int
	if _, err := fmt.Sscanf(args[1], "%dx%d", &width, &height); err != nil {
		ts.Fatalf("open WHO WIDTHxHEIGHT: %v", err)
	}
	term := "xterm-256color"
	if len(args) > 2 {
		term = args[2]
	}
	s, err := w.actors[args[0]].open(w.server.addr, width, height, term)
	if err != nil {
		ts.Fatalf("%v\n%s", err, w.server.Log())
	}
	w.screens[args[0]] = s
}

// onScreen makes a command of something that is done on somebody's screen.
func onScreen(do func(s *screen, args ...string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		w := of(ts)
		s := w.screens[args[0]]
		if s == nil {
			ts.Fatalf("%s has no screen open", args[0])
		}
		err := do(s, args[1:]...)
		if neg && err != nil {
			return
		}
		if err != nil {
			ts.Fatalf("%v\n%s", err, w.server.Log())
		}
		if neg {
			ts.Fatalf("it succeeded")
		}
	}
}

func each(do func(s *screen, arg string) error) func(s *screen, args ...string) error {
	return func(s *screen, args ...string) error {
		for _, arg := range args {
			if err := do(s, arg); err != nil {
				return err
			}
		}
		return nil
	}
}

// submitted: submitted CLUSTER VM N. How many jobs the cluster was given for it.
func submitted(ts *testscript.TestScript, _ bool, args []string) {
	got := of(ts).state[args[0]].Stats().Submitted[args[1]]
	if strconv.Itoa(got) != args[2] {
		ts.Fatalf("%s was given %d jobs for %s", args[0], got, args[1])
	}
}

// planted: gone TEXT. No file of the data directory holds the text.
func planted(ts *testscript.TestScript, _ bool, args []string) {
	file, err := holder(filepath.Join(of(ts).dir, "data"), args[0])
	ts.Check(err)
	if file != "" {
		ts.Fatalf("%s holds %q", file, args[0])
	}
}

// stored: stored TEXT. Waits until a file of the data directory holds the text, which
// must be in none before it is stored.
func stored(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := limited()
	defer cancel()
	for {
		file, err := holder(filepath.Join(of(ts).dir, "data"), args[0])
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist): // files come and go
			ts.Fatalf("%v", err)
		case file != "":
			return
		}
		select {
		case <-time.After(rousePause):
		case <-ctx.Done():
			ts.Fatalf("waited in vain for %q in the data directory", args[0])
		}
	}
}

// holder is a file in a directory, or below, that holds a text; empty: none does.
func holder(dir, text string) (file string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(text)) {
			file, err = path, filepath.SkipAll
		}
		return err
	})
	return file, err
}

// totp: totp FILE OUT. What an authenticator app shows that read the JSON of
// "totp begin" in FILE, or into which the groups of letters in FILE were typed.
func totp(ts *testscript.TestScript, _ bool, args []string) {
	var begun struct{ URI string }
	if text := ts.ReadFile(args[0]); json.Unmarshal([]byte(text), &begun) != nil {
		begun.URI = "otpauth://totp/gwm:typed?secret=" + strings.Join(strings.Fields(text), "")
	}
	code, err := coretest.CodeOf(begun.URI, time.Now())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(code+"\n"), 0o600))
}

// glean: glean WHO REGEXP FILE. What matches on somebody's screen, one a line; of an
// expression with a group that one alone.
func glean(ts *testscript.TestScript, _ bool, args []string) {
	var found []string
	for _, match := range regexp.MustCompile(args[1]).FindAllStringSubmatch(of(ts).screens[args[0]].text(), -1) {
		found = append(found, match[len(match)-1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Join(found, "\n")+"\n"), 0o600))
}

// line: line FILE N. Keeps a line of a file as $LINE.
func line(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv("LINE", strings.Split(ts.ReadFile(args[0]), "\n")[n-1])
}
