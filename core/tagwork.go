package core

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tagKeeper is in whose name gwm itself writes tags: it counts against nobody's
// queue, and needs no right of who changed the records, for example of the
// administrator of a group who deletes it.
const tagKeeper = "tags@" + localName

// keepTags adds to the transaction the jobs that bring tags after the change of
// owners and grants that is in it. A cluster that nothing may be changed on stays
// as it is, and so does a VM that its cluster does not list: what differs then is
// shown as a conflict.
func (tx *txn) keepTags() error {
	vms := tx.vmsGoverned()
	if !tx.core.writeTags || len(vms) == 0 {
		return nil
	}
	before := tx.core.people.Load()
	after, err := before.apply(before.rev, tx.puts, slices.Collect(maps.Keys(tx.deletes)))
	if err != nil {
		return err
	}
	var waiting map[Ref]JobID
	for _, vm := range vms {
		had, has := before.tags(vm), after.tags(vm)
		if tx.quiet[vm] || slices.Equal(had, has) || !tx.core.mayTag(after, vm) {
			continue
		}
		if waiting == nil {
			waiting = tx.core.engine.runner.waitingTags()
		}
		op := SyncTags{VM: vm, Only: differing(had, has)}
		if len(tx.jobs) > 0 {
			op.Cause = tx.jobs[0].ID
		}
		if err := tx.orderTags(op, waiting[vm]); err != nil {
			return err
		}
	}
	return nil
}

// vmsGoverned lists the VMs whose owner or grants are written or removed.
func (tx *txn) vmsGoverned() []Ref {
	var vms []Ref
	add := func(key string) {
		text, ok := strings.CutPrefix(key, prefixOwner)
		if rest, grant := strings.CutPrefix(key, prefixGrant); grant {
			_, text, ok = strings.Cut(rest, "/")
		}
		if r, err := ParseRef(text); ok && err == nil && r.Kind == KindVM {
			vms = append(vms, r)
		}
	}
	for key := range tx.puts {
		add(key)
	}
	for key := range tx.deletes {
		add(key)
	}
	slices.SortFunc(vms, func(a, b Ref) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(vms)
}

// mayTag tells whether gwm may write the tags of a VM now.
func (c *Core) mayTag(p *people, vm Ref) bool {
	cl, ok := p.clusters[vm.Cluster]
	if _, locked := p.lockedBy(tagKeeper, vm); !ok || cl.frozen() || locked {
		return false
	}
	st := c.snap.Load().Clusters[vm.Cluster]
	if st == nil {
		return false
	}
	listed, ok := st.VM(vm.Name)
	return ok && !listed.Gone
}

// differing lists what is in one of two lists only, sorted.
func differing(a, b []string) []string {
	var out []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// waitingTags finds the jobs that write tags and did not begin, by VM.
func (r *runner) waitingTags() map[Ref]JobID {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := map[Ref]JobID{}
	for id, j := range r.jobs {
		if j.OpID == tagOpID && j.State == JobQueued && j.CancelBy == "" {
			waiting[j.Target] = id
		}
	}
	return waiting
}

// orderTags stores a job for op, or adds op to one that waits already.
func (tx *txn) orderTags(op SyncTags, waiting JobID) error {
	var job Job
	if waiting != 0 {
		if _, err := tx.read(jobKey(waiting), &job); err != nil {
			return err
		}
	}
	if job.State == JobQueued {
		return tx.extendTags(job, op)
	}
	var last JobID
	if _, err := tx.read(keyLastJob, &last); err != nil {
		return err
	}
	last++
	args, err := json.Marshal(op)
	if err != nil {
		return fmt.Errorf("encode the operation: %w", err)
	}
	spec := op.Spec()
	tx.record(Record{
		Event: EventRequested, Op: spec.ID, Target: op.VM, Verb: spec.Verb, By: tagKeeper, Rule: "local",
		Job: last, Args: auditArgs(op),
	})
	err = tx.putJob(Job{
		ID: last, OpID: spec.ID, Op: args, Title: spec.Title, Target: op.VM, By: tagKeeper,
		State: JobQueued, Created: tx.now,
	})
	if err != nil {
		return err
	}
	return tx.put(keyLastJob, last)
}

// extendTags adds the tags of op to what a job that waits looks at. One that
// looks at all of them needs nothing: it reads the records when it runs.
func (tx *txn) extendTags(job Job, op SyncTags) error {
	var old SyncTags
	if err := json.Unmarshal(job.Op, &old); err != nil {
		return damaged(jobKey(job.ID))
	}
	if len(old.Only) == 0 {
		return nil
	}
	old.Only = slices.Concat(old.Only, op.Only)
	slices.Sort(old.Only)
	old.Only = slices.Compact(old.Only)
	args, err := json.Marshal(old)
	if err != nil {
		return fmt.Errorf("encode the operation: %w", err)
	}
	job.Op = args
	return tx.putJob(job)
}
