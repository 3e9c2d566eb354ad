package tui_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/form"
	"gwm/tui/tuitest"
)

// quotaForm is a form as pages have them: it edits what ann may use on berlin.
func quotaForm() tui.FormKind {
	ann := core.UserRef("ann")
	return tui.FormKind{Word: "quota of", Make: func(ctx context.Context, s *core.Session, arg string) (tui.EntryForm, error) {
		if arg != "ann" {
			return tui.EntryForm{}, core.Unknown(core.KindUser, arg)
		}
		all, err := s.Quotas(ctx, coretest.Berlin)
		if err != nil {
			return tui.EntryForm{}, err
		}
		var was core.Limits
		for _, q := range all {
			if q.Who == ann {
				was = q.Limits
			}
		}
		f := tui.EntryForm{Form: form.Form{
			Title: "Quota of ann on berlin",
			Intro: "What ann may use on berlin. Who is over a limit keeps what runs.",
			Fields: []form.Field{
				{Name: "memory", Label: "Memory", Kind: form.Number, Unit: form.MiB, Unlimited: true, Required: true, Value: form.MiB.Limited(was.MemoryMiB), Zero: "none at all", Help: "Of the VMs that run."},
				{Name: "vms", Label: "VMs", Kind: form.Number, Unlimited: true, Required: true, Value: form.Count.Limited(was.VMs)},
				{Name: "reason", Label: "Reason", Placeholder: "more web servers"},
			},
		}}
		f.Ops = func(v form.Values) ([]core.Op, error) {
			now := core.Limits{MemoryMiB: v.Number("memory", form.MiB).Limit(), VMs: v.Number("vms", form.Count).Limit()}
			if len(f.Diff(v)) == 0 {
				return nil, nil
			}
			return []core.Op{core.SetQuota{Who: ann, Cluster: coretest.Berlin, Limits: now, Was: &was}}, nil
		}
		return f, nil
	}}
}

// formScreen opens the form for an administrator.
func formScreen(t *testing.T, o tui.Options) (*coretest.World, *tuitest.Driver) {
	t.Helper()
	w := coretest.Start(t)
	t.Cleanup(w.Stop)
	d := tuitest.New(t, w.Login("admin"), o)
	t.Cleanup(d.Close)
	d.Advance(5 * time.Second)
	openQuota(d, "ann")
	return w, d
}

func openQuota(d *tuitest.Driver, arg string) {
	d.Act(func(a *tui.App) tea.Cmd {
		tui.AddForm(a, quotaForm())
		return tui.OpenForm(a, "quota of", arg, core.ClusterRef(coretest.Berlin))
	})
}

func usual() tui.Options {
	return tui.Options{Width: 80, Height: 24, Profile: colorprofile.ASCII, ASCII: true}
}

func onScreen(t *testing.T, f func(w *coretest.World, d *tuitest.Driver)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, d := formScreen(t, usual())
		f(w, d)
	})
}

func quotaOfAnn(t *testing.T, w *coretest.World) string {
	t.Helper()
	s := w.Local()
	defer s.Close()
	all, err := s.Quotas(t.Context(), coretest.Berlin)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		if q.Who == core.UserRef("ann") {
			return form.MiB.Limited(q.Limits.MemoryMiB) + " " + form.Count.Limited(q.Limits.VMs)
		}
	}
	return "none"
}

func TestFormSaves(t *testing.T) {
	onScreen(t, func(w *coretest.World, d *tuitest.Driver) {
		d.Shows("quota of ann", "> Memory", "[unlimited", "no limit", "Nothing is changed yet.")
		d.Press("ctrl+u")
		d.Type("1.5q?:")
		d.Shows("[1.5q?:", "write a size") // keys of the shell are text here
		d.Press("ctrl+u")
		d.Paste("1.5G\n")
		d.Shows("1.5 GiB", "memory: unlimited -> 1.5", "gwm quota set ann berlin")
		d.Press("ctrl+o")
		if !strings.HasPrefix(d.Clipboard(), "gwm quota set ann berlin") {
			t.Errorf("the clipboard holds %q", d.Clipboard())
		}
		d.Press("ctrl+x")
		d.Shows("done: set the quota of ann on berlin")
		d.Hides("> Memory")
		if got := quotaOfAnn(t, w); got != "1.5G unlimited" {
			t.Errorf("the quota is %s", got)
		}
		openQuota(d, "ann")
		d.Shows("[1.5G", "Nothing is changed yet.")
	})
}

func TestFormHelpAndPalette(t *testing.T) {
	onScreen(t, func(_ *coretest.World, d *tuitest.Driver) {
		d.Press("shift+tab", "q", "-", "1", "D")
		d.Shows("> Memory"[2:], "[ Save ]")
		d.Press("?")
		d.Shows("Fill in", "ctrl-x", "shift-tab")
		d.Press("esc")
		d.Resize(40, 12)
		d.Shows("Save")
		d.Press("esc")
		d.Hides("Save")
	})
}

