package core

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// SetClusterParams changes what holds for a whole cluster: defaults of its VMs and
// nodes, bounds of its policy, how it works. With Group it changes what one node
// group has by itself. It is refused where one of the settings is no longer what
// the person saw; then nothing is changed.
type SetClusterParams struct {
	Cluster string      `json:"cluster"`
	Group   string      `json:"group,omitempty"`
	Params  []ParamEdit `json:"params"`

	// Ranges is what the policy allows afterwards, nil where that stays: a cluster
	// takes it as a whole. It is made when the request is sent.
	Ranges []PolicyRange `json:"-"`
}

// maxParams is how many settings are changed at once.
const maxParams = 64

func (o SetClusterParams) part() Part {
	if o.Group != "" {
		return nodeGroup(o.Group)
	}
	return Part{}
}

// Spec describes the change.
func (o SetClusterParams) Spec() Spec {
	part := o.part()
	s := Spec{
		ID: "cluster.set", Title: "change settings of " + part.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Destructive, Remote: true,
		Effect:  part.on(o.Cluster) + " gets new settings; they hold for every VM and node there that has none of its own",
		Command: part.command(o.Cluster, "set"),
	}
	var d changes
	for _, e := range o.Params {
		s.Command = append(s.Command, e.Name+"="+e.text())
		d.text(part.field(e.Name), paramText(e.Was), e.text())
	}
	s.Diff = d
	return s
}

func (o SetClusterParams) check() error {
	if err := o.part().check(o.Cluster); err != nil {
		return err
	}
	switch n := len(o.Params); {
	case n == 0:
		return Errorf(CodeInvalid, "nothing of %s is to be changed", o.part().on(o.Cluster)).WithHint("write NAME=VALUE, for example be/maxmem=512")
	case n > maxParams:
		return Errorf(CodeInvalid, "%d settings are more than go at once", n).WithHint("at most %d", maxParams)
	}
	for _, e := range o.Params {
		if err := e.checkSetting(o.Group != ""); err != nil {
			return err
		}
	}
	return checkTwice(o.Params)
}

// checkSetting accepts the change of a setting as it is written.
func (e ParamEdit) checkSetting(group bool) error {
	form, ok := settingFormOf(e.Name, group)
	switch {
	case !ok:
		return Errorf(CodeInvalid, "%q is not a setting that can be changed", Printable(cut(e.Name))).WithHint("cluster params shows those that can")
	case e.Inherit && (!group || e.Name == SettingAllocPolicy):
		return Errorf(CodeInvalid, "%s cannot be inherited", e.Name).WithHint("write the value that it is to have")
	case e.Inherit && e.Value != "":
		return Errorf(CodeInvalid, "%s has a value and is to be inherited too", e.Name)
	case e.Inherit:
		return nil
	case len(e.Value) > maxParam || Printable(e.Value) != e.Value:
		return Errorf(CodeInvalid, "the value of %s is too long or has characters that cannot be shown", e.Name)
	case e.Name == SettingAllocPolicy:
		return checkPolicy(e.Value)
	case form.takes(e.Value):
		return nil
	}
	return Errorf(CodeInvalid, "%s cannot be %q", e.Name, Printable(cut(e.Value))).WithHint("%s", form.hint())
}

// takes tells whether a value is written as the form wants it.
func (f settingForm) takes(value string) bool {
	switch f {
	case formCount:
		n, err := strconv.Atoi(value)
		return err == nil && n >= 0 && n <= maxSizeMiB
	case formRatio:
		r, err := strconv.ParseFloat(value, 64)
		return err == nil && r > 0 && r <= 1e6
	case formSwitch:
		return value == "true" || value == "false"
	case formList:
		return !slices.Contains(strings.Split(value, ","), "")
	case formText:
	}
	return true
}

// hint says how a value is written.
func (f settingForm) hint() string {
	switch f {
	case formCount:
		return "write a whole number"
	case formRatio:
		return "write a number above 0, for example 4 or 1.5"
	case formSwitch:
		return "write true or false"
	case formList:
		return "write at least one, with commas between them"
	case formText:
	}
	return "write a text"
}

// See notes what holds now as what the person saw. The error names a setting that
// the cluster does not have.
func (o SetClusterParams) See(now Offer) error {
	settings, ok := now.Settings(o.Group)
	if !ok {
		return Errorf(CodeNotFound, "%s has no node group %s", o.Cluster, Printable(cut(o.Group)))
	}
	for i, e := range o.Params {
		at, ok := slices.BinarySearchFunc(settings, e.Name, func(p Param, name string) int { return strings.Compare(p.Name, name) })
		if !ok {
			return Errorf(CodeInvalid, "%s has no setting %s", o.part().on(o.Cluster), Printable(cut(e.Name))).WithHint("cluster params %s shows those that it has", o.Cluster)
		}
		o.Params[i].Was = &settings[at]
	}
	return nil
}

// run asks the cluster what holds now before it changes anything.
func (o SetClusterParams) run(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		now, err := p.Offer(ctx)
		if err != nil {
			return "", err
		}
		if err := o.stale(now); err != nil {
			return "", err
		}
		policy := now.Policy
		if g, ok := now.Group(o.Group); ok {
			policy = g.Policy
		}
		for _, e := range o.Params {
			if ranges, ok := policy.set(e.Name, e.Value); ok {
				policy.Ranges, o.Ranges = ranges, ranges
			}
		}
		return p.Submit(ctx, o, reason)
	})
}

// stale is the refusal where a setting is no longer what the person saw, or is not
// there.
func (o SetClusterParams) stale(now Offer) error {
	is := SetClusterParams{Cluster: o.Cluster, Group: o.Group, Params: slices.Clone(o.Params)}
	if err := is.See(now); err != nil {
		return err
	}
	var news changes
	for i, e := range o.Params {
		if now := is.Params[i].Was; e.Was != nil && *e.Was != *now {
			news.text(e.Name, paramText(e.Was), paramText(now))
		}
	}
	return news.overtaken(o.part().on(o.Cluster))
}

func (SetClusterParams) request() {}
