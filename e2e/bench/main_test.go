//go:build bench

package bench

import (
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
	stop, err := profile(role)
	if err != nil {
		return err
	}
	switch role {
	case "cluster":
		err = playCluster(args)
	case "server":
		err = playServer(args)
	case "start":
		err = playStart(args)
	default:
		err = fmt.Errorf("no such role")
	}
	stop()
	return err
}
