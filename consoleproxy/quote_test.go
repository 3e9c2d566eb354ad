package consoleproxy

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// FuzzShellCommand has a real shell read back what is quoted for it.
func FuzzShellCommand(f *testing.F) {
	for _, words := range []string{"a", "it's\x01here", "\x01", "$(id)\x01`id`\x01\\'\x01\"x", "-n\x01--\x01*\x01~\x01#\x01a\nb", "A=b\x01!x"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		words := strings.Split(joined, "\x01")
		got, err := shellCommand(append([]string{"printf", "%s\x01"}, words...))
		if strings.Contains(joined, "\x00") {
			if core.CodeOf(err) != core.CodeCluster {
				t.Fatalf("a zero byte was let through: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", got).Output()
		if err != nil {
			t.Fatalf("sh -c %q: %v", got, err)
		}
		if diff := cmp.Diff(joined+"\x01", string(out)); diff != "" {
			t.Errorf("sh reads %q differently:\n%s", got, diff)
		}
	})
}

func TestWithoutEscape(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, word, want string }{
		{"as Ganeti has it", "STDIO,raw,echo=0,escape=0x1d", "STDIO,raw,echo=0"},
		{"in the middle", "STDIO,escape=0x1d,raw", "STDIO,raw"},
		{"another key", "STDIO,raw,escape=0x1c", "STDIO,raw,escape=0x1c"},
		{"another program", "--escape=0x1d", "--escape=0x1d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := withoutEscape([]string{"socat", tt.word}); got[1] != tt.want {
				t.Errorf("got %q, want %q", got[1], tt.want)
			}
		})
	}
}
