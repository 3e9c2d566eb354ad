package tui

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// makeImportForm shows what the tags of VMs claim, and what of it would be taken
// over.
func makeImportForm(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	strays, err := s.Strays(ctx)
	if err != nil {
		return entryForm{}, err
	}
	wanted := strings.Fields(arg)
	f := entryForm{Form: form.Form{
		Title: "Import from tags",
		Intro: "Who may write tags on the cluster could have written these. What is taken over takes the place of gwm's own records.",
		Save:  "Import",
	}}
	var ops []core.ImportVM
	for _, st := range strays {
		if st.Kind != core.StrayImportable && st.Kind != core.StrayConflict || len(st.Tags) == 0 || !slices.Contains(wanted, st.VM.String()) {
			continue
		}
		ops = append(ops, core.ImportVM{VM: st.VM, Tags: st.Tags})
		f.Fields = append(f.Fields, form.Field{Kind: form.Section, Label: core.Printable(st.VM.String())})
		f.Fields = append(f.Fields, claimFields(st)...)
	}
	if len(ops) == 0 {
		return entryForm{}, core.Errorf(core.CodeNotFound, "there is nothing to import for %s", core.Printable(strings.Join(wanted, ", "))).
			WithHint("the page strays shows which VMs have tags that gwm does not know")
	}
	f.Fields = append(f.Fields,
		form.Field{Kind: form.Section, Label: "Quota"},
		form.Field{Name: "override", Label: "Reason", Placeholder: "only to exceed a quota", Help: "It is kept in the audit log."},
	)
	f.Ops = func(v form.Values) ([]core.Op, error) {
		out := make([]core.Op, len(ops))
		for i, op := range ops {
			op.Override = v.Text("override")
			out[i] = op
		}
		return out, nil
	}
	return f, nil
}

// claimFields are the claims of the tags of one VM, a line each.
func claimFields(st core.Stray) []form.Field {
	var out []form.Field
	line := func(label, value string) {
		out = append(out, form.Field{Kind: form.Fixed, Name: st.VM.String() + "/" + value, Label: label, Value: core.Printable(value)})
	}
	for _, c := range st.Claims {
		if c.Why != "" {
			line("stays a tag", c.String()+": "+c.Why)
		} else {
			line("taken over", c.String())
		}
	}
	for _, gone := range lost(st) {
		line("is lost", gone)
	}
	return out
}

// lost lists what gwm's records say and the tags do not.
func lost(st core.Stray) []string {
	var out []string
	ownerClaimed, named := false, map[core.Ref]bool{}
	for _, c := range st.Claims {
		ownerClaimed = ownerClaimed || c.Owner
		if !c.Owner {
			named[c.Who] = true
		}
	}
	if !st.Owner.IsZero() && !ownerClaimed {
		out = append(out, st.Owner.String()+" is the owner")
	}
	for _, g := range st.Grants {
		if !named[g.Who] {
			out = append(out, g.Who.String()+" holds "+joinVerbs(g.Verbs))
		}
	}
	return out
}
