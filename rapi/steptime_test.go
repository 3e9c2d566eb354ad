package rapi

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestStepTimes has the answer of a real Ganeti 3.0, with a second step that has
// not ended; the number of the job must not be a text there.
func TestStepTimes(t *testing.T) {
	t.Parallel()
	const answer = `{"data": [[[0, [[1795344790, 722422], [1795344801, 993025]]], [0, [[1795344791, 635017], null]], [0, [[1795344801, 993025], null]]]], "fields": []}`
	var asked map[string]any
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || r.URL.Path != "/2/query/job" {
			t.Errorf("asked %s %s", r.Method, r.URL.Path)
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		respond(200, "application/json", answer)(w, r)
	})
	got, err := client(t, s.URL).StepTimes(t.Context(), "64")
	if err != nil {
		t.Fatal(err)
	}
	at := func(sec, usec int64) time.Time { return time.Unix(sec, usec*1000).UTC() }
	want := []core.StepTime{
		{Began: at(1795344790, 722422), Ran: at(1795344791, 635017), Ended: at(1795344801, 993025)},
		{Began: at(1795344801, 993025)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantAsked := map[string]any{"fields": []any{"opstart", "opexec", "opend"}, "qfilter": []any{"=", "id", 64.0}}
	if diff := cmp.Diff(wantAsked, asked); diff != "" {
		t.Error(diff)
	}
	if _, err := client(t, s.URL).StepTimes(t.Context(), "x"); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a name that is no number: %v", err)
	}
}
