package tui

import (
	"fmt"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/qr"
	"gwm/tui/theme"
)

func (p *screenPage) paint() string {
	t := p.host.look.theme
	lines := p.text()
	if p.code != nil && p.seat == nil {
		look := qr.Look{Mode: t.Mode, ASCII: p.app.options.ASCII}
		if picture, ok := p.code.Draw(look, p.w, p.h-len(lines)-1); ok {
			lines = append(append(lines, ""), picture...)
		}
	}
	return strings.Join(lines, "\n")
}

// text is what the page says, in lines with a margin.
func (p *screenPage) text() []string {
	t := p.host.look.theme
	inner := max(p.w-4, 1)
	lines := []string{""}
	add := func(style theme.Style, text string) {
		for _, l := range wrap(text, inner) {
			lines = append(lines, "  "+style.Render(l))
		}
	}
	hints := [][2]string{{"v", "new link"}, {"f", "port for a viewer"}, {"esc", "leave"}}
	switch {
	case p.failed != nil:
		add(t.Error, upperFirst(core.Printable(p.failed.Message)))
		add(t.Dim, core.Printable(p.failed.Hint))
	case p.seat != nil && p.seat.Err() != nil:
		add(t.Text, upperFirst(core.Printable(core.AsError(p.seat.Err()).Message)))
	case p.seat != nil:
		add(t.Text, "Connect a VNC viewer, once"+left(p.port.Until)+":")
		add(t.Strong, "address   "+p.port.Address)
		add(t.Strong, "password  "+p.port.Password.Reveal())
		hints = append([][2]string{{"y", "copy the password"}}, hints...)
	case p.closed:
		add(t.Text, "The screen of "+p.place.On.Name+" was closed.")
	case p.viewer != nil:
		add(t.Good, "Opened from "+core.Printable(p.viewer.Addr)+" at "+p.viewer.Since.UTC().Format(time.TimeOnly)+" UTC.")
		add(t.Dim, "It stays open when you leave this page, and ends with this session.")
	case p.ticket.Link == "":
		add(t.Dim, "asking"+t.Sym.Ellipsis)
	case !time.Now().Before(p.ticket.Until):
		add(t.Warn, "Nobody opened the link in time.")
	default:
		add(t.Text, "Open the screen of "+p.place.On.Name+" in a browser, once"+left(p.ticket.Until)+":")
		lines = append(lines, linkLines(t, p.ticket.Link, inner)...)
		if p.ticket.Note != "" {
			add(t.Dim, upperFirst(p.ticket.Note)+".")
		}
		hints = append([][2]string{{"y", "copy the link"}}, hints...)
	}
	lines = append(lines, "")
	for _, l := range hintLines(t, hints, inner) {
		lines = append(lines, " "+l)
	}
	return lines
}

// left is how long something is still good.
func left(until time.Time) string {
	return fmt.Sprintf(" and within %d s", max(int(time.Until(until).Seconds()+0.5), 0))
}

// linkLines is a link over lines of w cells, every part of which a terminal opens
// (OSC 8).
func linkLines(t *theme.Theme, link string, w int) []string {
	var lines []string
	for rest := link; rest != ""; {
		part := rest[:min(len(rest), w)]
		rest = rest[len(part):]
		lines = append(lines, "  \x1b]8;id=screen;"+link+"\x1b\\"+t.Strong.Render(part)+"\x1b]8;;\x1b\\")
	}
	return lines
}
