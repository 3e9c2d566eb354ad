package core

import (
	"context"
	"time"
)

// StepTime is when a step of a cluster's job went on; zero: not yet, or not told.
type StepTime struct {
	Began time.Time `json:"began,omitzero"` // it began to wait for what it works on
	Ran   time.Time `json:"ran,omitzero"`   // it had that, and began to work
	Ended time.Time `json:"ended,omitzero"`
}

// JobTree is a job of a cluster with the times of its steps and the jobs that it
// started. Job has the number alone where the cluster forgot the job or the
// person may not see it.
type JobTree struct {
	Job      *UpstreamJob `json:"job"`
	Times    []StepTime   `json:"times,omitempty"` // one per step; empty where the cluster does not tell
	Children []JobTree    `json:"children,omitempty"`
}

const (
	// maxTreeJobs bounds how many jobs of a cluster are asked for one tree.
	maxTreeJobs = 100
	// maxTreeDepth bounds how far down the jobs go that jobs started.
	maxTreeDepth = 3
)

// JobTree returns a job of a cluster as a whole. It asks the cluster for each job.
func (s *Session) JobTree(ctx context.Context, cluster, id string) (JobTree, error) {
	room := maxTreeJobs
	return s.jobTree(ctx, cluster, id, maxTreeDepth, &room)
}

func (s *Session) jobTree(ctx context.Context, cluster, id string, depth int, room *int) (JobTree, error) {
	*room--
	up, err := s.Upstream(ctx, cluster, id, nil)
	if err != nil {
		return JobTree{}, err
	}
	tree := JobTree{Job: up}
	if up.Archived.IsZero() {
		tree.Times, err = s.stepTimes(ctx, cluster, id)
	}
	if err != nil && CodeOf(err) != CodeUnsupported {
		return tree, err
	}
	for _, child := range up.Children {
		sub := JobTree{Job: &UpstreamJob{ID: child}}
		if depth > 0 && *room > 0 {
			got, err := s.jobTree(ctx, cluster, child, depth-1, room)
			switch {
			case err == nil:
				sub = got
			case CodeOf(err) != CodeNotFound:
				return tree, err
			}
		}
		tree.Children = append(tree.Children, sub)
	}
	return tree, nil
}

func (s *Session) stepTimes(ctx context.Context, cluster, id string) ([]StepTime, error) {
	p, err := s.core.engine.inventory.Platform(cluster)
	if err != nil {
		return nil, err
	}
	return p.StepTimes(ctx, id)
}
