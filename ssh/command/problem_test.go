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

// TestProblemsSayWhy: lists and JSON have the sentences of the screen, and the
// names that problem clear takes.
func TestProblemsSayWhy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		defer w.Stop()
		root := w.Login("admin")
		w.Berlin.FailJobs(coretest.Web2, "somebody stands on the cable")
		job := w.Do(root, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web2)})
		time.Sleep(time.Minute) // of the bubble
		w.Berlin.SetStatus(coretest.DB1, "ERROR_down")
		w.Paris.Fail("", w.Paris.Unreachable())
		_ = root.Refresh(t.Context(), "")
		run := func(line string) string {
			var out, messages bytes.Buffer
			if code := Run(t.Context(), Env{Session: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &messages}, strings.Fields(line)); code != ExitDone {
				t.Fatalf("%s: exit %d: %s", line, code, &messages)
			}
			return out.String()
		}
		vm, _ := root.View().VM(core.VMRef(coretest.Berlin, coretest.DB1))
		want := map[string]string{
			"berlin/" + coretest.DB1: "is down but should run, on " + vm.Node,
			job.String():             "stop " + coretest.Web2 + ": stop " + coretest.Web2 + ": somebody stands on the cable",
			"paris":                  "unreachable: ",
		}
		var list []struct{ Why, Hint string }
		if err := json.Unmarshal([]byte(run("problem list -o json")), &list); err != nil {
			t.Fatal(err)
		}
		table := run("problem list")
		for name, why := range want {
			rows, texts := 0, 0
			for line := range strings.Lines(table) {
				if strings.HasPrefix(line, name+" ") && strings.Contains(line, why) {
					rows++
				}
			}
			for _, p := range list {
				if strings.HasPrefix(p.Why, why) {
					texts++
				}
			}
			if diff := cmp.Diff([2]int{1, 1}, [2]int{rows, texts}); diff != "" {
				t.Errorf("%s, %q: in the table and in JSON (-want +got)\n%s\n%s", name, why, diff, table)
			}
		}
	})
}
