package tui

import "gwm/core"

// traitProblem: the cursor is on a problem of the overview (selection.Problems).
const traitProblem trait = 1 << 55

func problemActions() []action {
	return []action{{
		ID: "problem.clear", Keys: []string{"Z"}, Title: "clear the problem", Group: groupAct, Scope: scope{Traits: traitProblem},
		Help: "Take the problem off everybody's list until it is over and comes back; nothing else changes.",
		Make: func(_ *App, sel selection) (ops []core.Op, why string) {
			for _, p := range sel.Problems {
				ops = append(ops, core.ClearProblem{On: p.On, What: p.What})
			}
			return ops, "it goes by itself when there is nothing to do any more"
		},
	}}
}