func TestFormConflict(t *testing.T) {
	onScreen(t, func(w *coretest.World, d *tuitest.Driver) {
		s, three := w.Local(), 3
		defer s.Close()
		w.Do(s, core.SetQuota{Who: core.UserRef("ann"), Cluster: coretest.Berlin, Limits: core.Limits{VMs: &three}})
		d.Press("ctrl+u")
		d.Type("2G")
		d.Press("tab", "ctrl+u")
		d.Type("5")
		d.Press("ctrl+x")
		d.Shows("changed the quota of ann on berlin meanwhile", "ctrl-r loads", "[2G", "[5")
		d.Press("ctrl+r")
		d.Shows("[2G", "[5", "somebody set it to 3 meanwhile")
		d.Press("ctrl+x")
		if got := quotaOfAnn(t, w); got != "2G 5" {
			t.Errorf("the quota is %s", got)
		}
	})
}

func TestFormAsksBeforeLeaving(t *testing.T) {
	onScreen(t, func(w *coretest.World, d *tuitest.Driver) {
		d.Press("tab", "tab")
		d.Type("because")
		d.Press("esc")
		d.Shows("Leave without saving?", "because")
		d.Press("esc", "esc") // it is closed and asked again
		d.Shows("Leave without saving?", "because")
		d.Press("n")
		d.Shows("because")
		d.Press("esc", "y")
		d.Hides("> Reason")
		openQuota(d, "ann")
		d.Hides("because")
		if got := quotaOfAnn(t, w); got != "none" {
			t.Errorf("the quota is %s", got)
		}
	})
}

func TestFormDraft(t *testing.T) {
	onScreen(t, func(w *coretest.World, d *tuitest.Driver) {
		d.Press("tab", "tab")
		d.Type("because")
		d.Advance(3 * time.Second) // the connection is lost: nothing more comes
		again := tuitest.New(t, w.Login("admin"), usual())
		defer again.Close()
		again.Settle()
		again.Shows("not saved at 00:00:0", "quota of ann; :resume opens it")
		again.Advance(10 * time.Second)
		openQuota(again, "ann")
		again.Shows("because", "is back")
		again.Press("esc", "d")
		again.Shows("a draft is kept")
		openQuota(again, "ann")
		again.Shows("because")
		again.Press("ctrl+u", "tab", "shift+tab")
		again.Click(8, 0) // the breadcrumb leads away
		again.Hides("Reason")
	})
}

func TestFormSaysWhatWasDone(t *testing.T) {
	onScreen(t, func(w *coretest.World, d *tuitest.Driver) {
		kind := tui.FormKind{Word: "two", Make: func(context.Context, *core.Session, string) (tui.EntryForm, error) {
			f := tui.EntryForm{Form: form.Form{Title: "Two", Fields: []form.Field{{Name: "n", Label: "VMs", Kind: form.Number}}}}
			f.Ops = func(v form.Values) ([]core.Op, error) {
				limits := core.Limits{VMs: v.Number("n", form.Count).Limit()}
				return []core.Op{
					core.SetQuota{Who: core.UserRef("ann"), Cluster: coretest.Berlin, Limits: limits},
					core.SetQuota{Who: core.UserRef("nobody"), Cluster: coretest.Berlin, Limits: limits},
				}, nil
			}
			return f, nil
		}}
		d.Act(func(a *tui.App) tea.Cmd {
			tui.AddForm(a, kind)
			return tui.OpenForm(a, "two", "", core.Ref{})
		})
		d.Type("3")
		d.Press("ctrl+x")
		d.Shows("1 of 2 changes were made, the next one failed:", "[3 ")
		if got := quotaOfAnn(t, w); got != "unlimited 3" {
			t.Errorf("the quota is %s", got)
		}
	})
}

func TestFormThatCannotBeMade(t *testing.T) {
	onScreen(t, func(_ *coretest.World, d *tuitest.Driver) {
		openQuota(d, "nobody")
		d.Shows(`no user named "nobody" that you may see`, "esc leaves")
		d.Press("esc")
		d.Shows("> Memory")
	})
}

func TestFormSessionEnds(t *testing.T) {
	onScreen(t, func(w *coretest.World, d *tuitest.Driver) {
		s, off := w.Local(), true
		defer s.Close()
		yes := true
		w.Do(s, core.EditUser{Name: "bob", Admin: &yes})
		w.Do(s, core.EditUser{Name: "admin", Disabled: &off})
		d.Settle()
		d.Hides("> Memory")
	})
}

