package core

import (
	"context"
	"slices"
)

// StorageUnit is a part of a node's storage: a volume group, a physical volume, a
// directory. Sizes are MiB, -1 where the node does not tell.
type StorageUnit struct {
	Type        string `json:"type"` // "lvm-vg"
	Name        string `json:"name"`
	SizeMiB     int    `json:"size_mib"`
	UsedMiB     int    `json:"used_mib"`
	FreeMiB     int    `json:"free_mib"`
	Allocatable bool   `json:"allocatable"` // new disks may be put there
}

// The kinds of storage that a node can list, in Ganeti's words.
const (
	StorageFile       = "file"
	StorageSharedFile = "sharedfile"
	StorageGluster    = "gluster"
	StorageGroup      = "lvm-vg" // a volume group of LVM; it can be repaired
	StorageVolume     = "lvm-pv" // a physical volume of LVM; it can be closed to new disks
)

// StorageTypes lists the kinds of storage that a node can list.
func StorageTypes() []string {
	return []string{StorageFile, StorageSharedFile, StorageGluster, StorageGroup, StorageVolume}
}

// SetStorage opens a physical volume of a node to new disks, or closes it.
type SetStorage struct {
	Node        Ref    `json:"node"`
	Type        string `json:"type"` // StorageVolume
	Name        string `json:"name"` // "/dev/sdb"
	Allocatable bool   `json:"allocatable"`
}

// RepairStorage has a volume group of a node put in order that lost a physical
// volume: what was on it is given up.
type RepairStorage struct {
	Node Ref    `json:"node"`
	Type string `json:"type"` // StorageGroup
	Name string `json:"name"` // "xenvg"
}

// Spec describes the change.
func (o SetStorage) Spec() Spec {
	does := "takes no more disks on "
	if o.Allocatable {
		does = "takes disks again on "
	}
	return Spec{
		ID: "node.storage.set", Title: "change the storage of " + o.Node.Name, Verb: VerbAdmin, Target: o.Node, Danger: Disruptive, Remote: true,
		Effect:  theOne(o.Node) + " " + does + o.Name,
		Command: []string{"node", "storage", "set", o.Node.String(), o.Name, "--type", o.Type, flagWord("allocatable", o.Allocatable)},
	}
}

// Spec describes the repair.
func (o RepairStorage) Spec() Spec {
	return Spec{
		ID: "node.storage.repair", Title: "repair the storage of " + o.Node.Name, Verb: VerbAdmin, Target: o.Node, Danger: Destructive, Remote: true,
		Effect:  theOne(o.Node) + " gives up what is missing of " + o.Name + "; disks that were on it are lost there",
		Command: []string{"node", "storage", "repair", o.Node.String(), o.Name, "--type", o.Type},
	}
}

func (o SetStorage) check() error {
	if o.Type != StorageVolume {
		return Errorf(CodeInvalid, "storage of the kind %s cannot be changed", Printable(o.Type)).WithHint("only %s can", StorageVolume)
	}
	return checkStorage(o.Node, o.Name)
}

func (o RepairStorage) check() error {
	if o.Type != StorageGroup {
		return Errorf(CodeInvalid, "storage of the kind %s cannot be repaired", Printable(o.Type)).WithHint("only %s can", StorageGroup)
	}
	return checkStorage(o.Node, o.Name)
}

func checkStorage(node Ref, name string) error {
	if name == "" {
		return Errorf(CodeInvalid, "no storage of %s is named", Printable(node.String())).WithHint("node storage list shows what there is")
	}
	if err := checkText("the name of the storage", name); err != nil {
		return err
	}
	return checkKind(node, KindNode)
}

func (o SetStorage) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o RepairStorage) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

// storageOf lists the kinds of storage that disk templates lie in.
func storageOf(templates []string) (kinds []string) {
	in := map[string][]string{
		"file": {StorageFile}, "sharedfile": {StorageSharedFile}, "gluster": {StorageGluster},
		"plain": {StorageGroup, StorageVolume}, "drbd": {StorageGroup, StorageVolume},
	}
	for _, template := range templates {
		for _, kind := range in[template] {
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// Storage lists the storage of a node; kind "" is every kind that its cluster
// keeps disks in. The cluster makes a job of the question, so it is for who
// administers it.
func (s *Session) Storage(ctx context.Context, node Ref, kind string) ([]StorageUnit, error) {
	if _, err := s.reader(ctx); err != nil {
		return nil, err
	}
	v := s.View()
	if _, ok := v.Node(node); !ok {
		return nil, notFound(node)
	}
	if d := v.may(VerbAdmin, node); !d.OK {
		return nil, d.refusal(CodeDenied, "list the storage of "+node.Name+": ")
	}
	if kind != "" && !slices.Contains(StorageTypes(), kind) {
		return nil, Errorf(CodeInvalid, "%q is not a kind of storage", Printable(kind)).WithHint("use one of %s", joinWords(StorageTypes()))
	}
	p, err := s.core.engine.inventory.Platform(node.Cluster)
	if err != nil {
		return nil, err
	}
	kinds := []string{kind}
	if kind == "" {
		kinds = storageOf(v.snap.Clusters[node.Cluster].Info.DiskTemplates)
	}
	units := []StorageUnit{}
	for _, k := range kinds {
		found, err := p.Storage(ctx, node.Name, k)
		if err != nil {
			return nil, err
		}
		units = append(units, found...)
	}
	return units, nil
}
