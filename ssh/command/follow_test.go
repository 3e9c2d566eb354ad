package command

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// TestLeftWaitSaysThatTheJobGoesOn holds that who stops to follow a job, ours or
// a cluster's, is told that it goes on and how to look at it again.
func TestLeftWaitSaysThatTheJobGoesOn(t *testing.T) {
	t.Parallel()
	for name, submit := range map[string]func(t *testing.T, w *coretest.World, root *core.Session) string{
		"ours": func(_ *testing.T, w *coretest.World, root *core.Session) string {
			return w.Do(root, core.RestartVM{VM: core.VMRef(coretest.Berlin, coretest.Web1)}).String()
		},
		"of the cluster": func(t *testing.T, w *coretest.World, root *core.Session) string {
			id := w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "somebody")
			if err := root.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
			return "berlin/job/" + id
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := coretest.Start(t)
				root := w.Login("admin")
				job := submit(t, w, root)
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				var out, messages bytes.Buffer
				code := Run(ctx, Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}, []string{"job", "log", "-f", job})
				want := "gwm: stopped waiting for job " + job + ", which goes on\n     gwm job wait " + job + "\n"
				if code != ExitFailed || messages.String() != want {
					t.Errorf("exit %d: %q, want %q", code, messages.String(), want)
				}
			})
		})
	}
}

// TestExitCodeOfAJob: a job that could not be sent tells scripts so.
func TestExitCodeOfAJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		root := w.Login("admin")
		for _, c := range []struct {
			method string
			err    error
			words  string
			code   int
		}{
			{"StopVM", w.Berlin.Unreachable(), "berlin/web1", ExitUnreachable},
			{"StopVM", w.Berlin.Unreachable(), "berlin/web1 berlin/web2", ExitUnreachable},
			{"StopVM", w.Berlin.Unreachable(), "berlin/web1 paris/shop1", ExitUnreachable},
			{"StopVM", core.Errorf(core.CodeCluster, "the cluster says no"), "berlin/web1", ExitJobFailed},
		} {
			w.Berlin.Fail(c.method, c.err)
			var out, messages bytes.Buffer
			env := Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}
			line := "vm stop " + c.words + " --wait --yes"
			if code := Run(t.Context(), env, strings.Fields(line)); code != c.code || !strings.Contains(messages.String(), "failed: ") {
				t.Errorf("%s with %v: exit %d, want %d: %s", line, c.err, code, c.code, &messages)
			}
			w.Berlin.Fail(c.method, nil)
		}
	})
}
