package consoleproxy

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// TestWithCore goes the whole way: a person opens a console whose node gwm meets
// for the first time, an administrator trusts it, another person takes over, the
// right ends, and what was shown is played back.
func TestWithCore(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := NewSwitchboard(SwitchboardConfig{Dialer: n, Recordings: t.TempDir()})
	w := coretest.StartWith(t, coretest.Options{Consoles: b})
	t.Cleanup(func() {
		w.Stop()
		_ = b.Close() // again, where the test fails
	})
	admin, ann := w.Login("admin"), w.Login("ann")
	recordAlways(t, w, admin)
	web := core.VMRef(coretest.Berlin, coretest.Web1)
	annLine := sit(t, ann, web)
	state := annLine.state("refused", func(s core.LineState) bool { return core.CodeOf(s.Why) == core.CodeUntrusted })
	if n.Logins() != 0 {
		t.Error("gwm logged in to a node that nobody trusts")
	}
	keys, err := admin.HostKeys(t.Context(), coretest.Berlin)
	if err != nil || len(keys) != 1 || !strings.Contains(state.Why.Error(), keys[0].Fingerprint) {
		t.Fatalf("offered %+v (%v), ann reads %v", keys, err, state.Why)
	}
	w.Do(admin, core.TrustHost{Cluster: coretest.Berlin, Host: keys[0].Host, Fingerprint: keys[0].Fingerprint})
	if s := annLine.phase(core.LineUp); s.Recording != "on" {
		t.Errorf("recording: %q", s.Recording)
	}
	annLine.until("login: ")
	annLine.write("root\r")
	annLine.until("# ")
	adminLine := sit(t, admin, web)
	if err := adminLine.line.Take(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w.Do(admin, core.RemoveGrant{Who: core.UserRef("ann"), On: web})
	if s := annLine.phase(core.LineEnded); core.CodeOf(s.Why) != core.CodeDenied {
		t.Errorf("ann reads %v", s.Why)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("ann was thrown out after %v", took)
	}
	adminLine.write("echo still here\r")
	adminLine.until("\r\nstill here")
	if err := adminLine.line.Close(); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	playBack(t, admin)
}

func sit(t *testing.T, s *core.Session, vm core.Ref) *reader {
	t.Helper()
	seat, err := s.OpenConsole(t.Context(), vm, core.ConsoleSerial)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Line(t.Context(), seat)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, l)
}

// recordAlways has consoles of berlin be recorded, or not be at all.
func recordAlways(t *testing.T, w *coretest.World, admin *core.Session) {
	t.Helper()
	for _, c := range admin.View().Clusters() {
		if c.Cluster.Name == coretest.Berlin {
			cluster := c.Cluster
			cluster.Recording = core.RecordingRequired
			w.Do(admin, core.EditCluster{Cluster: cluster})
		}
	}
}

// playBack looks what the only recording shows.
func playBack(t *testing.T, admin *core.Session) {
	t.Helper()
	recordings, err := admin.Recordings(t.Context(), core.RecordingQuery{})
	if err != nil || len(recordings) != 1 || recordings[0].Ended.IsZero() {
		t.Fatalf("recordings: %+v %v", recordings, err)
	}
	if diff := cmp.Diff([]string{"admin", "ann"}, recordings[0].People); diff != "" {
		t.Error(diff)
	}
	_, r, err := admin.Replay(t.Context(), recordings[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := playCast(t, r)
	if !strings.Contains(got.output, "login: root\r\n") || !strings.Contains(got.output, "\r\nstill here\r\n") {
		t.Errorf("shown was %q", got.output)
	}
	if diff := cmp.Diff([]string{"ann has the keyboard", "admin has the keyboard", "nobody has the keyboard"}, got.marks); diff != "" {
		t.Error(diff)
	}
}
