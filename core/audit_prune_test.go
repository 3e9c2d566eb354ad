package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

const day = 24 * time.Hour

// diary is a house whose log has n records on each of so many days; now is the
// evening of the last one.
func diary(t *testing.T, days, n int) *house {
	t.Helper()
	h := newHouse(t)
	for range days {
		for i := range n {
			comment := fmt.Sprint("about ", i)
			h.do(h.root, core.EditUser{Name: "eve", Comment: &comment})
		}
		<-time.After(day)
	}
	return h
}

// kept are the numbers of the first and the last record in the store, and the
// time of the first.
func (h *house) kept() (first, last int64, from time.Time) {
	for _, it := range slices.Backward(h.store.Dump()) {
		var r core.Record
		if strings.HasPrefix(it.Key, "audit/") {
			if err := json.Unmarshal(it.Value, &r); err != nil {
				h.t.Fatal(err)
			}
			first, last, from = r.Seq, max(last, r.Seq), r.At
		}
	}
	return first, last, from
}

func (h *house) prune(keep time.Duration) {
	h.t.Helper()
	if err := h.core.PruneAudit(h.t.Context(), keep); err != nil {
		h.t.Fatal(err)
	}
}

// whole holds that the log verifies, and from its first record that is kept.
func (h *house) whole() core.AuditCheck {
	h.t.Helper()
	first, last, from := h.kept()
	check, err := h.core.VerifyAuditOnly(h.t.Context())
	if want := (core.AuditCheck{Records: last - first + 1, First: first, From: from}); err != nil || check != want {
		h.t.Errorf("verified %+v, %v, want %+v", check, err, want)
	}
	return check
}

func TestPruneKeepsWhatIsYoung(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 20, 3)
		h.prune(30 * day)
		if first, _, _ := h.kept(); first != 1 {
			t.Errorf("record %d is the first, and nothing is older than 30 days", first)
		}
		for _, left := range []int{12, 5} {
			keep := time.Duration(left)*day + time.Hour
			h.prune(keep)
			h.whole()
			_, last, from := h.kept()
			if age := time.Since(from); age > keep || age < keep-2*day {
				t.Errorf("the oldest record is %s old, want a bit less than %s", age, keep)
			}
			records, err := h.root.Audit(t.Context(), core.AuditQuery{Op: "audit.prune"})
			if err != nil || len(records) == 0 || records[0].Seq != last || records[0].By != "audit@local" {
				t.Errorf("pruning left %+v, %v", records, err)
			}
			<-time.After(day)
		}
	})
}

// A clock that jumps ahead makes everything look old. Then a run takes a month of
// the log at most, and there is one run a day, however often gwm is started.
func TestPruneIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 100, 1)
		_, _, began := h.kept()
		<-time.After(20 * 365 * day)
		for n := 1; n <= 3; n++ {
			for range 3 {
				h.prune(400 * day)
				h.core = h.another()
			}
			_, _, from := h.kept()
			if gone := from.Sub(began); gone < time.Duration(n)*30*day || gone > time.Duration(n)*33*day {
				t.Errorf("after %d days %s of the log are gone, want a month a day", n, gone)
			}
			h.whole()
			<-time.After(day)
		}
	})
}

// A clock that was set back prunes nothing that is young, and goes on pruning.
func TestPruneAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, it := range h.store.Dump() {
		if it.Key == "secret/audit-base" {
			t.Fatal("there is a base already")
		}
	}
	h.prune(24 * time.Hour)
	base, err := json.Marshal(map[string]any{"seq": 0, "hash": "", "pruned": time.Now().Add(365 * day)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: "secret/audit-base", Value: base}}}); err != nil {
		t.Fatal(err)
	}
	h.prune(time.Nanosecond)
	if first, _, _ := h.kept(); first == 1 {
		t.Error("a run in the future keeps all others from pruning")
	}
	h.whole()
}

