// Package qr draws a text as a QR code in the cells of a terminal, for a phone
// that stands before it.
//
// It guarantees that what is drawn is dark on light whatever the theme is, with a
// quiet zone around it, and that nothing is drawn where not all of it has room: a
// cut code cannot be read. Where there are no colours the light modules are lit,
// which is dark on light on a dark terminal; Look.Inverted is for light ones.
package qr

import (
	"strings"

	"rsc.io/qr"

	"gwm/core"
	"gwm/tui/theme"
)

// Code is a text as a QR code. It is immutable; who holds it can read the text.
type Code struct{ code *qr.Code }

// New encodes a text with the least redundancy, so that it takes few cells: a
// screen has no scratches. The error is CodeLimit where the text does not fit the
// greatest code there is (2,953 bytes).
func New(text string) (*Code, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil, core.Errorf(core.CodeLimit, "%d bytes are too many for a QR code", len(text))
	}
	return &Code{code}, nil
}

// Modules is the number of modules on a side, without the quiet zone.
func (c *Code) Modules() int { return c.code.Size }

// Dark tells whether a module is dark, counted from the upper left one; outside
// of the code everything is light.
func (c *Code) Dark(x, y int) bool { return c.code.Black(x, y) }

// The quiet zone in modules: what the standard (ISO/IEC 18004) demands, and what
// is left of it where there is little room; cameras do with that.
const (
	quiet      = 4
	quietLeast = 2
)

// Look is how a terminal can show a code.
type Look struct {
	Mode     theme.Mode
	ASCII    bool // a module is two blanks, of which a terminal needs no characters
	Inverted bool // without colours: the terminal writes dark on light, so the dark modules are lit
}

// Size is the number of cells that Draw needs at least.
func (c *Code) Size(l Look) (w, h int) { return l.cells(c.Modules() + 2*quietLeast) }

// cells is the size of a square of so many modules.
func (l Look) cells(modules int) (w, h int) {
	if l.ASCII {
		return 2 * modules, modules
	}
	return modules, (modules + 1) / 2
}

// Draw returns the code in lines of equal width, with as much of the quiet zone as
// fits w by h cells; ok is false where the window is too small, and the text
// itself must be shown instead.
func (c *Code) Draw(l Look, w, h int) (lines []string, ok bool) {
	for zone := quiet; zone >= quietLeast; zone-- {
		modules := c.Modules() + 2*zone
		if needW, needH := l.cells(modules); needW > w || needH > h {
			continue
		}
		dark := func(x, y int) bool { return c.Dark(x-zone, y-zone) }
		if l.ASCII {
			return l.blanks(modules, dark), true
		}
		return l.halves(modules, dark), true
	}
	return nil, false
}

// halves draws two modules in a cell, one above the other. A row that is only
// half there is light in its lower half.
func (l Look) halves(modules int, dark func(x, y int) bool) []string {
	on, off := darkOnLight(l.Mode), "\x1b[m"
	if l.Mode == theme.ModeNone {
		on, off = "", ""
	}
	ink := l.Mode != theme.ModeNone || l.Inverted // the dark modules are the ones that are lit
	glyphs := [2][2]string{{" ", "▄"}, {"▀", "█"}}
	var lines []string
	for y := 0; y < modules; y += 2 {
		var line strings.Builder
		line.WriteString(on)
		for x := range modules {
			line.WriteString(glyphs[bit(dark(x, y) == ink)][bit(dark(x, y+1) == ink)])
		}
		line.WriteString(off)
		lines = append(lines, line.String())
	}
	return lines
}

// blanks draws a module as two blanks with a background.
func (l Look) blanks(modules int, dark func(x, y int) bool) []string {
	lines := make([]string, modules)
	for y := range modules {
		var line strings.Builder
		for x := 0; x < modules; {
			from, is := x, dark(x, y)
			for x < modules && dark(x, y) == is {
				x++
			}
			line.WriteString(l.background(is) + strings.Repeat("  ", x-from) + "\x1b[m")
		}
		lines[y] = line.String()
	}
	return lines
}

// background begins blanks that are dark or light.
func (l Look) background(dark bool) string {
	switch {
	case l.Mode != theme.ModeNone && dark:
		return lightOnDark(l.Mode)
	case l.Mode != theme.ModeNone:
		return darkOnLight(l.Mode)
	case dark == l.Inverted:
		return "\x1b[7m"
	}
	return ""
}

// darkOnLight and lightOnDark set both colours, so that neither is the theme's.
// With 256 colours they are of the cube, which themes of terminals leave alone.
func darkOnLight(m theme.Mode) string {
	switch m {
	case theme.Mode16:
		return "\x1b[30;107m"
	case theme.Mode256:
		return "\x1b[38;5;16;48;5;231m"
	default:
		return "\x1b[38;2;0;0;0;48;2;255;255;255m"
	}
}

func lightOnDark(m theme.Mode) string {
	switch m {
	case theme.Mode16:
		return "\x1b[97;40m"
	case theme.Mode256:
		return "\x1b[38;5;231;48;5;16m"
	default:
		return "\x1b[38;2;255;255;255;48;2;0;0;0m"
	}
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
