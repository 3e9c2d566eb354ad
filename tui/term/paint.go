package term

import (
	"image/color"
	"strconv"

	"github.com/charmbracelet/x/ansi"

	"gwm/tui/theme"
)

// lookOver is what a cell of its own look is shown with besides: the place of
// the selection or of something found.
type lookOver func(x int) (over bool)

// painter writes cells as text with SGR sequences that a terminal of its mode
// understands.
type painter struct {
	mode  theme.Mode
	ascii bool
	out   []byte
}

// paint appends cells from until to, w cells wide in any case. Cells that over
// holds for are reversed.
func (p *painter) paint(cells []Cell, from, w int, over lookOver) {
	start := len(p.out)
	if !p.cells(cells, from, w, over, p.ascii) || p.ascii {
		return
	}
	// Characters may join up with their neighbours, as flags and some scripts do,
	// and take another width than each for itself: then plain ones stand for them.
	if text := string(p.out[start:]); ansi.StringWidth(text) != w || ansi.StringWidthWc(text) != w {
		p.out = p.out[:start]
		p.cells(cells, from, w, over, true)
	}
}

// cells appends cells; simple takes the place of everything that is not ASCII.
// It tells whether there was anything else.
func (p *painter) cells(cells []Cell, from, w int, over lookOver, simple bool) (beyond bool) {
	var now Style
	styled := false
	for i := range w {
		x := from + i
		c, style := shownAt(cells, x, over)
		if style != now {
			p.style(style)
			now, styled = style, style != Style{}
		}
		switch {
		case style.Attr&Hidden != 0, c.Rune == 0 && c.Width == 1:
			p.out = append(p.out, ' ')
		case c.Width == 0 && i > 0 && !simple:
		case c.Rune < 0x7f && c.Width == 1 && c.Marks[0] == 0:
			p.out = append(p.out, byte(c.Rune))
		case simple, c.Width == 0, c.Width == 2 && i == w-1:
			p.out = append(p.out, plain(c.Rune))
		default:
			beyond = true
			p.out = c.append(p.out)
		}
	}
	if styled {
		p.out = append(p.out, "\x1b[m"...)
	}
	return beyond
}

// shownAt is the cell at x and how it looks; beyond the end it is empty.
func shownAt(cells []Cell, x int, over lookOver) (Cell, Style) {
	c := Cell{Width: 1}
	if x < len(cells) {
		c = cells[x]
	}
	style := c.Style
	if over != nil && over(x) {
		style.Attr ^= Reverse
	}
	return c, style
}

// plain stands for a character where only ASCII can be shown.
func plain(r rune) byte {
	switch {
	case r == '─' || r >= '⎺' && r <= '⎽':
		return '-'
	case r == '│':
		return '|'
	case r > '│' && r <= '╿':
		return '+'
	}
	return '?'
}

// style writes the sequence that changes to a style from any other.
func (p *painter) style(s Style) {
	p.out = append(p.out, "\x1b[0"...)
	for _, a := range [...]struct {
		attr Attr
		code string
	}{{Bold, ";1"}, {Faint, ";2"}, {Italic, ";3"}, {Underline, ";4"}, {Reverse, ";7"}, {Strike, ";9"}} {
		if s.Attr&a.attr != 0 {
			p.out = append(p.out, a.code...)
		}
	}
	p.color(s.FG, 30)
	p.color(s.BG, 40)
	p.out = append(p.out, 'm')
}

// color writes a colour as the mode can show it; base is 30 or 40.
func (p *painter) color(c Color, base int) {
	if c == 0 || p.mode == theme.ModeNone {
		return
	}
	n := int(c & 0xff)
	switch {
	case c&exact != 0 && p.mode == theme.ModeTrue:
		p.out = append(p.out, ';')
		p.number(base + 8)
		p.out = append(p.out, ";2;"...)
		p.number(int(c >> 16 & 0xff))
		p.out = append(p.out, ';')
		p.number(int(c >> 8 & 0xff))
		p.out = append(p.out, ';')
		p.number(n)
		return
	case c&exact != 0 && p.mode == theme.Mode256:
		n = int(ansi.Convert256(c.rgb()))
	case c&exact != 0:
		n = int(ansi.Convert16(c.rgb()))
	case n > 15 && p.mode == theme.Mode16:
		n = int(ansi.Convert16(ansi.IndexedColor(n)))
	}
	p.out = append(p.out, ';')
	switch {
	case n < 8:
		p.number(base + n)
	case n < 16:
		p.number(base + 60 + n - 8)
	default:
		p.number(base + 8)
		p.out = append(p.out, ";5;"...)
		p.number(n)
	}
}

func (p *painter) number(n int) { p.out = strconv.AppendInt(p.out, int64(n), 10) }

func (c Color) rgb() color.Color {
	return color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 0xff}
}