func TestVerifyFindsWhatIsNotPruned(t *testing.T) {
	t.Parallel()
	type stored = map[string][]byte
	key := func(seq int64) string { return fmt.Sprintf("audit/%020d", seq) }
	const base = "secret/audit-base"
	tests := []struct {
		name string
		harm func(first int64, before, now stored) core.Batch
		want string
	}{
		{"the beginning is removed", func(first int64, _, _ stored) core.Batch {
			return core.Batch{Delete: []string{key(first), key(first + 1)}}
		}, "is missing or out of order"},
		{"the base is removed", func(int64, stored, stored) core.Batch {
			return core.Batch{Delete: []string{base}}
		}, "audit record 1 is missing or out of order"},
		{"the base is damaged", func(int64, stored, stored) core.Batch {
			return core.Batch{Put: []core.Item{{Key: base, Value: []byte("{")}}}
		}, "the base of the audit log is damaged"},
		{"an old base is put back", func(_ int64, before, _ stored) core.Batch {
			return core.Batch{Put: []core.Item{{Key: base, Value: before[base]}}}
		}, "is missing or out of order"},
		{"an old base and the old beginning are put back", func(first int64, before, _ stored) core.Batch {
			b := core.Batch{Put: []core.Item{{Key: base, Value: before[base]}}}
			for k, v := range before {
				if strings.HasPrefix(k, "audit/") && k < key(first) {
					b.Put = append(b.Put, core.Item{Key: k, Value: v})
				}
			}
			return b
		}, "but its own records say"},
		{"the beginning is removed and the base forged with the master key", func(first int64, _, now stored) core.Batch {
			var r core.Record
			if err := json.Unmarshal(now[key(first+1)], &r); err != nil {
				panic(err)
			}
			forged := fmt.Appendf(nil, `{"seq":%d,"hash":%q}`, r.Seq, r.Hash)
			return core.Batch{Delete: []string{key(first), key(first + 1)}, Put: []core.Item{{Key: base, Value: forged}}}
		}, "but its own records say"},
		{"everything is removed", func(_ int64, _, now stored) core.Batch {
			b := core.Batch{}
			for k := range now {
				if strings.HasPrefix(k, "audit") {
					b.Delete = append(b.Delete, k)
				}
			}
			return b
		}, "is not the one that was written last"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := diary(t, 20, 2)
				dump := func() stored {
					values := stored{}
					for _, it := range h.store.Dump() {
						values[it.Key] = it.Value
					}
					return values
				}
				h.prune(15 * day)
				before := maps.Clone(dump())
				<-time.After(2 * day)
				h.prune(10 * day)
				h.whole()
				first, _, _ := h.kept()
				if _, err := h.store.Commit(t.Context(), tt.harm(first, before, dump())); err != nil {
					t.Fatal(err)
				}
				_, err := h.core.VerifyAuditOnly(t.Context())
				wantError(t, err, core.CodeConflict, tt.want)
			})
		})
	}
}

// What was tampered with is not pruned: the evidence would be gone with it.
func TestPruneStopsAtWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 20, 1)
		key := fmt.Sprintf("audit/%020d", 10)
		it, _, err := h.store.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		altered := strings.Replace(string(it.Value), `"by":"local"`, `"by":"other"`, 1)
		if _, err := h.store.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: key, Value: []byte(altered)}}}); err != nil {
			t.Fatal(err)
		}
		wantError(t, h.core.PruneAudit(t.Context(), 2*day), core.CodeConflict, "audit record 10 was altered")
		if first, _, _ := h.kept(); first > 10 {
			t.Error("the altered record is gone")
		}
		_, err = h.core.VerifyAuditOnly(t.Context())
		wantError(t, err, core.CodeConflict, "audit record 10 was altered")
	})
}

// failing is a store that is gone after some commits.
type failing struct {
	*coretest.Store
	left int
}

var errGone = errors.New("the disk is gone")

func (f *failing) Commit(ctx context.Context, b core.Batch) (uint64, error) {
	if f.left--; f.left < 0 {
		return 0, errGone
	}
	return f.Store.Commit(ctx, b)
}

// Wherever a run is interrupted the log is whole, and the next run goes on.
func TestPruneSurvivesACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 3, 700) // more than three transactions
		dead := &failing{Store: h.store}
		for left := range 4 {
			dead.left = left
			c, err := core.New(t.Context(), core.Config{Store: dead, Inventory: inventory.New})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.PruneAudit(t.Context(), time.Hour); left < 3 && !errors.Is(err, errGone) {
				t.Errorf("after %d transactions: %v", left, err)
			}
			h.whole()
			<-time.After(day)
		}
		h.prune(time.Hour)
		if first, last, _ := h.kept(); last-first > 10 {
			t.Errorf("records %d to %d are left", first, last)
		}
		h.whole()
	})
}

// The keeper runs by itself where a time is set.
func TestKeeperPrunesDaily(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := diary(t, 10, 1)
		c, err := core.New(t.Context(), core.Config{Store: h.store, Inventory: inventory.New, Tuning: core.Tuning{AuditKeep: 3 * day}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()
		synctest.Wait()
		a, _, _ := h.kept()
		<-time.After(2*day + time.Minute)
		b, _, from := h.kept()
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if a == 1 || b <= a || time.Since(from) > 5*day {
			t.Errorf("the first record is %d, two days later %d of %s", a, b, from)
		}
		h.whole()
	})
}
