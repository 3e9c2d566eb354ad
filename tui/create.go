package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// formCreate is the wizard that makes a VM. Its argument is nothing, a cluster, or
// one of the words below with what it starts from.
const formCreate = "vm create"

// What a wizard can start from, after formCreate.
const (
	fromLike     = "like"     // a VM
	fromTemplate = "template" // CLUSTER/TEMPLATE
	fromJob      = "job"      // the number of a job that created a VM, or failed to
	fromBackup   = "backup"   // CLUSTER/NODE:NAME
)

func createForms() []formKind {
	return []formKind{{Word: formCreate, Waits: "what the clusters offer", Make: makeCreateForm}}
}

// wizard is what the form that makes VMs, and the one of templates, work with.
type wizard struct {
	session   *core.Session
	view      *core.View
	clusters  []creator
	owners    map[string][]core.Ref // by cluster
	templates []core.Template
	start     core.CreateVM // what it starts from
	shape     bool          // it is a template: without name, owner and place
}

func makeCreateForm(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	w := &wizard{session: s, view: s.View(), owners: map[string][]core.Ref{}}
	may := func(cluster string) core.Decision { return w.view.Can(core.VerbCreateVM, core.ClusterRef(cluster)) }
	if !slices.ContainsFunc(w.view.Clusters(), func(c core.ClusterSummary) bool {
		d := may(c.Cluster.Name)
		return d.OK || d.Locked
	}) {
		return entryForm{}, core.Errorf(core.CodeDenied, "you may not create VMs on any cluster").WithHint("it needs create_vm on a cluster; ask an administrator of one")
	}
	title, err := w.from(ctx, arg)
	if err != nil {
		return entryForm{}, err
	}
	w.clusters = creators(ctx, s, may)
	if w.restores() { // a backup goes nowhere else
		w.clusters = slices.DeleteFunc(w.clusters, func(c creator) bool { return c.name != w.start.VM.Cluster })
	}
	for _, c := range w.clusters {
		w.owners[c.name] = s.Creators(c.name)
	}
	if w.templates, err = s.Templates(ctx, ""); err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title: title, Save: "Create", Steps: true,
		Fields: w.filled(slices.Concat(
			w.clusterStep(), w.ownerStep(), w.basicStep(), w.diskStep(), w.nicStep(), w.placeStep(), w.hyperStep(), w.summaryStep(),
		)),
		Check: w.check, Summary: w.summary,
		Actions: []form.Action{
			{Label: "Dry run", Help: "Let the cluster say whether it would make it; nothing is made.", Do: w.tryOut},
			{Label: "Save as template", Help: "Keep everything but name, owner and place under the name of the template.", Do: w.keep},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		op, err := w.op(v)
		if err != nil || op.VM.Name == "" || op.VM.Cluster == "" {
			return nil, err
		}
		return []core.Op{op}, nil
	}
	return f, nil
}

// from reads what the wizard starts from, and names the form after it.
func (w *wizard) from(ctx context.Context, arg string) (title string, err error) {
	word, name, _ := strings.Cut(arg, " ")
	var vm core.Ref
	switch {
	case name == "" && word == "":
		title = "Create a VM"
	case name == "":
		title = "Create a VM"
		if vm, err = w.view.Find(core.KindCluster, word); err == nil {
			w.start.VM.Cluster = vm.Cluster
		}
	case word == fromLike:
		if vm, err = w.view.Find(core.KindVM, name); err != nil {
			return "", err
		}
		title = "Create a VM like " + core.Printable(vm.Name)
		w.start, err = w.session.TemplateOf(ctx, vm)
		w.start.VM.Cluster = vm.Cluster
	case word == fromTemplate:
		var t core.Template
		if t, err = findTemplate(ctx, w.session, name); err == nil {
			w.start = t.Create("")
		}
		title = "Create a VM from " + core.Printable(t.Name)
	case word == fromJob:
		w.start, err = jobCreation(ctx, w.session, name)
		title = "Create " + core.Printable(w.start.VM.Name) + " again"
	case word == fromBackup:
		w.start, err = w.backup(ctx, name)
		title = "Create a VM from the backup of " + core.Printable(w.start.From.Name)
	default:
		err = core.Errorf(core.CodeInvalid, "%q is nothing to start from", core.Printable(arg)).WithHint("%s [CLUSTER | like VM | template CLUSTER/NAME | job N | backup CLUSTER/NODE:NAME]", formCreate)
	}
	return title, err
}

// findTemplate reads CLUSTER/NAME.
func findTemplate(ctx context.Context, s *core.Session, path string) (core.Template, error) {
	cluster, name, err := core.ParseTemplate(path)
	if err != nil {
		return core.Template{}, err
	}
	return s.Template(ctx, cluster, name)
}

// jobCreation is what a job was asked to create.
func jobCreation(ctx context.Context, s *core.Session, name string) (core.CreateVM, error) {
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return core.CreateVM{}, core.Unknown(core.KindJob, name)
	}
	job, err := s.Job(ctx, core.JobID(id))
	if err != nil {
		return core.CreateVM{}, err
	}
	if op, err := job.Again(); err == nil {
		if create, ok := op.(core.CreateVM); ok {
			create.DryRun = false
			return create, nil
		}
	}
	return core.CreateVM{}, core.Errorf(core.CodeInvalid, "job %s created no VM", core.Printable(name))
}

// filled gives fields the answers that the start stands for.
func (w *wizard) filled(fields []form.Field) []form.Field {
	start := w.answers(w.start)
	if w.start.OS == "" && w.start.From.Name == "" { // nothing but a cluster
		start = form.Values{"cluster": w.start.VM.Cluster}
	}
	usable := w.usable()
	if start["cluster"] == "" && len(usable) == 1 {
		start["cluster"] = usable[0].name
	}
	asked := false
	for i, f := range fields {
		if value, ok := start[f.Name]; ok {
			fields[i].Value = value
		}
		if asked && !w.shape { // all of it depends on the cluster
			fields[i].When = func(v form.Values) bool { return v["cluster"] != "" && (f.When == nil || f.When(v)) }
		}
		asked = asked || f.Name == "cluster"
	}
	return fields
}

// usable are the clusters that can be chosen now.
func (w *wizard) usable() []creator {
	return slices.DeleteFunc(slices.Clone(w.clusters), func(c creator) bool { return c.why != "" })
}

// offer is what the chosen cluster offers; empty while none is chosen.
func (w *wizard) offer(v form.Values) core.Offer {
	for _, c := range w.clusters {
		if c.name == v["cluster"] {
			return c.offer
		}
	}
	return core.Offer{}
}

// hypervisor is the one that is chosen, or that the cluster takes.
func (w *wizard) hypervisor(v form.Values) string {
	if chosen := v["hypervisor"]; chosen != "" {
		return chosen
	}
	for _, name := range w.offer(v).Hypervisors {
		return name
	}
	return ""
}

// storage is the disk template that is chosen, or that the cluster takes.
func (w *wizard) storage(v form.Values) string {
	if chosen := v["storage"]; chosen != "" {
		return chosen
	}
	for _, name := range w.offer(v).Templates() {
		return name
	}
	return ""
}
