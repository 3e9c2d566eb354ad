package core_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestVerifyAuditFinds(t *testing.T) {
	t.Parallel()
	key := func(seq int) string { return fmt.Sprintf("audit/%020d", seq) }
	tests := []struct {
		name string
		harm func(h *house, value func(key string) []byte) core.Batch
		want string
	}{
		{"altered", func(_ *house, value func(string) []byte) core.Batch {
			text := strings.Replace(string(value(key(3))), `"by":"local"`, `"by":"other"`, 1)
			return core.Batch{Put: []core.Item{{Key: key(3), Value: []byte(text)}}}
		}, "audit record 3 was altered"},
		{"altered with a new hash", func(_ *house, value func(string) []byte) core.Batch {
			var r core.Record
			if err := json.Unmarshal(value(key(3)), &r); err != nil {
				panic(err)
			}
			r.By, r.Hash = "other", ""
			r.Hash = core.HashRecord(r)
			raw, err := json.Marshal(r)
			if err != nil {
				panic(err)
			}
			return core.Batch{Put: []core.Item{{Key: key(3), Value: raw}}}
		}, "audit record 4 does not follow the one before it"},
		{"unknown field added", func(_ *house, value func(string) []byte) core.Batch {
			text := strings.Replace(string(value(key(3))), `{`, `{"note":"x",`, 1)
			return core.Batch{Put: []core.Item{{Key: key(3), Value: []byte(text)}}}
		}, "audit record 3 was altered"},
		{"removed", func(*house, func(string) []byte) core.Batch {
			return core.Batch{Delete: []string{key(3)}}
		}, "audit record 3 is missing or out of order"},
		{"swapped", func(_ *house, value func(string) []byte) core.Batch {
			return core.Batch{Put: []core.Item{{Key: key(3), Value: value(key(4))}, {Key: key(4), Value: value(key(3))}}}
		}, "audit record 3 is missing or out of order"},
		{"damaged", func(*house, func(string) []byte) core.Batch {
			return core.Batch{Put: []core.Item{{Key: key(2), Value: []byte("{")}}}
		}, "audit record 2 is damaged"},
		{"tail cut", func(*house, func(string) []byte) core.Batch {
			return core.Batch{Delete: []string{key(6), key(7)}}
		}, "the audit log ends at record 5, but 7 were written"},
		{"last one replaced", func(_ *house, value func(string) []byte) core.Batch {
			return core.Batch{Put: []core.Item{{Key: "audit-head", Value: []byte(`{"seq":7,"hash":"00"}`)}}}
		}, "the last audit record, 7, is not the one that was written last"},
		{"head removed", func(*house, func(string) []byte) core.Batch {
			return core.Batch{Delete: []string{"audit-head"}}
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t) // writes six records
			if n, err := h.root.VerifyAudit(t.Context(), nil); err != nil || n.Records != 7 {
				t.Fatalf("the good log has %d records: %v", n.Records, err)
			}
			value := func(key string) []byte {
				it, _, err := h.store.Read(t.Context(), key)
				if err != nil {
					t.Fatal(err)
				}
				return it.Value
			}
			if _, err := h.store.Commit(t.Context(), tt.harm(h, value)); err != nil {
				t.Fatal(err)
			}
			// Verify by the walk alone: asking writes a record of its own.
			_, err := h.core.VerifyAuditOnly(t.Context())
			wantError(t, err, core.CodeConflict, tt.want)
		})
	}
}

func TestAuditQuery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
	h.grant(core.GroupRef("ops"), core.GroupRef("ops"), core.VerbAdmin)
	h.grant(core.UserRef("eve"), web2, core.VerbSee)
	bob, eve := h.login("bob"), h.login("eve")
	h.do(bob, core.StopVM{VM: web1})
	h.refused(eve, core.StopVM{VM: web2}, core.CodeDenied, "")
	read := func(s *core.Session, q core.AuditQuery) (lines []string) {
		t.Helper()
		records, err := s.Audit(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.By, r.Op, r.Target)))
		}
		return lines
	}
	same := func(name string, got []string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	same("denials", read(h.root, core.AuditQuery{Event: core.EventDenied}), "eve vm.stop berlin/web2")
	same("on a VM", read(h.root, core.AuditQuery{Target: web1}), "bob vm.stop berlin/web1", "local grant.set berlin/web1")
	same("by an operation, paged", read(h.root, core.AuditQuery{Op: "user.add", Limit: 2}), "local user.add user:eve", "local user.add user:bob")
	berlin := read(h.root, core.AuditQuery{Target: core.ClusterRef("berlin"), By: "local"})
	same("on a cluster", berlin, "local grant.set berlin/web2", "local grant.set berlin/web1", "local cluster.add berlin")

	for _, line := range read(bob, core.AuditQuery{}) {
		if strings.Contains(line, "web2") || strings.HasPrefix(line, "eve") || strings.Contains(line, "cluster.add") {
			t.Errorf("bob reads %q", line)
		}
	}
	if own := read(bob, core.AuditQuery{Target: core.GroupRef("ops")}); !slices.Contains(own, "local group.add group:ops") {
		t.Errorf("who administers a group reads %v about it", own)
	}
	for _, line := range read(eve, core.AuditQuery{}) {
		if !strings.HasPrefix(line, "eve ") && line != "local user.add user:eve" {
			t.Errorf("eve reads %q", line)
		}
	}
	_, err := eve.Audit(t.Context(), core.AuditQuery{Limit: 10001})
	wantError(t, err, core.CodeInvalid, "at most 10000 records")
	_, err = eve.VerifyAudit(t.Context(), nil)
	wantError(t, err, core.CodeDenied, "only a site administrator")
}

