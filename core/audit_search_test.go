package core_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
)

func TestSearchAuditFilters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 10, 2) // edits, two each day
		start := time.Now().Add(-10 * day)
		bob := h.login("bob")
		h.refused(bob, core.StopVM{VM: web2}, core.CodeNotFound, "")
		h.grant(core.UserRef("bob"), web1, core.VerbPower, core.VerbConsole)
		h.grant(core.UserRef("bob"), web1, core.VerbPower)
		for _, tt := range []struct {
			name string
			q    core.AuditQuery
			want int
		}{
			{"operations that begin alike", core.AuditQuery{Op: "grant."}, 2},
			{"one operation", core.AuditQuery{Op: "user.edit"}, 20},
			{"the beginning of a word", core.AuditQuery{Op: "user.ed"}, 0},
			{"a day", core.AuditQuery{Op: "user.edit", Since: start.Add(3 * day), Until: start.Add(4 * day)}, 2},
			{"until", core.AuditQuery{Op: "user.edit", Until: start.Add(4 * day)}, 8},
			{"since", core.AuditQuery{Op: "user.edit", Since: start.Add(4 * day)}, 12},
			{"before everything", core.AuditQuery{Until: start.Add(-day)}, 0},
			{"text in the arguments", core.AuditQuery{Text: "COMMENT=about 1"}, 10},
			{"text in the result", core.AuditQuery{Text: "no vm named"}, 1},
			{"text in a change", core.AuditQuery{Text: "power, console"}, 2},
			{"text of where somebody is", core.AuditQuery{Text: "192.0.2"}, 0},
			{"everything on a cluster", core.AuditQuery{Target: core.ClusterRef("berlin")}, 4},
			{"all of it together", core.AuditQuery{By: "local", Target: core.UserRef("eve"), Op: "user.", Event: core.EventDone, Text: "about 0", Since: start.Add(day), Until: start.Add(3 * day)}, 4},
		} {
			page, err := h.root.SearchAudit(t.Context(), tt.q)
			if err != nil || len(page.Records) != tt.want || page.Next != 0 {
				t.Errorf("%s: %d records, next %d, %v; want %d", tt.name, len(page.Records), page.Next, err, tt.want)
			}
		}
		_, err := h.root.SearchAudit(t.Context(), core.AuditQuery{Since: start.Add(day), Until: start})
		wantError(t, err, core.CodeInvalid, "the time ends before it begins")
	})
}

// A search looks at a bounded number of records and says how far it came; paging
// on finds everything, once.
func TestSearchAuditIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.do(h.root, core.SetLock{On: web1, Reason: "needle"})
	_, last, _ := h.kept()
	var items []core.Item
	at := time.Now().Add(-time.Hour).UTC()
	for seq := last + 1; seq <= last+30000; seq++ {
		raw, err := json.Marshal(core.Record{Seq: seq, At: at, Event: core.EventRead, Op: "noise", By: "ann"})
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, core.Item{Key: fmt.Sprintf("audit/%020d", seq), Value: raw})
	}
	items = append(items, core.Item{Key: "audit-head", Value: fmt.Appendf(nil, `{"seq":%d,"hash":"x"}`, last+30000)})
	if _, err := h.store.Commit(t.Context(), core.Batch{Put: items}); err != nil {
		t.Fatal(err)
	}
	eve := h.login("eve")
	for _, s := range []*core.Session{h.root, eve} {
		page, err := s.SearchAudit(t.Context(), core.AuditQuery{Text: "needle"})
		if err != nil || len(page.Records) != 0 || page.Next == 0 || !page.Searched.Equal(at) {
			t.Fatalf("%s: %d records, next %d, back to %s: %v", s.User().Name, len(page.Records), page.Next, page.Searched, err)
		}
		page, err = s.SearchAudit(t.Context(), core.AuditQuery{Text: "needle", Before: page.Next})
		want := 1
		if s == eve {
			want = 0
		}
		if err != nil || len(page.Records) != want || page.Next != 0 {
			t.Errorf("%s, second page: %d records, next %d: %v", s.User().Name, len(page.Records), page.Next, err)
		}
	}
	seen := map[int64]bool{}
	for q := (core.AuditQuery{Op: "noise", Limit: 7000}); ; {
		page, err := h.root.SearchAudit(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			if seen[r.Seq] {
				t.Fatalf("record %d comes twice", r.Seq)
			}
			seen[r.Seq] = true
		}
		if page.Next == 0 {
			break
		}
		q.Before = page.Next
	}
	if len(seen) != 30000 {
		t.Errorf("paging finds %d of 30000 records", len(seen))
	}
}

// Until skips what is younger without looking at it, also where the beginning was
// pruned.
func TestSearchAuditUntilAfterPruning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 40, 2)
		h.prune(20 * day)
		_, _, from := h.kept()
		for _, days := range []int{0, 1, 5, 19, 30} {
			until := from.Add(time.Duration(days) * day)
			page, err := h.root.SearchAudit(t.Context(), core.AuditQuery{Op: "user.edit", Until: until})
			if err != nil {
				t.Fatal(err)
			}
			if want := 2 * min(days, 20); len(page.Records) < want-2 || len(page.Records) > want+2 {
				t.Errorf("%d records in the first %d days, want about %d", len(page.Records), days, want)
			}
			if slices.ContainsFunc(page.Records, func(r core.Record) bool { return !r.At.Before(until) }) {
				t.Errorf("a record is younger than %s", until)
			}
		}
	})
}
