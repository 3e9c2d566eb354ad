package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Style is a foreground, a background and attributes. Rendering is one string
// concatenation, so that a screen of cells costs microseconds. The zero Style
// changes nothing.
type Style struct {
	open   string // SGR sequence, "" for none
	fg, bg color.Color
	attr   attr
}

type attr uint8

const (
	bold attr = 1 << iota
	faint
	underline
	reverse
	strike
)

// Render returns text in this style. Text must not hold styles itself: an inner
// reset would end the outer style. An empty text stays empty.
func (s Style) Render(text string) string {
	if s.open == "" || text == "" {
		return text
	}
	return s.open + text + "\x1b[m"
}

// makeStyle asks Lip Gloss once for what begins the style; the rest is
// concatenation.
func makeStyle(fg, bg color.Color, a attr) Style {
	s := Style{fg: fg, bg: bg, attr: a}
	if fg == nil && bg == nil && a == 0 {
		return s
	}
	l := lipgloss.NewStyle().Bold(a&bold != 0).Faint(a&faint != 0).Underline(a&underline != 0).
		Reverse(a&reverse != 0).Strikethrough(a&strike != 0)
	if fg != nil {
		l = l.Foreground(fg)
	}
	if bg != nil {
		l = l.Background(bg)
	}
	s.open, _, _ = strings.Cut(l.Render("x"), "x")
	return s
}

// convert brings a colour down to what the mode can show.
func convert(c color.Color, m Mode) color.Color {
	switch {
	case c == nil || m == ModeNone:
		return nil
	case m == Mode256:
		return colorprofile.ANSI256.Convert(c)
	case m == Mode16:
		return colorprofile.ANSI.Convert(c)
	}
	return c
}
