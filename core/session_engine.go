package core

import "context"

// View returns what the person may see now. It never waits; it is cached until
// data or rights change.
func (s *Session) View() *View { panic("stub") }

// Looking tells that a screen of this session shows a cluster (empty: all), so
// that it is asked more often. It holds for a minute.
func (s *Session) Looking(cluster string) { panic("stub") }

// Job returns a job of ours that the person may see.
func (s *Session) Job(ctx context.Context, id JobID) (Job, error) { panic("stub") }

// JobLog returns the lines of a job's log after a serial, at most limit (0:
// 1000), oldest first. An empty answer means: nothing new yet.
func (s *Session) JobLog(ctx context.Context, id JobID, after int64, limit int) ([]LogLine, error) {
	panic("stub")
}

// WaitJob returns the job when it is final or has log lines after a serial, or
// when ctx ends.
func (s *Session) WaitJob(ctx context.Context, id JobID, after int64) (Job, error) { panic("stub") }

// Upstream asks a cluster for one of its jobs, with its log. A prev makes it wait
// for news as Platform.WaitJob does.
func (s *Session) Upstream(ctx context.Context, cluster, id string, prev *UpstreamJob) (*UpstreamJob, error) {
	panic("stub")
}

// VMDetail returns everything known of a VM: the cached detail, or the
// cluster's where it is not cached or the cached one is of another serial.
func (s *Session) VMDetail(ctx context.Context, r Ref) (VMDetail, error) { panic("stub") }

// Refresh asks a cluster (empty: all) for new data now and returns when it
// answered or failed.
func (s *Session) Refresh(ctx context.Context, cluster string) error { panic("stub") }

// ProbeCluster connects to the address in c and returns the certificate it
// shows. For site administrators.
func (s *Session) ProbeCluster(ctx context.Context, c Cluster) (Probe, error) { panic("stub") }

// TestCluster connects with c and the password and returns what the cluster
// says of itself, or what is wrong. Nothing is stored. For site administrators.
func (s *Session) TestCluster(ctx context.Context, c Cluster, password Secret) (ClusterInfo, error) {
	panic("stub")
}
