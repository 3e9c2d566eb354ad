package term_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/tui/term"
	"gwm/tui/theme"
)

// shown is the screen as text, empty lines at its end left out.
func shown(s *term.Screen) string {
	cols, rows := s.Size()
	v := term.NewView(s)
	v.Resize(cols, rows)
	base := s.Dropped() + int64(s.Len()-rows)
	return strings.TrimRight(v.Text(base, base+int64(rows)), "\n")
}

func TestScreen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, out, want string }{
		{"text", "one\r\ntwo\b\bWO", "one\ntWO"},
		{"wraps", "0123456789abc", "0123456789abc"},
		{"no wrap", "\x1b[?7l0123456789abc", "012345678c"},
		{"last column waits", "0123456789\rX", "X123456789"},
		{"cursor", "\x1b[2;3Hx\x1b[Ay\x1b[5Cz\x1b[1Gw\x1b[3dv", "w  y     z\n  x\n v"},
		{"erase", "abcdef\x1b[3D\x1b[K\r\nxyz\x1b[1K", "abc\n"},
		{"erase below", "a\r\nb\r\nc\x1b[2;1H\x1b[J", "a"},
		{"insert and delete", "abcdef\x1b[1G\x1b[2@\x1b[4G\x1b[P", "  acdef"},
		{"insert mode", "abc\r\x1b[4hX\x1b[4lY", "XYbc"},
		{"lines", "a\r\nb\r\nc\x1b[2H\x1b[L\x1b[1H\x1b[M", "\nb\nc"},
		{"region", "a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[3;1H\n\nx", "a\n\nx\nd"},
		{"reverse index", "\x1b[2;4r\x1b[2;1Ha\x1bMb", "\n b\na"},
		{"origin", "\x1b[2;4r\x1b[?6h\x1b[1;1Ha\x1b[9;1Hb", "\na\n\nb"},
		{"tabs", "\ta\r\x1b[3g\tb", "        ab"},
		{"line drawing", "\x1b(0lqk\x1b(Blqk", "┌─┐lqk"},
		{"shift out", "\x1b)0x\x0ex\x0fx", "x│x"},
		{"wide", "日本\x1b[2GX", " X本"},
		{"wide at the edge", "\x1b[10G日", "          日"},
		{"combining", "e\u0301e", "e\u0301e"},
		{"repeat", "ab\x1b[3b", "abbbb"},
		{"save and restore", "ab\x1b7\x1b[4;4Hx\x1b8c", "abc\n\n\n   x"},
		{"alternate screen", "shell\x1b[?1049hvi\x1b[?1049l.", "shell."},
		{"split character", "\xc3", ""},
		{"bad utf-8", "\xff\xc3a\x9b31mz", "��a�31mz"},
		{"control in a sequence", "a\x1b[1\b;1Hb", "b"},
		{"canceled sequence", "\x1b[31\x18x", "x"},
		{"unknown sequences", "\x1b[99z\x1b[>4;2m\x1b[?1$q\x1b%Ga", "a"},
		{"direction and joiners", "a\u202eb\u200dc\ufe0fd", "abcd"},
		{"align", "\x1b#8\x1b[2;1H\x1b[2J", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 3, len(c.out)} {
				s := term.NewScreen(10, 4)
				for out := c.out; out != ""; {
					n := min(piece, len(out))
					_, _ = s.Write([]byte(out[:n]))
					out = out[n:]
				}
				if diff := cmp.Diff(strings.TrimRight(c.want, "\n"), shown(s)); diff != "" {
					t.Errorf("in pieces of %d: -want +got\n%s", piece, diff)
				}
			}
		})
	}
}

