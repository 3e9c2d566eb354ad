package tui

import (
	"cmp"
	"context"
	"slices"

	"gwm/core"
	"gwm/tui/form"
)

// systemName is the field for an operating system that is not in the list, otherSystem
// the answer that opens it: no operating system has a blank in its name.
const (
	systemName  = "os name"
	otherSystem = "by name"
)

// systems lists what can be installed on a cluster: what is known of it, else what it
// offers to who may ask; nil where it cannot be told.
func systems(ctx context.Context, s *core.Session, cluster string) []string {
	if c, ok := s.View().Cluster(cluster); ok && len(c.Info.OSes) > 0 {
		return c.Info.OSes
	}
	ctx, cancel := context.WithTimeout(ctx, offerTime)
	defer cancel()
	offer, err := s.Offer(ctx, cluster)
	if err != nil {
		return nil
	}
	return offer.OSes
}

// systemFields ask for what the next installation takes: one of the list, or, where
// there is none or it is not in it, its name.
func (e *vmEditor) systemFields() []form.Field {
	e.params = append(e.params, core.ParamOS)
	const help = "What the next installation takes. What is on the disks now stays."
	now := core.Printable(e.now.VM.OS)
	if len(e.oses) == 0 {
		return []form.Field{
			{Name: core.ParamOS, Label: "Installed next", Value: now, Required: now != "", Help: help + " As the cluster lists it, for example debootstrap+default."},
			e.variant(now),
		}
	}
	options := make([]form.Option, 0, len(e.oses)+2)
	for _, name := range e.oses {
		options = append(options, form.Option{Value: core.Printable(name)})
	}
	if !slices.ContainsFunc(options, func(o form.Option) bool { return o.Value == now }) {
		options = append([]form.Option{e.unlisted(now)}, options...)
	}
	return []form.Field{
		{
			Name: core.ParamOS, Label: "Installed next", Kind: form.Choice, Folded: true, Value: now, Required: now != "", Help: help,
			Options: append(options, form.Option{Value: otherSystem, Label: "another one", Note: "a variant that the cluster does not list"}),
		},
		{
			Name: systemName, Label: "Its name", Required: true, Max: 200, Placeholder: "debootstrap+special",
			When: func(v form.Values) bool { return v.Text(core.ParamOS) == otherSystem },
		},
		e.variant(now),
	}
}

// unlisted is what the VM has and the cluster does not list.
func (e *vmEditor) unlisted(now string) form.Option {
	if now == "" {
		return form.Option{Label: "none"}
	}
	return form.Option{Value: now, Note: "which the cluster does not list"}
}

// variant asks whether the cluster is to take a variant that it does not know.
func (e *vmEditor) variant(now string) form.Field {
	return form.Field{
		Name: "force", Label: "Variant", Kind: form.YesNo, Placeholder: "also one that the cluster does not know",
		When: func(v form.Values) bool {
			is := e.system(v)
			return is != "" && is != now && !slices.Contains(e.oses, is)
		},
	}
}

// system is the operating system that the answers ask for.
func (e *vmEditor) system(v form.Values) string {
	if v.Text(core.ParamOS) == otherSystem {
		return cmp.Or(v.Text(systemName), core.Printable(e.now.VM.OS))
	}
	return v.Text(core.ParamOS)
}
