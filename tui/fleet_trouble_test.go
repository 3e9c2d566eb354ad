package tui_test

import (
	"strings"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
)

func TestProblemsLeadToWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Shows("problems (3)", "berlin/legacy-crm: is down but should run, on node4")
		d.Press("down", "down", "enter") // two clusters, then the first problem
		d.Shows("all › berlin › vms › legacy-crm.example.org")
		d.Press("esc", "m")
		d.Shows("shut down") // the menu is the VM's
		d.Press("esc", "down", "enter")
		d.Shows("berlin › jobs › 4703")
		d.Press("esc", "up", "up", "enter") // back into the table, on the last cluster
		d.Shows("all › paris › vms")
		d.Press("esc", "end", "end", "enter")
		d.Shows("paris › jobs › 4703")
	})
	sit(t, "admin", func(d *desk) {
		for y, line := range strings.Split(d.Screen(), "\n") {
			if strings.Contains(line, "berlin/legacy-crm") {
				d.Click(10, y)
				d.Click(10, y)
			}
		}
		d.Shows("all › berlin › vms › legacy-crm.example.org")
	})
}

func TestRecentJobsThatRepeatAreCounted(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		for range 3 {
			if _, err := d.Berlin.StopVM(d.Context(), coretest.Web2, core.StopRequest{Reason: "somebody else"}); err != nil {
				d.Fatal(err)
			}
		}
		d.Press("R")
		d.Settle()
		d.Shows("3 times ")
	})
}
