package core

// Stray is a VM that needs the attention of who administers its cluster, for one
// reason. A VM with two reasons is two of them.
type Stray struct {
	Kind   StrayKind `json:"kind"`
	VM     Ref       `json:"vm"`
	Owner  Ref       `json:"owner,omitzero"` // by gwm's records
	Grants []Grant   `json:"grants"`         // on the VM itself, by gwm's records
	Tags   []string  `json:"tags"`           // ours on the VM, as the cluster tells them: what ImportVM wants to be shown
	Claims []Claim   `json:"claims"`         // what these tags say
	Why    string    `json:"why"`            // a sentence for people
}

// StrayKind is why a VM needs attention.
type StrayKind string

// The kinds.
const (
	// StrayOrphan: nobody is the owner, so that no quota is charged.
	StrayOrphan StrayKind = "orphan"
	// StrayUngoverned: nobody but administrators of the site and of the cluster
	// holds a right on the VM itself. Rights that come from the whole cluster,
	// such as to see it, do not count.
	StrayUngoverned StrayKind = "ungoverned"
	// StrayImportable: the VM has tags of ours and gwm has no record of it. It is
	// neither an orphan nor ungoverned before it was imported.
	StrayImportable StrayKind = "importable"
	// StrayMissing: gwm has records and a good answer of the cluster has no VM.
	StrayMissing StrayKind = "missing"
	// StrayConflict: the records and the tags differ, and no job of ours is about
	// to change that.
	StrayConflict StrayKind = "conflict"
)

// StrayKinds lists the kinds in the order in which screens show them.
func StrayKinds() []StrayKind {
	return []StrayKind{StrayOrphan, StrayUngoverned, StrayImportable, StrayMissing, StrayConflict}
}

// Title says for people what the kind means.
func (k StrayKind) Title() string {
	switch k {
	case StrayOrphan:
		return "without an owner"
	case StrayUngoverned:
		return "only administrators hold rights"
	case StrayImportable:
		return "ready to import from its tags"
	case StrayMissing:
		return "its cluster no longer lists it"
	case StrayConflict:
		return "records and tags differ"
	}
	return string(k)
}

// Owner returns the user or group whose quota a visible VM is charged to; ok is
// false where it has none, or where the VM may not be seen.
func (v *View) Owner(vm Ref) (owner Ref, ok bool) {
	o, ok := v.people.owners[vm]
	if !ok || !v.sees(vm) {
		return Ref{}, false
	}
	return o.Owner, true
}
