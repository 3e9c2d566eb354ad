package core

import (
	"context"
	"errors"
	"time"
)

// SealedPrefix begins the store keys whose values the store must keep encrypted.
const SealedPrefix = "secret/"

// ErrConflict is what Store.Commit returns when a condition does not hold.
var ErrConflict = errors.New("somebody else changed it meanwhile")

// Item is a value in the store. Rev is the revision at which it was last written
// and is never 0.
type Item struct {
	Key   string
	Value []byte
	Rev   uint64
}

// Cond demands that Key was last written at Rev; Rev 0: that it does not exist.
type Cond struct {
	Key string
	Rev uint64
}

// Batch is a transaction: all conditions hold and everything is written, or
// nothing is. Values are copied.
type Batch struct {
	If     []Cond
	Put    []Item // Rev is ignored
	Delete []string
}

// Store keeps bytes durably. It is small enough for bbolt and for etcd.
// Keys are printable ASCII with '/' between parts. It is safe for concurrent use.
type Store interface {
	// Read returns the item, or ok false where there is none.
	Read(ctx context.Context, key string) (it Item, ok bool, err error)
	// List calls yield with every item whose key begins with prefix and is
	// greater than after, in key order, until yield returns false. The items
	// are one consistent picture; yield must not write to the store.
	List(ctx context.Context, prefix, after string, yield func(Item) bool) error
	// ListBack is List in descending key order, for keys smaller than before
	// (empty: all).
	ListBack(ctx context.Context, prefix, before string, yield func(Item) bool) error
	// Commit carries out b and returns after it is durable, with the revision
	// of what was written. The error is ErrConflict where a condition fails.
	Commit(ctx context.Context, b Batch) (rev uint64, err error)
	// Watch returns a channel of size 1 that holds a value after something
	// under prefix was written. It is closed when ctx ends.
	Watch(ctx context.Context, prefix string) <-chan struct{}
	// Lease takes the named right to be the only one, until ctx ends, Release
	// is called or the holder dies. ok is false while somebody else holds it.
	Lease(ctx context.Context, name string, ttl time.Duration) (l Lease, ok bool, err error)
}

// Lease is the right to be the only one to do something.
type Lease interface {
	// Guard is a condition for Batch.If: it fails once the lease is lost, so
	// that a holder who slept cannot overwrite its successor.
	Guard() Cond
	// Lost is closed when the lease is lost.
	Lost() <-chan struct{}
	Release()
}

// Directory knows people and their passwords: an LDAP server. The error of both
// methods is CodeDenied where the person is unknown, the password is wrong or the
// directory says that they may not use gwm; every other error means that nothing
// is known.
type Directory interface {
	// Check proves a password, which is not empty.
	Check(ctx context.Context, name string, password Secret) (Person, error)
	// Find looks a person up, without a password.
	Find(ctx context.Context, name string) (Person, error)
}

// Person is what a directory says of somebody. Texts are as it sent them.
type Person struct {
	Name    string   // lower case; the name of the account
	Comment string   // full name; empty: not known
	Admin   *bool    // whether they are a site administrator; nil: it is not said
	Groups  []string // lower case; nil: groups are not taken from the directory
}

// Opener makes the client of a cluster. It does not connect.
type Opener func(c Cluster, password Secret) (Platform, error)

