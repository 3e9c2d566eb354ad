package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// VMBackup is a copy of a VM that lies on a node of its cluster, under the name that
// the VM had. Ganeti's RAPI says no more of one than the node and the name.
type VMBackup struct {
	Cluster string    `json:"cluster"`
	Node    string    `json:"node"`
	Name    string    `json:"name"`
	Of      BackupOf  `json:"of"`
	By      string    `json:"by,omitempty"` // who had gwm make it; empty: it was not gwm
	At      time.Time `json:"at,omitzero"`  // when it was complete; zero: not known
}

// BackupOf says of which VM a backup is.
type BackupOf string

// The VMs that backups are of. Only of BackupCurrent is it sure that its owner is the
// owner of the VM that has the name now.
const (
	BackupCurrent BackupOf = "vm"      // the one that has the name
	BackupEarlier BackupOf = "earlier" // one that had the name before
	BackupGone    BackupOf = "gone"    // no VM has the name
	BackupUnknown BackupOf = "unknown" // a VM has the name, but gwm did not make the backup
)

// Ref names the VM that has the name of the backup, where there is one.
func (b VMBackup) Ref() Ref { return VMRef(b.Cluster, b.Name) }

// Path is how commands name the backup: NODE:NAME.
func (b VMBackup) Path() string { return b.Node + ":" + b.Name }

// BackupList is what backups a cluster has, as far as the person may see them.
type BackupList struct {
	Cluster string     `json:"cluster"`
	Backups []VMBackup `json:"backups"` // by name and node
	Silent  []string   `json:"silent"`  // nodes that were not asked, because they are offline
	Fetched time.Time  `json:"fetched"`
}

