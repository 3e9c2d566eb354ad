package core

import (
	"context"
	"strings"
)

// EditNode changes what a node may do and its parameters. It is refused where one
// of the parameters is no longer what the person saw; then nothing is changed.
type EditNode struct {
	Node          Ref         `json:"node"`
	MasterCapable *bool       `json:"master_capable,omitempty"` // nil: left as it is
	VMCapable     *bool       `json:"vm_capable,omitempty"`     // nil: left as it is
	Params        []ParamEdit `json:"params,omitempty"`         // "ssh_port": names as the cluster writes them
	Promote       bool        `json:"promote,omitempty"`        // let the cluster make another node a candidate where one is missing then
}

// NodeParams lists the parameters that one node can have of its own. Whether
// disks have spindles of their own is for a whole group; oob_program is not set
// from afar (noSetting says why).
func NodeParams() []string {
	return []string{"cpu_speed", "ovs", "ovs_link", "ovs_name", "spindle_count", "ssh_port"}
}

// Spec describes the edit.
func (o EditNode) Spec() Spec {
	s := Spec{
		ID: "node.edit", Title: "edit " + o.Node.Name, Verb: VerbAdmin, Target: o.Node, Danger: Disruptive, Remote: true,
		Command: []string{"node", "edit", o.Node.String()},
	}
	var d changes
	var says []string
	flag := func(name, does string, is *bool) {
		if is == nil {
			return
		}
		d.flag(strings.ReplaceAll(name, "-", "_"), !*is, *is)
		s.Command = append(s.Command, flagWord(name, *is))
		if !*is {
			does = strings.Replace(does, "may", "may no longer", 1)
		}
		says = append(says, does)
	}
	flag("master-capable", "may become master", o.MasterCapable)
	flag("vm-capable", "may hold VMs", o.VMCapable)
	for _, e := range o.Params {
		d.text(e.Name, paramText(e.Was), e.text())
		s.Command = append(s.Command, "--param", e.Name+"="+e.text())
	}
	if len(o.Params) > 0 {
		says = append(says, "gets new parameters")
	}
	s.Effect = theOne(o.Node) + " " + strings.Join(says, ", ")
	if o.Promote {
		s.Effect += "; where a master candidate is missing then, the cluster makes another node one"
		s.Command = append(s.Command, "--promote")
	}
	s.Diff = d
	return s
}

func (o EditNode) check() error {
	turnsOn := func(b *bool) bool { return b != nil && *b }
	switch {
	case o.MasterCapable == nil && o.VMCapable == nil && len(o.Params) == 0:
		return Errorf(CodeInvalid, "nothing of %s is to be changed", Printable(o.Node.String())).WithHint("say what it is to be")
	case turnsOn(o.MasterCapable) && turnsOn(o.VMCapable):
		return Errorf(CodeInvalid, "a cluster allows a node one more thing at a time").
			WithHint("let it hold VMs first, then let it become master")
	}
	for _, e := range o.Params {
		if err := e.checkOfNode(); err != nil {
			return err
		}
	}
	if err := checkTwice(o.Params); err != nil {
		return err
	}
	return checkKind(o.Node, KindNode)
}

// checkOfNode accepts a parameter of a node. Whether the value fits is for the
// cluster, which knows its types.
func (e ParamEdit) checkOfNode() error {
	known := false
	for _, name := range NodeParams() {
		known = known || name == e.Name
	}
	switch {
	case !known:
		return Errorf(CodeInvalid, "a node has no parameter %s of its own", Printable(e.Name)).
			WithHint("use one of %s", strings.Join(NodeParams(), ", "))
	case e.Inherit && e.Value != "":
		return Errorf(CodeInvalid, "%s cannot be set and inherited too", e.Name).WithHint("leave one of them out")
	case !e.Inherit && e.Value == DefaultWord:
		return Errorf(CodeInvalid, "%s cannot be %q, because the cluster takes it for its own word", e.Name, DefaultWord).
			WithHint("have the parameter inherited instead")
	}
	return checkText(e.Name, e.Value)
}

// run asks the cluster what holds now before it changes anything.
func (o EditNode) run(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		now, err := p.Node(ctx, o.Node.Name)
		if err != nil {
			return "", err
		}
		var news changes
		for _, e := range o.Params {
			if e.Was != nil {
				news.text(e.Name, e.Was.Value, findParam(now.Params, e.Name).Value)
			}
		}
		if err := news.overtaken(o.Node.Name); err != nil {
			return "", err
		}
		return p.Submit(ctx, o, reason)
	})
}
