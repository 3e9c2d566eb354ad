package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// gwm is the path of the binary under test.
var gwm string

// TestMain builds the binary once for all tests.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gwm-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	gwm = filepath.Join(dir, "gwm")
	args := append([]string{"build", "-o", gwm}, buildFlags...)
	build := exec.Command("go", append(args, "gwm")...)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build gwm:", err)
		return 1
	}
	return m.Run()
}
