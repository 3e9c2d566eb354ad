package term_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"gwm/tui/term"
)

func TestReadCast(t *testing.T) {
	t.Parallel()
	c, err := term.ReadCast(strings.NewReader(`{"version": 2, "width": 30, "height": 5}
[0.5, "o", "a"]
[1, "i", "typed"]
[100, "o", "b"]
[99, "r", "50x6"]
[101, "m", "mark"]
`), 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if c.Cols != 30 || c.Rows != 5 || len(c.Events) != 3 || c.Lasts() != 3*time.Second {
		t.Errorf("read %+v, which lasts %s", c, c.Lasts())
	}
	p := term.NewPlayer(c)
	p.PlayTo(time.Second, math.MaxInt)
	if got := shown(&p.Screen); got != "a" {
		t.Errorf("after a second: %q", got)
	}
	p.PlayTo(c.Lasts(), math.MaxInt)
	if cols, rows := p.Size(); shown(&p.Screen) != "ab" || cols != 50 || rows != 6 || !p.AtEnd() {
		t.Errorf("at the end: %q in %dx%d", shown(&p.Screen), cols, rows)
	}
}

func FuzzReadCast(f *testing.F) {
	f.Add(`{"version": 2, "width": 80, "height": 24}` + "\n" + `[1.5, "o", "text"]` + "\n" + `[1e300, "r", "9999x-1"]`)
	f.Add("{}")
	f.Add(`{"version": 2}` + "\n[[[[")
	f.Fuzz(func(t *testing.T, text string) {
		c, _ := term.ReadCast(strings.NewReader(text), time.Second)
		p := term.NewPlayer(c)
		p.PlayTo(c.Lasts(), math.MaxInt)
		if !p.AtEnd() {
			t.Fatal("the end is not reached")
		}
		for i := 1; i < len(c.Events); i++ {
			if c.Events[i].At < c.Events[i-1].At {
				t.Fatal("time goes back")
			}
		}
	})
}
