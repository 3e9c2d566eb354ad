package command

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// TestArchivedJobsAreTold: lists and single jobs say that a cluster archived a job,
// and what is not known of it any more.
func TestArchivedJobsAreTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		defer w.Stop()
		s := w.Login("admin")
		run := func(line string, want int) (out, messages string) {
			t.Helper()
			var o, m bytes.Buffer
			if code := Run(t.Context(), Env{Session: s, Stdin: strings.NewReader(""), Stdout: &o, Stderr: &m}, strings.Fields(line)); code != want {
				t.Errorf("%s: exit %d, want %d: %s", line, code, want, &m)
			}
			return o.String(), m.String()
		}
		done := w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "")
		time.Sleep(time.Minute) // of the bubble
		w.Berlin.Pace(time.Minute)
		unseen := w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web2, "")
		time.Sleep(90 * time.Second) // of the bubble
		_ = s.Refresh(t.Context(), coretest.Berlin)
		w.Berlin.Forget(done)
		w.Berlin.Forget(unseen)
		_ = s.Refresh(t.Context(), coretest.Berlin)

		list, _ := run("job list archived:yes", ExitDone)
		var states []string
		for row := range strings.Lines(list) {
			if f := strings.Fields(row); strings.HasPrefix(f[0], "berlin/job/") {
				states = append(states, strings.Join([]string{strings.TrimPrefix(f[0], "berlin/job/"), f[2], f[3]}, " "))
			}
		}
		if diff := cmp.Diff([]string{unseen + " unseen, archived", done + " done, archived"}, states); diff != "" {
			t.Errorf("the list (-want +got):\n%s\n%s", diff, list)
		}
		if list, _ = run("job list --state unseen", ExitDone); !strings.Contains(list, "berlin/job/"+unseen) || strings.Contains(list, "berlin/job/"+done) {
			t.Errorf("those that ended unseen:\n%s", list)
		}
		text, _ := run("job list archived:yes -o json", ExitDone)
		var rows []jobJSON
		if err := json.Unmarshal([]byte(text), &rows); err != nil || len(rows) != 2 || !rows[0].Archived || !rows[1].Archived {
			t.Errorf("as JSON %s, %v", text, err)
		}
		for id, want := range map[string]string{
			done: "archived by berlin; as gwm last saw it", unseen: "archived by berlin; it ended unseen: how is not known",
		} {
			if text, _ := run("job show berlin/job/"+id, ExitDone); !strings.Contains(text, want) {
				t.Errorf("job show says\n%swant %q", text, want)
			}
			if text, note := run("job log berlin/job/"+id, ExitDone); text != "" || note != "berlin archived it; its log was not kept\n" {
				t.Errorf("job log says %q and %q", text, note)
			}
			_, _ = run("job show --tree berlin/job/"+id, ExitDone)
			if _, why := run("job cancel --yes berlin/job/"+id, ExitCode(core.Errorf(core.CodeState, ""))); !strings.Contains(why, "berlin archived it") {
				t.Errorf("job cancel says %q", why)
			}
		}
		_, _ = run("job wait berlin/job/"+done, ExitDone)
		if _, why := run("job wait berlin/job/"+unseen, ExitCode(core.Errorf(core.CodeUnknown, ""))); !strings.Contains(why, "how it ended is not known") {
			t.Errorf("job wait says %q", why)
		}
	})
}
