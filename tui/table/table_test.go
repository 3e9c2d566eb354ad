package table

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gwm/tui/theme"
)

var testColumns = []Column{
	{Key: "name", Title: "name", Min: 8, Ideal: 12, Elastic: true},
	{Key: "state", Title: "state", Min: 5, Ideal: 8, Drop: 1},
	{Key: "mem", Title: "mem", Min: 4, Ideal: 6, Drop: 2, Right: true},
	{Key: "os", Title: "os", Min: 6, Ideal: 10, Drop: 3},
}

func plain() *theme.Theme { return theme.New(theme.Default(), theme.ModeNone, false) }

func content(names ...string) Rows[string] {
	return Rows[string]{
		Len: len(names),
		ID:  func(i int) string { return names[i] },
		Cell: func(i, c int) Cell {
			switch testColumns[c].Key {
			case "name":
				return Cell{Text: names[i]}
			case "mem":
				return Cell{Text: strconv.Itoa(i * 10)}
			case "os":
				return Cell{Text: "debian"}
			}
			return Cell{Text: "up"}
		},
	}
}

func numbered(n int) Rows[string] {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("vm%05d.example.org", i)
	}
	return content(names...)
}

func newTable(w, h int, rows Rows[string]) *Table[string] {
	t := New[string](plain(), testColumns)
	t.Resize(w, h)
	t.SetRows(rows)
	return t
}

func screen(t *Table[string]) string { return ansi.Strip(t.View()) }

func TestColumnsDropFromTheLeastImportant(t *testing.T) {
	t.Parallel()
	rows := content("web1", "日本語の長い名前です", "a-very-long-name.example.org")
	for _, c := range []struct {
		w    int
		want string
	}{
		{
			60, "" +
				"  NAME                            STATE       MEM OS        \n" +
				"  web1                            up            0 debian    \n" +
				"  日本語の長い名前です            up           10 debian    \n" +
				"  a-very-long-name.example.org    up           20 debian    ",
		},
		{
			27, "" +
				"  NAME         STATE    MEM\n" +
				"  web1         up         0\n" +
				"  日本語の長…  up        10\n" +
				"  a-very-long… up        20",
		},
		{12, "  NAME      \n  web1      \n  日本語の… \n  a-very-lo…"},
		{6, "  NAME\n  web1\n  日… \n  a-v…"},
	} {
		got := screen(newTable(c.w, 4, rows))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("width %d:\n%s", c.w, diff)
		}
	}
}

func TestEveryLineIsAsWideAsTheTable(t *testing.T) {
	t.Parallel()
	rows := content("web1", "日本語の長い名前です", "éé-combining", "😀 smile", "")
	for w := 1; w < 130; w++ {
		for _, wide := range []bool{false, true} {
			tab := newTable(w, 6, rows)
			tab.SetWide(wide)
			tab.SetSort("mem", true)
			tab.Mark()
			for i, line := range strings.Split(tab.View(), "\n") {
				if got := ansi.StringWidth(line); got != w {
					t.Fatalf("width %d wide %v line %d is %d cells: %q", w, wide, i, got, ansi.Strip(line))
				}
			}
		}
	}
}

func TestCursorStaysOnItsRow(t *testing.T) {
	t.Parallel()
	tab := newTable(40, 5, content("a", "b", "c", "d", "e", "f"))
	tab.Select("d")
	if kept := tab.SetRows(content("z", "f", "e", "d", "c")); !kept {
		t.Error("the cursor's row was lost though it is there")
	}
	if id, row, ok := tab.Cursor(); id != "d" || row != 3 || !ok {
		t.Errorf("cursor on %q at %d, want d at 3", id, row)
	}
	if kept := tab.SetRows(content("z", "f")); kept {
		t.Error("the cursor's row is gone, but SetRows says it was kept")
	}
	if id, row, _ := tab.Cursor(); id != "f" || row != 1 {
		t.Errorf("cursor on %q at %d, want f at 1", id, row)
	}
	tab.SetRows(content())
	if _, _, ok := tab.Cursor(); ok {
		t.Error("an empty table has a cursor")
	}
	tab.Mark()
	tab.MarkRange()
	tab.Move(3)
	if got := screen(tab); !strings.HasPrefix(got, "  NAME") {
		t.Errorf("empty table: %q", got)
	}
}

