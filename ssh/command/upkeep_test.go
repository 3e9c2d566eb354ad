package command

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// TestListsLeaveUpkeepOut holds that lists of what people do leave out what the
// screen leaves out, and say so; whoever asks for it gets it.
func TestListsLeaveUpkeepOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		defer w.Stop()
		w.Berlin.FailJobs(coretest.Web2, "somebody stands on the cable")
		root := w.Login("admin")
		for _, name := range []string{coretest.Web1, coretest.Web2} {
			w.Do(root, core.SetOwner{VM: core.VMRef(coretest.Berlin, name), Owner: core.UserRef("ann")})
		}
		time.Sleep(time.Minute) // in a bubble
		const left = "tags@local left out; --upkeep shows them"
		for line, tt := range map[string]struct {
			shown []string
			note  bool
		}{
			"job list":                            {[]string{"failed"}, true},
			"job list --limit 1":                  {[]string{"failed"}, false}, // it comes first
			"job list --upkeep":                   {[]string{"done", "failed"}, false},
			"job list by:tags@local":              {[]string{"done", "failed"}, false},
			"audit list":                          {[]string{"failed"}, true},
			"audit list --on berlin":              {[]string{"failed"}, true},
			"audit list --on berlin/web1":         {[]string{"requested", "done"}, false},
			"audit list --upkeep":                 {[]string{"requested", "done", "failed"}, false},
			"audit list --op owner.sync":          {[]string{"requested", "done", "failed"}, false},
			"audit export":                        {[]string{"requested", "done", "failed"}, false},
			"job list --cluster berlin":           {[]string{"failed"}, true},
			"audit list --limit 2 --on berlin":    {[]string{"failed"}, true},
			"audit list --event denied --limit 1": {nil, false},
		} {
			var out, messages bytes.Buffer
			if code := Run(t.Context(), Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}, strings.Fields(line)); code != ExitDone {
				t.Fatalf("%s: exit %d: %s", line, code, &messages)
			}
			if note := strings.Contains(messages.String(), left); note != tt.note {
				t.Errorf("%s: %q, want a note: %t", line, &messages, tt.note)
			}
			for _, word := range []string{"requested", "done", "failed"} {
				is := false
				for row := range strings.Lines(out.String()) {
					is = is || strings.Contains(row, core.UpkeepBy) && strings.Contains(row, word)
				}
				if want := slices.Contains(tt.shown, word); is != want {
					t.Errorf("%s shows upkeep that is %s: %t\n%s", line, word, is, &out)
				}
			}
		}
	})
}
