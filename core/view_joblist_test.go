package core

import (
	"testing"
	"time"
)

// TestViewsShareJobs counts lists of jobs by where they lie: administrators have
// one, and a person's stays while only the age of the data changes.
func TestViewsShareJobs(t *testing.T) {
	t.Parallel()
	snap := fleet(2, 3)
	at := time.Now()
	for name, st := range snap.Clusters {
		st.Jobs = []*UpstreamJob{
			{ID: "2", Summary: "INSTANCE_STARTUP", Received: at, Targets: []Ref{VMRef("", "vm00001.example.org"), VMRef("", "vm00002.example.org")}},
			{ID: "1", Summary: "INSTANCE_REBOOT", Received: at.Add(-time.Second), Targets: []Ref{VMRef(name, "vm00001.example.org")}},
		}
	}
	e := engineOn(snap)
	p := *e.core.people.Load()
	p.users = map[string]User{"admin": {Name: "admin", Admin: true}, "eve": {Name: "eve", Admin: true}, "ann": {Name: "ann"}}
	e.core.people.Store(&p)
	where := func(who string) *JobRow { return &e.view(who).Jobs()[0] }
	age := func() { e.core.snap.Store(e.core.snap.Load().with(e.core.snap.Load().Clusters["c01"])) }

	admin, ann := where("admin"), where("ann")
	if where("eve") != admin || where("ann") != ann || ann == admin {
		t.Error("two administrators do not share the list of jobs, or it is shared with who sees a part")
	}
	age()
	if where("admin") != admin || where("eve") != admin || where("ann") != ann {
		t.Error("the age of the data alone makes a new list of jobs")
	}
	st := *e.core.snap.Load().Clusters["c01"]
	st.Jobs = st.Jobs[1:]
	e.core.snap.Store(e.core.snap.Load().with(&st))
	if where("admin") == admin || where("eve") != where("admin") || len(e.view("eve").Jobs()) != 3 {
		t.Error("a job that is gone stays in the list")
	}
	changed := p
	changed.users = map[string]User{"admin": {Name: "admin", Admin: true}, "ann": {Name: "ann"}, "eve": {Name: "eve"}}
	e.core.people.Store(&changed)
	if n := len(e.view("eve").Jobs()); n != 0 {
		t.Errorf("eve sees %d jobs and is no administrator any more", n)
	}
}

// TestViewSharesNoJobsThatKeepASnapshot: a list that nobody asked for holds what
// it is to be made from, which must not outlive the next snapshot.
func TestViewSharesNoJobsThatKeepASnapshot(t *testing.T) {
	t.Parallel()
	e := engineOn(fleet(1, 1))
	before := e.view("admin").jobs
	e.core.snap.Store(e.core.snap.Load().with(e.core.snap.Load().Clusters["c00"]))
	if e.view("admin").jobs == before {
		t.Error("a list that was not made yet is taken over from the view of an older snapshot")
	}
}

func TestViewFindsTheJobsOfAnObject(t *testing.T) {
	t.Parallel()
	snap := fleet(1, 3)
	vm := VMRef("c00", "vm00001.example.org")
	snap.Clusters["c00"].Jobs = []*UpstreamJob{
		{ID: "3", Received: time.Now(), Targets: []Ref{VMRef("", vm.Name), VMRef("", vm.Name)}},
		{ID: "2", Targets: []Ref{NodeRef("", vm.Name)}},
		{ID: "1", Targets: []Ref{VMRef("", "vm00002.example.org"), vm}},
	}
	v := engineOn(snap).view("admin")
	var names []string
	for _, row := range v.JobsOn(vm) {
		names = append(names, row.Upstream.ID)
	}
	if len(names) != 2 || names[0] != "3" || names[1] != "1" {
		t.Errorf("the jobs on %s are %v, want 3 and 1", vm, names)
	}
	if &v.Jobs()[0] != v.JobsOn(vm)[0] {
		t.Error("the jobs of an object are copies")
	}
}
