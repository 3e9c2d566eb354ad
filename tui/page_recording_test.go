package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// tape is a recording in which something is written every second, after a pause
// of an hour.
func tape(seconds int) string {
	var b strings.Builder
	b.WriteString(`{"version": 2, "width": 40, "height": 10}` + "\n" + `[0.0, "o", "login: "]` + "\n")
	for i := range seconds {
		fmt.Fprintf(&b, "[%d.5, \"o\", \"second %d\\r\\n\"]\n", 3600+i, i)
	}
	return b.String()
}

// sitAtTape opens a recording of web1 with this text.
func sitAtTape(t *testing.T, text string, f func(d *sitting)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		consoles := tuitest.NewConsoles()
		w := coretest.StartWith(t, coretest.Options{Consoles: consoles})
		s := w.Login("ann")
		seat, err := s.OpenConsole(t.Context(), web1, core.ConsoleSerial)
		if err != nil {
			t.Fatal(err)
		}
		reel, err := seat.BeginRecording(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Hour)
		if err := reel.End(t.Context(), 12345, ""); err != nil {
			t.Fatal(err)
		}
		consoles.Taped[reel.ID] = text
		d := &sitting{&desk{t, tuitest.New(t, s, at80), w}, consoles}
		defer d.Close()
		d.Command("vm web1")
		d.Press("r")
		d.Shows("all › berlin › vms › web1.example.org › recordings", "ann", "12 KiB", "1h")
		d.Press("enter")
		f(d)
	})
}

// soon lets time go by in the small steps of a player.
func (d *sitting) soon(by time.Duration) {
	d.Helper()
	for ; by > 0; by -= 50 * time.Millisecond {
		d.Advance(50 * time.Millisecond)
	}
}

func TestRecordingPlays(t *testing.T) {
	t.Parallel()
	sitAtTape(t, tape(60), func(d *sitting) {
		d.Shows("login:", "playing 0:00 / 1:01", "1x", "web1.example.org")
		d.Hides("second 0")
		d.soon(2500 * time.Millisecond)
		d.Shows("second 0", "playing 0:02")
		d.Press(">", ">")
		d.soon(2 * time.Second)
		d.Shows("second 8", "4x")
		d.Press("space")
		d.soon(2 * time.Second)
		d.Shows("paused 0:10", "second 8")
		d.Hides("second 10")
		d.Press(".")
		d.Shows("paused 0:20", "second 18")
		d.Press(",", ",")
		d.Shows("paused 0:00", "login:")
		d.Hides("second 0")
		for range 10 {
			d.Press(".")
		}
		d.Shows("end 1:01 / 1:01", "second 59")
		d.Press("/")
		d.Type("second 33")
		d.Press("enter")
		d.Shows("second 33", "1 of ")
		d.Press("y")
		if got := d.Clipboard(); got != "second 33" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.Press("esc", "space")
		d.soon(time.Second)
		d.Shows("playing 0:0")
	})
}

func TestRecordingThatIsDamaged(t *testing.T) {
	t.Parallel()
	sitAtTape(t, tape(3)+"[garbage", func(d *sitting) {
		d.soon(6 * time.Second)
		d.Shows("second 2", "damaged after this")
	})
	sitAtTape(t, "", func(d *sitting) {
		d.Shows("end 0:00", "damaged")
	})
	sitAtTape(t, `{"version": 2, "width": 40, "height": 10}`+"\n"+`[0, "o", "\u001b]0;evil\u0007\u001b]52;c;ZQ==\u0007ok"]`, func(d *sitting) {
		d.soon(time.Second)
		d.Shows("ok")
		d.Hides("evil")
	})
}

func TestRecordingThatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Consoles: tuitest.NewConsoles()})
		d := &desk{t, tuitest.New(t, w.Login("ann"), at80), w}
		defer d.Close()
		d.Command("recordings")
		d.Shows("nothing is recorded that you may see")
	})
}
