package logview

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gwm/tui/theme"
)

func newView(w, h, lines int) *View {
	v := New(theme.New(theme.Default(), theme.ModeNone, false), 100)
	v.Resize(w, h)
	for i := 1; i <= lines; i++ {
		v.Append(Line{Text: fmt.Sprintf("line %d", i)})
	}
	return v
}

func screen(v *View) string { return ansi.Strip(v.View()) }

func check(t *testing.T, step string, v *View, want ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.Join(want, "\n"), screen(v)); diff != "" {
		t.Errorf("%s:\n%s", step, diff)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	v := newView(20, 3, 5)
	check(t, "follows the end", v, "line 3", "line 4", "line 5")
	v.Move(-1)
	check(t, "one up", v, "line 2", "line 3", "line 4")
	v.Append(Line{Text: "line 6"}, Line{Text: "line 7"})
	check(t, "stays where the reader is", v, "line 2", "line 3", "line 4")
	if got := v.Status(); got != "2-4 of 7, ↓ 2 new lines, F follows" {
		t.Errorf("status %q", got)
	}
	v.SetFollow(true)
	check(t, "F", v, "line 5", "line 6", "line 7")
	if got := v.Status(); got != "following" {
		t.Errorf("status %q", got)
	}
	v.Top()
	check(t, "top", v, "line 1", "line 2", "line 3")
	v.Move(99)
	if !v.Following() {
		t.Error("scrolling down to the end does not follow again")
	}
	v.Move(-1)
	v.SetFollow(false)
	if got := v.Status(); got != "4-6 of 7, F follows" {
		t.Errorf("status %q", got)
	}
}

func TestShortTextFollowsWhenItGrows(t *testing.T) {
	t.Parallel()
	v := newView(20, 3, 1)
	v.Move(-1)
	v.Move(1)
	for i := 2; i <= 4; i++ {
		v.Append(Line{Text: fmt.Sprintf("line %d", i)})
	}
	check(t, "grown", v, "line 2", "line 3", "line 4")
}

func TestBounded(t *testing.T) {
	t.Parallel()
	v := newView(30, 2, 0)
	for i := 1; i <= 1000; i++ {
		v.Append(Line{Text: fmt.Sprintf("line %d", i)})
	}
	if v.Len() > 100 || v.Len()+v.Lost() != 1000 {
		t.Errorf("%d lines kept and %d dropped of 1000, limit 100", v.Len(), v.Lost())
	}
	check(t, "end", v, "line 999", "line 1000")
	v.Move(-20)
	before := screen(v)
	for i := 1001; i <= 1020; i++ {
		v.Append(Line{Text: fmt.Sprintf("line %d", i)})
	}
	if diff := cmp.Diff(before, screen(v)); diff != "" {
		t.Errorf("the picture moved while paused:\n%s", diff)
	}
	if !strings.Contains(v.Status(), "earlier lines dropped") {
		t.Errorf("status %q", v.Status())
	}
	v.Top()
	for range 200 {
		v.Append(Line{Text: "x"})
	}
	check(t, "what one read is gone", v, "x", "x")
}

