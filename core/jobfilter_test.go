package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

func TestFilterWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ predicates, want string }{
		{`[]`, "all jobs"},
		{core.JobChoice{New: true}.Predicates(), "new jobs after 7"},
		{core.JobChoice{Kinds: []string{"A", "B"}, Reason: "x"}.Predicates(), `jobs of the kind A or B with reason reason = "x"`},
		{core.JobChoice{Begins: "gwm:", Through: true}.Predicates(), `jobs whose reason begins with "gwm:" that came through the remote API`},
		{
			`[["opcode",["&",["=~","OP_ID","^OP_TAGS"],["!",["|",["=[]","tags","a"],["?","dry_run"],["<","priority",-3]]]]]]`,
			`jobs with opcode OP_ID =~ "^OP_TAGS" and (not (tags containing "a" or that has dry_run or priority < -3))`,
		},
		{`[["jobid",["|",["=","id",3],[">=","id",9]]]]`, "jobs with jobid id = 3 or id >= 9"},
		{`nonsense`, "jobs that gwm cannot tell: nonsense,"},
	} {
		f := core.JobFilter{Action: core.FilterPause, Predicates: tt.predicates, Watermark: 7}
		if got, want := f.Words(), tt.want+" stay in the queue and are not begun"; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.predicates, got, want)
		}
	}
}

