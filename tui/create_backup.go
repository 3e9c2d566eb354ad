package tui

import (
	"context"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// backup reads CLUSTER/NODE:NAME: a VM that is made of the backup, as large as the one
// that it is of, where that is there.
func (w *wizard) backup(ctx context.Context, text string) (core.CreateVM, error) {
	cluster, path, _ := strings.Cut(text, "/")
	node, name, ok := strings.Cut(path, ":")
	on, err := w.view.Find(core.KindCluster, cluster)
	switch {
	case err != nil:
		return core.CreateVM{}, err
	case !ok || node == "" || name == "":
		return core.CreateVM{}, core.Errorf(core.CodeInvalid, "%q does not name a backup", core.Printable(text)).WithHint("write CLUSTER/NODE:NAME; :backups lists them")
	}
	at, err := w.view.Find(core.KindNode, on.Cluster+"/"+node)
	if err != nil {
		return core.CreateVM{}, err
	}
	o, err := w.session.TemplateOf(ctx, core.VMRef(on.Cluster, name))
	if err != nil {
		o = core.CreateVM{NICs: []core.NewNIC{{}}, Start: true} // it is gone: the person says how large it was
	}
	o.VM = core.VMRef(on.Cluster, "")
	o.OS, o.NoInstall, o.HypervisorParams, o.From = "", false, nil, core.BackupRef{Node: at, Name: name}
	return o, nil
}

// restores tells whether the wizard makes a VM of a backup.
func (w *wizard) restores() bool { return w.start.From.Name != "" && !w.shape }

// sourceFields ask what comes onto the disks: a system that is installed, or nothing.
// Where it is a backup, they say which.
func (w *wizard) sourceFields() []form.Field {
	if w.restores() {
		return []form.Field{{
			Name: "backup", Label: "System", Kind: form.Fixed, Value: "that of the backup " + core.Printable(w.start.From.String()),
		}}
	}
	return []form.Field{
		{
			Name: "os", Label: "System", Kind: form.Choice, Folded: true, Required: true, Help: "The operating system that is installed, with its variant.",
			Offer: func(v form.Values) []form.Option {
				var options []form.Option
				for _, name := range w.offer(v).OSes {
					options = append(options, form.Option{Value: name, Label: core.Printable(name)})
				}
				return options
			},
		},
		{Name: "noinstall", Label: "Empty disks", Kind: form.YesNo, Placeholder: "install nothing, and leave it down"},
	}
}
