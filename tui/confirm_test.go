package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

func TestDisabledActionsSayWhy(t *testing.T) {
	t.Parallel()
	sit(t, "bob", func(d *desk) {
		d.Command("vm web1.example.org")
		d.Press("p")
		d.Shows("shut down", "needs power on berlin/web1.example.org")
		d.Press("d")
		d.Shows("! needs power on berlin/web1.example.org")
		d.Press("esc", "m")
		d.Shows("needs power on")
		d.asked(0)
	})
}

func TestTheReasonOfAMenuIsReadWhole(t *testing.T) {
	t.Parallel()
	sit(t, "bob", func(d *desk) {
		d.Press("2", "p", "d") // the first VM has a long name
		d.Shows("! needs power on", "ask an administrator of berlin")
	})
}

func TestSafeIsNotAsked(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Command("start cold1")
		d.Shows("queued: start cold1.example.org", "enter opens it")
		d.Press("enter")
		d.Shows("› jobs ›")
		d.Advance(2 * time.Minute)
		d.asked(1)
	})
}

func TestDisruptiveNeedsY(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"n", "enter", "esc", "x"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			sit(t, "ann", func(d *desk) {
				d.Press("2", "p", "d")
				d.Shows("Stop web1.example.org on berlin?", "gwm vm stop berlin/web1.example.org", "no (default)")
				d.Paste("y")
				d.Press(key)
				d.Hides("no (default)")
				d.Advance(time.Minute)
				d.asked(0)
			})
		})
	}
	sit(t, "ann", func(d *desk) {
		d.Press("2", "p", "d", "y")
		d.Shows("queued: stop web1.example.org")
		d.Advance(time.Minute)
		d.Command("messages")
		d.Shows("done: stop web1.example.org")
	})
}

func TestBulkNeedsTheVerbAndTheNumberTyped(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("2", "/")
		d.Type("web")
		d.Press("enter", "*", "esc", "/")
		d.Type("cluster:berlin db")
		d.Press("enter", "space", "p", "d")
		d.Shows("Stop 3 VMs", "2 of them hidden by the filter", "berlin/web1.example.org  hidden by the filter")
		d.Paste("stop 3")
		d.Shows("pasted text does not count")
		d.Press("enter")
		d.Shows("that is not stop 3")
		d.Type("stop 2")
		d.Press("enter")
		d.Shows("that is not stop 3")
		d.Press("backspace", "3", "enter")
		d.Shows("queued: stop")
		d.Advance(2 * time.Minute)
		d.asked(3)
	})
}

func TestProtectedClusterWantsTheNameTyped(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		admin := d.Local()
		defer admin.Close()
		c, _ := admin.View().Cluster(coretest.Berlin)
		c.Cluster.Protected = true
		d.Do(admin, core.EditCluster{Cluster: c.Cluster})
		d.Advance(2 * time.Second)
		d.Command("stop berlin/web1.example.org")
		d.Shows("Type web1.example.org to do it")
		d.Type("web2.example.org")
		d.Press("enter")
		d.Shows("that is not web1.example.org; nothing was done")
	})
}

func TestFailedJobStaysOnScreenUntilAKey(t *testing.T) {
	t.Parallel()
	sit(t, "ann", func(d *desk) {
		d.Berlin.FailJobs(coretest.Web1, "the hypervisor said no")
		d.Press("2", "p", "d", "y")
		d.Advance(5 * time.Minute)
		d.Shows("failed: stop web1.example.org", "the hypervisor said no")
		d.Press("down")
		d.Hides("the hypervisor said no")
	})
}
