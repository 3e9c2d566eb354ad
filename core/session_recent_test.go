package core_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestRecentIsWhatConcernsThePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob, eve := h.login("bob"), h.login("eve")
	h.grant(core.UserRef("bob"), web1, core.VerbAdmin)
	h.do(h.root, core.SetLock{On: web1, Reason: "one"})
	h.do(h.root, core.SetLock{On: web2, Reason: "two"})
	h.refused(eve, core.StopVM{VM: web2}, core.CodeNotFound, "")
	recent := func(s *core.Session, n int) []core.Record {
		t.Helper()
		list, err := s.Recent(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := recent(bob, 1)
	if len(list) != 1 || list[0].Op != "lock.set" || list[0].Target != web1 || list[0].Addr != "" || list[0].Session != "" {
		t.Errorf("bob reads %+v", list)
	}
	if list = recent(eve, 10); len(list) != 1 || list[0].Op != "user.add" || list[0].Target != core.UserRef("eve") {
		t.Errorf("eve reads %+v", list)
	}
	for _, r := range recent(h.root, 50) {
		if r.Event == core.EventDenied || r.Event == core.EventLogin || r.Event == core.EventRead {
			t.Errorf("the administrator reads %+v", r)
		}
	}
	h.do(h.root, core.ClearLock{On: web1})
	h.grant(core.UserRef("bob"), web1, core.VerbSee)
	for _, r := range recent(bob, 10) {
		if r.Target == web1 && r.By != "bob" {
			t.Errorf("bob still reads %+v", r)
		}
	}
	bob.Close()
	if _, err := bob.Recent(t.Context(), 1); err == nil {
		t.Error("a closed session reads")
	}
}

// TestRecentIsRecordedOnce: the overview shows recent activity at every change,
// so that others' is recorded as read once a session, and one's own not at all.
func TestRecentIsRecordedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.login("ann")
	read := func(s *core.Session, want int64) {
		t.Helper()
		_, before, _ := h.kept()
		for range 3 {
			if _, err := s.Recent(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
		}
		if _, after, _ := h.kept(); after-before != want {
			t.Errorf("three looks left %d records, want %d", after-before, want)
		}
	}
	h.do(ann, core.EditUser{Name: "eve", Comment: new(string)})
	read(ann, 1)
	if list, err := h.root.Audit(t.Context(), core.AuditQuery{Op: "audit.recent"}); err != nil || len(list) != 1 || list[0].By != "ann" {
		t.Errorf("the records are %+v, %v", list, err)
	}
	h.do(h.root, core.SetLock{On: web2, Reason: "two"})
	read(ann, 0)
	fresh := h.login("ann")
	read(fresh, 1)
	_, before, _ := h.kept()
	if _, err := fresh.Audit(t.Context(), core.AuditQuery{}); err != nil {
		t.Fatal(err)
	}
	if _, after, _ := h.kept(); after != before+1 {
		t.Errorf("reading the whole log after that left %d records", after-before)
	}
	bob := h.login("bob")
	h.do(bob, core.EditUser{Name: "bob", Comment: new(string)})
	if list, err := bob.Recent(t.Context(), 1); err != nil || len(list) != 1 || list[0].By != "bob" {
		t.Errorf("bob reads %+v, %v", list, err)
	}
	if list, err := h.root.Audit(t.Context(), core.AuditQuery{Op: "audit.recent", By: "bob"}); err != nil || len(list) > 0 {
		t.Errorf("that bob read what he did himself is recorded: %+v, %v", list, err)
	}
}

// TestRecentFollows: what happens after a look stands before what was there,
// whether people and rights changed with it or not.
func TestRecentFollows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.login("ann")
	var want []string
	for i := range 60 {
		comment := strconv.Itoa(i)
		if i%7 == 0 {
			h.do(h.root, core.EditUser{Name: "eve", Comment: &comment})
		} else {
			r := core.Record{Event: core.EventDone, Op: "vm.stop", Target: core.VMRef("berlin", comment), By: "bob"}
			if err := h.core.WriteRecord(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		want = slices.Insert(want, 0, comment)
		list, err := ann.Recent(t.Context(), 50)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range list {
			switch r.Op {
			case "user.edit":
				got = append(got, r.Args["comment"])
			case "vm.stop":
				got = append(got, r.Target.Name)
			}
		}
		if diff := cmp.Diff(want[:min(len(want), 50)], got); diff != "" {
			t.Fatalf("after %d (-want +got):\n%s", i, diff)
		}
	}
}

// TestBroadQuestions holds which lists of audit records leave upkeep out.
func TestBroadQuestions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		q    core.AuditQuery
		want bool
	}{
		"everything":   {core.AuditQuery{}, true},
		"the next":     {core.AuditQuery{Before: 17, Limit: 3}, true},
		"a cluster":    {core.AuditQuery{Target: core.ClusterRef("berlin")}, true},
		"a VM":         {core.AuditQuery{Target: web1}, false},
		"a user":       {core.AuditQuery{By: "ann"}, false},
		"an operation": {core.AuditQuery{Op: "owner.", Target: core.ClusterRef("berlin")}, false},
		"a time":       {core.AuditQuery{Since: time.Unix(1, 0)}, false},
	} {
		if got := tt.q.Broad(); got != tt.want {
			t.Errorf("%s: broad %t", name, got)
		}
	}
}

func TestUpkeep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		by    string
		state core.JobState
		event core.Event
		want  bool
	}{
		{core.UpkeepBy, core.JobDone, core.EventDone, true},
		{core.UpkeepBy, core.JobFailed, core.EventFailed, false},
		{core.UpkeepBy, core.JobCanceled, core.EventCanceled, false},
		{core.UpkeepBy, core.JobRunning, core.EventDenied, false},
		{"ann", core.JobDone, core.EventDone, false},
	} {
		if got := (&core.JobRow{By: tt.by, State: tt.state}).Upkeep(); got != tt.want {
			t.Errorf("a job by %s that is %s: upkeep %t", tt.by, tt.state, got)
		}
		if got := (&core.Record{By: tt.by, Event: tt.event}).Upkeep(); got != tt.want {
			t.Errorf("a record by %s, %s: upkeep %t", tt.by, tt.event, got)
		}
	}
}