func TestScreenStyles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, out string
		mode      theme.Mode
		want      string
	}{
		{"plain", "a", theme.ModeTrue, "a  "},
		{"bold red", "\x1b[1;31ma\x1b[mb", theme.Mode16, "\x1b[0;1;31ma\x1b[0mb "},
		{"no colours", "\x1b[1;31;44ma", theme.ModeNone, "\x1b[0;1ma\x1b[0m  "},
		{"exact", "\x1b[38;2;1;2;3ma", theme.ModeTrue, "\x1b[0;38;2;1;2;3ma\x1b[0m  "},
		{"exact with colons", "\x1b[38:2::1:2:3;4ma", theme.ModeTrue, "\x1b[0;4;38;2;1;2;3ma\x1b[0m  "},
		{"exact in 16", "\x1b[48;2;255;0;0ma", theme.Mode16, "\x1b[0;101ma\x1b[0m  "},
		{"256", "\x1b[38;5;200ma", theme.Mode256, "\x1b[0;38;5;200ma\x1b[0m  "},
		{"bright", "\x1b[97ma", theme.Mode16, "\x1b[0;97ma\x1b[0m  "},
		{"nothing blinks", "\x1b[5ma", theme.Mode16, "a  "},
		{"hidden", "\x1b[8msecret", theme.Mode16, "   "},
		{"erased in colour", "\x1b[41m\x1b[Ka", theme.Mode16, "\x1b[0;41ma  \x1b[m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := term.NewScreen(3, 2)
			_, _ = s.Write([]byte(c.out))
			v := term.NewView(s)
			v.Resize(3, 2)
			got := v.Paint(c.mode, false)[0]
			if c.name == "hidden" {
				got = strings.NewReplacer("\x1b[0m", "", "\x1b[m", "").Replace(got)
			}
			if strings.TrimSuffix(got, "\x1b[m") != strings.TrimSuffix(c.want, "\x1b[m") {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

// TestScreenSwallows holds that nothing of a guest gets past the cells.
func TestScreenSwallows(t *testing.T) {
	t.Parallel()
	for _, out := range []string{
		"\x1b]0;evil\x07", "\x1b]52;c;ZXZpbA==\x1b\\", "\x1b]8;;file:///evil\x07x\x1b]8;;\x07", "\x1bPevil\x1b\\", "\x1b_evil\x1b\\",
		"\x1b^evil\x1b\\", "\x1bXevil\x1b\\", "\x1b]2;ev\x1b]0;il\x07", "\x1b[8;1000;1000t", "\x1b[21t", "\x1b[>0q",
	} {
		s := term.NewScreen(20, 3)
		_, _ = s.Write([]byte(out))
		v := term.NewView(s)
		v.Resize(20, 3)
		if got := strings.Join(v.Paint(theme.ModeTrue, false), "\n"); strings.Contains(got, "evil") || strings.Contains(got, "\x1b") {
			t.Errorf("%q is painted as %q", out, got)
		}
		if replies := s.Replies(); len(replies) > 0 {
			t.Errorf("%q is answered with %q", out, replies)
		}
		if cols, rows := s.Size(); cols != 20 || rows != 3 {
			t.Errorf("%q changed the size to %dx%d", out, cols, rows)
		}
	}
}

func TestScreenReplies(t *testing.T) {
	t.Parallel()
	s := term.NewScreen(20, 3)
	_, _ = s.Write([]byte("ab\x1b[6n\x1b[5n\x1b[c\x1b[>c\x1b[?2004h\x1b[?2004$p\x1b[?9999$p"))
	if got, want := string(s.Replies()), "\x1b[1;3R\x1b[0n\x1b[?62;22c\x1b[>1;10;0c\x1b[?2004;1$y\x1b[?9999;0$y"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	_, _ = s.Write([]byte(strings.Repeat("\x1b[6n", 10_000)))
	if n := len(s.Replies()); n > 5000 {
		t.Errorf("%d bytes are owed to a guest that asks and asks", n)
	}
}

func TestScreenThatNeverEndsATitle(t *testing.T) {
	t.Parallel()
	s := term.NewScreen(20, 3)
	_, _ = s.Write([]byte("\x1b]0;"))
	for range 40 {
		_, _ = s.Write([]byte(strings.Repeat("x", 64<<10)))
	}
	_, _ = s.Write([]byte("\r\nback again"))
	if got := shown(s); !strings.Contains(got, "back again") {
		t.Errorf("the screen is silent: %q", got)
	}
}

func TestPastIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, line string }{
		{"short", "a line\r\n"},
		{"coloured", strings.Repeat("\x1b[31ma\x1b[32mb", 35) + "\r\n"},
		{"marks", strings.Repeat("a\u0301\u0302\u0303", 40) + "\r\n"},
	} {
		s := term.NewScreen(80, 24)
		for i := range 20_000 {
			_, _ = fmt.Fprint(s, i, c.line)
		}
		if n := s.Len(); n > term.MaxPast+24 || n < 100 {
			t.Errorf("%s: %d rows are kept", c.name, n)
		}
		if s.Dropped() == 0 {
			t.Errorf("%s: no row was dropped", c.name)
		}
		cells, _ := s.Row(s.Len() - 26)
		if got := cells[0].Rune; got < '0' || got > '9' {
			t.Errorf("%s: the row before the screen begins with %q", c.name, got)
		}
	}
}

func TestResize(t *testing.T) {
	t.Parallel()
	s := term.NewScreen(10, 4)
	_, _ = s.Write([]byte("1\r\n2\r\n3\r\n4日"))
	s.Resize(10, 2)
	if got := shown(s); got != "3\n4日" {
		t.Errorf("smaller: %q", got)
	}
	s.Resize(2, 6)
	if got := shown(s); got != "3\n4" {
		t.Errorf("narrower: %q", got)
	}
	_, _ = s.Write([]byte("\r\n5"))
	if got := shown(s); got != "3\n4\n5" {
		t.Errorf("higher: %q", got)
	}
	if cells, _ := s.Row(0); cells[0].Rune != '1' {
		t.Errorf("what left at the top is not kept: %q", cells[0].Rune)
	}
}

func TestView(t *testing.T) {
	t.Parallel()
	s := term.NewScreen(20, 5)
	v := term.NewView(s)
	v.Resize(20, 5)
	for i := range 50 {
		_, _ = fmt.Fprintf(s, "Line %d\r\n", i)
	}
	v.Scroll(-10)
	first := v.Paint(theme.ModeNone, false)[0]
	_, _ = s.Write([]byte("more\r\nand more\r\n"))
	if got := v.Paint(theme.ModeNone, false)[0]; got != first {
		t.Errorf("it moved from %q to %q", first, got)
	}
	if n := v.Find("line 1"); n != 11 {
		t.Errorf("found in %d rows, not 11", n)
	}
	if n := v.Find("LINE"); n != 0 {
		t.Errorf("found in %d rows, though written otherwise", n)
	}
	v.Find("line 7")
	if got := v.Paint(theme.ModeNone, false); !strings.Contains(strings.Join(got, "\n"), "\x1b[0;7mLine 7\x1b[0m") {
		t.Errorf("what was found is not marked: %q", got)
	}
	v.Scroll(-1000)
	v.Find("line 40")
	if got := strings.Join(v.Paint(theme.ModeNone, false), "\n"); !strings.Contains(got, "Line 40") {
		t.Errorf("from the top, what is further down is not shown: %q", got)
	}
	v.Bottom()
	v.Mark(0, 0, true)
	v.Mark(3, 1, false)
	if got := v.Selected(); got != "Line 48\nLine" {
		t.Errorf("selected %q", got)
	}
}

func FuzzScreen(f *testing.F) {
	for _, seed := range []string{
		"plain\r\n", "\x1b[31mred\x1b[m", "\x1b]0;title\x07", "\x1b[?1049h\x1b[2J\x1b[H", "日本語\x1b[1P", "\x1b[99999999999;99999999999H",
		"\x1b[2;3r\x1bM\x1bD\x1b[5L\x1b[5M", "\xe2\x1b[\xf0\x9f\x98\x80", "\x1b[999999@\x1b[999999P\x1b[999999b", "\x1b[38:2:1:2:3:4:5:6m",
	} {
		f.Add([]byte(seed), uint16(80), uint16(24))
	}
	f.Fuzz(func(t *testing.T, out []byte, cols, rows uint16) {
		s := term.NewScreen(20, 5)
		v := term.NewView(s)
		v.Resize(20, 5)
		half := len(out) / 2
		_, _ = s.Write(out[:half])
		s.Resize(int(cols), int(rows))
		_, _ = s.Write(out[half:])
		v.Scroll(-3)
		v.Find("a")
		w, h := s.Size()
		x, y, _ := s.Cursor()
		if x < 0 || x >= w || y < 0 || y >= h {
			t.Fatalf("the cursor is at %d,%d of %dx%d", x, y, w, h)
		}
		for _, line := range v.Paint(theme.ModeTrue, false) {
			if n := theme.Width(line); n != 20 && line != "" {
				t.Fatalf("a row of %d cells: %q", n, line)
			}
			for i := 0; i < len(line); i++ {
				if line[i] == 0x1b && (i+1 >= len(line) || line[i+1] != '[') || line[i] < ' ' && line[i] != 0x1b || line[i] == 0x7f {
					t.Fatalf("a control character is painted: %q", line)
				}
			}
		}
		for i := range s.Len() {
			cells, _ := s.Row(i)
			for x, c := range cells {
				if c.Width == 2 && (x+1 >= len(cells) || cells[x+1].Width != 0) && i >= s.Len()-h {
					t.Fatalf("half of a wide character stands alone in row %d at %d", i, x)
				}
			}
		}
		if len(s.Replies()) > 5000 {
			t.Fatal("too much is owed")
		}
	})
}
