package theme

import (
	"image/color"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
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

func makeStyle(fg, bg color.Color, a attr) Style {
	var codes []string
	for i, code := range []string{"1", "2", "4", "7", "9"} {
		if a&(1<<i) != 0 {
			codes = append(codes, code)
		}
	}
	codes = append(codes, colorCodes(fg, false)...)
	codes = append(codes, colorCodes(bg, true)...)
	s := Style{fg: fg, bg: bg, attr: a}
	if len(codes) > 0 {
		s.open = "\x1b[" + strings.Join(codes, ";") + "m"
	}
	return s
}

// colorCodes returns the SGR parameters of a colour (ECMA-48 8.3.117, and the
// 38;5 and 38;2 forms of ITU T.416 as terminals write them).
func colorCodes(c color.Color, back bool) []string {
	base := 30
	if back {
		base = 40
	}
	switch c := c.(type) {
	case nil:
		return nil
	case ansi.BasicColor:
		if c >= 8 {
			return []string{strconv.Itoa(base + 60 + int(c) - 8)}
		}
		return []string{strconv.Itoa(base + int(c))}
	case ansi.IndexedColor:
		return []string{strconv.Itoa(base + 8), "5", strconv.Itoa(int(c))}
	default:
		r, g, b, _ := c.RGBA()
		return []string{
			strconv.Itoa(base + 8), "2",
			strconv.Itoa(int(r >> 8)), strconv.Itoa(int(g >> 8)), strconv.Itoa(int(b >> 8)),
		}
	}
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
