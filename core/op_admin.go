package core

import (
	"context"
	"time"
)

// The operations on gwm's own records. They are carried out inside Do.

// AddCluster adds a cluster that TestCluster found good (or not: that is the
// caller's choice). EditCluster replaces its settings; a nil Password keeps the
// old one. RemoveCluster forgets it, its cache and the grants on it.
type (
	AddCluster struct {
		Cluster  Cluster `json:"cluster"`
		Password Secret  `json:"-"`
	}
	EditCluster struct {
		Cluster  Cluster `json:"cluster"`
		Password *Secret `json:"-"`
	}
	RemoveCluster struct {
		Name string `json:"name"`
	}
)

// AddUser, EditUser (comment, admin, disabled) and DeleteUser manage people;
// deleting removes keys, grants and memberships, audit records stay. The last
// enabled administrator can be neither deleted, disabled nor demoted by
// themselves.
type (
	AddUser struct {
		User User  `json:"user"`
		Keys []Key `json:"keys,omitempty"`
	}
	EditUser struct {
		Name     string  `json:"name"`
		Comment  *string `json:"comment,omitempty"`
		Admin    *bool   `json:"admin,omitempty"`
		Disabled *bool   `json:"disabled,omitempty"`
	}
	DeleteUser struct {
		Name string `json:"name"`
	}
)

// AddKey and RemoveKey manage a user's keys: one's own, or anybody's for an
// administrator.
type (
	AddKey struct {
		User string `json:"user"`
		Key  Key    `json:"key"`
	}
	RemoveKey struct {
		User        string `json:"user"`
		Fingerprint string `json:"fingerprint"`
	}
)

// AddGroup, DeleteGroup, AddMember and RemoveMember manage groups.
type (
	AddGroup struct {
		Group Group `json:"group"`
	}
	DeleteGroup struct {
		Name string `json:"name"`
	}
	AddMember struct {
		Group string `json:"group"`
		User  string `json:"user"`
	}
	RemoveMember struct {
		Group string `json:"group"`
		User  string `json:"user"`
	}
)

// SetGrant gives Verbs on On to Who, in place of what was granted before;
// RemoveGrant takes all of them. It needs admin on On. Nobody grants a verb that
// they do not hold.
type (
	SetGrant struct {
		Who   Ref       `json:"who"`
		On    Ref       `json:"on"`
		Verbs []Verb    `json:"verbs"`
		Until time.Time `json:"until,omitzero"`
	}
	RemoveGrant struct {
		Who Ref `json:"who"`
		On  Ref `json:"on"`
	}
)

// SetLock freezes an object, a user, a group or the site; ClearLock lifts it.
type (
	SetLock struct {
		On     Ref    `json:"on"`
		Reason string `json:"reason"`
	}
	ClearLock struct {
		On Ref `json:"on"`
	}
)

// CancelJob cancels a job of ours, or with Cluster and Upstream a cluster's. A
// job that waits is gone at once; for one that runs the cluster is asked, and
// may refuse.
type CancelJob struct {
	Job      JobID  `json:"job,omitempty"`
	Cluster  string `json:"cluster,omitempty"`
	Upstream string `json:"upstream,omitempty"`
	Target   Ref    `json:"target"` // what the job works on: filled by Session.CancelOp
}

func (o AddCluster) Spec() Spec    { panic("stub") }
func (o EditCluster) Spec() Spec   { panic("stub") }
func (o RemoveCluster) Spec() Spec { panic("stub") }
func (o AddUser) Spec() Spec       { panic("stub") }
func (o EditUser) Spec() Spec      { panic("stub") }
func (o DeleteUser) Spec() Spec    { panic("stub") }
func (o AddKey) Spec() Spec        { panic("stub") }
func (o RemoveKey) Spec() Spec     { panic("stub") }
func (o AddGroup) Spec() Spec      { panic("stub") }
func (o DeleteGroup) Spec() Spec   { panic("stub") }
func (o AddMember) Spec() Spec     { panic("stub") }
func (o RemoveMember) Spec() Spec  { panic("stub") }
func (o SetGrant) Spec() Spec      { panic("stub") }
func (o RemoveGrant) Spec() Spec   { panic("stub") }
func (o SetLock) Spec() Spec       { panic("stub") }
func (o ClearLock) Spec() Spec     { panic("stub") }
func (o CancelJob) Spec() Spec     { panic("stub") }

func (o AddCluster) run(ctx context.Context, w *worker) error    { panic("stub") }
func (o EditCluster) run(ctx context.Context, w *worker) error   { panic("stub") }
func (o RemoveCluster) run(ctx context.Context, w *worker) error { panic("stub") }
func (o AddUser) run(ctx context.Context, w *worker) error       { panic("stub") }
func (o EditUser) run(ctx context.Context, w *worker) error      { panic("stub") }
func (o DeleteUser) run(ctx context.Context, w *worker) error    { panic("stub") }
func (o AddKey) run(ctx context.Context, w *worker) error        { panic("stub") }
func (o RemoveKey) run(ctx context.Context, w *worker) error     { panic("stub") }
func (o AddGroup) run(ctx context.Context, w *worker) error      { panic("stub") }
func (o DeleteGroup) run(ctx context.Context, w *worker) error   { panic("stub") }
func (o AddMember) run(ctx context.Context, w *worker) error     { panic("stub") }
func (o RemoveMember) run(ctx context.Context, w *worker) error  { panic("stub") }
func (o SetGrant) run(ctx context.Context, w *worker) error      { panic("stub") }
func (o RemoveGrant) run(ctx context.Context, w *worker) error   { panic("stub") }
func (o SetLock) run(ctx context.Context, w *worker) error       { panic("stub") }
func (o ClearLock) run(ctx context.Context, w *worker) error     { panic("stub") }
func (o CancelJob) run(ctx context.Context, w *worker) error     { panic("stub") }
