package inventory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gwm/core"
)

// A cluster forgets jobs some hours after they ended: it archives them. What was
// known of those that others gave to it stays, each under a key of its own in the
// cache, so that a poll writes only what it found archived.

// maxArchived is how many archived jobs are kept of one cluster.
const maxArchived = 1000

// jobMark tells jobs apart also where a cluster that was set up anew counts from 1
// again.
type jobMark struct {
	id       string
	received int64 // in nanoseconds
}

func markOf(j *core.UpstreamJob) jobMark {
	if j.Received.IsZero() {
		return jobMark{id: j.ID}
	}
	return jobMark{j.ID, j.Received.UnixNano()}
}

// newestFirst orders jobs as lists show them.
func newestFirst(a, b *core.UpstreamJob) int {
	return cmp.Or(b.Received.Compare(a.Received), compareIDs(b.ID, a.ID))
}

// history returns the archived jobs of a cluster after a good answer: those that
// were kept, and those of before that are not in now, newest first. A job that is
// listed again is not archived, and one whose id the cluster gave to another is
// forgotten, since jobs are called by it. The list is the kept one where nothing
// changed.
func (v *inventory) history(kept, before, now []*core.UpstreamJob) (next []*core.UpstreamJob, changed bool) {
	listed := make(map[string]bool, len(now))
	for _, j := range now {
		listed[j.ID] = true
	}
	at := time.Now()
	for _, j := range before {
		if !listed[j.ID] && !v.Ours(j) {
			next = append(next, j.Archive(at))
		}
	}
	next = append(next, kept...)
	next = slices.DeleteFunc(next, func(j *core.UpstreamJob) bool {
		return listed[j.ID] || cmp.Or(j.Ended, j.Archived).Before(at.Add(-v.Tuning.JobKeep))
	})
	slices.SortStableFunc(next, newestFirst)
	next = next[:min(len(next), maxArchived)]
	if slices.Equal(next, kept) {
		return kept, false
	}
	return slices.Clip(next), true
}

// saveArchived writes the archived jobs that the store does not have, and deletes
// those that are kept no more. It compares pointers.
func saveArchived(w *batchWriter, cluster string, before, after []*core.UpstreamJob) error {
	old := make(map[string]*core.UpstreamJob, len(before))
	for _, j := range before {
		old[j.ID] = j
	}
	for _, j := range after {
		if old[j.ID] != j {
			raw, err := json.Marshal(j)
			if err != nil {
				return fmt.Errorf("encode job %s of %s: %w", j.ID, cluster, err)
			}
			w.put(cachePrefix(cluster)+cacheArchived+j.ID, raw)
		}
		delete(old, j.ID)
	}
	for id := range old {
		w.delete(cachePrefix(cluster) + cacheArchived + id)
	}
	return nil
}

// loadArchived reads the archived jobs of a cluster. What the head of the cache
// lists as well is older: the head is written less often and never before them.
func (c *cache) loadArchived(ctx context.Context, cluster string, st *core.ClusterState) error {
	err := c.store.List(ctx, cachePrefix(cluster)+cacheArchived, "", func(it core.Item) bool {
		j := &core.UpstreamJob{}
		if err := json.Unmarshal(it.Value, j); err != nil {
			c.log.Warn("passed over a damaged job of the cache", "key", it.Key, "err", err)
			return true
		}
		st.Archived = append(st.Archived, j)
		return true
	})
	slices.SortStableFunc(st.Archived, newestFirst)
	archived := make(map[string]*core.UpstreamJob, len(st.Archived))
	for _, j := range st.Archived {
		archived[j.ID] = j
	}
	st.Jobs = slices.DeleteFunc(st.Jobs, func(j *core.UpstreamJob) bool { return archived[j.ID] != nil })
	return err
}
