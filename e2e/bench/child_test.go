//go:build bench

package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
)

// child is a process of this binary in another role. It answers one JSON line
// to each JSON line and ends when its standard input does.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

type question struct {
	Verb string
	Args []string
}

type reply struct {
	Err   string
	Value json.RawMessage
}

func startChild(role string, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, args...)}
	c.cmd.Env = append(os.Environ(), roleVariable+"="+role)
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = json.NewDecoder(bufio.NewReader(out))
	return c, c.cmd.Start()
}

// ask sends a question and waits for the answer; value may be nil.
func (c *child) ask(value any, verb string, args ...string) error {
	if err := json.NewEncoder(c.in).Encode(question{verb, args}); err != nil {
		return fmt.Errorf("ask a child: %w", err)
	}
	var r reply
	switch err := c.out.Decode(&r); {
	case err != nil:
		return fmt.Errorf("hear a child's %s: %w", verb, err)
	case r.Err != "":
		return errors.New(r.Err)
	case value == nil:
		return nil
	}
	return json.Unmarshal(r.Value, value)
}

// close lets the process end and waits for it.
func (c *child) close() error {
	return errors.Join(c.in.Close(), c.cmd.Wait())
}

// answer serves the parent's questions until it goes away.
func answer(verbs map[string]func(args []string) (any, error)) error {
	questions, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var q question
		if err := questions.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var r reply
		if do := verbs[q.Verb]; do == nil {
			r.Err = "no such verb: " + q.Verb
		} else if value, err := do(q.Args); err != nil {
			r.Err = err.Error()
		} else if r.Value, err = json.Marshal(value); err != nil {
			return err
		}
		if err := answers.Encode(r); err != nil {
			return err
		}
	}
}

// profiles writes profiles of a process into the directory GWM_BENCH_PROFILE;
// without one it does nothing.
type profiles struct {
	name string
	file *os.File
}

func newProfiles(role string) *profiles {
	p := &profiles{}
	if dir := os.Getenv("GWM_BENCH_PROFILE"); dir != "" {
		p.name = filepath.Join(dir, fmt.Sprintf("%s-%d", role, os.Getpid()))
	}
	return p
}

// start ends the processor profile that runs and begins another one.
func (p *profiles) start(label string) error {
	p.stop()
	if p.name == "" {
		return nil
	}
	f, err := os.Create(p.name + "-" + strings.ReplaceAll(label, " ", "-") + ".cpu")
	if err != nil {
		return err
	}
	p.file = f
	return pprof.StartCPUProfile(f)
}

func (p *profiles) stop() {
	if p.file != nil {
		pprof.StopCPUProfile()
		_ = p.file.Close()
		p.file = nil
	}
}

// heap writes what is in use.
func (p *profiles) heap(label string) error {
	if p.name == "" {
		return nil
	}
	f, err := os.Create(p.name + "-" + strings.ReplaceAll(label, " ", "-") + ".heap")
	if err != nil {
		return err
	}
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}
