package tui

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The forms of templates. That to add one may begin with a VM, the others have
// CLUSTER/TEMPLATE as argument.
const (
	formTemplateAdd  = "template add"
	formTemplateOf   = "template of" // a VM
	formTemplateEdit = "template edit"
	formTemplateCopy = "template copy"
)

func templateForms() []formKind {
	return []formKind{
		{Word: formTemplateAdd, Make: func(ctx context.Context, s *core.Session, _ string) (entryForm, error) {
			return templateForm(ctx, s, core.Template{}, false)
		}},
		{Word: formTemplateOf, Make: func(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
			vm, err := s.View().Find(core.KindVM, arg)
			if err != nil {
				return entryForm{}, err
			}
			t := core.Template{Cluster: vm.Cluster}
			t.Name, _, _ = strings.Cut(vm.Name, ".")
			if t.VM, err = s.TemplateOf(ctx, vm); err != nil {
				return entryForm{}, err
			}
			return templateForm(ctx, s, t, false)
		}},
		{Word: formTemplateEdit, Make: func(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
			t, err := findTemplate(ctx, s, arg)
			if err != nil {
				return entryForm{}, err
			}
			return templateForm(ctx, s, t, true)
		}},
		{Word: formTemplateCopy, Make: makeTemplateCopy},
	}
}

// templateForm asks for a template: a new one, or one that is there.
func templateForm(ctx context.Context, s *core.Session, was core.Template, edit bool) (entryForm, error) {
	w := &wizard{session: s, view: s.View(), owners: map[string][]core.Ref{}, shape: true, start: was.VM}
	w.start.VM.Cluster = was.Cluster
	w.clusters = creators(ctx, s, func(cluster string) core.Decision {
		if was.Cluster != "" && cluster != was.Cluster {
			return core.Decision{}
		}
		return w.view.Can(core.VerbCreateVM, core.ClusterRef(cluster))
	})
	switch {
	case len(w.clusters) == 0:
		return entryForm{}, core.Errorf(core.CodeDenied, "you may not create VMs on any cluster").WithHint("it needs create_vm on a cluster; ask an administrator of one")
	case was.Cluster != "" && w.clusters[0].why != "":
		return entryForm{}, core.Errorf(core.CodeUnreachable, "%s: %s", was.Cluster, w.clusters[0].why)
	}
	name := form.Field{Name: "template", Label: "Name", Required: true, Max: 64, Value: was.Name, Placeholder: "small", Help: "Unique on the cluster: small letters, digits, '.', '_' and '-'."}
	title := "Add a template"
	if edit {
		name = form.Field{Name: "template", Label: "Name", Kind: form.Fixed, Value: was.Name}
		title = "Template " + core.Printable(was.Path())
	}
	cluster := w.clusterStep()[:2]
	if was.Cluster != "" {
		cluster[1] = form.Field{Name: "cluster", Label: "Cluster", Kind: form.Fixed, Value: was.Cluster}
	}
	cluster[0].Label = "Template"
	fields := w.filled(slices.Concat(cluster, []form.Field{name, {
		Name: "description", Label: "What for", Max: 200, Value: core.Printable(was.Description), Placeholder: "for tests",
	}}, w.basicStep(), w.diskStep(), w.nicStep(), w.hyperStep(), []form.Field{{Kind: form.Section, Label: "Summary"}}))
	f := entryForm{Form: form.Form{Title: title, Save: "Save", Steps: true, Fields: fields, Check: w.check}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		o, err := w.op(v)
		if err != nil || v["cluster"] == "" || v.Text("template") == "" {
			return nil, err
		}
		t := core.Template{Cluster: v["cluster"], Name: v.Text("template"), Description: v.Text("description"), VM: o.Shape()}
		op := core.SaveTemplate{Template: t}
		if edit {
			op.Was = &was
			if len(op.Spec().Diff) == 0 {
				return nil, nil
			}
		}
		return []core.Op{op}, nil
	}
	return f, nil
}

// makeTemplateCopy asks where a template is copied to, and says what does not fit
// there.
func makeTemplateCopy(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	t, err := findTemplate(ctx, s, arg)
	if err != nil {
		return entryForm{}, err
	}
	view := s.View()
	w := &wizard{session: s, view: view}
	w.clusters = creators(ctx, s, func(cluster string) core.Decision { return view.Can(core.VerbCreateVM, core.ClusterRef(cluster)) })
	options := make([]form.Option, len(w.clusters))
	for i, c := range w.clusters {
		options[i] = c.option()
		if c.why != "" {
			continue
		}
		if n := len(c.offer.Misfits(t.VM)); n > 0 {
			options[i].Note, options[i].Alarm = counted(n, "thing")+" of it not offered there", true
		}
	}
	f := entryForm{Form: form.Form{
		Title: "Copy template " + core.Printable(t.Path()), Save: "Copy",
		Fields: []form.Field{
			{Name: "template", Label: "Template", Kind: form.Fixed, Value: core.Printable(t.Path())},
			{Name: "cluster", Label: "To", Kind: form.Choice, Required: true, Options: options, Help: "The cluster that gets the copy."},
			{Name: "as", Label: "Name", Required: true, Max: 64, Value: t.Name, Help: "Of the copy, unique on that cluster."},
		},
	}}
	f.Summary = func(v form.Values) []string {
		var out []string
		if v["cluster"] == "" {
			return nil
		}
		for _, m := range w.offer(v).Misfits(t.VM) {
			out = append(out, "Does not fit: "+core.Printable(m))
		}
		if len(out) > 0 {
			out = append(out, "It is copied as it is, to be changed there.", "")
		}
		return out
	}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if v["cluster"] == "" || v.Text("as") == "" {
			return nil, nil
		}
		return []core.Op{core.CopyTemplate{Cluster: t.Cluster, Name: t.Name, To: v["cluster"], As: v.Text("as")}}, nil
	}
	return f, nil
}
