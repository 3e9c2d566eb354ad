package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/logview"
)

// userPage is a user: account and groups, keys, rights, what their VMs use, what
// they did and what was done to them.
type userPage struct {
	tabbedPage
	last *userRow // as seen last; nil: never
	gone bool
}

func newUserPage(h *host, at place) *userPage {
	on := core.UserRef(at.On.Name)
	at.On = on
	p := &userPage{tabbedPage: tabbedPage{host: h, place: at, rolls: rolls{host: h}}}
	p.top = p.header
	did := newRecordsPart(h, core.AuditQuery{By: on.Name}, on.Name+" has done nothing that you may read")
	if me := h.session.User(); me.Local() && me.Name == on.Name {
		p.tabs = []tab{{"overview", newTextPart(h, p.localOverview)}, {"did", did}}
		return p
	}
	p.tabs = []tab{
		{"overview", newTextPart(h, p.overview)},
		{"keys", newKeysPart(h, on.Name)},
		{"rights", rightsTab{newRightsOf(h, on)}},
		{"usage", newUsagePart(h, on)},
		{"did", did},
		{"history", newRecordsPart(h, core.AuditQuery{Target: on}, "nothing is recorded of "+on.Name+" that you may read")},
	}
	return p
}

// traits tell besides where the page is one's own.
func (p *userPage) traits() trait {
	t := p.tabbedPage.traits()
	if p.place.On.Name == p.host.session.User().Name {
		t |= traitSelf
	}
	return t
}

// look finds the user in the roster.
func (p *userPage) look() *userRow {
	if !p.rolls.have {
		return nil
	}
	r := p.host.people
	if me := p.host.session.User(); me.Local() && me.Name == p.place.On.Name {
		p.last = &userRow{User: me, keys: -1, live: len(r.live[me.Name])}
		return p.last
	}
	u, ok := r.user(p.place.On.Name)
	if p.gone = !ok && p.last != nil; ok {
		p.last = r.userRow(u, r.groupsOf(u.Name))
	}
	return p.last
}

// header is what stands above every tab.
func (p *userPage) header(w, h int) (lines []string, ok bool) {
	t := p.host.look.theme
	u := p.look()
	if u == nil {
		return nil, false
	}
	symbol, words, style := userState(t, u)
	if p.gone {
		symbol, words, style = t.Sym.Gone, "(gone)", t.Gone
	}
	line := " " + style.Render(symbol+" "+words) + "  " + t.Strong.Render(core.Printable(u.Name))
	if u.Comment != "" {
		line += t.Dim.Render("  " + core.Printable(u.Comment))
	}
	if u.Name == p.host.session.User().Name {
		line += t.Accent.Render("  you")
	}
	return p.heading(line, w, h), true
}

func (p *userPage) overview(v *core.View) []logview.Line {
	u := p.look()
	if u == nil {
		return nil
	}
	r := p.host.people
	lines := []logview.Line{head("the account")}
	lines = row(lines, "name", u.Name)
	lines = row(lines, "full name", u.Comment)
	lines = row(lines, "may log in", loginWords(u, r), levelIf(u.Disabled || u.keys == 0 && u.Source == "", logview.Bad))
	if u.Admin {
		lines = row(lines, "administrator", "of the site: every verb on everything", logview.Note)
	}
	if u.keys >= 0 {
		lines = row(lines, "second factor", p.factorWords(u))
	}
	if l, locked := r.locks[p.place.On]; locked {
		lines = row(lines, "locked", lockText(l), logview.Bad)
	}
	lines = row(lines, "created", ago(u.Created))
	lines = row(lines, "last seen", cmp.Or(ago(u.LastSeen), "never"))
	if u.Name == p.host.session.User().Name {
		lines = row(lines, "escape key", p.host.look.escape.String()+" opens the menu of a console; :escape changes it")
	}
	lines = append(lines, p.groupLines(u, r)...)
	lines = append(lines, p.usageLines(v)...)
	return append(lines, p.sessionLines(u, r)...)
}