// Who may read what others did on their objects does not learn where those come
// from and what they log in with.
func TestAuditHidesWhereOthersComeFrom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
	h.grant(core.UserRef("ann"), web1, core.VerbPower)
	bob := h.login("bob")
	h.do(h.login("ann"), core.StopVM{VM: web1})
	for reader, want := range map[*core.Session]bool{bob: false, h.root: true} {
		records, err := reader.Audit(t.Context(), core.AuditQuery{By: "ann", Target: web1})
		if err != nil || len(records) == 0 {
			t.Fatalf("%s reads %v, %v", reader.User().Name, records, err)
		}
		for _, r := range records {
			if shown := r.Session != "" || r.Key != "" || r.Addr != ""; shown != want {
				t.Errorf("%s reads where ann comes from: %v, want %v", reader.User().Name, shown, want)
			}
		}
	}
}

func TestReadingIsRecordedOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		ann := h.login("ann")
		reads := func() (n int) {
			records, err := h.root.Audit(t.Context(), core.AuditQuery{By: "ann", Event: core.EventRead})
			if err != nil {
				t.Fatal(err)
			}
			return len(records)
		}
		ask := func(q core.AuditQuery) {
			if _, err := ann.Audit(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			ask(core.AuditQuery{Target: web1})
		}
		if n := reads(); n != 1 {
			t.Errorf("one question asked five times is recorded %d times", n)
		}
		ask(core.AuditQuery{Target: web2})
		<-time.After(time.Minute)
		ask(core.AuditQuery{Target: web1})
		if n := reads(); n != 3 {
			t.Errorf("three readings are recorded %d times", n)
		}
	})
}

func TestAuditHoldsNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	password := core.NewSecret("correct horse")
	h.do(h.root, core.EditCluster{Cluster: berlin(), Password: &password})
	r := h.lastRecord(core.EventDone)
	if r.Args["password"] != "•••" || r.Args["cluster.url"] != "https://berlin.example:5080" {
		t.Errorf("the arguments are %v", r.Args)
	}
	for _, it := range h.store.Dump() {
		text := string(it.Value)
		if strings.Contains(text, "hunter2") || strings.Contains(text, "correct horse") != strings.HasPrefix(it.Key, core.SealedPrefix) {
			t.Errorf("%s holds %s", it.Key, text)
		}
	}
}

// longLog is a house with 2,507 records.
func longLog(t *testing.T) *house {
	t.Helper()
	h := newHouse(t) // writes six records
	ops := make([]core.Op, 2500)
	for i := range ops {
		ops[i] = core.AddUser{User: core.User{Name: fmt.Sprintf("u%d", i)}}
	}
	if _, err := h.root.DoAll(t.Context(), "everybody", ops); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestVerifyTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	h := longLog(t)
	var told []string
	check, err := h.root.VerifyAudit(t.Context(), func(done, total int64) {
		told = append(told, fmt.Sprintf("%d/%d", done, total))
		h.do(h.root, core.DeleteUser{Name: fmt.Sprintf("u%d", len(told))}) // who listens may use the store
	})
	if err != nil || check.Records != 2507 {
		t.Errorf("%d records are whole: %v", check.Records, err)
	}
	if diff := cmp.Diff([]string{"1000/2507", "2000/2507"}, told); diff != "" {
		t.Errorf("the progress (-want +got): %s", diff)
	}
}

// What does not fit is found wherever the reading of the store was resumed.
func TestVerifyALongLogFinds(t *testing.T) {
	t.Parallel()
	h := longLog(t)
	commit := func(b core.Batch) {
		t.Helper()
		if _, err := h.store.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{999, 1000, 1001, 2000, 2001} {
		good, _, err := h.store.Read(t.Context(), fmt.Sprintf("audit/%020d", n))
		if err != nil {
			t.Fatal(err)
		}
		bad := core.Item{Key: good.Key, Value: bytes.Replace(good.Value, []byte(`"by":"local"`), []byte(`"by":"other"`), 1)}
		for want, b := range map[string]core.Batch{
			"is missing or out of order": {Delete: []string{good.Key}},
			"was altered":                {Put: []core.Item{bad}},
		} {
			commit(b)
			_, err := h.core.VerifyAuditOnly(t.Context())
			wantError(t, err, core.CodeConflict, fmt.Sprintf("audit record %d %s", n, want))
			commit(core.Batch{Put: []core.Item{good}})
		}
	}
}
