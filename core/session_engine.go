package core

import (
	"context"
	"errors"
	"time"
)

// nobody is whose view an ended session shows: nothing.
const nobody = ""

// View returns what the person may see now: nothing after the session ended. It
// never waits; it is cached until data or rights change.
func (s *Session) View() *View {
	if s.Err() != nil {
		return s.core.engine.view(nobody)
	}
	return s.core.engine.view(s.who)
}

// Looking tells that a screen of this session shows a cluster (empty: all), so
// that it is asked more often. It holds for a minute.
func (s *Session) Looking(cluster string) {
	if s.Err() != nil {
		return
	}
	if _, ok := s.View().Cluster(cluster); ok || cluster == "" {
		s.core.engine.inventory.Look(cluster)
	}
}

// Refresh asks a cluster (empty: all) for new data now and returns when it
// answered or failed.
func (s *Session) Refresh(ctx context.Context, cluster string) error {
	if _, err := s.reader(ctx); err != nil {
		return err
	}
	view := s.View()
	if cluster != "" {
		if _, ok := view.Cluster(cluster); !ok {
			return Unknown(KindCluster, cluster)
		}
		return s.core.engine.inventory.Refresh(ctx, cluster)
	}
	clusters := view.Clusters()
	answers := make(chan error, len(clusters))
	for i := range clusters {
		go func() { answers <- s.core.engine.inventory.Refresh(ctx, clusters[i].Cluster.Name) }()
	}
	var errs []error
	for range clusters {
		errs = append(errs, <-answers)
	}
	if err := errors.Join(errs...); err != nil {
		return AsError(err)
	}
	return nil
}

// Upstream asks a cluster for one of its jobs, with its log. A prev makes it wait
// for news as Platform.WaitJob does. Of a job that the cluster archived it returns
// what was last known, without a log.
func (s *Session) Upstream(ctx context.Context, cluster, id string, prev *UpstreamJob) (*UpstreamJob, error) {
	if _, err := s.reader(ctx); err != nil {
		return nil, err
	}
	view := s.View()
	if _, ok := view.Cluster(cluster); !ok {
		return nil, Unknown(KindJob, cluster+"/job/"+id)
	}
	up := s.archived(cluster, id)
	if up == nil || prev != nil {
		var err error
		if up, err = s.askUpstream(ctx, cluster, id, prev); err != nil {
			return nil, err
		}
	}
	view = s.View()
	if up == nil || !view.seesUpstream(cluster, up) {
		return nil, Unknown(KindJob, cluster+"/job/"+id)
	}
	return view.redact(cluster, up), nil
}

// askUpstream asks the cluster. The job is nil where nobody knows it.
func (s *Session) askUpstream(ctx context.Context, cluster, id string, prev *UpstreamJob) (up *UpstreamJob, err error) {
	p, err := s.core.engine.inventory.Platform(cluster)
	if err != nil {
		return nil, err
	}
	if prev == nil {
		up, err = p.Job(ctx, id)
	} else {
		up, err = p.WaitJob(ctx, id, prev)
	}
	if CodeOf(err) != CodeNotFound {
		return up, err
	}
	st := s.core.snap.Load().Clusters[cluster]
	if st == nil {
		return nil, nil
	}
	up, ok := st.job(id)
	if ok && up.Archived.IsZero() { // the list is a little old
		up = up.Archive(time.Now())
	}
	return up, nil
}

// archived returns an archived job of a cluster, nil where it is none.
func (s *Session) archived(cluster, id string) *UpstreamJob {
	if st := s.core.snap.Load().Clusters[cluster]; st != nil {
		if up, ok := st.job(id); ok && !up.Archived.IsZero() {
			return up
		}
	}
	return nil
}

// VMDetail returns everything known of a VM: the cached detail, or the
// cluster's where it is not cached or the cached one is of another serial.
func (s *Session) VMDetail(ctx context.Context, r Ref) (VMDetail, error) {
	if _, err := s.reader(ctx); err != nil {
		return VMDetail{}, err
	}
	vm, ok := s.View().VM(r)
	if !ok {
		return VMDetail{}, Unknown(KindVM, r.String())
	}
	d, err := s.core.engine.inventory.Detail(ctx, vm)
	if err != nil {
		return VMDetail{}, err
	}
	d.VM = *vm
	return d, nil
}

// ProbeCluster connects to the address in c and returns the certificate it
// shows. For site administrators.
func (s *Session) ProbeCluster(ctx context.Context, c Cluster) (Probe, error) {
	p, err := s.try(ctx, c, Secret{})
	if err != nil {
		return Probe{}, err
	}
	defer p.Close()
	return p.Probe(ctx)
}

// TestCluster connects with c and the password and returns what the cluster
// says of itself, or what is wrong. Nothing is stored. For site administrators.
func (s *Session) TestCluster(ctx context.Context, c Cluster, password Secret) (ClusterInfo, error) {
	p, err := s.try(ctx, c, password)
	if err != nil {
		return ClusterInfo{}, err
	}
	defer p.Close()
	return p.Info(ctx)
}

// try opens the client of a cluster that need not be stored. Without a password
// and for the same address and user, it takes the stored one: a form that edits
// a cluster does not know it.
func (s *Session) try(ctx context.Context, c Cluster, password Secret) (Platform, error) {
	people, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	if !people.isAdmin(s.who) {
		return nil, Errorf(CodeDenied, "only a site administrator may try the address of a cluster")
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if old := people.clusters[c.Name]; password.IsZero() && old.URL == c.URL && old.User == c.User && old.User != "" {
		if password, _, err = s.core.engine.password(ctx, c.Name); err != nil {
			return nil, notRead(err)
		}
	}
	return s.core.engine.open(c, password)
}
