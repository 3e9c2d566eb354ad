package core

import (
	"cmp"
	"slices"
	"strings"
)

// jobRows joins our jobs with those of the clusters, newest first.
func (v *View) jobRows() []JobRow {
	var list []JobRow
	joined := map[Ref]bool{} // jobs of clusters that ours started
	for _, j := range v.ours.jobs {
		row := v.ownRow(j)
		if row.Upstream != nil {
			joined[upstreamRef(row.Cluster, row.Upstream.ID)] = true
		} else if j.Upstream != "" { // it may be an archived one
			joined[upstreamRef(row.Cluster, j.Upstream)] = true
		}
		if v.seesJob(j) {
			list = append(list, row)
		}
	}
	for _, name := range v.snap.names() {
		st := v.snap.Clusters[name]
		for _, jobs := range [...][]*UpstreamJob{st.Jobs, st.Archived} {
			for _, up := range jobs {
				if !joined[upstreamRef(name, up.ID)] && v.seesUpstream(name, up) {
					list = append(list, v.foreignRow(name, up))
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b JobRow) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(len(b.Name), len(a.Name)), cmp.Compare(b.Name, a.Name))
	})
	return slices.Clone(list) // without the room that was left for more
}

// upstreamRef names a job of a cluster.
func upstreamRef(cluster, id string) Ref { return Ref{Kind: KindJob, Cluster: cluster, Name: id} }

// ownRow is the row of a job of ours.
func (v *View) ownRow(j *Job) JobRow {
	row := JobRow{
		Cluster: j.Target.Cluster, Name: j.ID.String(), Ours: j, Title: j.Title, Targets: []Ref{j.Target},
		State: j.State, By: j.By, Created: j.Created, Ended: j.Ended,
	}
	st := v.snap.Clusters[j.Target.Cluster]
	if st == nil {
		return row
	}
	if up := st.jobOf(j); up != nil {
		row.Upstream = v.redact(row.Cluster, up)
	}
	return row
}

// foreignRow is the row of a job that somebody else gave to a cluster.
func (v *View) foreignRow(cluster string, up *UpstreamJob) JobRow {
	up = v.redact(cluster, up)
	row := JobRow{
		Cluster: cluster, Name: cluster + "/job/" + up.ID, Upstream: up, Title: up.Summary,
		State: up.State, Created: up.Received, Ended: up.Ended,
	}
	for _, t := range row.Upstream.Targets {
		t.Cluster = cluster
		row.Targets = append(row.Targets, t)
	}
	return row
}

// redact returns a cluster's job as the person may see it: the same where every
// target is visible, otherwise a copy without texts that may name the others.
func (v *View) redact(cluster string, up *UpstreamJob) *UpstreamJob {
	part := v.parts[cluster]
	if part != nil && part.allVMs && part.allNodes {
		return up
	}
	var visible []Ref
	for _, t := range up.Targets {
		on := t
		if on.Cluster = cluster; v.sees(on) {
			visible = append(visible, t)
		}
	}
	if len(visible) == len(up.Targets) {
		return up
	}
	c := *up
	c.Targets, c.Error, c.Hint, c.Said, c.Reason = visible, "", "", "", ""
	c.Children, c.Refused = nil, nil
	c.Steps = make([]Step, len(up.Steps))
	names := make([]string, len(up.Steps))
	for i, s := range up.Steps {
		c.Steps[i] = Step{Name: s.Name, State: s.State}
		names[i] = s.Name
	}
	c.Summary = strings.Join(names, ", ")
	return &c
}

// seesJob tells whether the person may see a job of ours: their own, and those
// on what they may see. The log of a bulk job names all its targets, so that it
// is shown to who sees all VMs of the cluster.
func (v *View) seesJob(j *Job) bool {
	if j.By == v.who || v.people.isAdmin(v.who) {
		return true
	}
	if j.OpID == opBulk {
		part := v.parts[j.Target.Cluster]
		return part != nil && part.allVMs
	}
	return v.sees(j.Target)
}

// seesUpstream tells whether the person may see a cluster's job: one of its
// targets is visible, or, where it has none, the cluster.
func (v *View) seesUpstream(cluster string, up *UpstreamJob) bool {
	part := v.parts[cluster]
	if part != nil && part.allVMs && part.allNodes {
		return true
	}
	for _, t := range up.Targets {
		t.Cluster = cluster
		if t.Kind != KindCluster && v.sees(t) {
			return true
		}
	}
	return len(up.Targets) == 0 && v.sees(ClusterRef(cluster))
}
