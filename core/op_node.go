package core

import (
	"context"
)

// SetNodeRole changes what a node does in its cluster. RoleMaster cannot be
// given: Ganeti moves it by a command on the node that is to have it.
type SetNodeRole struct {
	Node    Ref      `json:"node"`
	Role    NodeRole `json:"role"`
	Was     NodeRole `json:"was,omitempty"`     // what the person saw; empty: whatever it is
	Promote bool     `json:"promote,omitempty"` // let the cluster make another node a candidate where one is missing then
	Force   bool     `json:"force,omitempty"`   // without the cluster's own precautions
}

// Spec describes the change.
func (o SetNodeRole) Spec() Spec {
	s := Spec{
		ID: "node.role", Title: "make " + o.Node.Name + " " + string(o.Role), Verb: VerbAdmin, Target: o.Node, Danger: Disruptive, Remote: true,
		Effect: o.effect(), Command: []string{"node", "role", o.Node.String(), string(o.Role)},
		Diff: []Change{{Field: "role", From: string(o.Was), To: string(o.Role)}},
	}
	if o.Role == RoleOffline {
		s.Danger = Destructive
	}
	if o.Promote {
		s.Effect += "; where a master candidate is missing then, the cluster makes another node one"
		s.Command = append(s.Command, "--promote")
	}
	if o.Force {
		s.Effect += "; the cluster does it without its own precautions"
		s.Command = append(s.Command, "--force")
	}
	return s
}

func (o SetNodeRole) effect() string {
	switch o.Role {
	case RoleCandidate:
		return theOne(o.Node) + " takes VMs, keeps a copy of the cluster's configuration and can become its master"
	case RoleRegular:
		return theOne(o.Node) + " takes VMs and keeps no copy of the cluster's configuration"
	case RoleDrained:
		return theOne(o.Node) + " gets no more VMs; those that it has go on there, and it keeps no copy of the cluster's configuration"
	case RoleOffline:
		return "the cluster counts " + theOne(o.Node) + " as dead and asks it no more; the VMs on it can only be failed over, which must not happen while they run"
	case RoleMaster:
	}
	return theOne(o.Node) + " changes its role"
}

func (o SetNodeRole) check() error {
	switch o.Role {
	case RoleCandidate, RoleRegular, RoleDrained, RoleOffline:
		return checkKind(o.Node, KindNode)
	case RoleMaster:
		return Errorf(CodeInvalid, "a node cannot be made the master from afar").
			WithHint("make it a candidate, then run gnt-cluster master-failover on it")
	}
	return Errorf(CodeInvalid, "%q is not a role of a node", Printable(string(o.Role))).
		WithHint("use candidate, regular, drained or offline")
}

// run looks at the role once more before it asks the cluster.
func (o SetNodeRole) run(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		n := w.core.snap.Load().node(o.Node)
		if n != nil && o.Was != "" && n.Role != o.Was {
			return "", Errorf(CodeConflict, "%s is %s now, no longer %s", o.Node.Name, n.Role, o.Was).
				WithHint("look who changed it, and ask again if that is still what you want")
		}
		return p.Submit(ctx, o, reason)
	})
}
