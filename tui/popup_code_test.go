package tui_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/form"
	"gwm/tui/tuitest"
)

// withFactor is a screen of an administrator who has a second factor, and what
// their app shows.
func withFactor(t *testing.T, f func(t *testing.T, d *tuitest.Driver, s *core.Session, code func() string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		t.Cleanup(w.Stop)
		first := w.Login("admin")
		uri, err := first.BeginTOTP(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		code := func() string { return coretest.Code(t, uri, time.Now()) }
		if _, err := first.ConfirmTOTP(t.Context(), code()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		s := w.Login("admin")
		d := tuitest.New(t, s, tui.Options{Width: 80, Height: 24})
		t.Cleanup(d.Close)
		d.Advance(5 * time.Second)
		f(t, d, s, code)
	})
}

func userNames(t *testing.T, s *core.Session) string {
	t.Helper()
	all, err := s.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, u := range all {
		names = append(names, u.Name)
	}
	return strings.Join(names, " ")
}

func deleteBob(a *tui.App) tea.Cmd {
	return tui.CarryOut(a, []core.Op{core.DeleteUser{Name: "bob"}})
}

func TestACodeIsAskedForAndThenItIsDone(t *testing.T) {
	t.Parallel()
	withFactor(t, func(t *testing.T, d *tuitest.Driver, s *core.Session, code func() string) {
		d.Act(deleteBob)
		d.Shows("Second factor", "Delete user bob: your second factor is needed.")
		d.Advance(time.Second)
		d.Press("enter")
		d.Shows("type the code first")
		d.Type("12ab")
		d.Shows("recovery code: ****")
		d.Hides("12ab")
		d.Press("enter")
		d.Shows("this code is not right", "3 more may be wrong")
		if got := userNames(t, s); !strings.Contains(got, "bob") {
			t.Errorf("users: %s", got)
		}
		d.Paste(code())
		d.Press("enter")
		d.Shows("done: delete user bob")
		d.Hides("Second factor")
		if got := userNames(t, s); strings.Contains(got, "bob") {
			t.Errorf("users: %s", got)
		}
	})
}

func TestWithoutACodeNothingIsDone(t *testing.T) {
	t.Parallel()
	withFactor(t, func(t *testing.T, d *tuitest.Driver, s *core.Session, _ func() string) {
		d.Act(deleteBob)
		d.Advance(time.Second)
		d.Press("esc")
		d.Hides("Second factor")
		if got := userNames(t, s); !strings.Contains(got, "bob") {
			t.Errorf("users: %s", got)
		}
	})
}

func TestAPlainFormAsksForACode(t *testing.T) {
	t.Parallel()
	withFactor(t, func(t *testing.T, _ *tuitest.Driver, s *core.Session, code func() string) {
		kind := tui.FormKind{Word: "user gone", Make: func(context.Context, *core.Session, string) (tui.EntryForm, error) {
			return tui.EntryForm{
				Form: form.Form{Title: "Delete bob", Fields: []form.Field{{Name: "why", Label: "Why"}}},
				Ops:  func(form.Values) ([]core.Op, error) { return []core.Op{core.DeleteUser{Name: "bob"}}, nil },
			}, nil
		}}
		var out bytes.Buffer
		typed := "left\nyes\nbob\n000000\nyes\nCode\n" + code() + "\nyes\n"
		if err := tui.PlainForm(t.Context(), s, kind, "", strings.NewReader(typed), &out); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"This needs a code", "Error: this code is not right", "The code is right.", "done: Delete bob"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, &out)
			}
		}
		if strings.ContainsRune(out.String(), '\x1b') || strings.Contains(userNames(t, s), "bob") {
			t.Errorf("it says %q", &out)
		}
	})
}
