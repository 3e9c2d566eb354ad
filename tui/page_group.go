package tui

import (
	"cmp"
	"strings"

	"gwm/core"
	"gwm/tui/logview"
)

// groupPage is a group: its members, what was granted to it and on it, what its
// VMs use and what was done to it.
type groupPage struct {
	tabbedPage
	last *groupRow // as seen last; nil: never
	gone bool
}

func newGroupPage(h *host, at place) *groupPage {
	on := core.GroupRef(at.On.Name)
	at.On = on
	p := &groupPage{tabbedPage: tabbedPage{host: h, place: at, rolls: rolls{host: h}}}
	p.top = p.header
	p.tabs = []tab{
		{"overview", newTextPart(h, p.overview)},
		{"members", newMembersPart(h, on.Name)},
		{"admins", rightsTab{newRightsOn(h, on)}},
		{"rights", rightsTab{newRightsOf(h, on)}},
		{"usage", newUsagePart(h, on)},
		{"history", newRecordsPart(h, core.AuditQuery{Target: on}, "nothing is recorded of "+on.Name+" that you may read")},
	}
	return p
}

// look finds the group in the roster.
func (p *groupPage) look() *groupRow {
	if !p.rolls.have {
		return nil
	}
	g, ok := p.host.people.group(p.place.On.Name)
	if p.gone = !ok && p.last != nil; ok {
		p.last = p.host.people.groupRow(g)
	}
	return p.last
}

// header is what stands above every tab.
func (p *groupPage) header(w, h int) (lines []string, ok bool) {
	t := p.host.look.theme
	g := p.look()
	if g == nil {
		return nil, false
	}
	line := " "
	if p.gone {
		line += t.Gone.Render(t.Sym.Gone+" (gone)") + "  "
	}
	line += t.Strong.Render(core.Printable(g.Name)) + t.Dim.Render("  "+strings.Trim(core.Printable(g.Comment)+", "+counted(len(g.Members), "member"), ", "))
	return p.heading(line, w, h), true
}

func (p *groupPage) overview(v *core.View) []logview.Line {
	g := p.look()
	if g == nil {
		return nil
	}
	lines := []logview.Line{head("the group")}
	lines = row(lines, "name", g.Name)
	lines = row(lines, "comment", g.Comment)
	source := "here: its administrators say who is in it"
	if g.Source != "" {
		source = "the directory (LDAP) says who is in it, at every login"
	}
	lines = row(lines, "members", counted(len(g.Members), "user"))
	lines = row(lines, "kept", source)
	lines = row(lines, "administrators", cmp.Or(strings.Join(g.admins, ", "), "site administrators only"))
	if l, locked := p.host.people.locks[p.place.On]; locked {
		lines = row(lines, "locked", lockText(l), logview.Bad)
	}
	lines = row(lines, "created", ago(g.Created))
	return append(lines, p.usageLines(v)...)
}
