package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Problem is something that needs attention: a cluster that does not answer, a
// node that is offline or silent, a VM in error, a job that failed lately.
type Problem struct {
	On      Ref      `json:"on"`                // what it is about: of a job, what that worked on
	What    string   `json:"what"`              // "unreachable", "offline", "silent", the status of a VM, "job/NAME"
	Why     string   `json:"why"`               // what is wrong, in a clause for people
	Hint    string   `json:"hint,omitempty"`    // what to do next, where that is known
	Cleared *Cleared `json:"cleared,omitempty"` // somebody has seen to it; nil: nobody
}

// Cleared is that somebody took a problem off the list. It holds until the problem
// is over, so that it is seen when it comes back.
type Cleared struct {
	On   Ref       `json:"on"`
	What string    `json:"what"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// clearedID is what there is at most one Cleared for.
type clearedID struct {
	on   Ref
	what string
}

const (
	problemUnreachable = "unreachable"
	problemOffline     = "offline"
	problemSilent      = "silent"
	problemJob         = "job/"
	// problemJobFor is how long a failed job is a problem.
	problemJobFor = 24 * time.Hour
)

// Problem is what is wrong with a VM, empty where nothing is.
func (v *VM) Problem() string {
	if v.Gone || v.State != StateError && v.State != StateUnknown {
		return ""
	}
	return cmp.Or(v.Status, string(v.State))
}

// Problem is what is wrong with a node, empty where nothing is.
func (n *Node) Problem() string {
	switch {
	case n.Gone:
		return ""
	case n.Offline:
		return problemOffline
	case n.MemoryMiB < 0:
		return problemSilent
	}
	return ""
}

// Problem is what is wrong with a cluster, empty where nothing is.
func (h Health) Problem() string {
	if h.Error == nil {
		return ""
	}
	return problemUnreachable
}

// Problem is a job that failed in the last 24 hours as a problem of what it worked
// on; What is empty where it is none.
func (r *JobRow) Problem(now time.Time) Problem {
	on := ClusterRef(r.Cluster)
	if len(r.Targets) > 0 {
		on = r.Targets[0]
		on.Cluster = cmp.Or(on.Cluster, r.Cluster)
	}
	p := Problem{On: on}
	if r.State == JobFailed && r.Ended.After(now.Add(-problemJobFor)) {
		why, hint := r.Failure()
		p.What, p.Why, p.Hint = problemJob+r.Name, r.Words()+": "+why, hint
	}
	return p
}

// Name is how people write what has the problem: the word of problem clear.
func (p Problem) Name() string {
	if job, ok := strings.CutPrefix(p.What, problemJob); ok {
		return job
	}
	return p.On.String()
}

// Cleared returns who took a problem off the list, nil where nobody did.
func (v *View) Cleared(on Ref, what string) *Cleared {
	if c, ok := v.people.cleared[clearedID{on, what}]; ok {
		return &c
	}
	return nil
}

// Problems lists what is wrong with what the person may see: clusters, nodes, VMs
// and then jobs.
func (v *View) Problems() []Problem {
	var out []Problem
	add := func(p Problem) {
		if p.What != "" {
			p.Cleared = v.Cleared(p.On, p.What)
			out = append(out, p)
		}
	}
	for i := range v.clusters {
		c := &v.clusters[i]
		why, hint := c.Health.Trouble()
		add(Problem{On: ClusterRef(c.Cluster.Name), What: c.Health.Problem(), Why: why, Hint: hint})
	}
	for _, n := range v.nodes.all {
		add(Problem{On: n.Ref(), What: n.Problem(), Why: n.Trouble()})
	}
	for _, vm := range v.vms.all {
		why, hint := vm.Trouble()
		add(Problem{On: vm.Ref(), What: vm.Problem(), Why: why, Hint: hint})
	}
	jobs := v.Jobs()
	for i := range jobs {
		add(jobs[i].Problem(v.now))
	}
	return out
}

// ProblemNamed finds the problem of an object, or with "12" or "berlin/job/4711"
// of a job. The error is CodeNotFound.
func (v *View) ProblemNamed(text string) (Problem, error) {
	text = strings.TrimSpace(text)
	var refs []Ref
	for _, kind := range []Kind{KindCluster, KindVM, KindNode} {
		if r, err := v.Find(kind, text); err == nil {
			refs = append(refs, r)
		} else if CodeOf(err) == CodeInvalid {
			return Problem{}, err
		}
	}
	for _, p := range v.Problems() {
		if p.What == problemJob+text || slices.Contains(refs, p.On) && !strings.HasPrefix(p.What, problemJob) {
			return p, nil
		}
	}
	return Problem{}, Errorf(CodeNotFound, "no problem of %q that you may see", Printable(text)).WithHint("problem list shows them")
}

// troubled tells whether a problem is there now, for whoever asks.
func (c *Core) troubled(id clearedID, now time.Time) bool {
	st := c.snap.Load().Clusters[id.on.Cluster]
	if name, ok := strings.CutPrefix(id.what, problemJob); ok {
		return c.jobTroubled(st, id.on, name, now)
	}
	if st == nil {
		return false
	}
	what := ""
	switch id.on.Kind {
	case KindCluster:
		what = st.Health.Problem()
		if st.Health.Loading {
			what = id.what // nobody knows yet
		}
	case KindNode:
		if n, ok := st.node(id.on.Name); ok {
			what = n.Problem()
		}
	case KindVM:
		if vm, ok := st.VM(id.on.Name); ok {
			what = vm.Problem()
		}
	case KindSite, KindUser, KindGroup, KindJob, kindTemplate:
	}
	return what == id.what
}

// jobTroubled is troubled for a job by its name.
func (c *Core) jobTroubled(st *ClusterState, on Ref, name string, now time.Time) bool {
	lately := now.Add(-problemJobFor)
	if cluster, id, foreign := strings.Cut(name, "/job/"); foreign {
		if st == nil || cluster != st.Name {
			return false
		}
		up, ok := st.job(id)
		return ok && up.State == JobFailed && up.Ended.After(lately) &&
			(len(up.Targets) == 0 && on.Kind == KindCluster || slices.ContainsFunc(up.Targets, func(t Ref) bool { t.Cluster = cluster; return t == on }))
	}
	for _, j := range c.engine.runner.picture().jobs {
		if j.ID.String() == name {
			return j.State == JobFailed && j.Ended.After(lately) && j.Target == on
		}
	}
	return false
}

// keepProblems forgets who cleared a problem once that is over, after every news
// of the clusters.
func (c *Core) keepProblems(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-c.engine.listed:
		}
		if err := c.forgetCleared(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("cannot forget cleared problems", "err", err)
		}
	}
}

func (c *Core) forgetCleared(ctx context.Context) error {
	now := time.Now()
	over := func(p *people) (out []clearedID) {
		for id := range p.cleared {
			if !c.troubled(id, now) {
				out = append(out, id)
			}
		}
		return out
	}
	if len(over(c.people.Load())) == 0 {
		return nil
	}
	return c.update(ctx, func(tx *txn) error {
		for _, id := range over(tx.rights()) {
			tx.remove(clearedKey(id.on, id.what))
		}
		return nil
	})
}
