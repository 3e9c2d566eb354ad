package tui_test

import (
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

func TestQuotaIsSetAndRemoved(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		people(w, s)
		d.Press("d", "3")
		d.Shows("default", "8G", "group:ops", "! 16G/12G", "user:ann", "own")
		d.Press("a")
		pick(d, "ann")
		d.Press("tab")
		d.Shows("[8G", "[unlimited", "Memory: uses 2 GiB of 8 GiB now")
		d.Press("ctrl+u")
		d.Type("1G")
		d.Shows("uses 2 GiB of 1 GiB now, 1 GiB")
		d.Press("tab")
		d.Type("0")
		d.Shows("[0 ", "none at all", "gwm quota set ann berlin")
		d.Press("ctrl+x")
		d.Advance(time.Second)
		d.Shows("done: set the quota of ann on berlin", "! 2G/1G")
		d.Press("end", "k", "enter") // users come before groups
		d.Shows("quota user:ann berlin", "[1G", "Nothing is changed yet.")
		d.Press("esc", "D")
		d.Advance(time.Second)
		d.Shows("done: remove the quota of ann on berlin", "2G/8G")
		open(d, "quota default berlin")
		d.Shows("everybody who has none of their own")
		d.Press("ctrl+u")
		d.Type("1G")
		d.Shows("Over it would be: user:ann")
	})
}

// TestAQuotaFormTakesTheWordsOfTheCommand asks line by line for the quota of
// whom people name as gwm quota set takes it.
func TestAQuotaFormTakesTheWordsOfTheCommand(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, _ *tuitest.Driver) {
		people(w, s)
		for _, c := range []struct{ who, shows string }{
			{"ann", "user:ann"}, {"user:ann", "user:ann"}, {"group:ops", "group:ops"}, {"default", "everybody who has none of their own"},
		} {
			var out strings.Builder
			if err := tui.Plain(t.Context(), s, "quota "+c.who+" berlin", "", strings.NewReader("cancel\n"), &out); err != nil || !strings.Contains(out.String(), "Whose: "+c.shows) {
				t.Errorf("%s: %v\n%s", c.who, err, out.String())
			}
		}
		for _, who := range []string{"node:n1", "group:", "group:ops/x"} {
			var out strings.Builder
			err := tui.Plain(t.Context(), s, "quota "+who+" berlin", "", strings.NewReader(""), &out)
			if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "write the name of a user, group:NAME, or default") || out.Len() > 0 {
				t.Errorf("%s: %v\n%s", who, err, out.String())
			}
		}
	})
}

func TestTheSecondEditorOfAQuotaIsTold(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		people(w, s)
		open(d, "quota group:ops berlin")
		two := 2
		w.Do(s, core.SetQuota{Who: core.GroupRef("ops"), Cluster: coretest.Berlin, Limits: core.Limits{VMs: &two}})
		d.Press("ctrl+u")
		d.Type("1G")
		d.Press("ctrl+x")
		d.Shows("changed the quota of ops on berlin meanwhile", "ctrl-r loads")
		d.Press("ctrl+r")
		d.Shows("[1G", "[2 ")
	})
}

func TestQuotasAreForWhoAdministersTheCluster(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		s := w.Login("admin")
		people(w, s)
		open(d, "overview berlin")
		d.Shows("quota of ann", "2G/8G memory")
		d.Press("3")
		d.Shows("user:ann")
		d.Hides("group:ops")
		d.Press("E")
		d.Shows("you may not set quotas on berlin: needs admin on berlin")
		d.Press("esc", "2")
		d.Shows("only who may give rights on berlin")
	})
}
