package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// setupReader is what a page knows of how a cluster is set up. The cluster is asked
// while somebody looks, and again after each job that ended there.
type setupReader struct {
	answered
	host    *host
	seen    *core.View // as the page was shown it last
	cluster string
	queue   bool // the locks are wanted too
	offer   core.Offer
	locks   []core.JobLock
	unknown error // why the locks are not known
}

type setupMsg struct {
	offer   core.Offer
	locks   []core.JobLock
	unknown error
	err     error
}

// offered is what a page knows of what its cluster offers.
func (r *setupReader) offered() core.Offer { return r.offer }

// ask asks the cluster where something may be another since it was asked last.
func (r *setupReader) ask(v *core.View) tea.Cmd {
	r.seen = v
	if !r.outdated(v, r.cluster) {
		return nil
	}
	return r.reread()
}

// reread asks the cluster.
func (r *setupReader) reread() tea.Cmd {
	if _, ok := r.seen.Cluster(r.cluster); !ok || !r.begin() {
		return nil
	}
	s, cluster, queue := r.host.session, r.cluster, r.queue
	return r.host.call(func(ctx context.Context) tea.Msg {
		m := setupMsg{}
		if m.offer, m.err = s.Offer(ctx, cluster); m.err == nil && queue {
			m.locks, m.unknown = s.ClusterLocks(ctx, cluster)
		}
		return m
	})
}

// learn takes the answer and asks again where somebody wanted to meanwhile.
func (r *setupReader) learn(m setupMsg) tea.Cmd {
	again := r.end(m.err)
	if m.err == nil {
		r.offer, r.locks, r.unknown, r.told = m.offer, m.locks, m.unknown, m.offer.Fetched
	}
	if again {
		return r.reread()
	}
	return nil
}

// lacking draws what stands in place of what is not known yet.
func (r *setupReader) lacking(w int) string {
	if r.have {
		return ""
	}
	return r.missing(r.host.look.theme, w)
}
