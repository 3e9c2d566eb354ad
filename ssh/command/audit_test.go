package command

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// Who waits at a terminal for a long audit log is told how far it is; programs
// get the answer alone.
func TestVerifyProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		root := w.Login("admin")
		ops := make([]core.Op, 5000)
		for i := range ops {
			ops[i] = core.AddUser{User: core.User{Name: fmt.Sprintf("u%d", i)}}
		}
		if _, err := root.DoAll(t.Context(), "everybody", ops); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			line     string
			terminal bool
			want     []string
		}{
			{"audit verify", true, []string{"1000", "2000", "3000", "4000", "5000"}},
			{"audit verify", false, nil},
			{"audit verify -o json", true, nil},
		} {
			var out, messages bytes.Buffer
			env := Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages, Terminal: c.terminal}
			if code := Run(t.Context(), env, strings.Fields(c.line)); code != ExitDone || !strings.Contains(out.String(), "valid") {
				t.Errorf("%s: exit %d: %s%s", c.line, code, &out, &messages)
			}
			var told []string
			for line := range strings.Lines(messages.String()) {
				done, rest, _ := strings.Cut(line, " of 50")
				if !strings.HasSuffix(rest, " records checked\n") {
					t.Errorf("%s: %q", c.line, line)
				}
				told = append(told, done)
			}
			if diff := cmp.Diff(c.want, told); diff != "" {
				t.Errorf("%s, terminal %v: records that it tells of (-want +got): %s", c.line, c.terminal, diff)
			}
		}
	})
}