func TestFormResultIsShownOnce(t *testing.T) {
	onScreen(t, func(_ *coretest.World, d *tuitest.Driver) {
		started, tries := make(chan struct{}), 0
		kind := tui.FormKind{Word: "invite", Make: func(context.Context, *core.Session, string) (tui.EntryForm, error) {
			return tui.EntryForm{
				Form: form.Form{Title: "Invite", Fields: []form.Field{{Name: "name", Label: "Name"}}},
				Do: func(ctx context.Context, _ *core.Session, v form.Values) (string, error) {
					tries++
					select {
					case <-started:
						return "The code for " + v.Text("name") + ", once:\n1234\x1b", nil
					case <-ctx.Done():
						return "", ctx.Err()
					}
				},
				Done: func(*tui.App) tea.Cmd {
					return func() tea.Msg { return tui.Announce{Text: "everything is done", Kind: tui.Info} }
				},
			}, nil
		}}
		d.Act(func(a *tui.App) tea.Cmd {
			tui.AddForm(a, kind)
			return tui.OpenForm(a, "invite", "", core.Ref{})
		})
		d.Type("ann")
		d.Press("ctrl+x", "ctrl+x")
		d.Type("more")
		d.Shows("saving", "[ann ")
		d.Press("esc")
		d.Shows("it is being saved")
		close(started)
		d.Settle()
		d.Shows("The code for ann, once:", "1234")
		d.Press("y")
		if tries != 1 || d.Clipboard() != "1234·" {
			t.Errorf("%d tries, clipboard %q", tries, d.Clipboard())
		}
		d.Press("esc")
		d.Hides("1234")
		d.Shows("> Memory", "everything is done")
		d.Press("esc", ":")
		d.Type("messages")
		d.Press("enter")
		d.Shows("copied the last line")
		d.Hides("1234")
	})
}

func TestFormPicksAndActs(t *testing.T) {
	onScreen(t, func(_ *coretest.World, d *tuitest.Driver) {
		var names []form.Option
		for i := range 300 {
			names = append(names, form.Option{Value: fmt.Sprintf("user-%03d", i)})
		}
		wait := make(chan struct{})
		kind := tui.FormKind{Word: "owner", Make: func(context.Context, *core.Session, string) (tui.EntryForm, error) {
			f := tui.EntryForm{Form: form.Form{Title: "Owner", Fields: []form.Field{
				{Name: "owner", Label: "Owner", Kind: form.Choice, Options: names},
				{Name: "print", Label: "Fingerprint"},
			}}}
			f.Actions = []form.Action{{Label: "Test", Help: "Ask the cluster.", Do: func(ctx context.Context, _ form.Values) (form.Values, string, error) {
				select {
				case <-wait:
					return form.Values{"print": "SHA256:abc"}, "it answers", nil
				case <-ctx.Done():
					return nil, "", core.Errorf(core.CodeUnreachable, "the test was ended")
				}
			}}}
			f.Ops = func(form.Values) ([]core.Op, error) { return nil, nil }
			return f, nil
		}}
		d.Act(func(a *tui.App) tea.Cmd {
			tui.AddForm(a, kind)
			return tui.OpenForm(a, "owner", "", core.Ref{})
		})
		d.Type("2")
		d.Type("99")
		d.Shows("search: 299", "user-299")
		d.Press("enter")
		d.Shows("[user-299]")
		d.Press("tab", "tab", "enter")
		d.Shows("Test (esc ends it)")
		d.Press("esc")
		d.Shows("the test was ended", "[user-299]")
		d.Press("enter")
		close(wait)
		d.Settle()
		d.Shows("it answers", "[SHA256:abc")
		d.Press("ctrl+x")
		d.Shows("nothing was changed, so there is nothing to save")
	})
}

func TestFormPlain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		defer w.Stop()
		s := w.Login("admin")
		var out bytes.Buffer
		in := strings.NewReader("2G\n5\n\nyes\n")
		if err := tui.PlainForm(t.Context(), s, quotaForm(), "ann", in, &out); err != nil {
			t.Fatal(err)
		}
		if got := quotaOfAnn(t, w); got != "2G 5" {
			t.Errorf("the quota is %s:\n%s", got, out.String())
		}
		if strings.ContainsRune(out.String(), '\x1b') || !strings.Contains(out.String(), "done: ") {
			t.Errorf("it said %q", out.String())
		}
	})
}

func TestGoldenForm(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
		for _, mode := range []struct {
			name    string
			profile colorprofile.Profile
			ascii   bool
		}{{"none", colorprofile.ASCII, true}, {"16", colorprofile.ANSI, false}} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], mode.name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					_, d := formScreen(t, tui.Options{Width: size[0], Height: size[1], Profile: mode.profile, ASCII: mode.ascii})
					d.Press("ctrl+u")
					d.Type("2G")
					golden.RequireEqual(t, d.ANSI()+"\n")
				})
			})
		}
	}
}
