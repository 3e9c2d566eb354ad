package consoleproxy

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// typing tries to type and returns the code of the error.
func typing(r *reader, text string) core.Code {
	_, err := r.line.Write([]byte(text))
	return core.CodeOf(err)
}

// TestKeyboard passes the keyboard around between two people.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newToyWire()
		b := wireBoard(SwitchboardConfig{}, w)
		defer b.Close()
		annSeat, bobSeat := newSeat("ann"), newSeat("bob")
		ann, bob := join(t, b, annSeat), join(t, b, bobSeat)
		ann.phase(core.LineUp)
		bob.line.Resize(100, 30)
		ann.line.Resize(120, 40)
		holds := func(when string, annHas, bobHas bool) {
			t.Helper()
			if annSeat.hasKeyboard() != annHas || bobSeat.hasKeyboard() != bobHas {
				t.Errorf("%s: lists say that ann has the keyboard: %t, bob: %t", when, annSeat.hasKeyboard(), bobSeat.hasKeyboard())
			}
		}
		holds("nobody typed", false, false)
		ann.write("a")
		holds("ann typed", true, false)
		if code := typing(bob, "x"); code != core.CodeState {
			t.Errorf("bob types beside ann: %q", code)
		}
		if err := bob.line.Take(); err != nil {
			t.Fatal(err)
		}
		holds("bob took it", false, true)
		if s := ann.line.State(); s.Taken != "bob" || s.Typist != "seat-bob" {
			t.Errorf("ann sees %+v", s)
		}
		if code := typing(ann, "x"); code != core.CodeState {
			t.Errorf("ann types although bob took over: %q", code)
		}
		bob.write("b")
		bob.line.Resize(90, 20)
		ann.line.Resize(1, 1)
		bob.line.Yield()
		holds("bob gave it up", false, false)
		ann.write("c")
		if s := ann.line.State(); s.Taken != "" || s.Typist != "seat-ann" {
			t.Errorf("ann, who types again, sees %+v", s)
		}
		if err := ann.line.Close(); err != nil {
			t.Error(err)
		}
		bob.write("d")
		holds("ann left", false, true)
		synctest.Wait()
		if w.keys() != "abcd" {
			t.Errorf("the guest read %q", w.keys())
		}
		if diff := cmp.Diff([]string{"ann"}, bobSeat.took); diff != "" {
			t.Errorf("recorded as taken over by bob: %s", diff)
		}
		want := [][2]int{{120, 40}, {100, 30}, {90, 20}, {1, 1}, {90, 20}}
		if diff := cmp.Diff(want, w.windows()); diff != "" {
			t.Errorf("sizes of the window: %s", diff)
		}
	})
}

// TestReconnect tells people why the line is gone and brings it back, wherever
// the VM is then.
func TestReconnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second, third := newToyWire(), newToyWire(), newToyWire()
		b := wireBoard(SwitchboardConfig{}, first, second, third)
		defer b.Close()
		s := newSeat("ann")
		at := func() (core.Endpoint, error) { return serialAt("node1"), nil }
		s.endpoint = func() (core.Endpoint, error) { return at() }
		ann := join(t, b, s)
		ann.phase(core.LineUp)
		<-time.After(time.Minute)
		first.say(t, "one ")
		synctest.Wait()

		at = func() (core.Endpoint, error) {
			return core.Endpoint{}, core.Errorf(core.CodeState, "web1 does not run").WithHint("start it")
		}
		first.end(core.Errorf(core.CodeState, "the console program ended"))
		ann.state("shut down", func(s core.LineState) bool {
			return s.Why != nil && strings.HasPrefix(s.Why.Error(), "web1.example.org was shut down; the console comes back when it runs again")
		})
		if code := typing(ann, "rm -rf"); code != core.CodeState {
			t.Errorf("ann types into nothing: %q", code)
		}
		at = func() (core.Endpoint, error) { return serialAt("node2"), nil }
		began := time.Now()
		if got := ann.phase(core.LineUp); got.Node != "node2" || got.Why != nil {
			t.Errorf("after the migration: %+v", got)
		}
		if waited := time.Since(began); waited > 20*time.Second {
			t.Errorf("it came back after %v", waited)
		}
		second.say(t, "two ")
		ann.until("one two ")

		<-time.After(time.Minute)
		second.end(core.Errorf(core.CodeUnreachable, "the connection to node2 broke"))
		waiting := ann.phase(core.LineWaiting)
		if waiting.Why == nil || waiting.Why.Error() != "the connection to node2 broke" || !waiting.Retry.After(time.Now()) {
			t.Errorf("after the connection broke: %+v", waiting)
		}
		before := time.Now()
		ann.line.Reconnect()
		ann.phase(core.LineUp)
		if waited := time.Since(before); waited != 0 {
			t.Errorf("it waited %v although somebody asked", waited)
		}
		if second.keys() != "" {
			t.Errorf("the guest read %q", second.keys())
		}
	})
}

