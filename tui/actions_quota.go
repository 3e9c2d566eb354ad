package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func quotaActions() []action {
	rows := scope{Traits: traitQuotas, Without: traitRights, Kinds: []core.Kind{core.KindCluster}}
	return []action{
		{
			ID: "quota.add", Keys: []string{"a"}, Title: "set a quota", Help: "Limit what a user or a group may use there, in a form.",
			Group: groupAct, Scope: rows, Hint: 2,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.openForm(formQuota, "- "+sel.ref().Cluster, sel.ref())
			},
		},
		{
			ID: "quota.edit", Keys: []string{"E"}, Title: "edit the quota", Help: "Change the limits of the row; of default those of everybody who has none of their own.",
			Group: groupAct, Scope: rows, Hint: 3, When: oneQuota,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.push(quotaPlace(sel.Quotas[0].Who, sel.Quotas[0].Cluster))
			},
		},
		{
			ID: "quota.remove", Keys: []string{"D"}, Title: "remove the quota", Help: "Let the default of the cluster hold again; of default: limit nobody any more.",
			Group: groupAct, Scope: rows,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				if why := oneQuota(a, sel); why != "" {
					return nil, why
				}
				q := sel.Quotas[0].quota
				if q == nil {
					return nil, "it has no quota of its own"
				}
				return []core.Op{core.RemoveQuota{Who: q.Who, Cluster: q.Cluster, Was: &q.Limits}}, ""
			},
		},
		{
			ID: "quota", Word: "quota", Args: "[WHO CLUSTER]", Title: "set a quota", Group: groupGo, Complete: completeQuota,
			Help: "Edit what a user or a group may use on a cluster: quota bob berlin, quota default berlin.",
			Run:  func(a *App, arg string) tea.Cmd { return a.quotaWords(arg) },
		},
	}
}

func oneQuota(_ *App, sel selection) string {
	if len(sel.Quotas) == 0 {
		return "no quota is selected"
	}
	return ""
}

// quotaWords opens the editor for what was typed.
func (a *App) quotaWords(arg string) tea.Cmd {
	words := append(strings.Fields(arg), "-", "-")
	if who := words[0]; who != "-" && who != quotaDefault && !strings.Contains(who, ":") {
		words[0] = core.UserRef(who).String()
	}
	var on core.Ref
	if words[1] != "-" {
		r, err := a.view.Find(core.KindCluster, words[1])
		if err != nil {
			return a.fail(err)
		}
		words[1], on = r.Cluster, r
	}
	return a.openForm(formQuota, words[0]+" "+words[1], on)
}

func completeQuota(a *App, arg string) []string {
	who, _, ok := strings.Cut(arg, " ")
	if !ok {
		return append([]string{quotaDefault}, completePersons(a, arg)...)
	}
	return behind(who, completeClusters(a, arg))
}
