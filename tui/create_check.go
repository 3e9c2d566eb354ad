package tui

import (
	"context"
	"math"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// check says at each field what the cluster would not take.
func (w *wizard) check(v form.Values) map[string]error {
	out := map[string]error{}
	if name := v.Text("name"); name != "" {
		out["name"] = core.CheckVMName(name)
	}
	for _, field := range []string{"hvother", "osparams", "backend"} {
		_, out[field] = readParams(v[field])
	}
	o, err := w.op(v)
	if err != nil || v["cluster"] == "" {
		return out
	}
	w.checkTaken(o, out)
	w.checkHyper(v, o.HypervisorParams, out)
	w.checkDevices(v, o, out)
	if !o.IgnorePolicy {
		w.checkPolicy(v, o, out)
	}
	if (o.OS != "" || w.restores()) && (o.VM.Name != "" || w.shape) && !anyError(out) {
		out[""] = w.misfit(v, o)
	}
	return out
}

// checkTaken says that the name is taken, as far as the person may know.
func (w *wizard) checkTaken(o core.CreateVM, out map[string]error) {
	if vm, ok := w.session.View().VM(o.VM); ok && !vm.Gone && !w.shape && out["name"] == nil {
		out["name"] = core.Errorf(core.CodeConflict, "%s has a VM of this name already", o.VM.Cluster)
	}
}

// checkDevices says what is wrong with disks and NICs themselves.
func (w *wizard) checkDevices(v form.Values, o core.CreateVM, out map[string]error) {
	for n, disk := range o.Disks {
		_, out[answer("disk", n+1, "")] = core.ParseNewDisk(disk.String())
	}
	if w.withDisks(v) && len(o.Disks) == 0 {
		out[answer("disk", 1, "")] = core.Errorf(core.CodeInvalid, "it needs a disk; or choose the storage %s", core.DiskLess)
	}
	for n, nic := range o.NICs {
		if field, err := checkNIC(n+1, nic); err != nil {
			out[field] = err
		}
	}
}

// checkNIC says what is wrong with the nth NIC, and at which field of it.
func checkNIC(n int, nic core.NewNIC) (field string, err error) {
	if nic.MAC != "" {
		if _, err := core.ParseNewNIC((core.NewNIC{MAC: nic.MAC}).String()); err != nil {
			return answer("nic", n, "mac"), err
		}
	}
	_, err = core.ParseNewNIC(nic.String())
	return answer("nic", n, "ip"), err
}

// misfit says what the cluster does not have; of a template, whose place is not
// known yet, all of it.
func (w *wizard) misfit(v form.Values, o core.CreateVM) error {
	if w.shape {
		if faults := w.offer(v).Misfits(o); len(faults) > 0 {
			return core.Errorf(core.CodeInvalid, "%s", core.Printable(strings.Join(faults, "; ")))
		}
		return nil
	}
	if err := w.offer(v).Fits(o); err != nil {
		return core.Errorf(core.CodeInvalid, "%s", core.Printable(core.AsError(err).Error()))
	}
	return nil
}

func anyError(errs map[string]error) bool {
	for _, err := range errs {
		if err != nil {
			return true
		}
	}
	return false
}

// policy is that of the node group that is surely chosen, or the cluster's.
func (w *wizard) policy(v form.Values) core.Policy {
	offer := w.offer(v)
	group, ok := core.OfferGroup{}, false
	switch {
	case v["place"] == placeNode:
		group, ok = offer.GroupOf(v["node"])
	case v["place"] == placeGroup:
		group, ok = offer.Group(v["group"])
	case len(offer.Groups) == 1:
		group, ok = offer.Groups[0], true
	}
	if ok {
		return group.Policy
	}
	return offer.Policy
}

// checkPolicy says at each field what is outside every range of the policy.
func (w *wizard) checkPolicy(v form.Values, o core.CreateVM, out map[string]error) {
	ranges := w.policy(v).Ranges
	bound := func(field string, has int, of func(core.PolicySpec) int, text func(int) string) {
		if err := outside(ranges, has, of, text); err != nil && out[field] == nil {
			out[field] = err
		}
	}
	bound("memory", o.MemoryMiB, func(s core.PolicySpec) int { return s.MemoryMiB }, core.FormatSize)
	bound("vcpus", o.VCPUs, func(s core.PolicySpec) int { return s.VCPUs }, strconv.Itoa)
	for n, disk := range o.Disks {
		bound(answer("disk", n+1, ""), disk.SizeMiB, func(s core.PolicySpec) int { return s.DiskMiB }, core.FormatSize)
	}
	if len(o.Disks) > 0 {
		bound(answer("disk", len(o.Disks), ""), len(o.Disks), func(s core.PolicySpec) int { return s.Disks },
			func(n int) string { return counted(n, "disk") })
	}
	bound(answer("nic", max(len(o.NICs), 1), ""), len(o.NICs), func(s core.PolicySpec) int { return s.NICs },
		func(n int) string { return counted(n, "NIC") })
}

// outside says that no range holds a number, and what the widest ones allow.
func outside(ranges []core.PolicyRange, has int, of func(core.PolicySpec) int, text func(int) string) error {
	if len(ranges) == 0 {
		return nil
	}
	least, most := math.MaxInt, 0
	for _, r := range ranges {
		from, to := of(r.Min), of(r.Max)
		if from == core.Unbounded {
			from = 0
		}
		if to == core.Unbounded {
			to = math.MaxInt
		}
		if has >= from && has <= to {
			return nil
		}
		least, most = min(least, from), max(most, to)
	}
	switch {
	case has < least:
		return core.Errorf(core.CodeLimit, "the policy wants at least %s", text(least))
	case has > most:
		return core.Errorf(core.CodeLimit, "the policy allows at most %s", text(most))
	}
	return core.Errorf(core.CodeLimit, "%s is in none of the ranges of the policy", text(has))
}

// summaryStep is the last one: what is rare, and the buttons.
func (w *wizard) summaryStep() []form.Field {
	return []form.Field{
		{Kind: form.Section, Label: "Summary"},
		{
			Name: "override", Label: "Quota", Max: 200, Placeholder: "agreed with ops until Monday", When: w.overQuota,
			Help: "Why the quota of the owner may be exceeded; the audit log keeps it.",
		},
		{
			Name: "nopolicy", Label: "Policy", Kind: form.YesNo, Placeholder: "pass over the instance policy",
			When: func(v form.Values) bool { return w.view.Can(core.VerbManage, core.ClusterRef(v["cluster"])).OK },
			Help: "For administrators of the cluster.",
		},
		{Name: "template", Label: "Template", Max: 64, Placeholder: "small", Help: "A name to keep it under as a template, with the button Save as template."},
		{
			Name: "description", Label: "What for", Max: 200, Help: "Said of the template.",
			When: func(v form.Values) bool { return v.Text("template") != "" },
		},
	}
}

// overQuota tells whether the person may exceed the quota that stands against it,
// with a reason.
func (w *wizard) overQuota(v form.Values) bool {
	o, err := w.op(v)
	if err != nil || o.VM.Name == "" {
		return false
	}
	o.Override = ""
	if d := w.session.Can(o); d.OK || d.Rule != "quota" {
		return false
	}
	o.Override = "?"
	return w.session.Can(o).OK
}

// summary says what becomes of the quota.
func (w *wizard) summary(v form.Values) []string {
	o, err := w.op(v)
	if err != nil || o.VM.Cluster == "" {
		return nil
	}
	u, ok := w.usage(o.Owner, o.VM.Cluster)
	if !ok {
		return nil
	}
	takes := core.Amount{VMs: 1}
	for _, d := range o.Disks {
		takes.DiskMiB += d.SizeMiB
	}
	if o.Start {
		takes.MemoryMiB, takes.VCPUs = o.MemoryMiB, o.VCPUs
	}
	var out []string
	for _, res := range core.Resources() {
		if takes.Of(res) == 0 {
			continue
		}
		after := u.Used.Of(res) + takes.Of(res)
		line := upperFirst(string(res)) + " of " + core.Printable(ownerName(o.Owner)) + ": " + res.Text(u.Used.Of(res)) + " -> " + res.Text(after)
		switch limit := u.Limits.Of(res); {
		case limit == nil:
		case after > *limit:
			line += " of " + res.Text(*limit) + ", " + res.Text(after-*limit) + " too much"
		default:
			line += " of " + res.Text(*limit)
		}
		out = append(out, line)
	}
	return append(out, "")
}

// tryOut has the cluster say whether it would make the VM.
func (w *wizard) tryOut(ctx context.Context, v form.Values) (form.Values, string, error) {
	o, err := w.op(v)
	if err != nil {
		return nil, "", err
	}
	o.DryRun = true
	id, err := w.session.Do(ctx, o)
	if err != nil {
		return nil, "", err
	}
	job, err := w.session.WaitJob(ctx, id, math.MaxInt64)
	switch {
	case err != nil:
		return nil, "", err
	case job.State == core.JobDone:
		return nil, o.VM.Cluster + " would make it; nothing was made", nil
	case job.Error != nil:
		return nil, "", job.Error
	}
	return nil, "", core.Errorf(core.CodeJobFailed, "job %s ended without an answer: %s", id, job.State)
}

// keep saves the answers as a template.
func (w *wizard) keep(ctx context.Context, v form.Values) (form.Values, string, error) {
	o, err := w.op(v)
	if err != nil {
		return nil, "", err
	}
	t := core.Template{Cluster: o.VM.Cluster, Name: v.Text("template"), Description: v.Text("description"), VM: o.Shape()}
	if t.Name == "" {
		return nil, "", core.Errorf(core.CodeInvalid, "the template has no name").WithHint("give it one in the field Template")
	}
	if _, err := w.session.Do(ctx, core.SaveTemplate{Template: t}); err != nil {
		return nil, "", err
	}
	return nil, "the template " + t.Path() + " is kept", nil
}
