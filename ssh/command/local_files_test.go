package command_test

import (
	"os"
	"path/filepath"
	"testing"

	"gwm/ssh/command"
)

// A file that was not kept leaves what was there before, and no trace.
func TestLocalFileAppearsWhenKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "copy")
	for _, step := range []struct {
		text string
		keep bool
		want string
	}{{"good", true, "good"}, {"cut", false, "good"}, {"better", true, "better"}} {
		f, err := command.LocalFiles{}.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(step.text)); err != nil {
			t.Fatal(err)
		}
		if step.keep {
			if err := f.Keep(); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != step.want {
			t.Errorf("after %q, kept %v: %q, %v", step.text, step.keep, got, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("the directory holds %v, %v; want one file", left, err)
	}
}
