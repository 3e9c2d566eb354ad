package rapitest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"gwm/rapi/rapitest"
)

// TestJobFilters: filters do with jobs what a real Ganeti 3.0 does with them. A
// pattern over reasons, which its manual page shows, holds for none there.
func TestJobFilters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, filter, status string }{
		{"refused by its reason", `{"predicates":[["reason",["=","reason","probe"]]],"action":"REJECT"}`, "canceled"},
		{"patterns hold for no reason", `{"predicates":[["reason",["=~","reason","probe"]]],"action":"REJECT"}`, "success"},
		{"refused by a pattern of its kind", `{"predicates":[["opcode",["=~","OP_ID","TAGS"]]],"action":"REJECT"}`, "canceled"},
		{"another kind", `{"predicates":[["opcode",["=","OP_ID","OP_INSTANCE_CREATE"]]],"action":"REJECT"}`, "success"},
		{"new jobs wait", `{"predicates":[["jobid",[">","id","watermark"]]],"action":"PAUSE"}`, "queued"},
		{"switched off", `{"predicates":[],"action":"CONTINUE"}`, "success"},
		{"one at a time", `{"predicates":[],"action":["RATE_LIMIT",1]}`, "success"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := rapitest.New(alpha())
			path := "/2/filters/3f0e1f7c-94a5-4d5e-8c7b-0123456789ab"
			if a := call(t, c, http.MethodPut, path, json.RawMessage(tt.filter)); a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			id := submit(t, c, http.MethodPut, "/2/tags?tag=x&reason=probe", nil)
			if got := job(t, c, id).Status; got != tt.status {
				t.Errorf("%s, want %s", got, tt.status)
			}
			if a := call(t, c, http.MethodDelete, path, nil); a.status != http.StatusOK {
				t.Errorf("delete: %d %s", a.status, a.body)
			}
			if got := job(t, c, id).Status; got == "queued" {
				t.Error("it is not begun after the filter is gone")
			}
		})
	}
}
