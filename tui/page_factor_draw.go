package tui

import (
	"fmt"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/qr"
	"gwm/tui/theme"
)

// Beside the QR code stands a column of text, at least so wide, with a gap; with
// less the code stands above the text.
const (
	factorText = 34
	factorGap  = 3
)

func (p *factorPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.failed != nil:
		return hollow(t, p.w, upperFirst(core.Printable(p.failed.Message)), core.Printable(p.failed.Hint))
	case !p.recovery.IsZero():
		return strings.Join(p.recoveryLines(), "\n")
	case p.uri.IsZero():
		return "\n  " + t.Dim.Render("asking"+t.Sym.Ellipsis)
	}
	return strings.Join(p.offer(), "\n")
}

// offer is the secret, as a picture where there is room, with what is to be done.
func (p *factorPage) offer() []string {
	look := qr.Look{Mode: p.host.look.theme.Mode, ASCII: p.app.options.ASCII, Inverted: p.inverted}
	if p.code == nil {
		return p.words()
	}
	if picture, ok := p.code.Draw(look, p.w-factorGap-factorText, p.h); ok {
		left := theme.Width(picture[0]) + factorGap
		text := p.steps(p.w-left, true, true)
		p.typingX += left
		for i, l := range text {
			if i < len(picture) {
				picture[i] += theme.Spaces(factorGap) + l
				continue
			}
			picture = append(picture, theme.Spaces(left)+l)
		}
		return picture
	}
	text := p.steps(p.w, true, true)
	if picture, ok := p.code.Draw(look, p.w, p.h-len(text)); ok {
		p.typingY += len(picture)
		return append(picture, text...)
	}
	text = p.words()
	w, h := p.code.Size(look)
	note := fmt.Sprintf("A window of %dx%d has room for a QR code.", w+factorGap+factorText, h+p.app.h-p.h)
	if len(text)+2 <= p.h {
		text = append(text, "", " "+p.host.look.theme.Dim.Render(p.host.look.theme.Cut(note, p.w-2)))
	}
	return text
}

// words is the offer without a picture.
func (p *factorPage) words() []string {
	if lines := p.steps(p.w, false, true); len(lines) <= p.h {
		return lines
	}
	return p.steps(p.w, false, false)
}

// steps is the text in lines of w cells with a margin, with empty ones where there
// is room. It notes where the code is typed.
func (p *factorPage) steps(w int, picture, room bool) []string {
	t := p.host.look.theme
	inner := max(w-2, 1)
	var lines []string
	add := func(style theme.Style, text string) {
		for _, l := range wrap(text, inner) {
			lines = append(lines, " "+style.Render(l))
		}
	}
	gap := func() {
		if room {
			lines = append(lines, "")
		}
	}
	add(t.Strong, "Set up your second factor")
	gap()
	what := "1  Type this secret into your authenticator app (time-based, 6 digits):"
	if picture {
		what = "1  Scan the QR code with your authenticator app, or type the secret (time-based, 6 digits):"
	}
	add(t.Text, what)
	gap()
	for _, l := range grouped(p.secret(), inner-2) {
		lines = append(lines, "   "+t.Strong.Render(l))
	}
	gap()
	add(t.Text, "2  Type the code that it shows now:")
	prompt := "   Code: "
	typed, at := p.line.draw(t, max(inner-theme.Width(prompt), 1))
	p.typingX, p.typingY = theme.Width(prompt)+at, len(lines)
	lines = append(lines, t.Label.Render(prompt)+t.Strong.Render(typed))
	switch {
	case p.busy:
		add(t.Dim, "asking"+t.Sym.Ellipsis)
	case p.said != "":
		add(t.Error, t.Sym.Bad+" "+core.Printable(p.said))
	default:
		gap()
	}
	hints := [][2]string{{"enter", "go on"}, {"y", "copy the secret"}, {"Y", "copy the address"}, {"esc", "leave"}}
	if picture && t.Mode == theme.ModeNone {
		hints = append(hints, [2]string{"i", "swap light and dark"})
	}
	return append(lines, hintLines(t, hints, inner)...)
}

// grouped writes a secret in groups of four, so that it is typed without a slip:
// all in one line of w cells, or four groups in each.
func grouped(secret string, w int) []string {
	var groups []string
	for g := range slices.Chunk([]byte(secret), 4) {
		groups = append(groups, string(g))
	}
	each := 4
	if 5*len(groups)-1 <= w {
		each = max(len(groups), 1)
	}
	var lines []string
	for row := range slices.Chunk(groups, each) {
		lines = append(lines, strings.Join(row, " "))
	}
	return lines
}

// hintLines are keys with what they do, as many in a line of w cells as fit.
func hintLines(t *theme.Theme, hints [][2]string, w int) []string {
	var lines []string
	used := w
	for _, h := range hints {
		text, n := " "+t.Key.Render(h[0])+" "+t.Dim.Render(h[1]), theme.Width(h[0]+h[1])+2
		if used+n > w {
			lines, used = append(lines, ""), 0
		}
		lines[len(lines)-1] += text + " "
		used += n + 1
	}
	return lines
}

// recoveryLines show the recovery codes. In a low window the empty lines go.
func (p *factorPage) recoveryLines() []string {
	t := p.host.look.theme
	inner := max(p.w-4, 1)
	lines := []string{"", "  " + t.Good.Render(t.Cut(t.Sym.Done+" your second factor is set up", inner)), ""}
	add := func(style theme.Style, text string) {
		for _, l := range wrap(text, inner) {
			lines = append(lines, "  "+style.Render(l))
		}
	}
	add(t.Text, "Recovery codes: each is good once in place of a code, when the app is lost. "+
		"They are not shown again: keep them now, apart from the app.")
	lines = append(lines, "")
	codes := strings.Split(p.recovery.Reveal(), "\n")
	columns := 1
	if 2*(len(codes[0])+4) <= p.w {
		columns = 2
	}
	for row := range slices.Chunk(codes, columns) {
		lines = append(lines, "    "+t.Strong.Render(strings.Join(row, "    ")))
	}
	lines = append(lines, "")
	for _, l := range hintLines(t, [][2]string{{"y", "copy them"}, {"esc", "leave, after a question"}}, inner) {
		lines = append(lines, " "+l)
	}
	if len(lines) > p.h {
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	}
	return lines
}
