package tui_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// reversed lists what the screen shows in reverse, row by row, without the bottom
// line.
func (d *sitting) reversed() []string {
	var out []string
	rows := strings.Split(d.ANSI(), "\n")
	for _, row := range rows[:len(rows)-1] {
		if _, from, ok := strings.Cut(row, "\x1b[0;7m"); ok {
			text, _, _ := strings.Cut(from, "\x1b[")
			out = append(out, strings.TrimRight(text, " "))
		}
	}
	return out
}

func (d *sitting) marks(want ...string) {
	d.Helper()
	if got := d.reversed(); fmt.Sprint(got) != fmt.Sprint(want) {
		d.Errorf("marked are %q, not %q", got, want)
	}
}

// TestConsoleShowsWhatIsCopied holds that looking back shows in reverse what y
// would copy: the line of the cursor, or the selection.
func TestConsoleShowsWhatIsCopied(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("one\r\ntwo\r\nthree\r\nroot's password is\x1b[4;1H")
		d.marks()
		d.Press("ctrl+]", "l")
		d.marks("root's password is")
		d.Press("up", "up")
		d.marks("two")
		d.Press("y")
		d.Shows("copied the line: 3 characters")
		if got := d.Clipboard(); got != "two" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.Press("v", "down")
		d.marks("two", "three")
		d.Press("y")
		d.Shows("copied the selection: 9 characters in 2 lines")
		if got := d.Clipboard(); got != "two\nthree" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.marks("three")
		d.Press("v", "up", "up", "esc")
		d.marks("one")
		d.Press("F")
		d.marks()
		d.Hides("password is:") // what is copied is not told
	})
}

// TestConsoleMarksWithTheMouse marks while looking back too, and ends a drag that
// leaves the page.
func TestConsoleMarksWithTheMouse(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("some text to take\r\nand more\r\n$ ")
		d.Press("ctrl+]", "l")
		d.Send(tea.MouseClickMsg{X: 5, Y: 1, Button: tea.MouseLeft})
		d.Send(tea.MouseReleaseMsg{X: 5, Y: 1, Button: tea.MouseLeft})
		d.marks("some text to take")
		d.Send(tea.MouseClickMsg{X: 5, Y: 1, Button: tea.MouseLeft})
		d.Send(tea.MouseMotionMsg{X: 2, Y: 2, Button: tea.MouseLeft})
		d.marks("text to take", "and")
		d.Send(tea.MouseReleaseMsg{X: 2, Y: 0, Button: tea.MouseLeft})
		if got := d.Clipboard(); got != "text to take\nand" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.Shows("copied the selection: 16 characters in 2 lines")
		d.Press("esc")
		d.marks("some text to take")
		for i := range 100 {
			d.Print(web1, fmt.Sprintf("\r\nline %d", i))
		}
		d.prints("")
		d.Wheel(3, 3, 10)
		if got := d.reversed(); len(got) != 1 {
			d.Errorf("the point is out of sight: %q", got)
		}
	})
}

// TestRecordingShowsWhatIsCopied does the same in a recording that is paused.
func TestRecordingShowsWhatIsCopied(t *testing.T) {
	t.Parallel()
	sitAtTape(t, tape(3), func(d *sitting) {
		d.marks()
		d.soon(6e9)
		d.Shows("second 2")
		d.Press("up")
		d.marks("second 2")
		d.Send(tea.MouseClickMsg{X: 0, Y: 2, Button: tea.MouseLeft})
		d.Send(tea.MouseMotionMsg{X: 7, Y: 2, Button: tea.MouseLeft})
		d.Send(tea.MouseReleaseMsg{X: 7, Y: 2, Button: tea.MouseLeft})
		if got := d.Clipboard(); got != "second 1" {
			d.Errorf("the clipboard holds %q", got)
		}
	})
}

// TestConsoleMenuFollowsTheWindow shows the size of now.
func TestConsoleMenuFollowsTheWindow(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Press("ctrl+]")
		d.Shows("stty cols 80 rows 22")
		d.Resize(100, 40)
		d.Shows("stty cols 100 rows 38")
		d.Press("z")
		d.typed("stty cols 100 rows 38\r")
	})
}

// TestConsoleCopiesAll names the command that gets all of what is recorded.
func TestConsoleCopiesAll(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints(strings.Repeat("a line\r\n", 20))
		d.Press("ctrl+]")
		d.Shows("as much as fits a clipboard")
		d.Press("s")
		d.Shows("copied the console of web1.example.org: 140 characters in 20 lines")
		d.Hides("gwm recording")
		d.Set(web1, func(s *core.LineState) { s.Recording = "on" })
		d.prints("")
		d.Press("ctrl+]")
		d.Shows("all of it: gwm recording export")
		d.Press("s")
		d.Shows("gwm recording export berlin/web1.example.org")
	})
}