// TestAbsent holds that who asks for a console that is nowhere is told what to do
// by whoever knows: the cluster.
func TestAbsent(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"cannot find the consoles of web1.example.org on cluster berlin: it does not run":                "web1.example.org does not run; look at it",
		"cannot find the consoles of web1.example.org on cluster berlin: its node node1 does not answer": "cannot find the consoles of web1.example.org on cluster berlin: its node node1 does not answer; look at it",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := wireBoard(SwitchboardConfig{})
			defer b.Close()
			s := newSeat("ann")
			s.endpoint = func() (core.Endpoint, error) {
				return core.Endpoint{}, core.Errorf(core.CodeState, "%s", said).WithHint("look at it")
			}
			if got := join(t, b, s).phase(core.LineWaiting); got.Why == nil || got.Why.Error() != want {
				t.Errorf("%s: the line says %v", said, got.Why)
			}
		})
	}
}

// TestEnd is what ends a line for good, and how it is opened again.
func TestEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  *core.Error
		at   core.Endpoint
		want string
	}{
		{"no serial console", core.Errorf(core.CodeUnsupported, "web1 has no serial console"), core.Endpoint{}, "web1 has no serial console"},
		{"the VM is gone", core.Errorf(core.CodeNotFound, "no VM named web1"), core.Endpoint{}, "no VM named web1"},
		{"a problem", nil, core.Endpoint{Problem: "it is\x1b[2J odd"}, "the console of web1.example.org cannot be opened: it is·[2J odd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newToyWire()
				b := wireBoard(SwitchboardConfig{}, w)
				defer b.Close()
				s := newSeat("ann")
				s.endpoint = func() (core.Endpoint, error) {
					if tt.err != nil {
						return core.Endpoint{}, tt.err
					}
					return tt.at, nil
				}
				ended := join(t, b, s)
				if why := ended.phase(core.LineEnded).Why; why == nil || why.Error() != tt.want {
					t.Errorf("got %v, want %q", why, tt.want)
				}
				again := join(t, b, newSeat("bob"))
				again.phase(core.LineUp)
				if err := ended.line.Close(); err != nil {
					t.Error(err)
				}
				again.write("x")
			})
		})
	}
}

// TestDeafGuest bounds what waits for a guest that does not read, and lets people
// leave all the same.
func TestDeafGuest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newToyWire()
		w.deaf = true
		b := wireBoard(SwitchboardConfig{}, w)
		defer b.Close()
		ann := join(t, b, newSeat("ann"))
		ann.phase(core.LineUp)
		ann.write("x")
		synctest.Wait() // it waits in the wire
		n, err := ann.line.Write(bytes.Repeat([]byte("y"), 100<<10))
		if n != 64<<10 || core.CodeOf(err) != core.CodeLimit {
			t.Errorf("typed %d: %v", n, err)
		}
		if n, err := ann.line.Write([]byte("z")); n != 0 || core.CodeOf(err) != core.CodeLimit {
			t.Errorf("typed %d: %v", n, err)
		}
		if err := ann.line.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		select {
		case <-w.closed:
		default:
			t.Error("the line is still connected after the last one left")
		}
	})
}

