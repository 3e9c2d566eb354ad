package core

import (
	"context"
	"slices"
)

// AddNodeGroup makes a node group without nodes, RenameNodeGroup gives one another
// name, RemoveNodeGroup removes one that has no nodes. AssignNodes moves nodes into
// a group, out of those that they are in; the VMs stay where they are.
type (
	AddNodeGroup struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
		Policy  string `json:"policy,omitempty"` // one of AllocPolicies; empty: as the cluster does it
	}
	RenameNodeGroup struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
		To      string `json:"to"`
	}
	RemoveNodeGroup struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
	}
	AssignNodes struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"` // of the group
		Nodes   []Ref  `json:"nodes"`
		Force   bool   `json:"force,omitempty"` // also where a VM and its second copy come to be in two groups
	}
)

// AllocPolicies says whether allocators put VMs on the nodes of a group, in
// Ganeti's words.
func AllocPolicies() []string { return []string{"preferred", "last_resort", "unallocable"} }

// maxAssign is how many nodes are assigned at once.
const maxAssign = 500

func nodeGroup(name string) Part { return Part{PartNodeGroup, name} }

// Spec describes the addition.
func (o AddNodeGroup) Spec() Spec {
	g := nodeGroup(o.Name)
	s := Spec{
		ID: "nodegroup.add", Title: "add " + g.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Remote: true,
		Effect:  "the cluster " + o.Cluster + " gets a node group " + o.Name + " without nodes",
		Command: g.command(o.Cluster, "add"),
		Diff:    []Change{{Field: "node group", To: o.Name}},
	}
	if o.Policy != "" {
		s.Command = append(s.Command, "--policy", o.Policy)
		s.Diff = append(s.Diff, Change{Field: g.field("alloc_policy"), To: o.Policy})
	}
	return s
}

// Spec describes the change of name.
func (o RenameNodeGroup) Spec() Spec {
	g := nodeGroup(o.Name)
	return Spec{
		ID: "nodegroup.rename", Title: "rename " + g.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Remote: true,
		Effect:  g.on(o.Cluster) + " is called " + o.To + " from now on",
		Command: g.command(o.Cluster, "rename", o.To),
		Diff:    []Change{{Field: "node group", From: o.Name, To: o.To}},
	}
}

// Spec describes the removal.
func (o RemoveNodeGroup) Spec() Spec {
	g := nodeGroup(o.Name)
	return Spec{
		ID: "nodegroup.delete", Title: "delete " + g.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  g.on(o.Cluster) + " is gone, with its policy and parameters; the cluster refuses it while nodes are in it",
		Command: g.command(o.Cluster, "delete"),
		Diff:    []Change{{Field: "node group", From: o.Name}},
	}
}

// Spec describes the assignment.
func (o AssignNodes) Spec() Spec {
	g, words := nodeGroup(o.Name), make([]string, len(o.Nodes))
	for i, n := range o.Nodes {
		words[i] = n.Name
	}
	s := Spec{
		ID: "nodegroup.assign", Title: "assign nodes to " + g.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  g.on(o.Cluster) + " gets " + joinWords(words) + "; policy and parameters of that group hold there from then on, and the VMs stay where they are",
		Command: g.command(o.Cluster, "assign", words...),
		Diff:    []Change{{Field: g.field("nodes"), To: joinWords(words)}},
	}
	if o.Force {
		s.Effect += "; a VM may have its second copy in another group then"
		s.Command = append(s.Command, "--force")
	}
	return s
}

func (o AddNodeGroup) check() error {
	if err := nodeGroup(o.Name).check(o.Cluster); err != nil {
		return err
	}
	if o.Policy != "" {
		return checkPolicy(o.Policy)
	}
	return nil
}

func checkPolicy(policy string) error {
	if !slices.Contains(AllocPolicies(), policy) {
		return Errorf(CodeInvalid, "%q is not a way to allocate VMs", Printable(cut(policy))).WithHint("use one of %s", joinWords(AllocPolicies()))
	}
	return nil
}

func (o RenameNodeGroup) check() error {
	if err := nodeGroup(o.Name).check(o.Cluster); err != nil {
		return err
	}
	if o.To == o.Name {
		return Errorf(CodeInvalid, "the node group is called %s already", o.Name).WithHint("choose another name")
	}
	return checkPart(PartNodeGroup, o.To)
}

func (o RemoveNodeGroup) check() error { return nodeGroup(o.Name).check(o.Cluster) }

func (o AssignNodes) check() error {
	switch n := len(o.Nodes); {
	case n == 0:
		return Errorf(CodeInvalid, "no node is named").WithHint("name those that the group is to have")
	case n > maxAssign:
		return Errorf(CodeInvalid, "%d nodes are more than go at once", n).WithHint("at most %d", maxAssign)
	}
	for _, n := range o.Nodes {
		if n.Cluster != o.Cluster {
			return Errorf(CodeInvalid, "%s is not a node of %s", Printable(n.String()), Printable(cut(o.Cluster))).WithHint("a node group has nodes of its own cluster")
		}
		if err := checkKind(n, KindNode); err != nil {
			return err
		}
	}
	return nodeGroup(o.Name).check(o.Cluster)
}

func (o AssignNodes) names() []Ref { return o.Nodes }

func (o AddNodeGroup) run(ctx context.Context, w *worker) error    { return w.request(ctx, o) }
func (o RenameNodeGroup) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
func (o RemoveNodeGroup) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
func (o AssignNodes) run(ctx context.Context, w *worker) error     { return w.request(ctx, o) }

func (AddNodeGroup) request()    {}
func (RenameNodeGroup) request() {}
func (RemoveNodeGroup) request() {}
func (AssignNodes) request()     {}
