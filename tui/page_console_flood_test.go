package tui_test

import (
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/tui"
)

// endless is the line of a guest that always has more to say.
type endless struct {
	core.Line
	read int64
}

func (l *endless) Output(from int64, p []byte) (n int, next int64) {
	l.read += int64(len(p))
	return len(p), from + int64(len(p))
}

// TestConsoleFloodIsBounded holds that one look at a guest that writes without end
// ends, and keeps no more than the last part.
func TestConsoleFloodIsBounded(t *testing.T) {
	t.Parallel()
	var line endless
	kept, room, skipped := tui.ReadConsole(&line)
	if kept != tui.ReadFrame || room > 2*(tui.ReadFrame+tui.ReadChunk) {
		t.Errorf("%d bytes are kept in the room of %d", kept, room)
	}
	if skipped != line.read-int64(kept) || line.read < 20<<20 {
		t.Errorf("%d bytes were read, %d skipped", line.read, skipped)
	}
}

// TestConsoleFloodLetsKeysThrough types while the guest writes without end: no key
// waits for what the guest writes, and few pictures are made.
func TestConsoleFloodLetsKeysThrough(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Type("a")
		d.typed("a")
		d.Flood(web1, "a line of a log that does not end\r\n")
		d.soon(time.Second)
		before, pictures, last := d.Looks(web1), 0, ""
		const during = time.Second
		for range during / (50 * time.Millisecond) {
			d.soon(50 * time.Millisecond)
			if now := d.ANSI(); now != last {
				last, pictures = now, pictures+1
			}
		}
		most := int(during/tui.FloodTime) + 1
		if n := d.Looks(web1) - before; n > most || n < 5 {
			d.Errorf("%d looks in %s, %d is the most", n, during, most)
		}
		if pictures > most {
			d.Errorf("%d pictures in %s, %d is the most", pictures, during, most)
		}
		d.Press("b", "ctrl+c", "c") // no time goes by from here on
		d.typed("b\x03c")
		d.Press("ctrl+]")
		d.Shows("detach", "look back")
		d.Press("l")
		d.Press("pgup")
		d.Shows("return")
		d.Press("F")
		d.Press("ctrl+]", "d")
		d.Hides("a line of a log")
		d.Flood(web1, "")
	})
}

// TestConsoleOfGuestThatMakesWork holds that a guest whose few bytes make much work
// is shown bit by bit, and nothing of what it wrote is lost.
func TestConsoleOfGuestThatMakesWork(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Resize(200, 60)
		d.Print(web1, strings.Repeat("\x1b[41m\x1b[J\x1b[m\x1b[J", 5000)+"\x1b[Hthe end")
		d.Advance(time.Second)
		d.Hides("the end")
		d.Type("a")
		d.typed("a")
		d.soon(10 * time.Second)
		d.Shows("the end")
		d.Hides("skipped")
	})
}

// TestConsoleOfGuestThatAsks answers the one who has the keyboard only, a bounded
// part of it, and never before the person's keys.
func TestConsoleOfGuestThatAsks(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Type("a")
		d.typed("a")
		other := d.Login("admin")
		defer other.Close()
		seat, err := other.OpenConsole(d.Context(), web1, core.ConsoleSerial)
		if err != nil {
			d.Fatal(err)
		}
		line, err := other.Line(d.Context(), seat)
		if err != nil {
			d.Fatal(err)
		}
		d.prints("\x1b[5n")
		d.typed("\x1b[0n")
		for range 20 {
			d.Print(web1, strings.Repeat("\x1b[c", 1000))
			d.soon(50 * time.Millisecond)
		}
		if got := d.Typed(web1); len(got) > 2*4096 || strings.Trim(got, "\x1b[?62;c") != "" {
			d.Errorf("a guest that asks and asks got %d bytes: %.100q", len(got), got)
		}
		if err := line.Take(); err != nil {
			d.Fatal(err)
		}
		d.prints("")
		d.prints("\x1b[5n\x1b[6n\x1b[c")
		d.typed("")
		d.prints("\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b]10;?\x07\x1b]11;?\x07\x1b[21t")
		d.typed("")
	})
}