// TestSlowReader lets somebody who does not read hold up nobody, and tells them
// what they missed.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newToyWire()
		b := wireBoard(SwitchboardConfig{Kept: 10_000}, w)
		defer b.Close()
		slow, quick := join(t, b, newSeat("ann")), join(t, b, newSeat("bob"))
		quick.phase(core.LineUp)
		for range 100 {
			w.say(t, strings.Repeat("0123456789", 99)+"abcdefghi\n")
			quick.until("abcdefghi\n")
		}
		p := make([]byte, 20_000)
		n, next := slow.line.Output(0, p)
		if n != 10_000 || next != 100_000 || !strings.HasSuffix(string(p[:n]), "abcdefghi\n") {
			t.Errorf("the slow one reads %d bytes up to %d", n, next)
		}
		late := join(t, b, newSeat("cy"))
		if n, next := late.line.Output(99_990, p); n != 10 || next != 100_000 {
			t.Errorf("the late one reads %d bytes up to %d", n, next)
		}
	})
}

// TestThrownOut throws people out at once: their own seat is over, or everything.
func TestThrownOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newToyWire()
		b := wireBoard(SwitchboardConfig{}, w)
		annSeat := newSeat("ann")
		ann, bob := join(t, b, annSeat), join(t, b, newSeat("bob"))
		ann.phase(core.LineUp)
		ann.write("x")
		w.say(t, "secret")
		synctest.Wait()
		began := time.Now()
		annSeat.revoke(core.Errorf(core.CodeDenied, "you may not any more"))
		synctest.Wait()
		if s := ann.line.State(); s.Phase != core.LineEnded || core.CodeOf(s.Why) != core.CodeDenied || len(s.People) != 0 {
			t.Errorf("ann sees %+v", s)
		}
		if n, next := ann.line.Output(0, make([]byte, 10)); n != 0 || next != 0 {
			t.Errorf("ann reads %d bytes up to %d", n, next)
		}
		if err := ann.line.Take(); core.CodeOf(err) != core.CodeDenied {
			t.Errorf("ann takes the keyboard: %v", err)
		}
		bob.write("y")
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if s := bob.line.State(); s.Phase != core.LineEnded || s.Why == nil {
			t.Errorf("bob sees %+v", s)
		}
		if _, err := b.join(t.Context(), newSeat("cy")); core.CodeOf(err) != core.CodeState {
			t.Errorf("cy joins what has ended: %v", err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}

// TestOrphaned goes on through somebody else where the one is thrown out through
// whom gwm connects.
func TestOrphaned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newToyWire()
		b := wireBoard(SwitchboardConfig{}, w)
		defer b.Close()
		first := newSeat("ann")
		first.endpoint = func() (core.Endpoint, error) {
			first.revoke(core.Errorf(core.CodeNotFound, "there is no such VM that you may see"))
			return core.Endpoint{}, first.Err()
		}
		join(t, b, first)
		bob := join(t, b, newSeat("bob"))
		bob.phase(core.LineUp)
	})
}

// TestLimits bounds how many lines there are and how many people are at one.
func TestLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := wireBoard(SwitchboardConfig{Lines: 1}, newToyWire())
		defer b.Close()
		for range maxPlaces {
			join(t, b, newSeat("ann"))
		}
		if _, err := b.join(t.Context(), newSeat("ann")); core.CodeOf(err) != core.CodeLimit {
			t.Errorf("one more at the line: %v", err)
		}
		other := newSeat("bob")
		other.info.VM = core.VMRef("berlin", "web2")
		if _, err := b.join(t.Context(), other); core.CodeOf(err) != core.CodeLimit {
			t.Errorf("one more line: %v", err)
		}
	})
}

func TestBreak(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := wireBoard(SwitchboardConfig{}, newToyWire())
		defer b.Close()
		err := join(t, b, newSeat("ann")).line.Break(t.Context())
		var e *core.Error
		if !errors.As(err, &e) || e.Code != core.CodeUnsupported || !strings.Contains(e.Hint, "vm restart --hard web1.example.org") {
			t.Errorf("got %v", err)
		}
	})
}