func TestNormalPredicates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want, wrong string }{
		{` [ ["opcode", ["=", "OP_ID", "OP_X"]] ] `, `[["opcode",["==","OP_ID","OP_X"]]]`, ""},
		{`[["jobid",[">","id","watermark"]]]`, `[["jobid",[">","id","watermark"]]]`, ""},
		{`[["reason",["=~","reason","x"]]]`, "", `Ganeti knows no "=~" for reason`},
		{`[["reason",["=","text","x"]]]`, "", `reason has no field "text"`},
		{`[["jobid",["=","id",1.5]]]`, "", "a whole number"},
		{`[["opcode",["=~","OP_ID","("]]]`, "", "not a regular expression"},
		{`[["owner",["=","id",1]]]`, "", `"owner" is not one`},
		{`[["opcode",["=","OP_ID"]]]`, "", "takes a field and a value"},
		{`[["opcode",["like","OP_ID","x"]]]`, "", `"like" is not a comparison`},
		{`[["opcode",["!",["?","a"],["?","b"]]]]`, "", "wrong number"},
		{`[["opcode"]]`, "", "a name and one condition"},
		{`{}`, "", "not a JSON list"},
		{`[] []`, "", "not a JSON list"},
		{`[["opcode",` + strings.Repeat(`["!",`, 20) + `["?","a"]` + strings.Repeat("]", 22), "", "at most 8 deep"},
		{`[["opcode",["=","OP_ID","` + strings.Repeat("x", 4000) + `"]]]`, "", "characters are more than 4000"},
	} {
		got, err := core.NormalPredicates(tt.text)
		if tt.wrong != "" {
			if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%s: %v, want %q", tt.text, err, tt.wrong)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

// TestChoiceIsReadBack: what people choose is read back from what the cluster has.
func TestChoiceIsReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range []core.JobChoice{
		{}, {New: true}, {Kinds: []string{"A"}}, {Kinds: []string{"A", "B"}, Reason: "r"}, {Begins: "b", Through: true}, {New: true, Reason: "r", Begins: "x"},
	} {
		f := core.JobFilter{Predicates: core.ToldPredicates(c.Predicates())}
		got, ok := f.Choice()
		if diff := cmp.Diff(c, got); diff != "" || !ok {
			t.Errorf("%t: %s", ok, diff)
		}
	}
	if _, ok := (core.JobFilter{Predicates: `[["opcode",["?","x"]]]`}).Choice(); ok {
		t.Error("what takes predicates is called a choice")
	}
}

func FuzzPredicates(f *testing.F) {
	for _, s := range []string{`[]`, `[["jobid",[">","id","watermark"]]]`, `[["opcode",["&",["=~","OP_ID","^X"],["!",["?","a"]]]]]`, `[["reason",["<","timestamp",5]]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_ = core.JobFilter{Predicates: text}.Words()
		first := core.ToldPredicates(text)
		if again := core.ToldPredicates(first); again != first {
			t.Fatalf("%q was written as %q and then as %q", text, first, again)
		}
	})
}

// TestJobFilters adds, edits and removes a filter: the second of two people is told
// what changed, and answers that get lost do nothing twice.
func TestJobFilters(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		list := func() []core.JobFilter {
			t.Helper()
			got, err := s.JobFilters(t.Context(), coretest.Berlin)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		do := func(op core.Op) core.Job {
			t.Helper()
			id, err := s.Do(t.Context(), op)
			if err != nil {
				t.Fatal(err)
			}
			for {
				done, err := s.WaitJob(t.Context(), id, 1000)
				if err != nil || done.State.Final() {
					return done
				}
			}
		}
		w.Berlin.LoseAnswers(1)
		f := core.JobFilter{Action: core.FilterReject, Predicates: core.JobChoice{Kinds: []string{"INSTANCE_MOVE"}}.Predicates(), Why: "no moves"}
		if job := do(core.AddJobFilter{Cluster: coretest.Berlin, Filter: f}); job.State != core.JobDone || len(list()) != 1 {
			t.Fatalf("%+v, filters %v; want one filter though the answer was lost", job.Error, list())
		}
		was := list()[0]
		edited := was
		edited.Action = core.FilterPause
		for _, tt := range []struct {
			op   core.Op
			want string
		}{
			{core.EditJobFilter{Cluster: coretest.Berlin, Filter: edited, Was: was}, ""},
			{core.EditJobFilter{Cluster: coretest.Berlin, Filter: was, Was: edited}, "holds for jobs after"},
			{core.RemoveJobFilter{Cluster: coretest.Berlin, ID: was.ID, Was: &was}, "are refused"},
			{core.RemoveJobFilter{Cluster: coretest.Berlin, ID: was.ID}, ""},
			{core.RemoveJobFilter{Cluster: coretest.Berlin, ID: was.ID}, "has no job filter"},
		} {
			w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "") // the next watermark is another
			job := do(tt.op)
			switch {
			case tt.want == "" && job.State != core.JobDone:
				t.Errorf("%+v: %v", tt.op, job.Error)
			case tt.want != "" && (job.Error == nil || !strings.Contains(job.Error.Error(), tt.want)):
				t.Errorf("%+v: %s, %v; want %q", tt.op, job.State, job.Error, tt.want)
			}
		}
		if left := list(); len(left) != 0 {
			t.Errorf("%v is left", left)
		}
		if _, err := w.Login("ann").JobFilters(t.Context(), coretest.Berlin); core.CodeOf(err) != core.CodeDenied {
			t.Errorf("who does not administer the cluster: %v", err)
		}
	})
}

// TestFilterExplainsItself: a job that a filter refuses says so in a sentence, and so
// does one that it keeps back.
func TestFilterExplainsItself(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		drain := core.DrainJobs(core.FilterReject, "new switches")
		drain.ID = filtered("").ID
		w.Berlin.PutFilter(drain)
		restart := core.RestartVM{VM: coretest.BerlinVM(coretest.Web1)}
		id, err := s.Do(t.Context(), restart)
		if err != nil {
			t.Fatal(err)
		}
		var job core.Job
		for !job.State.Final() {
			if job, err = s.WaitJob(t.Context(), id, 1000); err != nil {
				t.Fatal(err)
			}
		}
		const refused = "restart web1.example.org: a filter of berlin's job queue refuses such jobs: new switches"
		if job.State != core.JobFailed || job.Error.Message != refused {
			t.Errorf("%s, %v; want %q", job.State, job.Error, refused)
		}
		drain.Action = core.FilterPause
		w.Berlin.PutFilter(drain)
		if id, err = s.Do(t.Context(), restart); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		_ = s.Refresh(t.Context(), coretest.Berlin)
		for _, r := range s.View().Jobs() {
			if r.Ours == nil || r.Ours.ID != id {
				continue
			}
			got, err := s.Delays(t.Context(), r)
			if err != nil || len(got) != 1 || got[0] != "a filter of berlin's queue holds it back: new switches" {
				t.Errorf("%q, %v", got, err)
			}
			if stuck := s.View().Stuck(&r); stuck != "" {
				t.Errorf("after five seconds it is called %q already", stuck)
			}
			time.Sleep(2 * time.Minute)
			stuck, _ := core.ParseFilter("stuck:queue from:me from:gwm !from:others")
			if v := s.View(); v.Stuck(&r) != core.StuckQueue || !stuck.Match(v.JobRow(&r)) {
				t.Errorf("after two minutes it is called %q", v.Stuck(&r))
			}
		}
	})
}
