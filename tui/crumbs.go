package tui

import (
	"strings"

	"gwm/core"
	"gwm/tui/theme"
)

// crumb is a part of the path in the top line.
type crumb struct {
	text    string
	place   place
	cluster string // set where it names a cluster
}

// crumbHit is where a part of the top line was painted, for the mouse.
type crumbHit struct {
	from, to int
	place    place
}

// path is where a place lies: "all › berlin › vms › web1". The left end is
// always the scope.
func (p place) path() []crumb {
	out := []crumb{{text: "all", place: place{Page: pageFleet}}}
	scope := place{Page: pageVMs}
	var on core.Ref
	if p.On.Cluster != "" {
		on = core.ClusterRef(p.On.Cluster)
		scope.On = on
		out = append(out, crumb{text: p.On.Cluster, place: scope, cluster: p.On.Cluster})
	}
	add := func(text string, to place) { out = append(out, crumb{text: text, place: to}) }
	list := func(page string) { add(page, place{Page: page, On: on}) }
	switch p.Page {
	case pageFleet:
		return out[:1]
	case pageCluster:
		out[len(out)-1].place = p
	case pageMap, pageSetup, pageFilters:
		out[len(out)-1].place = clusterPlace(p.On.Cluster)
		add(p.Page, p)
	case pageNodeGroup, pageNetwork:
		out[len(out)-1].place = clusterPlace(p.On.Cluster)
		add(pageSetup, setupPlace(p.On.Cluster))
		add(p.Arg, p)
	case pageVMs, pageNodes, pageJobs:
		list(p.Page)
	case pageVM, pageNode, pageUser, pageGroup:
		list(p.Page + "s")
		add(p.On.Name, p)
	case pageJob:
		list(pageJobs)
		add(p.Arg, p)
	case pageFactor:
		list(pageUsers)
		add(p.On.Name, userPlace(p.On.Name))
		add(p.Page, p)
	case pageRecord:
		list(pageAudit)
		add(p.Arg, p)
	case pageConsole, pageScreen, pageSeats, pageRecordings, pageRecording:
		p.consolePath(list, add)
	case pageForm:
		add(strings.ReplaceAll(p.Arg, " -", ""), p)
	case pageText:
		if p.On.Name != "" {
			add(p.On.Name, objectPlace(p.On))
		}
		add(p.Arg, p)
	default:
		add(p.Page, p)
	}
	return out
}

// consolePath is the end of the path to a console, a screen or recordings.
func (p place) consolePath(list func(page string), add func(text string, to place)) {
	switch {
	case p.Page == pageConsole:
		add(p.Page, objectPlace(p.On))
		add(p.On.Name, p)
		return
	case p.Page == pageRecording:
		list(pageRecordings)
		add(p.Arg, p)
		return
	case p.On.Kind == core.KindVM:
		list(pageVMs)
		add(p.On.Name, objectPlace(p.On))
	}
	add(p.Page, p)
}

// badge is a word at the right end of the top line.
type badge struct {
	text  string
	style theme.Style
}

// badges are what must never be overlooked, the most important last: it is kept
// longest when the line is short.
func (a *App) badges() []badge {
	t := a.look.theme
	var out []badge
	if a.options.Demo {
		out = append(out, badge{" DEMO ", t.Badge})
	}
	if b, ok := a.consoleBadge(); ok {
		out = append(out, b)
	}
	if as := a.session.ActAs(); as.Kind == core.KindGroup {
		out = append(out, badge{"as " + as.String(), t.Accent})
	}
	cluster := a.front().at().On.Cluster
	readOnly, insecure := a.session.ReadOnly(), ""
	for _, c := range a.view.Clusters() {
		if cluster != "" && c.Cluster.Name != cluster {
			continue
		}
		readOnly = readOnly || c.Cluster.ReadOnly && cluster != ""
		if c.Cluster.Insecure {
			insecure = c.Cluster.Name
		}
	}
	if readOnly {
		out = append(out, badge{" read-only ", t.BadgeWarn})
	}
	if _, ok := a.session.Previewer(); ok {
		out = append(out, badge{" PREVIEW of what " + a.user + " sees ", t.Danger})
	}
	if insecure != "" {
		out = append(out, badge{" " + insecure + ": TLS NOT VERIFIED ", t.Danger})
	}
	return out
}

