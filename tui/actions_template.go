package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func templateActions() []action {
	page := rowsOf(traitTemplates)
	rows := rowsOf(traitTemplates, kindTemplate)
	one := func(id, key, title, help, word string) action {
		return action{
			ID: id, Keys: []string{key}, Title: title, Help: help, Group: groupAct, Scope: rows, When: oneTemplate, Hint: 3,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.openForm(word, sel.ref().Cluster+"/"+sel.ref().Name, core.ClusterRef(sel.ref().Cluster))
			},
		}
	}
	create := one("template.use", "n", "create a VM from it", "Make a VM of the template, step by step.", formCreate+" "+fromTemplate)
	create.Scope.Without |= traitSearch | traitPanel
	return []action{
		{
			ID: "template.add", Keys: []string{"a"}, Title: "add a template", Help: "Keep what VMs are made of, step by step.",
			Group: groupAct, Scope: page, Hint: 2, When: mayCreate,
			Do: func(a *App, _ selection) tea.Cmd { return a.openForm(formTemplateAdd, "", core.Ref{}) },
		},
		create,
		one("template.edit", "E", "edit the template", "Change what VMs are made of from now on.", formTemplateEdit),
		one("template.copy", "c", "copy the template", "Copy it, also to another cluster, and see what does not fit there.", formTemplateCopy),
		{
			ID: "template.remove", Keys: []string{"D"}, Title: "remove the template", Help: "No VM can be made of it any more; no VM changes.",
			Group: groupAct, Scope: rows,
			Make: func(a *App, sel selection) (ops []core.Op, why string) {
				why = "no template is selected"
				for _, r := range sel.Refs {
					for _, t := range a.known().templates {
						if r.Kind == kindTemplate && t.Cluster == r.Cluster && t.Name == r.Name {
							ops = append(ops, core.RemoveTemplate{Cluster: t.Cluster, Name: t.Name, Was: &t})
						}
					}
				}
				return ops, why
			},
		},
		{
			ID: "vm.template", Word: "template-of", Args: "[VM]", Complete: completeVMs,
			Title: "make a template", Help: "Keep what the VM is made of as a template for others.", Group: groupAct,
			Scope: scope{Kinds: []core.Kind{core.KindVM}, Without: traitRights | traitQuotas | traitStrays | traitSitters | traitTemplates},
			When:  mayCreateLike,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.openForm(formTemplateOf, sel.ref().String(), core.ClusterRef(sel.ref().Cluster))
			},
		},
	}
}

func oneTemplate(_ *App, sel selection) string {
	if len(sel.Refs) != 1 || sel.ref().Kind != kindTemplate {
		return "select one template"
	}
	return ""
}

// creationActions are what is done about a job that did not create its VM.
func creationActions() []action {
	jobs := scope{Kinds: []core.Kind{core.KindJob}, Without: otherRows}
	return []action{
		{
			ID: "job.edit", Keys: []string{"E"}, Title: "edit and try again", Group: groupAct, Scope: jobs,
			Help: "Open the steps of creating a VM with what the job was asked for, to change it and try again.",
			When: func(_ *App, sel selection) string {
				_, why := creationOf(sel)
				return why
			},
			Do: func(a *App, sel selection) tea.Cmd {
				op, _ := creationOf(sel)
				return a.openForm(formCreate, fromJob+" "+sel.Jobs[0].Ours.ID.String(), core.ClusterRef(op.VM.Cluster))
			},
		},
		{
			ID: "job.cleanup", Keys: []string{"D"}, Title: "clean up", Group: groupAct, Scope: jobs,
			Help: "Delete what a creation that failed left of its VM, where the cluster shows anything.",
			Make: func(a *App, sel selection) ([]core.Op, string) {
				op, why := creationOf(sel)
				if why != "" {
					return nil, why
				}
				vm, ok := a.view.VM(op.VM)
				switch job := sel.Jobs[0].Ours; {
				case !ok:
					return nil, "it left nothing that you can see"
				case !job.Left || vm.UUID != job.LeftUUID:
					return nil, "the VM of this name that is there now is not known to be its"
				}
				return []core.Op{core.DeleteVM{VM: op.VM}}, ""
			},
		},
	}
}

// creationOf is what the selected job was asked to create, where it failed.
func creationOf(sel selection) (op core.CreateVM, why string) {
	switch {
	case len(sel.Jobs) != 1:
		return op, "select one job"
	case sel.Jobs[0].Ours == nil || !strings.HasPrefix(sel.Jobs[0].Ours.OpID, "vm.create"):
		return op, "it did not create a VM"
	case !sel.Jobs[0].State.Final():
		return op, "it has not ended yet"
	case sel.Jobs[0].State == core.JobDone:
		return op, "it did not fail"
	}
	again, err := sel.Jobs[0].Ours.Again()
	if err != nil {
		return op, core.AsError(err).Message
	}
	op, _ = again.(core.CreateVM)
	return op, ""
}
