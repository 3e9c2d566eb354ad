package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) owner() *cobra.Command {
	return groupCommand("owner", "Owners of VMs, and the tags that keep them",
		t.ownerList(), t.ownerSet(), t.ownerClear(), t.ownerSync(), t.ownerImport(), t.ownerForget())
}

func (t *tree) ownerSet() *cobra.Command {
	var op core.SetOwner
	var yes bool
	c := &cobra.Command{
		Use:   "set VM... WHO",
		Short: "Make a user or a group the owner of VMs, whose quota they are charged to",
		Example: "  gwm owner set berlin/web1 ann --grant\n  gwm owner set web1 web2 group:ops --grant --revoke\n" +
			"  gwm owner set web1 ann --override 'agreed with finance'",
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: t.completeOwner,
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := who(args[len(args)-1])
			if err != nil {
				return err
			}
			return t.owners(cmd.Context(), args[:len(args)-1], yes, func(vm core.Ref) core.Op {
				op.VM, op.Owner = vm, to
				return op
			})
		},
	}
	c.Flags().BoolVar(&op.Grant, "grant", false, "also give the new owner admin on it")
	c.Flags().BoolVar(&op.Revoke, "revoke", false, "also take from the old owner what was granted on it")
	c.Flags().StringVar(&op.Override, "override", "", "exceed the new owner's quota, with this reason")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) ownerClear() *cobra.Command {
	var op core.SetOwner
	var yes bool
	c := &cobra.Command{
		Use:               "clear VM...",
		Short:             "Leave VMs without an owner",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: t.complete(-1, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.owners(cmd.Context(), args, yes, func(vm core.Ref) core.Op {
				op.VM = vm
				return op
			})
		},
	}
	c.Flags().BoolVar(&op.Revoke, "revoke", false, "also take from the old owner what was granted on it")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) ownerSync() *cobra.Command {
	c := t.power("sync VM...", "Make the tags of VMs say what gwm's records say of owner and rights", nil,
		func(vm core.Ref) core.Op { return core.SyncTags{VM: vm} })
	c.Long = "Make the tags of VMs on their cluster say what gwm's records say of owner and rights.\n" +
		"gwm does so by itself after each change. By hand it settles a conflict: the records win.\n" +
		"The other way round, that the tags win, is owner import."
	return c
}

// owners carries out one Op for each of the named VMs.
func (t *tree) owners(ctx context.Context, names []string, yes bool, op func(vm core.Ref) core.Op) error {
	v := t.Session.View()
	ops := make([]core.Op, 0, len(names))
	for _, name := range names {
		ref, err := v.Find(core.KindVM, name)
		if err != nil {
			return t.Session.Missed(ctx, op(named(name)), err)
		}
		ops = append(ops, op(ref))
	}
	return t.doAll(ctx, ops, yes)
}

// doAll confirms and carries out Ops on gwm's own records, several as one bulk,
// and says what was done.
func (t *tree) doAll(ctx context.Context, ops []core.Op, yes bool) error {
	if len(ops) == 1 {
		return t.do(ctx, ops[0], yes)
	}
	if err := t.check(ctx, ops...); err != nil {
		return err
	}
	if err := t.confirm(yes, ops...); err != nil {
		return err
	}
	if _, err := t.Session.DoAll(ctx, "", ops); err != nil {
		return err
	}
	for _, op := range ops {
		t.note("done: %s", core.Printable(op.Spec().Title))
	}
	return nil
}

// completeOwner completes a VM, or a user or group.
func (t *tree) completeOwner(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	return t.complete(-1, func(v *core.View) []string {
		names := vmNames(v)
		if len(args) == 0 {
			return names
		}
		users, _ := t.Session.Users(cmd.Context())
		for _, u := range users {
			names = append(names, u.Name)
		}
		groups, _ := t.Session.Groups(cmd.Context())
		for _, g := range groups {
			names = append(names, core.GroupRef(g.Name).String())
		}
		return names
	})(cmd, args, word)
}

// ownerText is the owner of a VM, user:NAME or group:NAME; empty where it has
// none.
func ownerText(v *core.View, vm core.Ref) string {
	owner, _ := v.Owner(vm)
	return owner.String()
}

// shortOwner is the same for a table, where a user goes by the bare name.
func shortOwner(text string) string { return orDash(strings.TrimPrefix(text, "user:")) }

func (t *tree) ownerForget() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "forget VM...",
		Short: "Forget owner, rights, lock and tokens of VMs that their cluster no longer lists",
		Args:  cobra.MinimumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			strays, _ := t.Session.Strays(cmd.Context())
			return t.complete(-1, func(*core.View) []string { return strayNames(strays, core.StrayMissing) })(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var ops []core.Op
			for _, arg := range args {
				vm, err := t.findGone(arg)
				if err != nil {
					return err
				}
				ops = append(ops, core.ForgetVM{VM: vm})
			}
			return t.doAll(cmd.Context(), ops, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// findGone reads the name of a VM that may be gone: its exact name, or one that
// is found.
func (t *tree) findGone(text string) (core.Ref, error) {
	if r, err := core.ParseRef(text); err == nil && r.Kind == core.KindVM {
		return r, nil
	}
	r, err := t.Session.View().Find(core.KindVM, text)
	if core.CodeOf(err) == core.CodeNotFound {
		return r, core.Errorf(core.CodeInvalid, "%q is not the whole name of a VM that is gone", core.Printable(text)).
			WithHint("write CLUSTER/NAME; owner list --missing shows them")
	}
	return r, err
}

// strayNames lists the VMs of a kind by their whole names.
func strayNames(strays []core.Stray, kind core.StrayKind) []string {
	var names []string
	for _, s := range strays {
		if s.Kind == kind {
			names = append(names, s.VM.String())
		}
	}
	return names
}

// counted writes "2 orphan, 1 missing".
func counted(counts map[core.StrayKind]int) string {
	text := ""
	for _, kind := range core.StrayKinds() {
		if n := counts[kind]; n > 0 {
			if text != "" {
				text += ", "
			}
			text += fmt.Sprintf("%d %s", n, kind)
		}
	}
	return text
}
