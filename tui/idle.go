package tui

import (
	"fmt"
	"slices"

	"gwm/core"
)

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
	in, ok := p.inFront().(idler)
	return ok && in.idle(id) || p.tab == vmTabJobs && p.jobs.idle(id)
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

// nothing is what an action says where the page in front has nothing for it.
func (x action) nothing() string {
	if x.Idle != "" {
		return x.Idle
	}
	return x.Title + ": there is nothing for it here"
}

// unmeant says why a key does nothing on the page in front.
func (a *App) unmeant(key string) string {
	t, name := a.front().traits(), core.Printable(keyName(key))
	none := a.front().selection().kind() == ""
	var titles []string
	for _, x := range a.table {
		if !slices.Contains(x.Keys, key) {
			continue
		}
		if none && len(x.Scope.Kinds) > 0 && x.Scope.Traits != 0 && (scope{Traits: x.Scope.Traits, Without: x.Scope.Without}).on(t, "") {
			return x.nothing()
		}
		if !slices.Contains(titles, x.Title) {
			titles = append(titles, x.Title)
		}
	}
	switch len(titles) {
	case 0:
		return name + " means nothing; ? lists the keys"
	case 1:
		if titles[0] == name {
			break
		}
		return fmt.Sprintf("%s (%s) does nothing here; ? lists what does", name, titles[0])
	}
	return name + " does nothing here; ? lists what does"
}
