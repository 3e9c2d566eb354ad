package tui

// idler is a page that knows which actions have nothing to work on now. They
// stay possible (rows may come) and are not hinted at.
type idler interface {
	idle(id string) bool
}

// idle tells whether an action has no row to work on.
func (l *list[T]) idle(id string) bool {
	switch id {
	case actOpen, "details":
		r, ok := l.current()
		if !ok || l.open == nil {
			return true
		}
		_, ok = l.open(r)
		return !ok
	case "filter":
		return l.rows.len() == 0
	case actTrouble:
		return l.rows.len() == 0 || l.bad == nil
	}
	return false
}

func (p *fleetPage) idle(id string) bool {
	if _, ok := p.below.current(); ok && id == actOpen {
		return false
	}
	return p.list.idle(id)
}

func (p *jobPage) idle(id string) bool { return p.bulk() && p.children.idle(id) }

func (p *vmPage) idle(id string) bool {
	return p.tab == vmTabJobs && p.jobs.idle(id) || p.tab == vmTabUsers && p.rights.idle(id) || p.past && p.history.idle(id)
}

func (p *nodePage) idle(id string) bool {
	return p.tab == nodeTabVMs && p.vms.idle(id) || p.tab == nodeTabJobs && p.jobs.idle(id) || p.past && p.history.idle(id)
}

func (p *tabbedPage) idle(id string) bool {
	in, ok := p.front().(idler)
	return ok && in.idle(id)
}

func (p *clusterPage) idle(id string) bool {
	in, ok := p.table().(idler)
	return ok && in.idle(id)
}

// idle tells whether an action can do nothing on the page in front with what is
// selected there.
func (a *App) idle(x action) bool {
	if p, ok := a.front().(idler); ok && p.idle(x.ID) {
		return true
	}
	return x.When != nil && x.When(a, a.selected()) != ""
}
