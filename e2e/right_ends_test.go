package e2e

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// zone is the file of a time zone of one offset from UTC (RFC 9636, version 1).
func zone(offset time.Duration) []byte {
	const name = "E2E\x00"
	b := append([]byte("TZif"), make([]byte, 16)...)
	for _, count := range []uint32{0, 0, 0, 0, 1, uint32(len(name))} { // one kind of time, and its name
		b = binary.BigEndian.AppendUint32(b, count)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(int32(offset/time.Second)))
	return append(append(b, 0, 0), name...)
}

// sessionsOf are the numbers of a person's sessions.
func (w *world) sessionsOf(t *testing.T, who string) (ids []string) {
	t.Helper()
	var live []struct{ ID, User string }
	check(t, json.Unmarshal([]byte(w.must(t, "admin", "session", "list", "--output", "json")), &live))
	for _, s := range live {
		if s.User == who {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// TestRightEndsOnTheOpenPage has the right of somebody end, by its date, by its
// hours and by hand, while they look at the VM and are asked whether to stop it:
// the page says so, the answer and everything else is refused, and where they get
// the right again the same screen goes on.
func TestRightEndsOnTheOpenPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(t *testing.T, w *world) (at time.Time) // gives ann an end that is near
	}{
		{"by its date", func(t *testing.T, w *world) time.Time {
			at := time.Now().Add(5 * time.Second).Truncate(time.Second)
			w.must(t, "admin", "grant", "set", "ann", "operator", "berlin/web1", "--until", at.UTC().Format(time.RFC3339))
			return at
		}},
		{"by its hours", func(t *testing.T, w *world) time.Time {
			// hours are of whole minutes: this zone is one where it will be noon soon
			at := time.Now().Add(5 * time.Second).Truncate(time.Second)
			noon := at.UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
			check(t, os.WriteFile(filepath.Join(w.dir, "zones", "E2E", "Noon"), zone(noon.Sub(at)), 0o600))
			w.must(t, "admin", "grant", "set", "ann", "operator", "berlin/web1", "--hours", "daily 00:00-12:00 E2E/Noon")
			return at
		}},
		{"by hand", func(t *testing.T, w *world) time.Time {
			at := time.Now()
			w.must(t, "admin", "grant", "remove", "ann", "berlin/web1")
			return at
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newServerless(t)
			check(t, os.MkdirAll(filepath.Join(w.dir, "zones", "E2E"), 0o700))
			w.env = append(w.env, "ZONEINFO="+filepath.Join(w.dir, "zones"))
			w.gwm(t, "cluster", "add", "berlin", "--url", w.clusters["berlin"].URL(), "--user", "gwm", "--password-file", "password", "--ca", "berlin.pem")
			w.up(t)
			w.must(t, "admin", "user", "add", "ann", "--key", strings.TrimSpace(w.actors["ann"].authorizedKey()))
			give := []string{"grant", "set", "ann", "operator", "berlin/web1"}
			w.must(t, "admin", give...)

			s, err := w.actors["ann"].open(w.server.addr, 100, 30, "xterm-256color")
			check(t, err)
			w.screens["ann"] = s
			check(t, s.see("berlin"))
			check(t, s.press(":", "vm berlin/web1", "enter"))
			check(t, s.see(`(?s)running.*web1\.berlin\.example\.org.*1 overview`))
			check(t, s.press("p"))
			check(t, s.see("shut down"))
			check(t, s.press("d"))
			check(t, s.see(`web1.*\?`))
			session := w.sessionsOf(t, "ann")

			at := tt.end(t, w)
			const lost = "you may no longer see it"
			check(t, s.see(lost))
			if time.Now().Before(at) {
				t.Error("the right ended before its time")
			}
			// the answer to the question that was asked while the right was there
			check(t, s.press("y"))
			check(t, s.see(`no VM named "berlin/web1.berlin.example.org" that you may see`))
			check(t, s.press("p"))
			check(t, s.see("shut down +it is gone, or you may not see it"))
			check(t, s.press("d"))
			check(t, s.lacks(`\?$|job [0-9]`))
			for _, command := range []string{"stop", "start", "restart"} {
				if r := w.as(t, "ann", "vm", command, "berlin/web1"); r.code != 3 || !strings.Contains(r.err, "that you may see") {
					t.Errorf("vm %s after its end: %+v", command, r)
				}
			}
			hasNot(t, w.must(t, "admin", "job", "list", "--output", "json"), `"vm.stop"`, `"vm.start"`, `"vm.restart"`)
			w.must(t, "admin", give...)
			check(t, s.vanish(lost))
			check(t, s.press("esc")) // the menu says what was when it was opened
			check(t, s.vanish("Power web1"))
			check(t, s.press("p"))
			check(t, s.see("shut down"))
			check(t, s.lacks("you may not see it"))
			if now := w.sessionsOf(t, "ann"); !slices.Equal(now, session) || len(now) != 1 {
				t.Errorf("ann has the sessions %v, and had %v", now, session)
			}
		})
	}
}
