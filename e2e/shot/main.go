// Command shot takes screenshots of the real program: it runs `gwm demo` on a
// pseudo terminal, feeds what it writes to a terminal emulator and writes the
// cells as SVG and as text. It is called by e2e/screenshot.
//
//	shot GWM DIR
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// The terminal that is shown.
const width, height = 120, 34

// picture is one screenshot: the keys that lead to it from the one before, and
// what the screen shows when it is there, and shows no more.
type picture struct {
	name, keys string
	shows      []*regexp.Regexp
	hides      string // what the demo does at its start; "": nothing
}

func pictures() []picture {
	return []picture{
		{"screenshot", "", []*regexp.Regexp{regexp.MustCompile(`berlin .*3\.0\.2`), regexp.MustCompile(`paris .*2\.16`)}, "sync the owner tags"},
		{"screenshot-vms", "2", []*regexp.Regexp{regexp.MustCompile(`app01.*running`), regexp.MustCompile(`NAME.*STATE`)}, ""},
	}
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: shot GWM DIR")
		os.Exit(2)
	}
	if err := shoot(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "shot:", err)
		os.Exit(1)
	}
}

// shoot takes every picture into dir.
func shoot(gwm, dir string) (err error) {
	t, err := start(gwm, "demo", "--no-activity")
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := t.stop(); err == nil {
			err = stopErr
		}
	}()
	for _, p := range pictures() {
		if err := t.show(p); err != nil {
			return err
		}
		base := filepath.Join(dir, p.name)
		if err := os.WriteFile(base+".svg", t.svg(), 0o644); err != nil { //nolint:gosec // pages of the documentation
			return fmt.Errorf("write the picture: %w", err)
		}
		if err := os.WriteFile(base+".txt", []byte(t.text()), 0o644); err != nil { //nolint:gosec // pages of the documentation
			return fmt.Errorf("write the text: %w", err)
		}
	}
	return nil
}
