package coretest

import (
	"context"
	"slices"

	"gwm/core"
)

// JobFilters gives the filters of the queue.
func (p *Platform) JobFilters(ctx context.Context) ([]core.JobFilter, error) {
	err := p.begin(ctx, "JobFilters")
	defer p.mu.Unlock()
	return slices.Clone(p.filters), err
}

// PutFilter has the cluster get a filter, or another one of the same id, as
// somebody else would do it.
func (p *Platform) PutFilter(f core.JobFilter) { p.set(func() { p.putFilter(f) }) }

func (p *Platform) putFilter(f core.JobFilter) {
	f.Watermark = int64(p.lastJob)
	if i := slices.IndexFunc(p.filters, func(have core.JobFilter) bool { return have.ID == f.ID }); i >= 0 {
		p.filters[i] = f
	} else {
		p.filters = append(p.filters, f)
	}
}

// submitFilter carries out a request about filters; ok is false for others.
func (p *Platform) submitFilter(ctx context.Context, r core.Request) (ok bool, err error) {
	var change func()
	switch r := r.(type) {
	case core.AddJobFilter:
		change = func() { p.putFilter(r.Filter) }
	case core.EditJobFilter:
		change = func() { p.putFilter(r.Filter) }
	case core.RemoveJobFilter:
		change = func() {
			p.filters = slices.DeleteFunc(p.filters, func(f core.JobFilter) bool { return f.ID == r.ID })
		}
	default:
		return false, nil
	}
	err = p.begin(ctx, "Submit")
	defer p.mu.Unlock()
	switch {
	case err != nil:
		return true, err
	case p.drop > 0:
		p.drop--
		return true, core.Errorf(core.CodeUnknown, "the answer was lost")
	}
	if change(); p.lose > 0 {
		p.lose--
		return true, core.Errorf(core.CodeUnknown, "the answer was lost")
	}
	return true, nil
}

// drained does with a new job what the filters that are about every one say.
func (p *Platform) drained(u *upstream) {
	for _, f := range p.filters {
		switch {
		case f.Drains() && f.Action == core.FilterReject:
			u.canceled = u.received
		case f.Drains():
			u.start, u.paused = u.received.AddDate(1, 0, 0), true
		}
	}
}
