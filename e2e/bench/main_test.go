//go:build bench

package bench

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// roleVariable makes a process of this binary play another role than the tests.
const roleVariable = "GWM_BENCH_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := play(role, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	results.print(os.Stdout)
	if err := closeBig(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		code = 1
	}
	os.Exit(code)
}

// play is the whole life of a process in a role. It ends with its standard input.
func play(role string, args []string) error {
	p := newProfiles(role)
	if err := p.start("start"); err != nil {
		return err
	}
	defer p.stop()
	switch role {
	case "cluster":
		return playCluster(args)
	case "server":
		return playServer(args, p)
	case "desk":
		return playDesk(args, p)
	case "start":
		return playStart(args)
	}
	return errors.New("no such role")
}