// BackupMark is what gwm knows of the last backup that it had a cluster make of a
// VM. The cluster keeps only one of each name.
type BackupMark struct {
	VM   Ref       `json:"vm"`
	UUID string    `json:"uuid"` // of the VM; another one of its name has another
	Node string    `json:"node"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// NodeBackup is a backup as the cluster lists it.
type NodeBackup struct{ Node, Name string }

// backupShelf is a cluster's answer: what lies there, and which nodes it did not ask.
type backupShelf struct {
	all    []NodeBackup
	silent []string
}

// VMBackups asks a cluster, unless it was asked a moment ago, which backups lie on
// its nodes. Who sees a VM is told of its backup; those whose VM is gone, or that are
// of an earlier VM of the name, are for who administers the cluster.
func (s *Session) VMBackups(ctx context.Context, cluster string) (BackupList, error) {
	p, err := s.reader(ctx)
	on, now := ClusterRef(cluster), time.Now()
	switch {
	case err != nil:
		return BackupList{}, err
	case !s.sees(p, on, now) || !s.core.exists(on):
		return BackupList{}, notFound(on)
	}
	shelf, fetched, err := s.core.engine.shelf(ctx, cluster)
	if err != nil {
		return BackupList{}, err
	}
	list := BackupList{Cluster: cluster, Backups: []VMBackup{}, Silent: shelf.silent, Fetched: fetched}
	snap, admin := s.core.snap.Load(), s.holds(p, VerbAdmin, on)
	for _, found := range shelf.all {
		b := p.backup(snap, cluster, found)
		shown := b.Of == BackupCurrent || b.Of == BackupUnknown
		if admin || shown && s.sees(p, b.Ref(), now) {
			list.Backups = append(list.Backups, b)
		}
	}
	slices.SortFunc(list.Backups, func(a, b VMBackup) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Node, b.Node))
	})
	return list, nil
}

// shelf asks a cluster what backups it has.
func (e *engine) shelf(ctx context.Context, cluster string) (backupShelf, time.Time, error) {
	if found, at, ok := e.shelves.find(cluster, time.Now()); ok {
		return found, at, nil
	}
	p, err := e.inventory.Platform(cluster)
	if err != nil {
		return backupShelf{}, time.Time{}, err
	}
	var found backupShelf
	if found.all, found.silent, err = p.Backups(ctx); err != nil {
		return backupShelf{}, time.Time{}, err
	}
	at := time.Now().UTC()
	e.shelves.keep(cluster, found, at)
	return found, at, nil
}

// backup says of which VM a backup is, and when it was made.
func (p *people) backup(snap *Snapshot, cluster string, found NodeBackup) VMBackup {
	b := VMBackup{Cluster: cluster, Node: found.Node, Name: found.Name, Of: BackupGone}
	mark, marked := p.backups[b.Ref()]
	if marked = marked && mark.Node == b.Node; marked {
		b.By, b.At = mark.By, mark.At
	}
	vm := snap.vm(b.Ref())
	switch {
	case vm == nil || vm.Gone:
	case !marked:
		b.Of = BackupUnknown
	case mark.UUID != "" && mark.UUID == vm.UUID:
		b.Of = BackupCurrent
	default:
		b.Of = BackupEarlier
	}
	return b
}

// LastBackup is what gwm knows of the last backup that it had made of a VM that the
// person sees; nobody is asked whether it still lies there. ok is false where it
// knows of none.
func (v *View) LastBackup(vm *VM) (m BackupMark, ok bool) {
	m, ok = v.people.backups[vm.Ref()]
	return m, ok && m.UUID == vm.UUID && m.UUID != "" && v.sees(vm.Ref())
}

// mayRestore refuses to make VMs from a backup to who may not have what is on its
// disks: it is for who may export the VM that it is of, and where that is not known
// or the VM is gone, for who administers the cluster.
func (c *Core) mayRestore(p *people, who string, from BackupRef, cluster string, now time.Time) *Error {
	on := ClusterRef(cluster)
	if p.held(who, VerbAdmin, on, now).OK {
		return nil
	}
	b := p.backup(c.snap.Load(), cluster, NodeBackup{Node: from.Node.Name, Name: from.Name})
	of := b.Of == BackupCurrent || b.Of == BackupUnknown
	switch d := p.held(who, VerbExport, b.Ref(), now); {
	case !of || !p.held(who, VerbSee, b.Ref(), now).OK:
		return Unknown("backup", from.String()).WithHint("vm backups %s lists them", cluster)
	case !d.OK:
		return Errorf(CodeDenied, "a backup holds all that was on the disks of %s: %s", Printable(b.Name), Printable(d.Why))
	case b.Of == BackupUnknown:
		return Errorf(CodeDenied, "gwm did not make the backup %s, so it may be of an earlier VM of that name", Printable(from.String())).
			WithHint("export the VM, or ask an administrator of %s", cluster)
	}
	return nil
}

// BackupRef names a backup that a VM is made from.
type BackupRef struct {
	Node Ref    `json:"node"` // that it lies on
	Name string `json:"name"` // that the VM had
}

// String writes NODE:NAME.
func (r BackupRef) String() string {
	if r == (BackupRef{}) {
		return ""
	}
	return r.Node.Name + ":" + r.Name
}

// check accepts what can be a backup of a cluster: a name that is no path.
func (r BackupRef) check(vm Ref) error {
	if err := checkVMName(r.Name); err != nil || r.Node.IsZero() {
		return Errorf(CodeInvalid, "%q does not name a backup", Printable(r.String())).WithHint("write NODE:NAME; vm backups %s lists them", vm.Cluster)
	}
	return checkPlace(vm, r.Node)
}

// unfilled is the error of a cluster's job that made a VM of a backup, and warned that
// not all of its disks were filled; nil where it did not. Ganeti calls that a success.
func unfilled(up *UpstreamJob) error {
	if up == nil {
		return nil
	}
	for _, step := range up.Steps {
		for _, line := range step.Log {
			if strings.Contains(line.Text, "were not imported successfully") {
				return Errorf(CodeJobFailed, "not all of its disks were filled from the backup").
					WithHint("read the log of the job; then delete the VM and repeat it")
			}
		}
	}
	return nil
}
