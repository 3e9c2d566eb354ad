package command

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) quota() *cobra.Command {
	return groupCommand("quota", "What users and groups may use, and what they use",
		t.quotaList(), t.quotaShow(), t.quotaUsage(), t.quotaSet(), t.quotaRemove())
}

// payer reads who a quota is for: a user, a group, or the word for the default.
func payer(text string) (core.Ref, error) {
	if text == core.QuotaDefaultWord {
		return core.Ref{}, nil
	}
	return who(text)
}

// payerWord is the opposite of payer.
func payerWord(who core.Ref) string {
	if who.IsZero() {
		return core.QuotaDefaultWord
	}
	return who.String()
}

func (t *tree) quotaList() *cobra.Command {
	return &cobra.Command{
		Use:               "list [CLUSTER]",
		Short:             "List the quotas of a cluster, or of all",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := t.clusterArg(args, 0)
			if err != nil {
				return err
			}
			rows, err := t.Session.Quotas(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			return list(t, rows, []string{"CLUSTER", "WHO", "MEMORY", "DISK", "VCPUS", "VMS", "SET BY", "AT"}, func(q core.Quota) []string {
				cells := []string{q.Cluster, payerWord(q.Who)}
				for _, r := range core.Resources() {
					cells = append(cells, q.Limits.Text(r))
				}
				return append(cells, orDash(q.By), stamp(q.At))
			})
		},
	}
}

// clusterArg is the name of the cluster that an argument names; empty where it is
// missing.
func (t *tree) clusterArg(args []string, at int) (string, error) {
	if len(args) <= at {
		return "", nil
	}
	c, err := findCluster(t.Session.View(), args[at])
	return c.Cluster.Name, err
}

// quotaArgs reads WHO CLUSTER of the commands that change a quota. op is what is
// asked for: recorded where there is no such cluster that the person may see.
func (t *tree) quotaArgs(ctx context.Context, args []string, op func(who core.Ref, cluster string) core.Op) (core.Ref, string, error) {
	who, err := payer(args[0])
	if err != nil {
		return who, "", err
	}
	cluster, err := t.clusterArg(args, 1)
	if err != nil {
		return who, "", t.Session.Missed(ctx, op(who, core.Printable(args[1])), err)
	}
	return who, cluster, nil
}

func (t *tree) quotaShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show WHO [CLUSTER]",
		Short:             "Show what a user or a group uses and may use",
		Example:           "  gwm quota show ann\n  gwm quota show group:ops berlin",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: t.complete(1, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := who(args[0])
			if err != nil {
				return err
			}
			var rows []core.Usage
			for _, u := range t.Session.View().Usage(ref) {
				if len(args) == 1 || strings.EqualFold(u.Cluster, args[1]) {
					rows = append(rows, u)
				}
			}
			if len(rows) > 0 {
				return t.usages(rows)
			}
			if known, err := t.knows(cmd.Context(), ref); err != nil {
				return err
			} else if !known {
				return core.Unknown(ref.Kind, ref.Name)
			}
			if _, err := t.clusterArg(args, 1); err != nil {
				return err
			}
			return t.usages(nil)
		},
	}
}

// knows tells whether the person may see a user or a group.
func (t *tree) knows(ctx context.Context, who core.Ref) (bool, error) {
	if who.Kind == core.KindGroup {
		groups, err := t.Session.Groups(ctx)
		for _, g := range groups {
			if g.Name == who.Name {
				return true, nil
			}
		}
		return false, err
	}
	users, err := t.Session.Users(ctx)
	for _, u := range users {
		if u.Name == who.Name {
			return true, nil
		}
	}
	return false, err
}

func (t *tree) quotaUsage() *cobra.Command {
	return &cobra.Command{
		Use:               "usage CLUSTER",
		Short:             "Show what everybody uses and may use on a cluster",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(_ *cobra.Command, args []string) error {
			cluster, err := t.clusterArg(args, 0)
			if err != nil {
				return err
			}
			return t.usages(t.Session.View().UsageOn(cluster))
		},
	}
}

// usages prints what is used of what is allowed.
func (t *tree) usages(rows []core.Usage) error {
	header := []string{"CLUSTER", "WHO", "MEMORY", "DISK", "VCPUS", "VMS", "RUNNING", "QUOTA"}
	return list(t, rows, header, func(u core.Usage) []string {
		cells := []string{u.Cluster, u.Who.String()}
		for _, r := range core.Resources() {
			cells = append(cells, usedOf(u, r))
		}
		return append(cells, number(u.Running), string(u.Source))
	})
}