// drawCrumbs is the top line, w cells.
func (a *App) drawCrumbs(w int) string {
	t := a.look.theme
	var right strings.Builder
	rightWidth := 0
	badges := a.badges()
	for i := len(badges) - 1; i >= 0; i-- {
		n := theme.Width(badges[i].text) + 1
		if rightWidth+n > w*2/3 {
			continue
		}
		rightWidth += n
	}
	for _, b := range badges {
		right.WriteString(b.style.Render(b.text) + " ")
	}
	if theme.Width(right.String()) != rightWidth { // some did not fit
		right.Reset()
		last := badges[len(badges)-1]
		right.WriteString(last.style.Render(t.Cut(last.text, w*2/3)))
		rightWidth = theme.Width(right.String())
	}
	left := a.drawPath(w - rightWidth - 1)
	gap := w - theme.Width(left) - rightWidth
	return left + a.drawNav(w, theme.Width(left), gap) + right.String()
}

// nameFrom is the width from which the program's name has a place.
const nameFrom = 60

// drawPath is the path in at most w cells. Where it is too long the last part is
// cut, then lists and "all" are left out; the cluster stays to the end.
func (a *App) drawPath(w int) string {
	t := a.look.theme
	sep := " " + t.Sym.Crumb + " "
	a.crumbs = a.crumbs[:0]
	var out strings.Builder
	out.WriteString(" ")
	x := 1
	if a.w >= nameFrom {
		out.WriteString(t.Title.Render("gwm") + "  ")
		a.crumbs = append(a.crumbs, crumbHit{1, 4, place{Page: pageFleet}})
		x += 5
	}
	parts := shorten(a.front().at().path(), w-x, theme.Width(sep))
	for i, p := range parts {
		style := t.Crumb
		if i == len(parts)-1 {
			style = t.CrumbHere
			p.text = t.Cut(p.text, max(w-x, 1))
		}
		if p.cluster != "" {
			style = a.look.clusterHere(p.cluster, style)
		}
		out.WriteString(style.Render(p.text))
		a.crumbs = append(a.crumbs, crumbHit{x, x + theme.Width(p.text), p.place})
		x += theme.Width(p.text)
		if i < len(parts)-1 {
			out.WriteString(t.Dim.Render(sep))
			x += theme.Width(sep)
		}
	}
	return out.String()
}

// shorten leaves out parts of a path until its last part has room enough to be
// told from others.
func shorten(parts []crumb, w, sep int) []crumb {
	const enough = 16
	for i := range parts {
		parts[i].text = core.Printable(parts[i].text)
	}
	for len(parts) > 1 {
		width := 0
		for _, p := range parts[:len(parts)-1] {
			width += theme.Width(p.text) + sep
		}
		last := theme.Width(parts[len(parts)-1].text)
		if width+min(last, enough) <= w {
			break
		}
		drop := 0
		if n := len(parts); n > 3 { // all, cluster, list, object: the list goes first
			drop = n - 2
		}
		parts = append(parts[:drop:drop], parts[drop+1:]...)
	}
	return parts
}

// navPages are the main pages in the order of their keys, 1 to 8, with their
// titles in the top line.
func navPages() [][2]string {
	return [][2]string{
		{pageFleet, "clusters"},
		{pageVMs, "VMs"},
		{pageNodes, "nodes"},
		{pageJobs, "jobs"},
		{pageMessages, "messages"},
		{pageAudit, "audit"},
		{pageUsers, "users"},
		{pageGroups, "groups"},
	}
}

// navLeast is how many of them are shown at least, or none is.
const navLeast = 4

// drawNav fills the gap between path and badges with the main pages and their
// keys, as many of them as have room.
func (a *App) drawNav(w, x, gap int) string {
	const around, between = len("1 "), "   "
	t := a.look.theme
	if g, ok := a.front().(grabber); ok && g.grabs() {
		return theme.Spaces(gap)
	}
	if _, types := a.front().(typer); types || w < 100 || a.front().traits()&traitTabs != 0 { // its keys mean something else there
		return theme.Spaces(gap)
	}
	pages, width, fit := navPages(), 0, 0
	for _, page := range pages {
		more := around + len(page[1]) + len(between)
		if width+more+2 > gap {
			break
		}
		width += more
		fit++
	}
	if fit < navLeast {
		return theme.Spaces(gap)
	}
	here := a.front().at().Page
	var text strings.Builder
	x += gap - width
	for i, page := range pages[:fit] {
		style := t.Hint
		if page[0] == here {
			style = t.Strong
		}
		text.WriteString(t.Key.Render(string(rune('1'+i))) + " " + style.Render(page[1]) + between)
		a.crumbs = append(a.crumbs, crumbHit{x, x + around + len(page[1]), a.listPlace(page[0], "")})
		x += around + len(page[1]) + len(between)
	}
	return theme.Spaces(gap-width) + text.String()
}