func TestSideIsKeptWhileFollowing(t *testing.T) {
	t.Parallel()
	v := newView(10, 2, 0)
	v.Append(Line{Text: "0123456789abcdefghij"}, Line{Text: "short"})
	check(t, "left end", v, "012345678…", "short")
	v.Side(1)
	check(t, "half a screen", v, "56789abcd…", "")
	v.Append(Line{Text: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
	check(t, "kept", v, "", "FGHIJKLMN…")
	v.Side(1)
	v.Side(1)
	v.Side(1)
	v.Side(1)
	v.Side(1)
	check(t, "not beyond the longest", v, "", "Z")
	v.Side(-9)
	check(t, "back", v, "short", "ABCDEFGHI…")
}

func TestWrap(t *testing.T) {
	t.Parallel()
	v := newView(6, 4, 0)
	v.SetWrap(true)
	v.Append(Line{Text: "0123456789abc"}, Line{Text: "日本語です"}, Line{Text: "z"})
	check(t, "end", v, "c", "日本語", "です", "z")
	v.Move(-1)
	check(t, "one row up", v, "6789ab", "c", "日本語", "です")
	v.Top()
	check(t, "top", v, "012345", "6789ab", "c", "日本語")
	v.Resize(40, 4)
	check(t, "wider", v, "0123456789abc", "日本語です", "z")
}

func TestTimesAndLabels(t *testing.T) {
	t.Parallel()
	v := newView(40, 3, 0)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	v.Append(Line{At: at, Label: "web1", Text: "stopping"}, Line{Label: "a-long-name.example", Text: "done", Level: Good}, Line{Text: "end"})
	check(t, "labels", v, "web1       stopping", "a-long-na… done", "end")
	v.SetTimes(true)
	check(t, "times", v, "03:04:05 web1       stopping", "         a-long-na… done", "         end")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	v := newView(20, 3, 30)
	if matched, total := v.Search("LINE 1"); matched != 11 || total != 30 {
		t.Errorf("%d of %d lines, want 11 of 30", matched, total)
	}
	v.Top()
	if !v.Next(1) {
		t.Error("nothing found")
	}
	if !strings.Contains(v.View(), v.theme.Match.Render("line 1")) {
		t.Errorf("the match is not marked: %q", v.View())
	}
	v.Next(1)
	if !strings.Contains(screen(v), "line 10") {
		t.Errorf("second match not in sight:\n%s", screen(v))
	}
	v.Next(-1)
	v.Next(-1)
	if !strings.Contains(screen(v), "line 19") {
		t.Errorf("not around the end:\n%s", screen(v))
	}
	v.Append(Line{Text: "last line 1"})
	if _, matched, total := v.Query(); matched != 12 || total != 31 {
		t.Errorf("after a new line %d of %d, want 12 of 31", matched, total)
	}
	v.Search("nowhere")
	if v.Next(1) {
		t.Error("found what is not there")
	}
	v.Search("")
	v.Next(1)
}

func TestHighlightKeepsTheText(t *testing.T) {
	t.Parallel()
	v := newView(40, 1, 0)
	for _, text := range []string{"İstanbul i", "KELVIN K k", "日本 i 語", "iii"} {
		v.Replace([]Line{{Text: text}})
		for _, q := range []string{"i", "k", "日", "istanbul"} {
			v.Search(q)
			if got := screen(v); got != text {
				t.Errorf("search %q in %q shows %q", q, text, got)
			}
		}
	}
}

func TestTextBeginsAtItsBeginning(t *testing.T) {
	t.Parallel()
	v := NewText(theme.New(theme.Default(), theme.ModeNone, false))
	v.SetLabels(8)
	v.Resize(24, 3)
	v.Replace([]Line{
		{Text: "memory", Level: Head},
		{Label: "maximum", Text: "4096 MiB"},
		{Text: "and more"},
		{Label: "minimum-of-all", Text: "1"},
	})
	check(t, "beginning", v, "─ memory ───────────────", " maximum   4096 MiB", "           and more")
	v.Bottom()
	check(t, "end", v, " maximum   4096 MiB", "           and more", " minimum…  1")
	if first, last := v.Place(); first != 2 || last != 4 {
		t.Errorf("lines %d to %d, want 2 to 4", first, last)
	}
	v.SetFollow(false)
	v.Top()
	v.Replace([]Line{{Text: "a"}, {Text: "b"}, {Text: "c"}, {Text: "d"}})
	check(t, "replaced", v, "           a", "           b", "           c")
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	v := newView(0, 0, 0)
	v.Move(3)
	v.Move(-3)
	v.Side(1)
	v.Page(1)
	v.Top()
	v.Bottom()
	v.SetWrap(true)
	v.Append(Line{Text: "x"})
	v.Resize(10, 2)
	check(t, "one line", v, "x")
}

func BenchmarkView(b *testing.B) {
	v := New(theme.New(theme.Default(), theme.Mode16, false), 10_000)
	v.Resize(140, 50)
	for i := range 10_000 {
		v.Append(Line{Text: fmt.Sprintf("line %d of a job that says a lot about what it does to its disks", i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		v.Move(-1)
		_ = v.View()
	}
}

func TestLabelsTakeWhatTheyNeed(t *testing.T) {
	t.Parallel()
	v := newView(60, 2, 0)
	v.Append(Line{Label: "3", Text: "three"}, Line{Label: "12", Text: "twelve"})
	check(t, "step numbers", v, "3  three", "12 twelve")
	v.Append(Line{Label: "rpc-daemon", Text: "hello"})
	check(t, "a longer one came", v, "12         twelve", "rpc-daemon hello")
	v.Replace([]Line{{Label: "1", Text: "one"}})
	check(t, "another text", v, "1 one")
	if got := v.Text(); got != "one\n" {
		t.Errorf("as text it is %q", got)
	}
}
