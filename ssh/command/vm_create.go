package command

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmCreate() *cobra.Command {
	var w createWords
	var from origin
	var wait, yes bool
	c := &cobra.Command{
		Use:   "create CLUSTER/NAME",
		Short: "Create a VM",
		Long: "Create a VM. The cluster can be left out where you may create VMs on one only.\n" +
			"What is not said is as the cluster makes VMs by default; cluster offer shows that, and what can be chosen.\n" +
			"With --from-job a job that created a VM, or failed to, is asked for again; other flags change it.\n" +
			"With --from-backup its disks are filled from a backup; it is as large as the VM that was copied, if that is there.",
		Example: "  gwm vm create berlin/web9.example.org --os debootstrap+default --disk 10G --memory 2G --vcpus 2 --wait\n" +
			"  gwm vm create web9.example.org --os noop --disk 10G --disk 20G,name=data --nic network=lan,ip=pool --dry-run --wait\n" +
			"  gwm vm create --from-job 12 --memory 1G --wait\n" +
			"  gwm vm create berlin/web9.example.org --from-backup node3:web1.example.org --wait",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, clusterSlash),
		RunE: func(cmd *cobra.Command, args []string) error {
			op, err := t.newVM(cmd, args, &w, from)
			if err != nil {
				return err
			}
			if op, err = t.restored(cmd.Context(), op); err != nil {
				return err
			}
			if err := t.check(cmd.Context(), op); err != nil { // who may not is told so before anything else
				return err
			}
			offer, err := t.Session.Offer(cmd.Context(), op.VM.Cluster)
			if err != nil {
				return err
			}
			op = offer.Fill(op)
			if err := offer.Fits(op); err != nil {
				return err
			}
			return t.submit(cmd.Context(), []core.Op{op}, wait, yes)
		},
	}
	w.flags(c.Flags())
	c.Flags().StringVar(&from.job, "from-job", "", "ask for the VM of this job once more")
	c.Flags().StringVar(&from.template, "template", "", "CLUSTER/TEMPLATE to make it from; other flags change it")
	c.Flags().BoolVar(&wait, "wait", false, "follow the job and print its log")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	_ = c.RegisterFlagCompletionFunc("template", t.complete(-1, t.templateNames))
	_ = c.RegisterFlagCompletionFunc("from-job", t.complete(-1, jobNames))
	t.completeCreate(c)
	return c
}

// origin is what a VM is made from besides flags; empty: nothing.
type origin struct{ job, template string }

// newVM reads what is asked for: a name and flags, or a job or a template and what
// is to differ.
func (t *tree) newVM(cmd *cobra.Command, args []string, w *createWords, from origin) (core.CreateVM, error) {
	if len(args) == 0 && from.job == "" {
		return core.CreateVM{}, core.Errorf(core.CodeInvalid, "no name is given").WithHint("write CLUSTER/NAME")
	}
	var old core.CreateVM
	var err error
	switch {
	case from.job != "" && from.template != "":
		return core.CreateVM{}, core.Errorf(core.CodeInvalid, "it is made from a job, or from a template").WithHint("leave one of them out")
	case from.template != "":
		var tpl core.Template
		tpl, err = t.findTemplate(cmd.Context(), from.template)
		if old = tpl.Create(""); err == nil && !strings.Contains(args[0], "/") {
			args = []string{tpl.Cluster + "/" + args[0]}
		}
	case from.job != "":
		old, err = t.creation(cmd.Context(), from.job)
	default:
		vm, err := t.newName(cmd.Context(), args[0])
		if err != nil {
			return core.CreateVM{}, err
		}
		return w.op(t, vm)
	}
	if err != nil {
		return core.CreateVM{}, err
	}
	vm := old.VM
	if len(args) > 0 {
		if vm, err = t.newName(cmd.Context(), args[0]); err != nil {
			return core.CreateVM{}, err
		}
	}
	again, err := overlaid(cmd.Flags(), old.Spec().Command[3:]) // vm create CLUSTER/NAME go before
	if err != nil {
		return core.CreateVM{}, err
	}
	return again.op(t, vm)
}

// creation is what a job was asked to make.
func (t *tree) creation(ctx context.Context, name string) (core.CreateVM, error) {
	row, err := t.jobRow(ctx, name)
	if err != nil {
		return core.CreateVM{}, err
	}
	if row.Ours != nil {
		if op, err := row.Ours.Again(); err == nil {
			if create, ok := op.(core.CreateVM); ok {
				return create, nil
			}
		}
	}
	return core.CreateVM{}, core.Errorf(core.CodeInvalid, "job %s created no VM by gwm", core.Printable(name)).
		WithHint("job list op:vm.create shows which did")
}

// newName reads the name of a new VM. A bare one is of the only cluster on which
// the person may create.
func (t *tree) newName(ctx context.Context, text string) (core.Ref, error) {
	cluster, name, ok := strings.Cut(text, "/")
	if ok {
		r, err := t.Session.View().Find(core.KindCluster, cluster)
		if err != nil {
			return core.Ref{}, t.Session.Missed(ctx, core.CreateVM{VM: named(text)}, err)
		}
		return core.VMRef(r.Cluster, name), nil
	}
	switch on := t.creating(); len(on) {
	case 0:
		return core.Ref{}, core.Errorf(core.CodeDenied, "you may not create VMs on any cluster").WithHint("ask an administrator of one")
	case 1:
		return core.VMRef(on[0], text), nil
	default:
		return core.Ref{}, core.Errorf(core.CodeInvalid, "it is not said on which cluster %s is to be", core.Printable(text)).
			WithHint("write CLUSTER/%s; you may create on %s", core.Printable(text), strings.Join(on, ", "))
	}
}

// creating lists the clusters on which the person may create.
func (t *tree) creating() []string {
	var names []string
	for _, c := range t.Session.View().Clusters() {
		if len(t.Session.Creators(c.Cluster.Name)) > 0 {
			names = append(names, c.Cluster.Name)
		}
	}
	return names
}

// clusterSlash offers the clusters as the beginning of a name.
func clusterSlash(v *core.View) []string {
	names := clusterNames(v)
	for i := range names {
		names[i] += "/"
	}
	return names
}
