package rapitest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"gwm/rapi/rapitest"
)

// TestNodeMigrateStartsJobs holds that a node's migration answers the jobs that do
// the work.
func TestNodeMigrateStartsJobs(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	submitted := call(t, c, "POST", "/2/nodes/node2/migrate", nil)
	var id int
	if err := json.Unmarshal([]byte(submitted.body), &id); err != nil {
		t.Fatalf("%v in %s", err, submitted.body)
	}
	var parent struct {
		Status   string
		Opresult []struct{ Jobs [][]any }
	}
	answer := call(t, c, "GET", fmt.Sprintf("/2/jobs/%d", id), nil)
	if err := json.Unmarshal([]byte(answer.body), &parent); err != nil || parent.Status != "success" || len(parent.Opresult) != 1 || len(parent.Opresult[0].Jobs) == 0 {
		t.Fatalf("the job is %s, %v", answer.body, err)
	}
	for _, started := range parent.Opresult[0].Jobs {
		child := call(t, c, "GET", fmt.Sprintf("/2/jobs/%.0f", started[1]), nil).decode(t).(map[string]any)
		if name := child["ops"].([]any)[0].(map[string]any)["OP_ID"]; name != "OP_INSTANCE_MIGRATE" {
			t.Errorf("job %v is %v", started, name)
		}
	}
}
