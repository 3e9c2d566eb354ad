package tui

import (
	"context"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// makeRoleForm asks what a node is to do in its cluster, with what is done about
// candidates and precautions.
func makeRoleForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	n, about, err := theOneNode(s.View(), formNodeRole, arg)
	if err != nil {
		return entryForm{}, err
	}
	if why := notMaster(n); why != "" {
		return entryForm{}, core.Errorf(core.CodeState, "%s is %s", core.Printable(n.Name), why)
	}
	leaves := func(v form.Values) bool {
		return n.Role == core.RoleCandidate && v.Text("role") != string(core.RoleCandidate)
	}
	f := entryForm{Form: form.Form{
		Title: "Role of " + core.Printable(n.Name),
		Fields: []form.Field{
			about,
			{Name: "role", Label: "Role", Kind: form.Choice, Required: true, Value: string(n.Role), Options: roleOptions(n)},
			{
				Name: "promote", Label: "Candidates", Kind: form.YesNo, Placeholder: "make another node a master candidate where one is missing then", When: leaves,
			},
			{Name: "force", Label: "Force", Kind: form.YesNo, Placeholder: "without the cluster's own precautions"},
		},
		Alarm: func(v form.Values) string {
			if v.Text("role") != string(core.RoleOffline) {
				return ""
			}
			return strings.Join(runningOn(s.View(), n), " ")
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		role := core.NodeRole(v.Text("role"))
		if role == n.Role {
			return nil, nil
		}
		return []core.Op{core.SetNodeRole{Node: n.Ref(), Role: role, Was: n.Role, Promote: v.Yes("promote") && leaves(v), Force: v.Yes("force")}}, nil
	}
	return f, nil
}

// roleOptions are the five roles; what a node cannot be given says why.
func roleOptions(n *core.Node) []form.Option {
	out := []form.Option{
		{Value: string(core.RoleMaster), State: form.Disabled, Why: "gnt-cluster master-failover on the node itself does it"},
		{Value: string(core.RoleCandidate), Note: "takes VMs, has a copy of the configuration, can become master"},
		{Value: string(core.RoleRegular), Note: "takes VMs"},
		{Value: string(core.RoleDrained), Note: "takes no more VMs; those that it has go on"},
		{Value: string(core.RoleOffline), Note: "counts as dead; its VMs can only be failed over"},
	}
	if !n.MasterCapable {
		out[1].State, out[1].Why = form.Disabled, "not allowed to be master"
	}
	return out
}

// fewNames is how many VMs are named one by one.
const fewNames = 6

// runningOn names the VMs that run on a node, nothing where none does.
func runningOn(v *core.View, n *core.Node) []string {
	var names []string
	for _, name := range n.Primary {
		if vm, ok := v.VM(core.VMRef(n.Cluster, name)); ok && vm.State == core.StateRunning {
			names = append(names, core.Printable(vm.Name))
		}
	}
	if len(names) == 0 {
		return nil
	}
	text := counted(len(names), "VM") + " on it, which must not run when they are failed over: " + strings.Join(names[:min(len(names), fewNames)], ", ")
	if more := len(names) - fewNames; more > 0 {
		text += " and " + count(more) + " more"
	}
	return []string{"Still running: " + text + "."}
}

// roleNotes says of nodes that are to be offline what runs there.
func roleNotes(_ context.Context, _ *core.Session, v *core.View, ops []core.Op) (notes []string, err error) {
	for _, op := range ops {
		o, ok := op.(core.SetNodeRole)
		if !ok || o.Role != core.RoleOffline {
			continue
		}
		if n, ok := v.Node(o.Node); ok {
			for _, line := range runningOn(v, n) {
				notes = append(notes, core.Printable(n.Name)+": "+line)
			}
		}
	}
	return notes, nil
}
