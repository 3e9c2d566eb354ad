package term_test

import (
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"gwm/tui/term"
	"gwm/tui/theme"
)

// attacks are what a guest may send to harm who looks at it.
func attacks() map[string]string {
	return map[string]string{
		"title":                  "\x1b]0;evil\x07\x1b]2;evil\x1b\\\x1b]l evil\x1b\\",
		"title stack":            "\x1b[22;0t\x1b[23;0t\x1b[21t\x1b[20t",
		"clipboard":              "\x1b]52;c;ZXZpbA==\x07\x1b]52;c;?\x07\x1bP\x1b]52;c;ZXZpbA==\x07\x1b\\",
		"clipboard through tmux": "\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\",
		"links":                  "\x1b]8;id=1;file:///evil\x07x\x1b]8;;\x07",
		"notification":           "\x1b]9;evil\x07\x1b]777;notify;evil;evil\x07\x1b]99;;evil\x1b\\",
		"colours":                "\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x1b\\\x1b]12;?\x07\x1b]104\x07",
		"palette":                "\x1b]P7ff0000\x1b]R\x1b]4;1;rgb:ff/ff/ff\x07",
		"settings":               "\x1bP$qm\x1b\\\x1bP$qr\x1b\\\x1bP+q544e\x1b\\\x1bP1$r0m\x1b\\",
		"version":                "\x1b[>q\x1b[>0q\x1b[=c\x1b[>1c\x1b[15n\x1b[?15n\x1b[?25n\x1b[?26n\x1b[?996n",
		"window":                 "\x1b[8;1000;1000t\x1b[14t\x1b[18t\x1b[19t\x1b[3;0;0t\x1b[2t\x1b[9;1t",
		"area checksum":          "\x1b[1;1;1;1;9;9*y\x1b[1$w\x1b[1+w",
		"answer back":            "\x05\x1b[x\x1b[1x\x1b[?u\x1b[>4;2m\x1b[?4m\x1b[>1u\x1b[=1;1u",
		"pictures":               "\x1bPq#0;2;0;0;0~~@@\x1b\\\x1b_Gf=24,s=1,v=1;AAAA\x1b\\\x1b]1337;File=name=ZXZpbA==:AAAA\x07",
		"printer and media":      "\x1b[5i\x1b[4i\x1b[?5i\x1b#3\x1b#6\x1b%@\x1b F\x1b G",
		"strings":                "\x1bXevil\x1b\\\x1b^evil\x1b\\\x1b_evil\x1b\\\x1bkevil\x1b\\",
		"eight bits":             "\x9devil\x9c\x90evil\x9c\xc2\x9devil\xc2\x9c\xc2\x9b31m",
		"cut by another":         "\x1b]2;ev\x1b]0;il\x07\x1b[1\x1b]0;evil\x07\x1bP\x1b[21t\x1b\\",
	}
}

// TestHostileGuest holds that nothing of an attack is painted but characters, that
// nothing is answered to it, and that what comes after it is shown.
func TestHostileGuest(t *testing.T) {
	t.Parallel()
	for name, attack := range attacks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for piece := range len(attack) {
				s := term.NewScreen(40, 4)
				v := term.NewView(s)
				v.Resize(40, 4)
				_, _ = s.Write([]byte(attack[:piece+1]))
				_, _ = s.Write([]byte(attack[piece+1:]))
				if replies := s.Replies(); len(replies) > 0 {
					t.Fatalf("cut at %d: answered with %q", piece, replies)
				}
				if cols, rows := s.Size(); cols != 40 || rows != 4 {
					t.Fatalf("cut at %d: the size is %dx%d", piece, cols, rows)
				}
				_, _ = s.Write([]byte("\x1b[m\r\nafter it"))
				painted := strings.Join(v.Paint(theme.ModeTrue, false), "\n")
				for i := strings.IndexByte(painted, 0x1b); i >= 0; i = strings.IndexByte(painted, 0x1b) {
					end := strings.IndexByte(painted[i:], 'm')
					if end < 0 || strings.Trim(painted[i:i+end], "\x1b[;0123456789") != "" {
						t.Fatalf("cut at %d: painted as %q", piece, painted)
					}
					painted = painted[:i] + painted[i+end+1:]
				}
				if strings.ContainsFunc(painted, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 }) || !strings.Contains(painted, "after it") {
					t.Fatalf("cut at %d: painted as %q", piece, painted)
				}
			}
		})
	}
}

