package qr

import (
	"image/color"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"gwm/tui/theme"
)

const address = "otpauth://totp/gwm:ann?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=gwm"

// looks are the ways to draw, with whether the terminal's own colours are dark on
// light.
var looks = []struct {
	name  string
	look  Look
	light bool
}{
	{"truecolor", Look{Mode: theme.ModeTrue}, false},
	{"256 colours", Look{Mode: theme.Mode256}, true},
	{"16 colours", Look{Mode: theme.Mode16}, true},
	{"no colours on a dark terminal", Look{}, false},
	{"no colours on a light terminal", Look{Inverted: true}, true},
	{"ASCII with colours", Look{Mode: theme.Mode256, ASCII: true}, false},
	{"ASCII with 16 colours", Look{Mode: theme.Mode16, ASCII: true}, true},
	{"ASCII without colours on a dark terminal", Look{ASCII: true}, false},
	{"ASCII without colours on a light terminal", Look{ASCII: true, Inverted: true}, true},
}

func mustNew(t *testing.T, text string) *Code {
	t.Helper()
	c, err := New(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// photo is what a camera sees of lines on a terminal: whether each of the two
// halves of each cell is dark.
func photo(t *testing.T, lines []string, light bool) [][]bool {
	t.Helper()
	width := ansi.StringWidth(lines[0])
	em := vt.NewEmulator(width, len(lines))
	defer em.Close()
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != width {
			t.Fatalf("line %d has %d cells, the first one %d", i, got, width)
		}
		_, _ = em.WriteString(ansi.CursorPosition(1, i+1) + l)
	}
	out := make([][]bool, 2*len(lines))
	for y := range lines {
		out[2*y], out[2*y+1] = make([]bool, width), make([]bool, width)
		for x := range width {
			out[2*y][x], out[2*y+1][x] = halvesOf(t, em.CellAt(x, y), light)
		}
	}
	return out
}

// halvesOf tells whether the halves of a cell are dark on a terminal whose own
// colours are dark on light, or light on dark.
func halvesOf(t *testing.T, cell *uv.Cell, light bool) (upper, lower bool) {
	t.Helper()
	fg, bg := isDark(cell.Style.Fg, light), isDark(cell.Style.Bg, !light)
	if cell.Style.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	switch cell.Content {
	case " ", "":
		return bg, bg
	case "█":
		return fg, fg
	case "▀":
		return fg, bg
	case "▄":
		return bg, fg
	}
	t.Fatalf("a cell holds %q", cell.Content)
	return false, false
}

func isDark(c color.Color, otherwise bool) bool {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	if got := r + g + b; got > 0 && got < 3*0xe000 {
		return !otherwise // neither black nor white: it fails where it is compared
	}
	return r == 0
}

// TestWhatIsDrawnIsTheCode reads modules back off the terminal.
func TestWhatIsDrawnIsTheCode(t *testing.T) {
	t.Parallel()
	for _, c := range looks {
		for _, text := range []string{"A", address, strings.Repeat("https://console.example.org/", 10)} {
			code := mustNew(t, text)
			w, h := code.Size(c.look)
			for zone, more := range map[int]int{quietLeast: 0, quiet: 40} {
				lines, ok := code.Draw(c.look, w+2*more, h+more)
				if !ok {
					t.Fatalf("%s: %d by %d cells are too few", c.name, w, h)
				}
				seen, wide, tall := photo(t, lines, c.light), 1, 1
				if c.look.ASCII {
					wide, tall = 2, 2
				}
				modules := code.Modules() + 2*zone
				if got := len(seen[0]) / wide; got != modules {
					t.Fatalf("%s: %d modules on a side, want %d", c.name, got, modules)
				}
				wrong := 0
				for y := range seen {
					for x := range seen[y] {
						if seen[y][x] != code.Dark(x/wide-zone, y/tall-zone) {
							wrong++
						}
					}
				}
				if wrong > 0 {
					t.Errorf("%s: %d half cells of %q are wrong", c.name, wrong, text)
				}
			}
		}
	}
}

// TestTheTextComesBack reads a code as a camera does: modules in zigzag, without
// the patterns and the mask. Version 4 with the least redundancy is one block, so
// its bytes lie one behind the other.
func TestTheTextComesBack(t *testing.T) {
	t.Parallel()
	code := mustNew(t, address)
	n := code.Modules()
	in := func(v, from, to int) bool { return v >= from && v < to }
	pattern := func(x, y int) bool {
		corner := in(x, 0, 9) && in(y, 0, 9) || in(x, n-8, n) && in(y, 0, 9) || in(x, 0, 9) && in(y, n-8, n)
		return corner || x == 6 || y == 6 || in(x, n-9, n-4) && in(y, n-9, n-4)
	}
	if n != 33 || code.Dark(8, n-8) != true {
		t.Fatalf("this is no code of version 4: %d modules", n)
	}
	var bits []byte
	up := true
	for x := n - 1; x > 0; x -= 2 {
		if x == 6 {
			x--
		}
		for i := range n {
			y := i
			if up {
				y = n - 1 - i
			}
			for _, x := range []int{x, x - 1} {
				if !pattern(x, y) {
					bits = append(bits, byte(bit(code.Dark(x, y) != ((x+y)%2 == 0))))
				}
			}
		}
		up = !up
	}
	take := func(n int) (v int) {
		for _, b := range bits[:n] {
			v = v<<1 | int(b)
		}
		bits = bits[n:]
		return v
	}
	if mode := take(4); mode != 4 {
		t.Fatalf("mode %d, want bytes", mode)
	}
	text := make([]byte, take(8))
	for i := range text {
		text[i] = byte(take(8))
	}
	if string(text) != address {
		t.Errorf("a camera reads %q", text)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	code := mustNew(t, address)
	if got := code.Modules(); got != 33 {
		t.Fatalf("%d modules on a side, want 33 (version 4)", got)
	}
	for _, c := range []struct {
		name     string
		look     Look
		w, h     int
		gotW     int
		gotH     int
		tooSmall bool
	}{
		{"a page of 80x24", Look{Mode: theme.Mode256}, 80, 21, 41, 21, false},
		{"no room for all of the quiet zone", Look{Mode: theme.Mode256}, 80, 20, 39, 20, false},
		{"just enough", Look{}, 37, 19, 37, 19, false},
		{"too low", Look{}, 80, 18, 0, 0, true},
		{"too narrow", Look{}, 36, 40, 0, 0, true},
		{"ASCII on a page of 120x40", Look{ASCII: true}, 120, 37, 74, 37, false},
		{"ASCII on a page of 80x24", Look{ASCII: true}, 80, 21, 0, 0, true},
		{"nothing", Look{}, 0, 0, 0, 0, true},
	} {
		lines, ok := code.Draw(c.look, c.w, c.h)
		if ok == c.tooSmall || len(lines) != c.gotH {
			t.Errorf("%s: ok %v with %d lines, want %d", c.name, ok, len(lines), c.gotH)
			continue
		}
		if ok && ansi.StringWidth(lines[0]) != c.gotW {
			t.Errorf("%s: %d cells wide, want %d", c.name, ansi.StringWidth(lines[0]), c.gotW)
		}
	}
}

func TestTextsThatDoNotFitACode(t *testing.T) {
	t.Parallel()
	if _, err := New(strings.Repeat("a", 2953)); err != nil {
		t.Errorf("2953 bytes: %v", err)
	}
	if _, err := New(strings.Repeat("a", 2954)); err == nil {
		t.Error("2954 bytes were encoded")
	}
}
