package core

// Upkeep tells whether the job is one by which gwm itself keeps the tags of a VM
// in step with its records, and did what it should. There is one for every change
// of an owner or a grant, so that lists of what people do leave them out; those
// that wait, run or went wrong are in every list.
func (r *JobRow) Upkeep() bool { return r.By == tagKeeper && r.State == JobDone }

// Upkeep tells the same of an audit record: that gwm itself asked for tags to be
// written, or that they were. What failed, was canceled or denied is none.
func (r *Record) Upkeep() bool {
	return r.By == tagKeeper && (r.Event == EventRequested || r.Event == EventDone)
}

// Broad tells whether a question asks for nothing in particular: for all of the
// log, or for all of a cluster. Lists that answer it leave upkeep out, as lists of
// all jobs do, and say how much that is; who asks for more gets all there is.
func (q AuditQuery) Broad() bool {
	if on := q.Target; !on.IsZero() && on.Kind != KindCluster {
		return false
	}
	q.Target, q.Before, q.Limit, q.Tidy = Ref{}, 0, 0, false
	return q == AuditQuery{}
}

// UpkeepBy is the name in which gwm does its upkeep: what a filter asks for.
const UpkeepBy = tagKeeper
