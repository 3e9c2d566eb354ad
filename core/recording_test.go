package core_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// record records something of a console and ends that.
func (h *house) record(seat *core.Seat) *core.Reel {
	h.t.Helper()
	reel, err := seat.BeginRecording(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if err := reel.End(h.t.Context(), 1234, ""); err != nil {
		h.t.Fatal(err)
	}
	return reel
}

// recordings lists the IDs that somebody sees.
func (h *house) recordings(s *core.Session, q core.RecordingQuery) (ids []string) {
	h.t.Helper()
	found, err := s.Recordings(h.t.Context(), q)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range found {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestRecording(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, ctx := newHouse(t), t.Context()
		h.grant(core.UserRef("bob"), web1, core.VerbConsole)
		h.grant(core.UserRef("eve"), web1, core.VerbConsole)
		bob, eve := h.login("bob"), h.login("eve")
		seat := h.openConsole(bob, web1)
		reel, err := seat.BeginRecording(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(reel.Key.Reveal()) != 64 || reel.VM != web1 || reel.Title != "berlin/web1" {
			t.Errorf("the reel is %+v", reel)
		}
		h.inNothing(t, reel.Key.Reveal())
		if r := h.lastRecord(core.EventDone); r.Op != "recording.begin" || r.By != "bob" || r.Target != web1 || r.Args["recording"] != reel.ID {
			t.Errorf("recorded is %+v", r)
		}
		h.openConsole(eve, web1)
		h.openConsole(h.root, web2) // elsewhere
		h.refused(h.root, core.RemoveRecording{ID: reel.ID}, core.CodeState, "still goes on")
		time.Sleep(90 * time.Second) // in a bubble
		if err := reel.End(ctx, 4711, "the disk is full \x1b[1m"); err != nil {
			t.Fatal(err)
		}
		if err := reel.End(ctx, 0, ""); err != nil {
			t.Fatal(err)
		}
		found, err := h.root.Recordings(ctx, core.RecordingQuery{})
		want := []core.Recording{{
			ID: reel.ID, VM: web1, Began: reel.Began, Ended: reel.Began.Add(90 * time.Second), Bytes: 4711,
			People: []string{"bob", "eve"}, Failure: "the disk is full ·[1m",
		}}
		if diff := cmp.Diff(want, found); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		if r := h.lastRecord(core.EventFailed); r.Op != "recording.end" || r.Target != web1 || r.Args["lasted"] != "1m30s" || r.Args["people"] != "bob, eve" {
			t.Errorf("recorded is %+v", r)
		}
		// Somebody else was there: it is for neither of them.
		for _, s := range []*core.Session{bob, eve} {
			if ids := h.recordings(s, core.RecordingQuery{}); ids != nil {
				t.Errorf("somebody else's typing is seen: %v", ids)
			}
			_, _, err := s.Replay(ctx, reel.ID)
			wantError(t, err, core.CodeNotFound, `no recording named "`+reel.ID+`" that you may see`)
		}
		rec, text, err := h.root.Replay(ctx, reel.ID)
		if err != nil || rec.Bytes != 4711 {
			t.Fatal(rec, err)
		}
		if raw, err := io.ReadAll(text); err != nil || !strings.Contains(string(raw), "version") {
			t.Errorf("%q, %v", raw, err)
		}
		if h.consoles.replayed[reel.ID].Reveal() != reel.Key.Reveal() {
			t.Error("the file is read with another key than it was written with")
		}
		records, err := h.root.Audit(ctx, core.AuditQuery{Op: "recording.replay"})
		if err != nil || len(records) != 1 || records[0].Event != core.EventRead || records[0].Target != web1 || records[0].Args["recording"] != reel.ID {
			t.Errorf("recorded is %+v, %v", records, err)
		}
		h.do(h.root, core.RemoveRecording{ID: reel.ID})
		if diff := cmp.Diff([]string{reel.ID}, h.consoles.discarded); diff != "" {
			t.Error(diff)
		}
		h.refused(h.root, core.RemoveRecording{ID: reel.ID}, core.CodeNotFound, "no recording named")
		if _, ok, _ := h.store.Read(ctx, "secret/recording/"+reel.ID); ok {
			t.Error("the key is still there")
		}
	})
}

// TestRecordingsOfWhom holds who sees which recordings.
func TestRecordingsOfWhom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.grant(core.UserRef("bob"), web1, core.VerbConsole)
		h.grant(core.UserRef("bob"), web2, core.VerbConsole)
		bob := h.login("bob")
		var ids []string
		for _, vm := range []core.Ref{web1, web2} {
			seat := h.openConsole(bob, vm)
			ids = append(ids, h.record(seat).ID)
			seat.Close(core.Errorf(core.CodeState, "left"))
			time.Sleep(time.Second) // in a bubble
		}
		one, two := ids[:1], ids[1:]
		newest := []string{ids[1], ids[0]}
		eve := h.login("eve")
		see := func(who string, s *core.Session, want []string) {
			t.Helper()
			if diff := cmp.Diff(want, h.recordings(s, core.RecordingQuery{})); diff != "" {
				t.Errorf("%s (-want +got)\n%s", who, diff)
			}
			for _, id := range ids {
				_, _, err := s.Replay(t.Context(), id)
				if (err == nil) != slices.Contains(want, id) || err != nil && core.CodeOf(err) != core.CodeNotFound {
					t.Errorf("%s replays %s: %v", who, id, err)
				}
			}
		}
		see("who sat there alone", bob, newest)
		see("nobody", eve, nil)
		see("a site administrator", h.login("ann"), newest)
		h.grant(core.UserRef("eve"), web1, core.VerbConsole)
		see("who may use the console", eve, nil)
		h.grant(core.UserRef("eve"), web1, core.VerbAdmin)
		see("an administrator of a VM", eve, one)
		h.do(h.root, core.RemoveGrant{Who: core.UserRef("bob"), On: web1})
		see("who may not use the console any more", bob, two)
		// Another VM gets the name.
		snap := func(uuid string) {
			h.core.Publish(&core.Snapshot{Rev: 3, Clusters: map[string]*core.ClusterState{"berlin": {
				Name: "berlin", VMs: []*core.VM{{Cluster: "berlin", Name: "web1", UUID: uuid}},
			}}})
		}
		snap("new")
		see("an administrator of another VM of the same name", eve, nil)
		see("who sat at a VM that is gone", bob, nil)
		h.grant(core.UserRef("eve"), core.ClusterRef("berlin"), core.VerbAdmin)
		see("an administrator of the cluster", eve, newest)
		h.do(h.root, core.RemoveCluster{Name: "berlin"})
		see("an administrator of a cluster that is gone", eve, nil)
		see("a site administrator", h.root, newest)

		for name, tt := range map[string]struct {
			q    core.RecordingQuery
			want []string
		}{
			"VM":      {core.RecordingQuery{VM: web2}, two},
			"cluster": {core.RecordingQuery{Cluster: "oslo"}, nil},
			"user":    {core.RecordingQuery{User: "bob"}, newest},
			"nobody":  {core.RecordingQuery{User: "eve"}, nil},
			"limit":   {core.RecordingQuery{Limit: 1}, two},
			"before":  {core.RecordingQuery{Before: ids[1]}, one},
			"since":   {core.RecordingQuery{Since: time.Now().Add(-time.Second)}, two},
			"until":   {core.RecordingQuery{Until: time.Now().Add(-time.Second)}, one},
		} {
			if diff := cmp.Diff(tt.want, h.recordings(h.root, tt.q)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", name, diff)
			}
		}
		for _, id := range []string{"", "x", "../../etc/passwd", "20000101-000000-../../../../", ids[0] + "x"} {
			if _, _, err := h.root.Replay(t.Context(), id); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("%q: %v", id, err)
			}
			h.refused(h.root, core.RemoveRecording{ID: id}, core.CodeNotFound, "no recording named")
		}
		h.refused(eve, core.RemoveRecording{ID: ids[0]}, core.CodeDenied, "only a site administrator")
	})
}

func TestRecordingsAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, ctx := newHouse(t), t.Context()
		seat := h.openConsole(h.root, web1)
		old := h.record(seat)
		time.Sleep(24 * time.Hour) // in a bubble
		young := h.record(seat)
		open, err := seat.BeginRecording(ctx)
		if err != nil {
			t.Fatal(err)
		}
		h.consoles.fail = core.Errorf(core.CodeInternal, "the disk does not answer")
		if err := h.core.PruneRecordings(ctx, time.Hour); err == nil || len(h.recordings(h.root, core.RecordingQuery{})) != 3 {
			t.Errorf("a recording is forgotten whose file is still there: %v", err)
		}
		h.consoles.fail, h.consoles.discarded = nil, nil
		if err := h.core.PruneRecordings(ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		ids := h.recordings(h.root, core.RecordingQuery{})
		slices.Sort(ids)
		want := []string{young.ID, open.ID}
		slices.Sort(want)
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{old.ID}, h.consoles.discarded); diff != "" {
			t.Error(diff)
		}
		if r := h.lastRecord(core.EventDone); r.Op != "recording.prune" || r.Args["recordings"] != "1" {
			t.Errorf("recorded is %+v", r)
		}
	})
}

// TestRecordingAfterCrash holds that what a stopped gwm left open is closed by the
// next one, which says so, once, and looks at no other recording.
func TestRecordingAfterCrash(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seat := h.openConsole(h.root, web1)
	h.record(seat) // ended
	var open []string
	for range 2 {
		reel, err := seat.BeginRecording(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, reel.ID)
	}
	lost, broken := open[0], open[1]
	if _, err := h.store.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: "recording/" + broken, Value: []byte("{")}}}); err != nil {
		t.Fatal(err)
	}
	var read []string
	h.store.FailRead(func(key string) error {
		if strings.HasPrefix(key, "recording/") {
			read = append(read, strings.TrimPrefix(key, "recording/"))
		}
		return nil
	})
	for range 2 {
		if err := h.another().CloseReels(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.store.FailRead(nil)
	slices.Sort(open)
	if diff := cmp.Diff(open, read); diff != "" {
		t.Errorf("two starts read (-want +got)\n%s", diff)
	}
	if _, err := h.store.Commit(t.Context(), core.Batch{Delete: []string{"recording/" + broken}}); err != nil {
		t.Fatal(err)
	}
	var failed []string
	found, err := h.root.Recordings(t.Context(), core.RecordingQuery{})
	for _, r := range found {
		if r.Ended.IsZero() {
			t.Errorf("%s goes on", r.ID)
		}
		if r.Failure == "gwm was stopped while it recorded this" {
			failed = append(failed, r.ID)
		}
	}
	if diff := cmp.Diff([]string{lost}, failed); diff != "" || len(found) != 2 || err != nil {
		t.Errorf("%+v, %v (-want +got)\n%s", found, err, diff)
	}
}

func TestRecordingPolicy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("eve"), core.ClusterRef("berlin"), core.VerbAdmin)
	seat := h.openConsole(h.root, web1)
	if p := seat.Recording(); p != core.RecordingOff {
		t.Errorf("by default %s", p)
	}
	c := berlin()
	c.Recording = core.RecordingRequired
	h.refused(h.login("eve"), core.EditCluster{Cluster: c}, core.CodeDenied, "only a site administrator may change how gwm reaches berlin and what it records there")
	was := berlin()
	op := core.EditCluster{Cluster: c, Was: &was}
	if diff := cmp.Diff([]string{"cluster", "edit", "berlin", "--recording", "required"}, op.Spec().Command); diff != "" {
		t.Error(diff)
	}
	h.do(h.root, op)
	if p := seat.Recording(); p != core.RecordingRequired {
		t.Errorf("after the edit %s", p)
	}
	if r := h.lastRecord(core.EventDone); len(r.Changes) != 1 || r.Changes[0] != (core.Change{Field: "recording", To: "required"}) {
		t.Errorf("recorded is %+v", r)
	}
	c.Recording = "sometimes"
	h.refused(h.root, core.EditCluster{Cluster: c}, core.CodeInvalid, `there is no way "sometimes" to record consoles; possible are: off, best-effort, required`)
	for _, p := range core.RecordingPolicies() {
		if got, err := core.ParseRecordingPolicy(p.String()); err != nil || got != p {
			t.Errorf("%s is read as %s, %v", p, got, err)
		}
	}
}
