package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/theme"
)

func (p *consolePage) paint() string {
	t, c := p.host.look.theme, p.c
	switch {
	case c.line == nil && c.over == nil:
		return hollow(t, p.w, t.Sym.Loading+" opening the console of "+core.Printable(c.vm.Name)+t.Sym.Ellipsis, "")
	case c.line == nil:
		return hollow(t, p.w, core.Printable(c.over.Message), core.Printable(c.over.Hint))
	}
	lines := c.view.Paint(t.Mode, p.app.options.ASCII)
	notice := p.noticeLines()
	if n := len(notice); n > 0 && n < len(lines) {
		copy(lines[len(lines)-n:], notice)
	}
	return strings.Join(lines, "\n")
}

// noticeLines is the notice as the last lines of the page.
func (p *consolePage) noticeLines() []string {
	t := p.host.look.theme
	text := p.notice()
	if text == "" || text == p.c.hidden {
		return nil
	}
	style := t.BadgeWarn
	if p.grave() {
		style = t.Danger
	}
	lines := wrap(t.Sym.Warn+" "+core.Printable(text), max(p.w-2, 1))
	lines = lines[:min(len(lines), max(p.h/2, 1))]
	for i, l := range lines {
		lines[i] = style.Render(t.Fit(" "+l, p.w))
	}
	return lines
}

// grave tells whether the notice is about something that must not be passed over.
func (p *consolePage) grave() bool {
	return p.c.over != nil || core.CodeOf(p.c.state.Why) == core.CodeUntrusted
}

// notice is what stands over the end of the screen: what hinders typing, the most
// important first.
func (p *consolePage) notice() string {
	c := p.c
	s := c.state
	switch {
	case c.over != nil:
		return sentences(c.over) + ". Nobody of this screen sits here any more; what was shown can be read, F sits down again"
	case s.Phase == core.LineEnded:
		return "the console has ended: " + sentences(core.AsError(s.Why)) + ". What was shown can be read, F sits down again"
	case core.CodeOf(s.Why) == core.CodeUntrusted:
		return sentences(core.AsError(s.Why)) + ". " + p.whoTrusts()
	case s.Phase == core.LineWaiting && s.Why != nil:
		return "not connected: " + sentences(core.AsError(s.Why))
	case c.refused != nil:
		return sentences(c.refused)
	case s.Taken != "":
		return s.Taken + " has taken the keyboard; " + p.escape().String() + " k takes it back"
	case c.silent():
		return silence(c.state.Node)
	case s.Recording != "" && s.Recording != "on":
		return "this console is not recorded: " + s.Recording
	}
	return ""
}

// silence says what it may mean that nothing comes back.
func silence(node string) string {
	return "nothing comes back. Another program on " + node + " may hold the line (pgrep -af socat there lists such), the guest may have no login on it, " +
		"or hang. Its screen (v on the VM) tells more, where it has one"
}

// whoTrusts says what the person can do about a node that is not trusted.
func (p *consolePage) whoTrusts() string {
	on := core.ClusterRef(p.c.vm.Cluster)
	if why := mayTrust(p.app, selection{Refs: []core.Ref{on}}); why != "" {
		return "You may not trust it: " + why
	}
	return p.escape().String() + " t: look at the key"
}

// sentences is an error with what to do.
func sentences(err *core.Error) string {
	if err == nil {
		return "it gave no reason"
	}
	return err.Error()
}

// bar is the bottom line while the guest has the keys.
func (p *consolePage) bar(w int) string {
	t, c := p.host.look.theme, p.c
	left := " " + t.Key.Render(p.escape().String()) + " " + t.Hint.Render("menu") + "  "
	room := w - theme.Width(left)
	if n := len(p.app.consoles); n > 1 && room > 50 {
		at := fmt.Sprintf("%d/%d ", slices.Index(p.app.consoles, c)+1, n)
		left += t.Dim.Render(at)
		room -= theme.Width(at)
	}
	word, style := p.phase()
	out := style.Render(t.Cut(word, room))
	room -= theme.Width(word)
	for _, part := range p.barParts() {
		text := "  " + part.text
		if theme.Width(text) > room {
			continue
		}
		out += part.style.Render(text)
		room -= theme.Width(text)
	}
	return left + out + theme.Spaces(room)
}

// barParts are what the bottom line says where there is room, the most important
// first.
func (p *consolePage) barParts() []badge {
	t, c := p.host.look.theme, p.c
	var out []badge
	add := func(style theme.Style, text string) { out = append(out, badge{core.Printable(text), style}) }
	switch n := p.c.paste; {
	case n != nil:
		add(t.Warn, fmt.Sprintf("pasting %d%%, esc stops", n.percent()))
	case len(c.outbox) > 0 && len(c.outbox) > maxOutbox/16:
		add(t.Warn, sizeOf(len(c.outbox))+" typed wait")
	}
	if c.silent() {
		add(t.Warn, "nothing comes back")
	}
	if c.skipped > 0 {
		add(t.Warn, sizeOf(int(c.skipped))+" skipped")
	}
	if c.state.Recording == "on" {
		add(t.Danger, "REC")
	}
	who, other := c.typist()
	switch {
	case c.typing():
		add(t.Good, "you type")
	case other:
		add(t.Warn, who.User+" types, you watch")
	case c.state.Phase == core.LineUp:
		add(t.Dim, "nobody types")
	}
	if n := len(c.state.People); n > 1 {
		add(t.Accent, fmt.Sprintf("%d here", n))
	}
	if below := c.view.Below(); below > 0 {
		add(t.Warn, fmt.Sprintf("%d lines below", below))
	}
	if c.state.Node != "" {
		add(t.Dim, "on "+c.state.Node)
	}
	add(t.Dim, c.vm.Name)
	return out
}

// phase is what the line is doing, in a word.
func (p *consolePage) phase() (string, theme.Style) {
	t := p.host.look.theme
	switch s := p.c.state; s.Phase {
	case core.LineUp:
		return t.Sym.Good + " connected", t.Good
	case core.LineWaiting:
		if in := time.Until(s.Retry); !s.Retry.IsZero() && in > 0 {
			return fmt.Sprintf("%s again in %ds", t.Sym.Bad, int(math.Ceil(in.Seconds()))), t.Warn
		}
		return t.Sym.Bad + " not connected", t.Warn
	case core.LineEnded:
		return t.Sym.Bad + " ended", t.Error
	case core.LineConnecting:
	}
	return t.Sym.Loading + " connecting", t.Warn
}

// sizeOf writes a number of bytes.
func sizeOf(n int) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return counted(n, "byte")
}
