package core

import (
	"context"
	"time"
)

// Session is an authenticated person at work. It is all that a front end holds.
// It is safe for concurrent use; every method checks that it is still open.
type Session struct{ stub int }

// ID is a random word that marks the session in jobs and in the audit log.
func (s *Session) ID() string { panic("stub") }

// User returns the person as they are now (rights may change during a session).
func (s *Session) User() User { panic("stub") }

// ActAs is on whose behalf the person works: the user, or one of their groups.
func (s *Session) ActAs() Ref { panic("stub") }

// ReadOnly tells whether this session refuses every change; SetReadOnly(true)
// makes it so. It cannot be undone within the session.
func (s *Session) ReadOnly() bool { panic("stub") }
func (s *Session) SetReadOnly()   { panic("stub") }

// Done is closed when the session was ended: by Close, because the user was
// disabled or deleted, their key removed or expired, or the server stops. Err
// then says why, for the person.
func (s *Session) Done() <-chan struct{} { panic("stub") }
func (s *Session) Err() error            { panic("stub") }

// Close ends the session. It may be called twice.
func (s *Session) Close() { panic("stub") }

// View returns what the person may see now. It never waits; it is cached until
// data or rights change.
func (s *Session) View() *View { panic("stub") }

// Changed holds a value after something that View shows may have changed.
// The channel has size 1, belongs to this session and has one reader.
func (s *Session) Changed() <-chan struct{} { panic("stub") }

// Looking tells that a screen of this session shows a cluster (empty: all), so
// that it is asked more often. It holds for a minute.
func (s *Session) Looking(cluster string) { panic("stub") }

// Can tells whether Do(op) would be allowed, and why or why not.
func (s *Session) Can(op Op) Decision { panic("stub") }

// Do checks the rights, writes the audit record and stores the job, in one
// transaction; an Op that concerns gwm's own records is carried out in it too,
// one that acts on a cluster is carried out by the runner later. The error is
// CodeDenied, CodeNotFound, CodeLocked, ...; then nothing happened.
func (s *Session) Do(ctx context.Context, op Op) (JobID, error) { panic("stub") }

// DoAll does the same for several remote Ops as one parent job with a child for
// each. It is refused as a whole where one of them is not allowed.
func (s *Session) DoAll(ctx context.Context, title string, ops []Op) (JobID, error) { panic("stub") }

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

// Users returns the users that the person may see: all for an administrator,
// otherwise themselves and who shares a group with them.
func (s *Session) Users(ctx context.Context) ([]User, error) { panic("stub") }

// Groups returns the groups that the person may see: all for an administrator,
// otherwise those they are in or administer.
func (s *Session) Groups(ctx context.Context) ([]Group, error) { panic("stub") }

// Keys returns the keys of a user: one's own, or anybody's for an administrator.
func (s *Session) Keys(ctx context.Context, user string) ([]Key, error) { panic("stub") }

// Grants returns the grants that the person may see: all on objects that they
// administer, and their own and their groups'. Zero Refs do not restrict.
func (s *Session) Grants(ctx context.Context, who, on Ref) ([]Grant, error) { panic("stub") }

// Locks returns the locks on what the person may see.
func (s *Session) Locks(ctx context.Context) ([]Lock, error) { panic("stub") }

// Audit returns audit records that the person may read: everything for a site
// administrator, for others what concerns objects they administer, and
// themselves. Reading is recorded itself.
func (s *Session) Audit(ctx context.Context, q AuditQuery) ([]Record, error) { panic("stub") }

// VerifyAudit walks the whole chain. For site administrators. The error names
// the first record that does not fit.
func (s *Session) VerifyAudit(ctx context.Context) (records int64, err error) { panic("stub") }

// Prefs and SavePrefs keep a front end's settings for this user: a JSON object
// of at most 64 KiB.
func (s *Session) Prefs(ctx context.Context) ([]byte, error)         { panic("stub") }
func (s *Session) SavePrefs(ctx context.Context, prefs []byte) error { panic("stub") }

// Sessions returns the live sessions: all for an administrator, else one's own.
func (s *Session) Sessions() []SessionInfo { panic("stub") }

// SessionInfo describes a live session.
type SessionInfo struct {
	ID    string    `json:"id"`
	User  string    `json:"user"`
	Addr  string    `json:"addr"`
	Key   string    `json:"key"`
	Via   string    `json:"via"` // "tui", "command", "local"
	Since time.Time `json:"since"`
}
