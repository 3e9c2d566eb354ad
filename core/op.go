package core

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
)

// Op is one thing that a person can ask for. An Op is a plain struct without
// functions: it can be stored, shown, compared, audited and printed as a command
// line. run is unexported, so only this package defines Ops and carries them out.
type Op interface {
	// Spec says what the Op is and needs. It does no I/O.
	Spec() Spec
	// check says what is wrong with the Op as it is written, whoever asks.
	check() error
	// run carries the Op out. For an Op with Spec.Remote it runs on the runner,
	// for the others inside the transaction of Session.Do.
	run(ctx context.Context, w *worker) error
}

// Spec describes an Op.
type Spec struct {
	ID      string   // "vm.stop": the word in the audit log and in the action table
	Title   string   // "stop web1": for lists and toasts
	Verb    Verb     // what it needs ...
	Target  Ref      // ... on this object
	Also    []Need   // and besides
	About   Ref      // what jobs and audit records name, where it is not Target
	Danger  Danger   // how much must be confirmed
	Effect  string   // what comes of it, for Sentence; no name stands first: "the VM web1 is asked to shut down; what it does stops"
	Trial   bool     // nothing changes: the cluster only says whether it would
	Remote  bool     // it acts on a cluster: queued as a job and carried out by the runner
	Command []string // the same as words of the command tree: vm stop berlin/web1 --force
	Diff    []Change // what of gwm's own records changes, for the audit
}

// Need is a right on an object.
type Need struct {
	Verb Verb
	On   Ref
}

// Sentence is the effect as people read it, fit to be shown.
func (s Spec) Sentence() string {
	text := Printable(s.Effect)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// about is the object that jobs and audit records name.
func (s Spec) about() Ref {
	if s.About.IsZero() {
		return s.Target
	}
	return s.About
}

// opBulk is the OpID of the parent job of several; it is no Op.
const opBulk = "bulk"

// Change is one field of a record with its value before and after; secrets are
// never in it.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// Danger grades what an Op can break.
type Danger int

// The grades, in rising order: nothing is asked, one key, the name is typed.
const (
	Safe Danger = iota
	Disruptive
	Destructive
)

// Ops lists one zero value of every Op, in the order of the rights matrix. It is
// the only list: decoding, the matrix and the documentation derive from it, and
// a test finds any type with a run method that is missing.
func Ops() []Op {
	return []Op{
		StartVM{},
		StopVM{},
		RestartVM{},
		MigrateVM{},
		FailoverVM{},
		DeleteVM{},
		EditVM{},
		ReinstallVM{},
		GrowDisk{},
		TagVM{},
		UntagVM{},
		RenameVM{},
		ActivateDisks{},
		DeactivateDisks{},
		RecreateDisks{},
		ReplaceDisks{},
		CreateVM{},
		EditNote{},
		ExportVM{},
		AddCluster{},
		EditCluster{},
		RemoveCluster{},
		AddUser{},
		EditUser{},
		DeleteUser{},
		ResetTOTP{},
		AddInvite{},
		RemoveInvite{},
		ApproveApplicant{},
		RejectApplicant{},
		AddKey{},
		RemoveKey{},
		AddGroup{},
		EditGroup{},
		DeleteGroup{},
		AddMember{},
		RemoveMember{},
		SetGrant{},
		RemoveGrant{},
		SetQuota{},
		RemoveQuota{},
		SetLock{},
		ClearLock{},
		SetOwner{},
		ForgetVM{},
		ImportVM{},
		SyncTags{},
		SaveTemplate{},
		CopyTemplate{},
		RemoveTemplate{},
		AddToken{},
		RemoveToken{},
		CancelJob{},
		SetNodeRole{},
		MigrateNode{},
		EvacuateNode{},
		AddNodeGroup{},
		RenameNodeGroup{},
		AssignNodes{},
		RemoveNodeGroup{},
		AddNetwork{},
		EditNetwork{},
		ConnectNetwork{},
		DisconnectNetwork{},
		RemoveNetwork{},
		TagCluster{},
		UntagCluster{},
		RedistributeConfig{},
		SetClusterParams{},
		AddJobFilter{},
		EditJobFilter{},
		RemoveJobFilter{},
		PowercycleNode{},
		EditNode{},
		TagNode{},
		UntagNode{},
		SetStorage{},
		RepairStorage{},
		OpenConsole{},
		CloseConsole{},
		TrustHost{},
		ForgetHost{},
		RotateConsoleKey{},
		RemoveRecording{},
		ClearProblem{},
	}
}

// decodeOp reads an Op that was stored in a Job.
func decodeOp(id string, raw json.RawMessage) (Op, error) {
	for _, zero := range Ops() {
		if zero.Spec().ID != id {
			continue
		}
		p := reflect.New(reflect.TypeOf(zero))
		if err := json.Unmarshal(raw, p.Interface()); err != nil {
			return nil, Errorf(CodeInternal, "read the stored %s: %w", id, err)
		}
		return p.Elem().Interface().(Op), nil
	}
	return nil, Errorf(CodeUnsupported, "this version of gwm does not know the operation %q", Printable(id))
}