// localOverview is about the person at the machine itself, who has no account: so
// nothing of it can be changed.
func (p *userPage) localOverview(v *core.View) []logview.Line {
	u := p.look()
	if u == nil {
		return nil
	}
	lines := []logview.Line{head("you")}
	lines = row(lines, "name", u.Name)
	lines = row(lines, "where", "at the machine itself: the operating system says who you are")
	lines = row(lines, "account", "none; you need no key, no password and no code")
	lines = row(lines, "administrator", "of the site: every verb on everything", logview.Note)
	lines = append(lines, p.usageLines(v)...)
	lines = append(lines, p.sessionLines(u, p.host.people)...)
	return append(lines, head("to come in over the network"), logview.Line{
		Text: "Make an account for yourself (:user-add) and give it a key; :users lists everybody who has one.", Level: logview.Quiet,
	})
}

// selection is empty where the page is about somebody without an account: there
// is nothing to edit, to disable or to lock.
func (p *userPage) selection() selection {
	sel := p.tabbedPage.selection()
	if p.last != nil && p.last.Local() && sel.ref() == p.place.On {
		return selection{}
	}
	return sel
}

func levelIf(on bool, level logview.Level) logview.Level {
	if on {
		return level
	}
	return logview.Plain
}

// loginWords say how somebody gets in.
func loginWords(u *userRow, r *roster) string {
	var ways []string
	if u.keys > 0 {
		ways = append(ways, "with "+counted(u.keys, "key"))
	}
	if u.Source != "" {
		ways = append(ways, "with the password of the directory")
	}
	switch {
	case u.Disabled:
		return "no: the account is disabled"
	case len(ways) == 0 && u.keys < 0:
		ways = []string{"yes"}
	case len(ways) == 0:
		ways = []string{"not yet: there is no key"}
	}
	text := strings.Join(ways, ", or ")
	if i, open := r.invites[u.Name]; open {
		text += "; invited by " + i.By + ", the code is good for another " + span(time.Until(i.Expires))
	}
	return text
}

// factorWords say whether somebody has a second factor, which is for who may see
// their keys too.
func (p *userPage) factorWords(u *userRow) string {
	switch self := u.Name == p.host.session.User().Name; {
	case u.TOTP:
		return "yes: a code is asked for before what destroys something"
	case self:
		return "none; :totp-begin sets one up"
	}
	return "none"
}

func (p *userPage) groupLines(u *userRow, r *roster) []logview.Line {
	lines := []logview.Line{head("groups")}
	for _, name := range u.groups {
		g, _ := r.group(name)
		text := g.Comment
		if r.administers(u.Name, name) {
			text = strings.Trim(text+", administers it", ", ")
		}
		lines = row(lines, name, cmp.Or(text, "member"))
	}
	for _, g := range r.grants {
		if g.Who == p.place.On && !slices.Contains(u.groups, g.On.Name) {
			lines = row(lines, g.On.Name, "administers it and is no member")
		}
	}
	if len(lines) == 1 {
		lines = row(lines, "", "in no group that you may see", logview.Quiet)
	}
	return lines
}

// usageLines are the VMs that a user or a group owns, in a line for each cluster.
func (p *tabbedPage) usageLines(v *core.View) []logview.Line {
	lines := []logview.Line{head("owns")}
	for _, u := range v.Usage(p.place.On) {
		if u.Owned == 0 {
			continue
		}
		text := counted(u.Owned, "VM") + ", " + count(u.Running) + " running"
		level := logview.Plain
		for _, r := range core.Resources() {
			if u.Exceeds(r) > 0 {
				text, level = text+", over the quota of "+string(r), logview.Bad
			}
		}
		lines = row(lines, u.Cluster, text, level)
	}
	if len(lines) == 1 {
		lines = row(lines, "", "no VM that you may know of", logview.Quiet)
	}
	return lines
}

func (p *userPage) sessionLines(u *userRow, r *roster) []logview.Line {
	me := p.host.session.User()
	if !me.Admin && me.Name != u.Name {
		return nil
	}
	lines := []logview.Line{head("live sessions")}
	for _, s := range r.live[u.Name] {
		text := "from " + cmp.Or(s.Addr, "this machine") + ", " + s.Via + ", since " + clock(s.Since)
		if s.ID == p.host.session.ID() {
			text += " (this one)"
		}
		lines = row(lines, age(s.Since), text)
	}
	if len(lines) == 1 {
		lines = row(lines, "", "not logged in now", logview.Quiet)
	}
	return lines
}
