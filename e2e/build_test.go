package e2e

import (
	"encoding/json"
	"errors"
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
	overlay, err := pageOverlay(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	args := append([]string{"build", "-o", gwm, "-overlay", overlay}, buildFlags...)
	build := exec.Command("go", append(args, "gwm")...)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build gwm:", err)
		return 1
	}
	return m.Run()
}

// pageOverlay has the binary hold a page for screens in browsers in any case: an
// empty one where none was bundled, so that links are the same everywhere.
func pageOverlay(dir string) (string, error) {
	assets, err := filepath.Abs("../consoleproxy/assets")
	if err != nil {
		return "", err
	}
	empty := filepath.Join(dir, "page")
	replace := map[string]string{}
	for _, name := range []string{"index.html", "app.js", "style.css", "NOTICE.txt"} {
		if _, err := os.Stat(filepath.Join(assets, name)); err != nil {
			replace[filepath.Join(assets, name)] = empty
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, errors.Join(err, os.WriteFile(empty, []byte("<p>gwm</p>\n"), 0o600), os.WriteFile(overlay, text, 0o600))
}
