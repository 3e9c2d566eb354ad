package tui

import (
	"cmp"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/chart"
	"gwm/tui/theme"
)

// limited lists what the person and their groups use where that is limited: who
// is over a limit first, then who has the least left.
func limited(v *core.View, personas []core.Ref) []core.Usage {
	var out []core.Usage
	for _, who := range personas {
		for _, u := range v.Usage(who) {
			if tightness(u) >= 0 {
				out = append(out, u)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b core.Usage) int { return cmp.Compare(tightness(b), tightness(a)) })
	return out
}

// overQuota lists who uses more of a cluster than they may, as far as the person
// may know it: themselves, their groups, and on what they administer everybody.
func overQuota(v *core.View) []core.Usage {
	var out []core.Usage
	for _, c := range v.Clusters() {
		for _, u := range v.UsageOn(c.Cluster.Name) {
			if tightness(u) > 100 {
				out = append(out, u)
			}
		}
	}
	return out
}

// quotaProblem says what somebody uses too much of. It leads to them: there is
// what they own, and what they may use.
func quotaProblem(u core.Usage) problem {
	words := map[core.Resource]string{core.ResourceMemory: "memory", core.ResourceDisk: "disk", core.ResourceVCPUs: "virtual CPUs", core.ResourceVMs: "VMs"}
	var parts []string
	for _, r := range core.Resources() {
		if u.Exceeds(r) > 0 {
			parts = append(parts, words[r]+" "+usedText(u, r))
		}
	}
	return problem{
		what: u.Who.String() + " on " + u.Cluster, why: "over the quota: " + strings.Join(parts, ", "), warn: true,
		on: selection{Refs: []core.Ref{u.Who}}, to: objectPlace(u.Who),
	}
}

// tightness is how much is used of what is used most, in percent; -1 where
// nothing is limited.
func tightness(u core.Usage) int {
	most := -1
	for _, r := range core.Resources() {
		if limit := u.Limits.Of(r); limit != nil {
			most = max(most, share(u.Used.Of(r), *limit))
			if u.Exceeds(r) > 0 {
				most = max(most, 101)
			}
		}
	}
	return most
}

// usageLines draws what is used of quotas, a line for each persona and cluster;
// what has no room is counted.
func usageLines(t *theme.Theme, all []core.Usage, w, room int) []string {
	if len(all) == 0 || room < 2 {
		return nil
	}
	out := []string{t.Rule("quotas", w)}
	label := 0
	for _, u := range all {
		label = max(label, theme.Width(u.Who.String()+" on "+u.Cluster))
	}
	label = min(label, w/3)
	for i, u := range all {
		if len(out) == room-1 && len(all)-i > 1 {
			return append(out, t.Dim.Render(t.Cut("  and "+counted(len(all)-i, "more quota"), w)))
		}
		out = append(out, usageRow(t, u, label, w))
	}
	return out
}

// usageRow is one of these lines: meters where there is room for them, numbers in
// any case.
func usageRow(t *theme.Theme, u core.Usage, label, w int) string {
	line := "  " + t.Fit(core.Printable(u.Who.String()+" on "+u.Cluster), label)
	used := 2 + label
	words := map[core.Resource]string{core.ResourceMemory: "mem", core.ResourceDisk: "disk", core.ResourceVCPUs: "cpus", core.ResourceVMs: "VMs"}
	bar := min((w-used)/4-17, 10)
	order := slices.Clone(core.Resources())
	slices.SortStableFunc(order, func(a, b core.Resource) int { // what is over a limit is seen on a narrow screen too
		return cmp.Compare(min(u.Exceeds(b), 1), min(u.Exceeds(a), 1))
	})
	for _, r := range order {
		limit := u.Limits.Of(r)
		if limit == nil {
			continue
		}
		text, style := words[r]+" "+usedText(u, r), t.Text
		if u.Exceeds(r) > 0 {
			text, style = t.Sym.Bad+" "+text+" over", t.Error
		}
		meter := ""
		if bar >= 3 {
			meter = chart.Meter(t, float64(share(u.Used.Of(r), *limit))/100, bar) + " "
		}
		n := theme.Width(text) + 2
		if meter != "" {
			n += bar + 1
		}
		if used+n > w {
			break
		}
		line += "  " + meter + style.Render(text)
		used += n
	}
	return line
}
