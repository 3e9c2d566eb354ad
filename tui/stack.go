package tui

import (
	"context"
	"maps"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// maxDepth bounds the pile of pages that esc leads back through; maxHistory the
// places that [ and ] lead through.
const (
	maxDepth   = 20
	maxHistory = 100
)

// opened is a page on the pile.
type opened struct {
	page  page
	host  *host
	close context.CancelFunc
}

// front is the page that is shown. There is always one.
func (a *App) front() page { return a.stack[len(a.stack)-1].page }

// push opens a page on top of the pile.
func (a *App) push(p place) tea.Cmd {
	if p == a.frontPlace() {
		return nil
	}
	a.visited(p)
	return a.open(p)
}

// lead goes where the page in front leads to, if it does.
func (a *App) lead(cmd tea.Cmd) tea.Cmd {
	h := a.stack[len(a.stack)-1].host
	to := h.goal
	if to == (place{}) {
		return cmd
	}
	h.goal = place{}
	return tea.Batch(cmd, a.push(to))
}

// frontPlace is where the person is; zero before the first page.
func (a *App) frontPlace() place {
	if len(a.stack) == 0 {
		return place{}
	}
	return a.front().at()
}

// goTo opens a page from anywhere: a list takes the place of what lies on the
// overview, so that esc leads from it to the overview; the page of an object is
// pushed.
func (a *App) goTo(p place) tea.Cmd {
	if p == a.frontPlace() {
		return nil
	}
	if why := a.held(); why != "" {
		return a.say(Warning, why)
	}
	a.visited(p)
	return a.arrive(p)
}

// held says why what is open must not go by itself, "" where it may.
func (a *App) held() string {
	for _, o := range a.stack {
		if p, ok := o.page.(interface{ holds() string }); ok && p.holds() != "" {
			return p.holds()
		}
	}
	return ""
}

func (a *App) arrive(p place) tea.Cmd {
	switch p.Page {
	case pageVM, pageConsole, pageScreen, pageRecording, pageNode, pageJob, pageRecord, pageText, pageForm, pageFactor, pageUser, pageGroup, pageCluster, pageMap, pageSetup, pageFilters, pageNodeGroup, pageNetwork:
		return a.open(p)
	}
	for len(a.stack) > 1 {
		a.drop(len(a.stack) - 1)
	}
	if p.Page == pageFleet {
		return a.shown()
	}
	return a.open(p)
}

// open makes a page and puts it on top.
func (a *App) open(p place) tea.Cmd {
	a.pages++
	ctx, cancel := context.WithCancel(a.ctx)
	h := &host{id: a.pages, ctx: ctx, session: a.session, look: a.look, orders: a.options.Orders, people: a.people}
	pg := a.newPage(h, p)
	if pg == nil {
		cancel()
		return a.say(Problem, "there is no page for "+core.Printable(p.Page+" "+p.On.String()))
	}
	a.stack = append(a.stack, &opened{page: pg, host: h, close: cancel})
	if len(a.stack) > maxDepth {
		a.drop(1)
	}
	a.restore(pg, p)
	return a.shown()
}

// newPage makes a page of the shell, or one of the others.
func (a *App) newPage(h *host, p place) page {
	switch p.Page {
	case pageText:
		return newTextPage(h, p, a.options)
	case pageMessages:
		return newMessagesPage(h, a)
	case pageForm:
		return newFormPage(h, a, p)
	case pageFactor:
		return newFactorPage(h, a, p)
	case pageConsole:
		return newConsolePage(h, a, p)
	case pageRecording:
		return newRecordingPage(h, a, p)
	case pageScreen:
		return newScreenPage(h, a, p)
	default:
		return newPage(h, p)
	}
}

// restore gives a page the settings that the person last had on such a page. A
// filter that came with the place stays.
func (a *App) restore(pg page, p place) {
	k, ok := pg.(keeper)
	if !ok {
		return
	}
	have := maps.Clone(a.prefs.Pages[p.Page])
	if p.Arg != "" {
		delete(have, "filter")
	}
	k.restore(have)
}

// keep remembers the settings of a page for the next one of its kind. A filter
// that came with the place is not a setting.
func (a *App) keep(pg page) {
	if f, ok := pg.(*formPage); ok {
		a.keepDraftOf(f)
		return
	}
	k, ok := pg.(keeper)
	if !ok {
		return
	}
	at := pg.at()
	have := maps.Clone(k.keep())
	if at.Arg != "" {
		delete(have, "filter")
		if old := a.prefs.Pages[at.Page]["filter"]; old != "" && have != nil {
			have["filter"] = old
		}
	}
	if a.prefs.Pages == nil {
		a.prefs.Pages = map[string]map[string]string{}
	}
	a.prefs.Pages[at.Page] = have
}

// drop closes the page at a depth.
func (a *App) drop(i int) {
	o := a.stack[i]
	a.keep(o.page)
	if p, ok := o.page.(interface{ wipe() }); ok {
		p.wipe()
	}
	o.close()
	a.stack = append(a.stack[:i:i], a.stack[i+1:]...)
}

// shown prepares the page that came to the front.
func (a *App) shown() tea.Cmd {
	a.typing, a.filterErr = nil, ""
	a.layout()
	return a.front().show(a.view)
}

// back is one step back: marks, filter text, page. Popups and the filter line
// have taken esc before.
func (a *App) back() tea.Cmd {
	p := a.front()
	if c, ok := p.(interface{ back() bool }); ok && c.back() {
		return nil
	}
	if f, ok := p.(filterer); ok {
		if text, _, _ := f.filtered(); text != "" {
			return a.setFilter("")
		}
	}
	if p.selection().Marked {
		cmd, _ := p.act(actMarkNone)
		return cmd
	}
	if len(a.stack) > 1 {
		return a.leave()
	}
	if a.parked != nil {
		return a.leavePreview()
	}
	return a.say(Info, "this is the first page; q leaves gwm")
}

// leave closes the page in front.
func (a *App) leave() tea.Cmd {
	a.drop(len(a.stack) - 1)
	cmd := a.shown()
	a.visited(a.frontPlace())
	return cmd
}

// visited writes a place into the history.
func (a *App) visited(p place) {
	if a.at < len(a.history) {
		if a.history[a.at] == p {
			return
		}
		a.history = a.history[:a.at+1]
	}
	a.history = append(a.history, p)
	if len(a.history) > maxHistory {
		a.history = append([]place(nil), a.history[1:]...)
	}
	a.last, a.at = a.at, len(a.history)-1
}

// travel goes through the history.
func (a *App) travel(by int) tea.Cmd {
	to := a.at + by
	if to < 0 || to >= len(a.history) {
		return a.say(Info, "the history ends here")
	}
	a.last, a.at = a.at, to
	return a.revisit(a.history[to])
}

// toPrevious goes to the place before, and at the second time back again.
func (a *App) toPrevious() tea.Cmd {
	if a.last >= len(a.history) || a.last == a.at {
		return a.say(Info, "no other page was shown yet")
	}
	a.last, a.at = a.at, a.last
	return a.revisit(a.history[a.at])
}

// revisit shows a place again: a page that is still on the pile as it was, any
// other one anew.
func (a *App) revisit(p place) tea.Cmd {
	for i := len(a.stack) - 1; i >= 0; i-- {
		if a.stack[i].page.at() == p {
			for len(a.stack)-1 > i {
				a.drop(len(a.stack) - 1)
			}
			return a.shown()
		}
	}
	return a.arrive(p)
}
