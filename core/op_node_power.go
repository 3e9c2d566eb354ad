package core

import (
	"context"
)

// PowercycleNode cuts the power of a node and gives it back, or has it restart at
// once where the cluster can do no better. Its VMs are not moved before.
type PowercycleNode struct {
	Node  Ref  `json:"node"`
	Force bool `json:"force,omitempty"` // the master too
}

// Spec describes the restart.
func (o PowercycleNode) Spec() Spec {
	s := Spec{
		ID: "node.powercycle", Title: "powercycle " + o.Node.Name, Verb: VerbAdmin, Target: o.Node, Danger: Destructive, Remote: true,
		Effect:  theOne(o.Node) + " is restarted without a shutdown; every VM on it stops at once, and what they did not write is lost",
		Command: []string{"node", "powercycle", o.Node.String()},
	}
	if o.Force {
		s.Effect += "; also if it is the master, which leads the whole cluster"
		s.Command = append(s.Command, "--force")
	}
	return s
}

func (o PowercycleNode) check() error { return checkKind(o.Node, KindNode) }

// run refuses the master before anything is sent, as the cluster would.
func (o PowercycleNode) run(ctx context.Context, w *worker) error {
	if n := w.core.snap.Load().node(o.Node); n != nil && n.Role == RoleMaster && !o.Force {
		return Errorf(CodeState, "%s is the master of its cluster", o.Node.Name).
			WithHint("have another node take over first (gnt-cluster master-failover), or ask with force")
	}
	return w.request(ctx, o)
}