// usedOf writes the use of one resource: "1 GiB", "1 GiB of 8 GiB", "9 of 8,
// exceeded by 1".
func usedOf(u core.Usage, r core.Resource) string {
	text := r.Text(u.Used.Of(r))
	if u.Limits.Of(r) != nil {
		text += " of " + u.Limits.Text(r)
	}
	if n := u.Reserved.Of(r); n > 0 {
		text += ", " + r.Text(n) + " reserved"
	}
	if n := u.Exceeds(r); n > 0 {
		text += ", exceeded by " + r.Text(n)
	}
	return text
}

func (t *tree) quotaSet() *cobra.Command {
	words := map[core.Resource]*string{}
	c := &cobra.Command{
		Use:   "set WHO CLUSTER",
		Short: "Limit what a user or a group (or, with the word default, everybody else) may use on a cluster",
		Long: "Limit what a user or a group may use on a cluster, in place of the cluster's default; with the word\n" +
			"default for WHO, set that default. What is not named stays as it is. 0 is none.",
		Example: "  gwm quota set group:ops berlin --memory 8G --disk 1.5T\n  gwm quota set ann berlin --cpus unlimited\n" +
			"  gwm quota set default berlin --vms 0",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(1, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			op := core.SetQuota{}
			var err error
			op.Who, op.Cluster, err = t.quotaArgs(cmd.Context(), args, func(who core.Ref, cluster string) core.Op {
				return core.SetQuota{Who: who, Cluster: cluster}
			})
			if err != nil {
				return err
			}
			if op.Limits, op.Was, err = t.limitsNow(cmd.Context(), op.Who, op.Cluster); err != nil {
				return err
			}
			changed := false
			for _, r := range core.Resources() {
				if !cmd.Flags().Changed(quotaFlag(r)) {
					continue
				}
				limit, err := core.ParseLimit(r, *words[r])
				if err != nil {
					return err
				}
				op.Limits, changed = op.Limits.With(r, limit), true
			}
			if !changed {
				return core.Errorf(core.CodeInvalid, "no limit is named").WithHint("name --memory, --disk, --cpus or --vms")
			}
			return t.do(cmd.Context(), op, true)
		},
	}
	for r, usage := range map[core.Resource]string{
		core.ResourceMemory: "memory of VMs that run, as 512M, 8G, 1.5T",
		core.ResourceDisk:   "disk of all VMs, as 512M, 8G, 1.5T",
		core.ResourceVCPUs:  "virtual CPUs of VMs that run",
		core.ResourceVMs:    "how many VMs",
	} {
		words[r] = c.Flags().String(quotaFlag(r), "", usage+"; or unlimited")
		_ = c.RegisterFlagCompletionFunc(quotaFlag(r), cobra.FixedCompletions([]string{core.Unlimited}, cobra.ShellCompDirectiveNoFileComp))
	}
	return c
}

// quotaFlag is the option that names a resource.
func quotaFlag(r core.Resource) string {
	switch r {
	case core.ResourceVCPUs:
		return "cpus"
	case core.ResourceVMs:
		return "vms"
	case core.ResourceMemory, core.ResourceDisk:
	}
	return string(r)
}

// limitsNow returns what bounds somebody on a cluster now, and what their own
// quota there says, as far as the person may read it.
func (t *tree) limitsNow(ctx context.Context, who core.Ref, cluster string) (now core.Limits, own *core.Limits, err error) {
	quotas, err := t.Session.Quotas(ctx, cluster)
	if err != nil {
		return now, nil, err
	}
	own = &core.Limits{}
	for _, q := range quotas { // the default comes first
		if q.Who.IsZero() || q.Who == who {
			now = q.Limits
		}
		if q.Who == who {
			own = &q.Limits
		}
	}
	return now, own, nil
}

func (t *tree) quotaRemove() *cobra.Command {
	return &cobra.Command{
		Use:               "remove WHO CLUSTER",
		Short:             "Remove a quota, so that the cluster's default holds; or, with the word default, that default",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(1, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			remove := func(who core.Ref, cluster string) core.Op { return core.RemoveQuota{Who: who, Cluster: cluster} }
			who, cluster, err := t.quotaArgs(cmd.Context(), args, remove)
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), remove(who, cluster), true)
		},
	}
}
