package tui

import (
	"strconv"
	"strings"
	"testing"

	"gwm/core"
)

// TestColumnsGiveWayToWhatIsWritten holds that the words of a job are whole where
// they have room, and that columns keep their places while one scrolls.
func TestColumnsGiveWayToWhatIsWritten(t *testing.T) {
	t.Parallel()
	jobs := make([]*core.JobRow, 60)
	for i := range jobs {
		jobs[i] = &core.JobRow{Name: strconv.Itoa(i + 1), Cluster: "berlin", State: core.JobDone, Title: "x", By: "ann"}
	}
	jobs[0].Title, jobs[0].By = "grant power, console on berlin/web1 to ops", "ann.of.the.web.team"
	jobs[40].By = "someone"
	l := newJobList(testHost(t), true)
	l.load(jobs, nil)
	widths := func() (title, by int) {
		l.view(120, 21)
		for _, c := range l.grid.Columns() {
			switch c.Key {
			case "title":
				title = c.Min
			case "by":
				by = c.Min
			}
		}
		return title, by
	}
	title, by := widths()
	if title != len(jobs[0].Title) || by != len(jobs[0].By) {
		t.Errorf("the columns ask for %d and %d cells", title, by)
	}
	screen := l.view(120, 21)
	for _, text := range []string{jobs[0].Title, jobs[0].By} {
		if !strings.Contains(screen, text) {
			t.Errorf("%q is cut:\n%s", text, screen)
		}
	}
	l.grid.Bottom()
	if nowTitle, nowBy := widths(); nowTitle != title || nowBy != by {
		t.Errorf("after scrolling the columns ask for %d and %d cells, before for %d and %d", nowTitle, nowBy, title, by)
	}
}
