package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// The measures of the picture in pixels: a cell, the margin around the cells
// and the bar above them.
const (
	cellWidth, cellHeight = 8.4, 18.0
	baseline              = 13.5
	margin, bar           = 14.0, 30.0
)

// The default colours and the sixteen of the palette.
const (
	foreground = "#d5d8df"
	background = "#16181d"
)

func palette(c ansi.BasicColor) string {
	return [16]string{
		"#3b4048", "#e0655f", "#8fc46c", "#e3b760", "#6aa5ec", "#c586e0", "#58bec7", "#c9cdd6",
		"#7d8490", "#f28b82", "#a8d988", "#f2cd7e", "#8abcf7", "#d9a3ef", "#7ad3dc", "#ffffff",
	}[c&15]
}

// hex writes a colour; nil is the default.
func hex(c color.Color, normal string) string {
	switch c := c.(type) {
	case nil:
		return normal
	case ansi.BasicColor:
		return palette(c)
	case ansi.IndexedColor:
		if c < 16 {
			return palette(ansi.BasicColor(c))
		}
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// look is how a cell is drawn.
type look struct {
	fg, bg                         string
	bold, faint, italic, underline bool
}

func lookOf(s uv.Style) look {
	l := look{
		fg: hex(s.Fg, foreground), bg: hex(s.Bg, background),
		bold: s.Attrs&uv.AttrBold != 0, faint: s.Attrs&uv.AttrFaint != 0, italic: s.Attrs&uv.AttrItalic != 0, underline: s.Underline != 0,
	}
	if s.Attrs&uv.AttrReverse != 0 {
		l.fg, l.bg = l.bg, l.fg
	}
	return l
}

// run is a row of cells with one look.
type run struct {
	look
	at, cells int
	text      string
}

// runs cuts a line of the screen into runs.
func (t *terminal) runs(y int) []run {
	var out []run
	for x := 0; x < width; {
		text, l, cells := " ", lookOf(uv.Style{}), 1
		if c := t.screen.CellAt(x, y); c != nil {
			l, cells = lookOf(c.Style), max(c.Width, 1)
			if c.Content != "" {
				text = c.Content
			}
		}
		if last := len(out) - 1; last >= 0 && out[last].look == l {
			out[last].text += text
			out[last].cells += cells
		} else {
			out = append(out, run{look: l, at: x, cells: cells, text: text})
		}
		x += cells
	}
	return out
}

// svg draws the screen in the frame of a terminal. Nothing in it refers to
// anything outside of it.
func (t *terminal) svg() []byte {
	var b bytes.Buffer
	w, h := 2*margin+width*cellWidth, bar+margin+height*cellHeight
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="gwm">`+"\n", w, h, w, h)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="9" fill="%s"/>`+"\n", w, h, background)
	for i, c := range []string{"#e0655f", "#e3b760", "#8fc46c"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="15" r="5.5" fill="%s"/>`+"\n", 20+18*i, c)
	}
	fmt.Fprintf(&b, `<g font-family="'DejaVu Sans Mono','Liberation Mono','Cascadia Mono',Menlo,Consolas,monospace" font-size="14" xml:space="preserve" transform="translate(%.0f %.0f)">`+"\n", margin, bar)
	for y := range height {
		for _, r := range t.runs(y) {
			r.draw(&b, y)
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

func (r run) draw(b *bytes.Buffer, y int) {
	x, top := float64(r.at)*cellWidth, float64(y)*cellHeight
	if r.bg != background {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.0f" width="%.1f" height="%.0f" fill="%s"/>`+"\n", x, top, float64(r.cells)*cellWidth, cellHeight, r.bg)
	}
	if strings.TrimSpace(r.text) == "" {
		return
	}
	style := ""
	if r.bold {
		style += ` font-weight="bold"`
	}
	if r.italic {
		style += ` font-style="italic"`
	}
	if r.faint {
		style += ` opacity="0.6"`
	}
	if r.underline {
		style += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>`, x, top+baseline, float64(r.cells)*cellWidth, r.fg, style)
	_ = xml.EscapeText(b, []byte(r.text)) // a buffer takes everything
	b.WriteString("</text>\n")
}
