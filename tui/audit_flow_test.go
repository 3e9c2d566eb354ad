package tui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

func TestAuditIsFilteredAndPagedBack(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		for i := range 260 {
			w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.Web1), Owner: core.UserRef([]string{"ann", "bob"}[i%2])})
		}
		d.Press("6")
		d.Shows("owner.set", "reading is recorded", "back to")
		d.Hides("grant.set")
		d.Press("G", "G", "G")
		d.Shows("that is all", "cluster.add")
		d.Press("g", "/")
		d.Type("op:gra")
		d.Press("tab")
		d.Shows("/op:grant.set")
		d.Press("enter")
		d.Advance(time.Second)
		d.Shows("op:grant.set", "grant.set")
		d.Hides("owner.set  ")
		d.Press("/", "ctrl+u")
		d.Type("since:nonsense")
		d.Shows(`"nonsense" is not a time`)
		d.Press("ctrl+u")
		d.Type("event:den")
		d.Press("tab", "enter")
		d.Advance(time.Second)
		d.Shows("no record matches event:denied")
		d.Press("esc")
		d.Advance(time.Second)
		d.Shows("owner.set")
	})
}

func TestRecordOpensWhole(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		web1 := core.VMRef(coretest.Berlin, coretest.Web1)
		w.Do(s, core.SetOwner{VM: web1, Owner: core.UserRef("ann")})
		w.Do(s, core.SetOwner{VM: web1, Owner: core.UserRef("bob")})
		d.Press("6", "j", "enter")
		d.Shows("record ", "owner.set", "- user:ann", "+ user:bob", "hash before it", "by rule", "what was asked for")
		d.Press("o")
		d.Shows("records about it", "records of the same person", "VM ")
		d.Press("esc", "y", "j")
		if clip := d.Clipboard(); !strings.HasPrefix(clip, `{"seq":`) || !strings.Contains(clip, `"op":"owner.set"`) {
			t.Errorf("the clipboard holds %q", clip)
		}
		d.Press("J")
		d.Shows(`"op": "owner.set"`)
		d.Press("esc", "enter")
		d.Shows("make bob the owner of web1.example.org")
		d.Press("esc", "esc", "y", "l")
		if n := strings.Count(d.Clipboard(), "\n"); n < 5 {
			t.Errorf("%d lines were copied", n+1)
		}
		d.Press("y", "e")
		if clip := d.Clipboard(); clip != "gwm audit export" {
			t.Errorf("the clipboard holds %q", clip)
		}
		open(d, "audit-verify")
		d.Advance(time.Second)
		d.Shows("the audit log is whole: ")
	})
}

// TestVerificationSaysHowFarItIs holds the store up in the middle of a long log.
func TestVerificationSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		ops := make([]core.Op, 3000)
		for i := range ops {
			ops[i] = core.AddUser{User: core.User{Name: fmt.Sprintf("u%d", i)}}
		}
		if _, err := s.DoAll(context.Background(), "everybody", ops); err != nil {
			t.Fatal(err)
		}
		d.Advance(10 * time.Second)
		held, batches := make(chan struct{}), 0
		w.Store.FailRead(func(key string) error {
			if key == "audit/" {
				if batches++; batches == 3 {
					<-held
				}
			}
			return nil
		})
		open(d, "audit-verify")
		d.Advance(10 * time.Second)
		d.Shows("audit 66% verified")
		open(d, "audit-verify")
		d.Shows("audit 66% verified, its end will be told")
		close(held)
		d.Advance(2 * time.Second)
		d.Shows("the audit log is whole: ")
		d.Hides("% verified")
	})
}

func TestHistoryOfAnObject(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		web1 := core.VMRef(coretest.Berlin, coretest.Web1)
		w.Do(s, core.SetOwner{VM: web1, Owner: core.UserRef("ann")})
		open(d, "vm web1")
		d.Press("6")
		d.Shows("owner.set", "that is all", "reading is recorded")
		d.Press("/")
		d.Type("nothing")
		d.Press("enter")
		d.Shows("no record matches nothing")
		d.Press("esc", "enter")
		d.Shows("what changed", "+ user:ann")
		d.Press("esc", "1")
		d.Shows("what it is")
		open(d, "node node1.berlin")
		d.Press("4")
		d.Shows("nothing is recorded of it that you may read")
	})
}

func TestAuditForWhoMayReadLittle(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("6")
		d.Hides("cluster.add", "admin ")
		d.Shows("login")
		open(d, "audit-verify")
		d.Shows("only a site administrator may verify the audit log")
	})
}
