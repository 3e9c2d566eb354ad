package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) ownerList() *cobra.Command {
	var cluster string
	wanted := map[core.StrayKind]*bool{}
	c := &cobra.Command{
		Use:   "list",
		Short: "List the owners of VMs, or the VMs that need attention",
		Long: "List the owners of VMs. With a switch, list the VMs that need the attention of who\n" +
			"administers their cluster, as it is now; several switches list all of these.",
		Example: "  gwm owner list\n  gwm owner list --orphans --ungoverned\n  gwm owner list --conflict --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var kinds []core.StrayKind
			for _, kind := range core.StrayKinds() {
				if *wanted[kind] {
					kinds = append(kinds, kind)
				}
			}
			if len(kinds) == 0 {
				return t.listOwners(cluster)
			}
			return t.listStrays(cmd.Context(), cluster, kinds)
		},
	}
	for _, f := range []struct {
		name string
		kind core.StrayKind
	}{
		{"orphans", core.StrayOrphan},
		{"ungoverned", core.StrayUngoverned},
		{"importable", core.StrayImportable},
		{"missing", core.StrayMissing},
		{"conflict", core.StrayConflict},
	} {
		wanted[f.kind] = c.Flags().Bool(f.name, false, "those "+f.kind.Title())
	}
	t.clusterFlag(c, &cluster)
	return c
}

// listOwners lists the visible VMs that have an owner.
func (t *tree) listOwners(cluster string) error {
	v := t.Session.View()
	only, err := selected(v, cluster, nil)
	if err != nil {
		return err
	}
	type row struct {
		VM    string `json:"vm"`
		Owner string `json:"owner"`
	}
	var rows []row
	for _, vm := range v.VMs() {
		if owner, ok := v.Owner(vm.Ref()); ok && only.has(vm.Cluster, vm) {
			rows = append(rows, row{vm.Ref().String(), owner.String()})
		}
	}
	if text := counted(v.StrayCounts()); text != "" {
		t.note("needs attention: %s", text)
	}
	return list(t, rows, []string{"VM", "OWNER"}, func(r row) []string { return []string{r.VM, r.Owner} })
}

func (t *tree) listStrays(ctx context.Context, cluster string, kinds []core.StrayKind) error {
	only, err := selected(t.Session.View(), cluster, nil)
	if err != nil {
		return err
	}
	// what does not answer is noted beside the list
	_ = t.Session.Refresh(ctx, only.cluster)
	strays, err := t.Session.Strays(ctx)
	if err != nil {
		return err
	}
	strays = slices.DeleteFunc(strays, func(s core.Stray) bool {
		return !slices.Contains(kinds, s.Kind) || only.cluster != "" && s.VM.Cluster != only.cluster
	})
	t.staleNote(t.Session.View(), only.cluster)
	return list(t, strays, []string{"VM", "KIND", "OWNER", "WHY"}, func(s core.Stray) []string {
		return []string{s.VM.String(), string(s.Kind), orDash(s.Owner.String()), s.Why + leftOut(s.Claims)}
	})
}

// leftOut says which claims could not be imported, and why.
func leftOut(claims []core.Claim) string {
	var words []string
	for _, c := range claims {
		if c.Why != "" {
			words = append(words, c.String()+" ("+c.Why+")")
		}
	}
	if words == nil {
		return ""
	}
	return "; cannot be imported: " + strings.Join(words, ", ")
}

func (t *tree) ownerImport() *cobra.Command {
	var override string
	var yes bool
	c := &cobra.Command{
		Use:   "import VM...",
		Short: "Make owner and rights of VMs what their tags say",
		Long: "Make owner and rights of VMs in gwm what their tags on the cluster say, for example\n" +
			"after gwm lost its store. Whoever may write tags there could have written these: look\n" +
			"at what is printed before you agree. Where records and tags differ, the tags win.",
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			strays, _ := t.Session.Strays(cmd.Context())
			names := append(strayNames(strays, core.StrayImportable), strayNames(strays, core.StrayConflict)...)
			return t.complete(-1, func(*core.View) []string { return names })(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			strays, err := t.Session.Strays(cmd.Context())
			if err != nil {
				return err
			}
			var ops []core.Op
			for _, arg := range args {
				vm, err := t.Session.View().Find(core.KindVM, arg)
				if err != nil {
					return t.Session.Missed(cmd.Context(), core.ImportVM{VM: named(arg)}, err)
				}
				op := core.ImportVM{VM: vm, Override: override}
				for _, s := range strays {
					if s.VM == vm && len(s.Claims) > 0 && op.Tags == nil {
						op.Tags = s.Tags
						t.noteClaims(s)
					}
				}
				ops = append(ops, op)
			}
			if err := t.check(cmd.Context(), ops...); err != nil {
				return err
			}
			if !yes && !t.Terminal {
				return core.Errorf(core.CodeInvalid, "%s needs a confirmation", ops[0].Spec().Title).
					WithHint("read what would be granted and add --yes")
			}
			if !yes {
				if err := t.ask("gwm believes these tags in place of its own records.", "Go on"); err != nil {
					return err
				}
			}
			return t.doAll(cmd.Context(), ops, true)
		},
	}
	c.Flags().StringVar(&override, "override", "", "exceed the quota of the owner, with this reason")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// noteClaims shows what an import would do.
func (t *tree) noteClaims(s core.Stray) {
	t.note("%s:", core.Printable(s.VM.String()))
	for _, c := range s.Claims {
		line := "  " + c.String()
		if c.Why != "" {
			line = fmt.Sprintf("  left out: %s (%s)", c.String(), c.Why)
		}
		t.note("%s", core.Printable(line))
	}
}
