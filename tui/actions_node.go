package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subNode is the key of the menu of what is done with nodes.
const subNode = "M"

func nodeActions() []action {
	nodes := scope{Kinds: []core.Kind{core.KindNode}}
	node := func(letter, word, title, help string, fits func(*core.Node) string, op func(*core.Node) core.Op) action {
		return action{
			ID: "node." + word, Sub: subNode, Letter: letter, Word: "node-" + word, Args: "[NODE]", Complete: completeNodes,
			Title: title, Help: help, Group: groupAct, Scope: nodes,
			Make: func(a *App, sel selection) ([]core.Op, string) { return nodeOps(a, sel, fits, op) },
		}
	}
	role := func(letter, word, title, help string, to core.NodeRole) action {
		x := node(letter, word, title, help, mayBecome(to), func(n *core.Node) core.Op {
			return core.SetNodeRole{Node: n.Ref(), Role: to, Was: n.Role}
		})
		if to == core.RoleOffline {
			x.Notes = roleNotes
		}
		return x
	}
	asks := func(letter, word, title, help, page string, many bool, op func(core.Ref) core.Op) action {
		return action{
			ID: "node." + word, Sub: subNode, Letter: letter, Word: "node-" + word, Args: "[NODE]", Complete: completeNodes,
			Title: title, Help: help, Group: groupAct, Scope: nodes,
			When: func(a *App, sel selection) string { return mayAskNode(a, sel, many, op) },
			Do:   func(a *App, sel selection) tea.Cmd { return a.openVMsForm(page, sel) },
		}
	}
	return append([]action{
		{
			ID: "node.menu", Keys: []string{subNode}, Title: "maintain", Help: "Move VMs away from a node, change what it does in its cluster.",
			Group: groupAct, Scope: nodes, Hint: 3, Opens: true,
		},
		node("m", "migrate", "migrate all VMs", "Migrate every running VM of the node to others that the cluster chooses.", hasVMs, func(n *core.Node) core.Op {
			return core.MigrateNode{Node: n.Ref(), Mode: core.MigrateLive}
		}),
		asks("e", "evacuate", "evacuate", "Move VMs and second copies of disks away from the node, those that are down too; lists them first.", formEvacuate, false,
			func(r core.Ref) core.Op { return core.EvacuateNode{Node: r, What: core.EvacuatePrimary} }),
		role("d", "drain", "drain", "Give the node no more VMs; those that it has go on there.", core.RoleDrained),
		role("o", "offline", "mark offline", "Count the node as dead and ask it no more.", core.RoleOffline),
		role("r", "regular", "make regular", "Let the node take VMs again, without a copy of the cluster's configuration.", core.RoleRegular),
		role("c", "candidate", "make master candidate", "Let the node keep a copy of the cluster's configuration and become master when it must.", core.RoleCandidate),
		asks("R", "role", "another role", "Choose among all roles, with force and with another candidate in its place.", formNodeRole, false,
			func(r core.Ref) core.Op { return core.SetNodeRole{Node: r, Role: core.RoleRegular} }),
		asks("t", "tags", "tags", "Put tags on the node and take them away.", formNodeTags, true,
			func(r core.Ref) core.Op { return core.TagNode{Node: r} }),
		asks("p", "edit", "parameters", "Change what the node may do, and its parameters.", formNodeEdit, false,
			func(r core.Ref) core.Op { return core.EditNode{Node: r} }),
		asks("s", "storage", "storage", "Look at the storage of the node; close, open, repair it.", formStorage, false,
			func(r core.Ref) core.Op { return core.SetStorage{Node: r} }),
		node("P", "powercycle", "powercycle", "Restart the node without a shutdown; its VMs stop at once.", notMaster, func(n *core.Node) core.Op {
			return core.PowercycleNode{Node: n.Ref()}
		}),
	}, storageActions()...)
}

// mayBecome says why a node cannot be given a role.
func mayBecome(to core.NodeRole) func(*core.Node) string {
	return func(n *core.Node) string {
		switch why := notMaster(n); {
		case why != "":
			return why
		case n.Role == to:
			return string(to) + " already"
		case to == core.RoleCandidate && !n.MasterCapable:
			return "not allowed to be master"
		}
		return ""
	}
}

// mayAskNode says why a form about nodes cannot be asked for.
func mayAskNode(a *App, sel selection, many bool, op func(core.Ref) core.Op) string {
	ops, why := nodeOps(a, sel, func(*core.Node) string { return "" }, func(n *core.Node) core.Op { return op(n.Ref()) })
	if no := a.forbidden(ops); no != "" {
		return no
	}
	if len(ops) > 1 && !many {
		return "take one node after the other"
	}
	return why
}

// notMaster says why a node is not restarted from here.
func notMaster(n *core.Node) string {
	if n.Role == core.RoleMaster {
		return "the master; run gnt-cluster master-failover on another node first"
	}
	return ""
}

// hasVMs says why there is nothing to move away.
func hasVMs(n *core.Node) string {
	if len(n.Primary) == 0 {
		return "without VMs"
	}
	return ""
}

// nodeOps makes one Op for every selected node that it fits.
func nodeOps(a *App, sel selection, fits func(*core.Node) string, op func(*core.Node) core.Op) (ops []core.Op, why string) {
	return opsOn(a, sel, core.KindNode, a.view.Node, func(n *core.Node) string {
		if n.Gone {
			return "gone"
		}
		return fits(n)
	}, op)
}
