package core

import "context"

type jobPicture struct{ jobs []*Job }

type runner struct{ pic *jobPicture }

func newRunner(e *engine) (*runner, error) { return &runner{pic: &jobPicture{}}, nil }

func (r *runner) run(ctx context.Context)  { <-ctx.Done() }
func (r *runner) wake(jobs ...Job)         {}
func (r *runner) busy(cluster string) bool { return false }
func (r *runner) picture() *jobPicture     { return r.pic }
func (r *runner) cancel(id JobID)          {}
func (r *runner) queued(user string) int   { return 0 }
