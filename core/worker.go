package core

import "context"

// worker is what an Op's run works with. Inside Session.Do tx and session are
// set; on the runner they are nil and submit works.
type worker struct {
	core    *Core
	job     *Job
	tx      *txn
	session *Session
	diff    []Change // what run changed, where Spec.Diff could not know it
}

// submit sends the one request of a remote Op and returns after the cluster's
// job ended. send returns the id of the cluster's job, or "" where the cluster
// made none and the work is done with its answer.
func (w *worker) submit(ctx context.Context, send func(p Platform, reason string) (string, error)) error {
	panic("stub")
}

// sessionView is the cache behind Session.View.
type sessionView struct{}