// Platform is the API of one cluster. Every method obeys ctx and has a deadline
// of its own. Errors are *Error with CodeUnreachable, CodeRefused, CodeNotFound,
// CodeCluster, CodeUnsupported, ... . Texts are as the cluster sent them: who
// shows them passes them through Printable.
type Platform interface {
	// Probe connects and returns the certificate that the server shows and what
	// is wrong with it; it does not log in. For first contact.
	Probe(ctx context.Context) (Probe, error)
	// Info returns what the cluster says of itself, but for its OSes.
	Info(ctx context.Context) (ClusterInfo, error)
	// OSes returns the operating systems that VMs can be installed with. It may
	// cost the cluster a job of its own: it is asked seldom.
	OSes(ctx context.Context) ([]string, error)
	// Offer returns what VMs can be made of, and all parameters of the cluster, but
	// for its OSes. It is asked when somebody wants to know.
	Offer(ctx context.Context) (Offer, error)

	// Stamps calls yield with the fields of every VM that change often. It is
	// cheap. The error is CodeUnsupported where the cluster cannot do it.
	Stamps(ctx context.Context, yield func(VMStamp) error) error
	// VMs calls yield with every VM, and the bytes from which Detail reads the
	// rest; they are valid during the call only. Yield is called from one
	// goroutine. An error, also after some VMs, means: the list is not complete.
	VMs(ctx context.Context, yield func(vm *VM, raw []byte) error) error
	// VM returns one VM, by full name.
	VM(ctx context.Context, name string) (*VM, []byte, error)
	// Detail reads what VMs and VM passed as raw. It does no I/O.
	Detail(raw []byte) (VMDetail, error)
	Nodes(ctx context.Context) ([]*Node, error)
	// Node returns one node, by full name.
	Node(ctx context.Context, name string) (*Node, error)
	// Storage lists the storage of a node; kind is one of StorageTypes. It costs
	// the cluster a job.
	Storage(ctx context.Context, node, kind string) ([]StorageUnit, error)

	// Backups lists what backups lie on the nodes, and the nodes that were not asked
	// because they are offline. One that does not answer has none. The error is
	// CodeUnsupported where the cluster does not tell.
	Backups(ctx context.Context) (all []NodeBackup, silent []string, err error)

	// Jobs returns the cluster's queue, newest first, without logs; the reason
	// of a job that failed may be missing.
	Jobs(ctx context.Context) ([]*UpstreamJob, error)
	// Job returns one job with its whole log.
	Job(ctx context.Context, id string) (*UpstreamJob, error)
	// WaitJob returns when the job changed beyond what prev shows (state or
	// number of log lines), or after at most a minute, with its whole log. A nil
	// prev returns at once.
	WaitJob(ctx context.Context, id string, prev *UpstreamJob) (*UpstreamJob, error)
	// CancelJob asks the cluster to cancel the job. The error is CodeState with
	// the cluster's words where it will not.
	CancelJob(ctx context.Context, id string) error

	// Locks returns what the cluster's jobs hold or wait for, now. The error is
	// CodeUnsupported where the cluster does not tell.
	Locks(ctx context.Context) ([]JobLock, error)
	// StepTimes returns when the steps of a job went on; none where the cluster
	// does not know the job. The error is CodeUnsupported where it does not tell.
	StepTimes(ctx context.Context, id string) ([]StepTime, error)

	// JobFilters returns the filters of the cluster's job queue, in any order.
	JobFilters(ctx context.Context) ([]JobFilter, error)

	// Submit has the cluster do something and returns the id of the job that it
	// queued, empty where the cluster did it at once. It is never retried; the error is CodeUnknown where the request may
	// have arrived, and CodeUnsupported where the cluster cannot do such a thing.
	// Reason is kept by the cluster with the job.
	Submit(ctx context.Context, r Request, reason string) (job string, err error)

	// Consoles returns the consoles that the VM has now, the one that its people
	// use first. The error is CodeState where the VM does not run.
	Consoles(ctx context.Context, name string) ([]Endpoint, error)

	// Close gives up idle connections.
	Close()
}

// VMStamp is the part of a VM that changes often.
type VMStamp struct {
	Name         string
	Status       string
	State        VMState
	AdminState   string
	Node         string
	Hypervisor   string
	RunMemoryMiB int
	Serial       int64
	Modified     time.Time
}

// Probe is what a server shows at first contact.
type Probe struct {
	Fingerprint string   // SHA-256 of its certificate, 64 hex digits
	Subject     string   // as text
	Issuer      string   // as text
	Names       []string // DNS names and addresses that it is valid for
	NotAfter    time.Time
	Problem     string // why the certificate is not trusted; empty: it is
}

// RestartMode says how a VM is restarted.
type RestartMode string

// The modes (Ganeti's soft, hard, full).
const (
	RestartSoft RestartMode = "soft" // the guest is asked to reboot
	RestartHard RestartMode = "hard" // the virtual reset button
	RestartFull RestartMode = "full" // shut down and started again, with new settings
)