// TestHostileGuestIsBounded lets a guest write a lot of what makes work or takes
// memory: each look at it ends after about as many cells as were allowed, all of
// it gets through, and nothing of it is kept beyond the bounds.
func TestHostileGuestIsBounded(t *testing.T) {
	t.Parallel()
	const cells, heaviest = 1 << 20, 4 * term.MaxCols * term.MaxRows
	for name, what := range map[string]string{
		"clears":              "\x1b[J\x1b[2J\x1b[1J",
		"clears in colour":    "\x1b[41m\x1b[J\x1b[42m\x1b[J",
		"repeats":             "x\x1b[999999999b",
		"repeats in a row":    "\x1b[4hx\x1b[999999999b",
		"scrolls":             "\x1b[999S\x1b[999T",
		"scrolls a part":      "\x1b[2;200r\x1b[999S\x1b[999T\x1b[r",
		"inserts":             "\x1b[999L\x1b[999M\x1b[999@\x1b[999P\x1b[999X",
		"other screen":        "\x1b[?1049h\x1b[?1049l\x1b[?47h\x1b[?1047l",
		"resets":              "\x1b[?1049h\x1bc",
		"aligns":              "\x1b#8",
		"tabs":                "\x1b[3g\x1b[999I\x1b[999Z",
		"huge numbers":        "\x1b[" + strings.Repeat("9", 5000) + ";" + strings.Repeat("1;", 5000) + "H",
		"modes":               "\x1b[?" + strings.Repeat("1003;", 100) + "1006h",
		"questions":           strings.Repeat("\x1b[6n\x1b[c\x1b[?1$p", 100),
		"combining":           "a" + strings.Repeat("\u0301", 2000),
		"wide":                strings.Repeat("日", 2000),
		"nothing to see":      strings.Repeat("\u200b\u202e\u2066\ufe0f", 500),
		"forgets":             "\n\n\x1b[3J",
		"title without end":   "\x1b]0;" + strings.Repeat("x", 100_000),
		"string without end":  "\x1bP" + strings.Repeat("x", 100_000),
		"colours in each row": strings.Repeat("\x1b[31ma\x1b[42mb", 300) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := term.NewScreen(term.MaxCols, term.MaxRows)
			flood := []byte(strings.Repeat(what, 1+(256<<10)/len(what)))
			looks := 0
			for rest := flood; len(rest) > 0 && looks < 20; looks++ {
				n := s.Take(rest, cells)
				if n == 0 {
					t.Fatal("it does not get on")
				}
				if got := s.Touched(); got > cells+heaviest {
					t.Fatalf("a look touched %d cells, %d were allowed", got, cells)
				}
				rest = rest[n:]
			}
			if n := len(s.Replies()); n > 4<<10 {
				t.Errorf("%d bytes are owed", n)
			}
			if n := s.Len(); n > term.MaxPast+term.MaxRows {
				t.Errorf("%d rows are kept", n)
			}
			s.Reset()
			_, _ = s.Write([]byte("sane"))
			if got := shown(s); got != "sane" {
				t.Errorf("after a reset: %q", got)
			}
		})
	}
}

// TestHostileGuestTakesLittleMemory holds what is kept of a guest that writes what
// takes the most: not in parallel with others, whose memory would count.
func TestHostileGuestTakesLittleMemory(t *testing.T) {
	s := term.NewScreen(200, 50)
	before := memory()
	row := strings.Repeat("\x1b[38;2;1;2;3m日\u0301\u0302\x1b[48;5;9mx", 66) + "\r\n"
	for range 6000 {
		_, _ = s.Write([]byte(row))
	}
	// What is kept, the slots of the rows, and the screen itself.
	if used := memory() - before; used > term.MaxPastBytes+2<<20 {
		t.Errorf("%d bytes are kept", used)
	}
	runtime.KeepAlive(s)
}

// memory is what the program keeps, in bytes.
func memory() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(min(m.HeapAlloc, math.MaxInt64))
}

// TestHostileRecording plays what would take for ever in steps.
func TestHostileRecording(t *testing.T) {
	t.Parallel()
	c, err := term.ReadCast(strings.NewReader(`{"version": 2, "width": 500, "height": 300}`+"\n"+
		`[1, "o", "`+strings.Repeat(`\u001b[J`, 200)+`"]`+"\n"+`[1, "o", "the end"]`+"\n"), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	p := term.NewPlayer(c)
	steps := 0
	for !p.PlayTo(c.Lasts(), 1<<20) {
		if steps++; steps > 1000 {
			t.Fatal("it does not get on")
		}
	}
	if steps < 20 || shown(&p.Screen) != "the end" {
		t.Errorf("%d steps to %q", steps, shown(&p.Screen))
	}
}