func TestScrollKeepsContext(t *testing.T) {
	t.Parallel()
	tab := newTable(20, 9, numbered(100)) // 8 rows
	shown := func() string {
		first, _ := tab.Hit(0, 1)
		last, _ := tab.Hit(0, 8)
		_, at, _ := tab.Cursor()
		return fmt.Sprintf("%d-%d at %d", first, last, at)
	}
	for _, c := range []struct {
		name string
		do   func()
		want string
	}{
		{"start", func() {}, "0-7 at 0"},
		{"down 5", func() { tab.Move(5) }, "0-7 at 5"},
		{"down 1 scrolls two rows early", func() { tab.Move(1) }, "1-8 at 6"},
		{"page", func() { tab.Page(1) }, "8-15 at 13"},
		{"half back", func() { tab.Half(-1) }, "7-14 at 9"},
		{"end", tab.Bottom, "92-99 at 99"},
		{"beyond", func() { tab.Move(50) }, "92-99 at 99"},
		{"wheel up takes the cursor along", func() { tab.Scroll(-3) }, "89-96 at 94"},
		{"wheel far up", func() { tab.Scroll(-500) }, "0-7 at 5"},
		{"top", tab.Top, "0-7 at 0"},
	} {
		c.do()
		if got := shown(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	tab := newTable(60, 6, content("a", "b", "c", "d", "e"))
	tab.Mark() // a
	tab.Move(2)
	tab.MarkRange() // a..d
	check := func(step string, shown, hidden []string) {
		t.Helper()
		s, h := tab.Marks()
		if diff := cmp.Diff([][]string{shown, hidden}, [][]string{s, h}); diff != "" {
			t.Errorf("%s:\n%s", step, diff)
		}
	}
	check("range", []string{"a", "b", "c", "d"}, nil)
	tab.SetRows(content("e", "d", "c")) // filtered and sorted the other way
	tab.RetainMarks(func(k string) bool { return k != "a" })
	check("filtered", []string{"d", "c"}, []string{"b"})
	tab.InvertMarks()
	check("inverted", []string{"e"}, []string{"b"})
	tab.SetRows(content("a", "b", "c", "d", "e"))
	check("filter off", []string{"b", "e"}, nil)
	if got := screen(tab); !strings.Contains(got, "\n● b ") || strings.Contains(got, "● a") {
		t.Errorf("marks on the screen:\n%s", got)
	}
	tab.ClearMarks()
	check("cleared", nil, nil)
}

func TestSideways(t *testing.T) {
	t.Parallel()
	tab := newTable(26, 2, content("web1"))
	got := []string{}
	for _, n := range []int{0, 1, 1, 1, -1, -1, -1, -1} {
		tab.Side(n)
		got = append(got, strings.Split(screen(tab), "\n")[0])
	}
	want := []string{
		"  NAME         STATE   MEM", // OS was left out
		"‹ NAME            MEM OS  ",
		"‹ NAME         OS         ",
		"‹ NAME         OS         ",
		"‹ NAME            MEM OS  ",
		"  NAME         STATE     ›",
		"  NAME         STATE   MEM",
		"  NAME         STATE   MEM",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestShortTextWhereTheLongDoesNotFit(t *testing.T) {
	t.Parallel()
	rows := content("a")
	rows.Cell = func(int, int) Cell { return Cell{Text: "node1.example.org", Short: "node1"} }
	tab := newTable(12, 2, rows)
	if got, want := screen(tab), "  NAME      \n  node1     "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	tab.Resize(22, 2)
	if got := screen(tab); !strings.Contains(got, "node1.example.org") && !strings.Contains(got, "node1 ") {
		t.Errorf("got %q", got)
	}
	if got := tab.Footer(); got != "1 of 1" {
		t.Errorf("footer %q", got)
	}
}

func TestHit(t *testing.T) {
	t.Parallel()
	tab := newTable(60, 6, numbered(3))
	for _, c := range []struct {
		x, y   int
		row    int
		column string
	}{
		{3, 0, -1, "name"},
		{36, 0, -1, "state"},
		{3, 1, 0, ""},
		{59, 3, 2, ""},
		{3, 4, -1, ""},
		{60, 1, -1, ""},
		{3, -1, -1, ""},
	} {
		if row, column := tab.Hit(c.x, c.y); row != c.row || column != c.column {
			t.Errorf("Hit(%d, %d) = %d, %q, want %d, %q", c.x, c.y, row, column, c.row, c.column)
		}
	}
	if tab.Click(5, 2); tab.cursor != 1 {
		t.Errorf("a click moved the cursor to %d, want 1", tab.cursor)
	}
}

func TestCursorIsABarOverTheName(t *testing.T) {
	t.Parallel()
	rows := content("a", "b")
	cell := rows.Cell
	rows.Cell = func(r, c int) Cell {
		out := cell(r, c)
		if c == 1 {
			out.Style = plain().Error
		}
		return out
	}
	tab := newTable(30, 3, rows)
	lines := strings.Split(tab.View(), "\n")
	if !strings.HasPrefix(lines[1], tab.theme.Selected.Render("  a         ")) || !strings.Contains(lines[1], tab.theme.Error.Render("up")) {
		t.Errorf("got %q, want a bar over the name and the state in its colour", lines[1])
	}
	tab = newTable(9, 3, rows) // nothing but the name
	if line := strings.Split(tab.View(), "\n")[1]; line != tab.theme.Selected.Render("  a      ") {
		t.Errorf("the name alone: %q", line)
	}
}

func TestOnlyVisibleCellsAreAskedFor(t *testing.T) {
	t.Parallel()
	rows := numbered(100_000)
	asked := 0
	cell := rows.Cell
	rows.Cell = func(r, c int) Cell { asked++; return cell(r, c) }
	tab := newTable(80, 24, rows)
	_ = tab.View()
	first := asked
	if first > 23*len(testColumns) {
		t.Errorf("%d cells for the first picture", first)
	}
	tab.Move(1)
	_ = tab.View()
	if more := asked - first; more > 2*len(testColumns) {
		t.Errorf("%d cells for one row down", more)
	}
}

func BenchmarkMove(b *testing.B) {
	tab := newTable(140, 50, numbered(100_000))
	b.ReportAllocs()
	for b.Loop() {
		tab.Move(1)
		_ = tab.View()
	}
}

func BenchmarkPage(b *testing.B) {
	tab := newTable(140, 50, numbered(100_000))
	b.ReportAllocs()
	for b.Loop() {
		tab.Page(1)
		if tab.cursor == tab.rows.Len-1 {
			tab.Top()
		}
		_ = tab.View()
	}
}
