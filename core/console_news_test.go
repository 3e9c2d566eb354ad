package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gwm/core"
)

// TestConsoleNews holds that whoever looks at seats, recordings or host keys is
// told when there is something else to see.
func TestConsoleNews(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbConsole)
	bob, ctx := h.login("bob"), t.Context()
	var seat *core.Seat
	var reel *core.Reel
	print := core.Fingerprint(hostBlob("a"))
	steps := []struct {
		name string
		do   func() error
	}{
		{"sit down", func() error { seat = h.openConsole(bob, web1); return nil }},
		{"type", func() error { seat.Keyboard(true); return nil }},
		{"recording begins", func() (err error) { reel, err = seat.BeginRecording(ctx); return err }},
		{"recording ends", func() error { return reel.End(ctx, 10, "") }},
		{"a node is met", func() error {
			if err := seat.CheckHost(ctx, "n1", hostBlob("a")); core.CodeOf(err) != core.CodeUntrusted {
				return err
			}
			return nil
		}},
		{"it is trusted", func() error {
			h.do(h.root, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: print})
			return nil
		}},
		{"it is forgotten", func() error { h.do(h.root, core.ForgetHost{Cluster: "berlin", Host: "n1"}); return nil }},
		{"the recording is removed", func() error { h.do(h.root, core.RemoveRecording{ID: reel.ID}); return nil }},
		{"give up the keyboard", func() error { seat.Keyboard(false); return nil }},
		{"leave", func() error { seat.Close(core.Errorf(core.CodeState, "left")); return nil }},
	}
	for _, step := range steps {
		for len(h.root.Changed()) > 0 {
			<-h.root.Changed()
		}
		before := h.root.ConsolesRev()
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if h.root.ConsolesRev() == before || len(h.root.Changed()) == 0 {
			t.Errorf("%s: nobody is told", step.name)
		}
	}
	again := h.openConsole(bob, web1)
	_ = again.CheckHost(ctx, "n1", hostBlob("a")) // it is refused
	before := h.root.ConsolesRev()
	again.Keyboard(false)
	_ = again.CheckHost(ctx, "n1", hostBlob("a"))
	if h.root.ConsolesRev() != before {
		t.Error("everybody is told of what did not change")
	}
}

// TestKeyboard holds that lists of seats say who types.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbConsole)
	bob := h.login("bob")
	one, other := h.openConsole(bob, web1), h.openConsole(h.root, web1)
	who := func() map[string]bool {
		seats, err := bob.Seats(t.Context(), web1)
		if err != nil {
			t.Fatal(err)
		}
		types := map[string]bool{}
		for _, s := range seats {
			types[s.ID] = s.Keyboard
		}
		return types
	}
	one.Keyboard(true)
	if diff := cmp.Diff(map[string]bool{one.Info().ID: true, other.Info().ID: false}, who()); diff != "" {
		t.Error(diff)
	}
	one.Keyboard(false)
	other.Keyboard(true)
	if diff := cmp.Diff(map[string]bool{one.Info().ID: false, other.Info().ID: true}, who()); diff != "" {
		t.Error(diff)
	}
}

// TestHostKeyChanged holds what an administrator sees of a node that shows another
// key, and that either key can be forgotten alone.
func TestHostKeyChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seat, ctx := h.openConsole(h.root, web1), t.Context()
	a, b := core.Fingerprint(hostBlob("a")), core.Fingerprint(hostBlob("b"))
	show := func(host, seed string) { _ = seat.CheckHost(ctx, host, hostBlob(seed)) }
	keys := func() []core.HostKey {
		all, err := h.root.HostKeys(ctx, "berlin")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	only := cmpopts.IgnoreFields(core.HostKey{}, "Key", "Offered", "By", "Trusted", "Cluster")
	check := func(what string, want ...core.HostKey) {
		t.Helper()
		if diff := cmp.Diff(want, keys(), only, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	show("n1", "a")
	h.do(h.root, core.TrustHost{Cluster: "berlin", Host: core.AnyHost, Fingerprint: a})
	show("n1", "b")
	check("changed", core.HostKey{Host: "*", Fingerprint: a}, core.HostKey{Host: "n1", Fingerprint: b, Known: a})
	if k := keys()[1]; k.Type() != "ssh-ed25519" || k.Compare() != "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" {
		t.Errorf("type %q, compare with %q", k.Type(), k.Compare())
	}
	h.refused(h.root, core.ForgetHost{Cluster: "berlin", Host: "n1", Fingerprint: a}, core.CodeNotFound, "gwm knows no key of n1 of berlin")
	h.do(h.root, core.ForgetHost{Cluster: "berlin", Host: "n1", Fingerprint: b})
	check("the liar is forgotten", core.HostKey{Host: "*", Fingerprint: a})
	show("n1", "b")
	h.do(h.root, core.ForgetHost{Cluster: "berlin", Host: core.AnyHost, Fingerprint: a})
	check("the old one is forgotten", core.HostKey{Host: "n1", Fingerprint: b})
	h.do(h.root, core.TrustHost{Cluster: "berlin", Host: "n1", Fingerprint: b})
	if err := seat.CheckHost(ctx, "n1", hostBlob("b")); err != nil {
		t.Errorf("the new key is refused: %v", err)
	}
}
