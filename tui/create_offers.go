package tui

import (
	"context"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/form"
)

// offerTime is how long a form waits for what clusters offer. One that is slower
// is shown as such and asked again with ctrl-r.
const offerTime = 6 * time.Second

// creator is a cluster on which the person may create VMs, with what it offers.
type creator struct {
	name  string
	note  string
	why   string // why it cannot be chosen now; empty: it can
	offer core.Offer
}

// creators asks every cluster on which the person may create VMs what it offers,
// all at once. One that does not answer is listed with the reason.
func creators(ctx context.Context, s *core.Session, may func(cluster string) core.Decision) []creator {
	ctx, cancel := context.WithTimeout(ctx, offerTime)
	defer cancel()
	var list []creator
	for _, c := range s.View().Clusters() {
		name := c.Cluster.Name
		d := may(name)
		if !d.OK && !d.Locked {
			continue
		}
		one := creator{name: name, note: core.Printable(c.Cluster.Description)}
		if !d.OK {
			one.why = core.Printable(d.Why)
		}
		list = append(list, one)
	}
	done := make(chan int, len(list))
	offers, errs := make([]core.Offer, len(list)), make([]error, len(list))
	asked := 0
	for i := range list {
		if list[i].why != "" {
			continue
		}
		asked++
		go func() {
			offers[i], errs[i] = s.Offer(ctx, list[i].name)
			done <- i
		}()
	}
	for range asked {
		i := <-done
		list[i].offer = offers[i]
		switch {
		case errs[i] == nil:
		case ctx.Err() != nil:
			list[i].why = "it did not say in time what it offers; ctrl-r asks again"
		default:
			list[i].why = core.Printable(core.AsError(errs[i]).Message) + "; ctrl-r asks again"
		}
	}
	return list
}

// option is the cluster as an answer.
func (c creator) option() form.Option {
	o := form.Option{Value: c.name, Note: c.note}
	if c.why != "" {
		o.State, o.Why = form.Disabled, c.why
	}
	return o
}

// paramOf is the value of a parameter of a list; ok tells whether it is there.
func paramOf(params []core.Param, name string) (value string, ok bool) {
	for _, p := range params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// byDefault says what an empty answer means where a cluster has a parameter.
func byDefault(cluster string, params []core.Param, name string) string {
	value, ok := paramOf(params, name)
	if !ok {
		return ""
	}
	if strings.TrimSpace(value) == "" {
		value = "nothing"
	}
	return "as " + cluster + ": " + core.Printable(value)
}
