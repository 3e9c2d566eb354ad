package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

func TestWhatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		s := d.Login("admin")
		d.Berlin.FailJobs(coretest.Web2, "the hypervisor said no")
		id, err := s.DoAll(d.Context(), "a night shift", []core.Op{
			core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web1)}, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web2)},
		})
		if err != nil {
			d.Fatal(err)
		}
		d.Advance(3 * time.Minute)
		before := len(d.Berlin.Submitted())
		d.Command("job " + id.String())
		d.Shows("1 failed", "A tries the failed ones again")
		d.Berlin.FailJobs(coretest.Web2, "")
		d.Press("A")
		d.Shows("Stop web2.example.org on berlin?")
		d.Press("y")
		d.Advance(3 * time.Minute)
		if got := d.Berlin.Submitted()[before:]; len(got) != 1 {
			d.Errorf("the cluster was asked for %v, want what failed", got)
		}
		d.Press("esc", "4", "A")
		d.Shows("try again job", "it did not fail")
	})
}

func TestAnothersJobIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("4", "/")
		d.Type("state:failed")
		d.Press("enter", "A")
		d.Shows("it was not asked for through gwm")
	})
}

func TestAJobsOwnPageDoesNotOfferItsLog(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Resize(160, 24)
		d.Press("4")
		d.Shows(" l log ")
		d.Press("enter")
		d.Shows("› jobs ›", " m menu ")
		d.Hides(" l log ")
		d.Press("m")
		d.Hides("Show the log of the job")
	})
}

func TestHintsCanDoSomething(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Resize(160, 24)
		d.Press("2")
		d.Shows("enter open", "/ filter", "d details")
		d.Press("/")
		d.Type("nowhere")
		d.Press("enter")
		d.Shows("no VM matches", "/ filter")
		d.Hides("enter open", "d details", "p power")
		d.Press("esc", ":")
		d.Type("vm cold1")
		d.Press("enter", "5")
		d.Hides("enter open", "l log")
	})
}
