package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func auditActions() []action {
	return []action{
		{
			ID: "audit.verify", Word: "audit-verify", Title: "verify the audit log", Group: groupGo,
			Help: "Check that no audit record was changed or removed.",
			When: func(a *App, _ selection) string {
				if !a.session.User().Admin {
					return "only a site administrator may verify the audit log"
				}
				return ""
			},
			Do: func(a *App, _ selection) tea.Cmd { return a.verifyAudit() },
		},
		{
			ID: "audit.export", Word: "audit-export", Title: "export the audit log", Group: groupGo,
			Help: "Copy the command that writes what is shown of the audit log as JSON lines.",
			Do:   func(a *App, _ selection) tea.Cmd { return a.exportAudit() },
		},
	}
}

// verifyTime is how long it may take to walk the whole audit log.
const verifyTime = 10 * time.Minute

// verifying is a walk of the audit log under way. Its numbers are written beside
// the screen.
type verifying struct{ done, total atomic.Int64 }

// String says how far it is, in whole percents: a finer text would have the screen
// painted for nothing.
func (v *verifying) String() string {
	total := v.total.Load()
	if total == 0 {
		return "verifying audit"
	}
	return fmt.Sprintf("audit %d%% verified", v.done.Load()*100/total)
}

// verifiedMsg brings what came of it.
type verifiedMsg struct {
	check core.AuditCheck
	err   error
}

// verifyAudit walks the chain beside the screen, where the bottom line says how far
// it is, and tells what came of it.
func (a *App) verifyAudit() tea.Cmd {
	if a.verifying != nil {
		return a.hint(a.verifying.String() + ", its end will be told")
	}
	s, v := a.session, &verifying{}
	a.verifying = v
	return tea.Batch(a.say(Info, "verifying the audit log; you may go on meanwhile"), func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx, verifyTime)
		defer cancel()
		check, err := s.VerifyAudit(ctx, func(done, total int64) {
			v.total.Store(total)
			v.done.Store(done)
		})
		return verifiedMsg{check, err}
	})
}

func (m verifiedMsg) reach(a *App) tea.Cmd {
	a.verifying = nil
	switch {
	case a.ctx.Err() != nil:
		return nil
	case m.err != nil:
		return a.failed(failMsg{err: m.err})
	}
	text := fmt.Sprintf("the audit log is whole: %d records", m.check.Records)
	if m.check.First > 1 {
		text += fmt.Sprintf(" from number %d of %s on; older ones were pruned", m.check.First, clock(m.check.From))
	}
	return a.say(Good, text)
}

// recordHolder is a page with audit records.
type recordHolder interface {
	records() (here *core.Record, shown []*core.Record)
	question() core.AuditQuery
}

// exportAudit copies the command that exports what is shown.
func (a *App) exportAudit() tea.Cmd {
	var q core.AuditQuery
	if p, ok := ahead[recordHolder](a); ok {
		q = p.question()
	}
	return a.copy("the command that exports it", exportCommand(q))
}

// exportCommand writes records to the standard output.
func exportCommand(q core.AuditQuery) string {
	words := []string{"gwm", "audit", "export"}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, flag, quoteWord(value))
		}
	}
	when := func(flag string, at time.Time) {
		if !at.IsZero() {
			add(flag, at.UTC().Format(time.RFC3339))
		}
	}
	add("--by", q.By)
	add("--on", q.Target.String())
	add("--op", q.Op)
	add("--event", string(q.Event))
	when("--since", q.Since)
	when("--until", q.Until)
	return core.Printable(strings.Join(words, " "))
}

// openRecordCopy offers what can be copied of audit records.
func (a *App) openRecordCopy() tea.Cmd {
	p, ok := ahead[recordHolder](a)
	if !ok {
		return a.say(Warning, "there is no record here")
	}
	here, shown := p.records()
	m := a.newMenu("Copy")
	add := func(letter, title, note string, run func() tea.Cmd) {
		m.add(menuItem{letter: letter, title: title, note: note, run: run})
	}
	if here != nil {
		add("j", "JSON", "this record as a line", func() tea.Cmd { return a.copy("record", jsonRecords([]*core.Record{here})) })
		add("h", "hash", here.Hash, func() tea.Cmd { return a.copy("hash", here.Hash) })
	}
	if len(shown) > 1 {
		add("l", "JSON lines", counted(len(shown), "record")+" that are shown", func() tea.Cmd { return a.copy(counted(len(shown), "record"), jsonRecords(shown)) })
	}
	add("e", "command", exportCommand(p.question()), a.exportAudit)
	return a.pop(m)
}

// jsonRecords writes records as JSON lines, as many as a clipboard takes.
func jsonRecords(records []*core.Record) string {
	var b strings.Builder
	for _, r := range records {
		raw, err := json.Marshal(r)
		if err != nil || b.Len()+len(raw) > maxCopy {
			break // whole lines only
		}
		b.WriteString(core.Printable(string(raw)))
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// relatedRecord lists where the record under the cursor leads.
func (a *App) relatedRecord() []link {
	p, ok := ahead[recordHolder](a)
	if !ok {
		return nil
	}
	r, _ := p.records()
	if r == nil {
		return nil
	}
	var out []link
	if r.Job != 0 {
		out = append(out, link{"job", r.Job.String(), objectPlace(core.Ref{Kind: core.KindJob, Name: r.Job.String()})})
	}
	if to := objectPlace(r.Target); to.Page != "" {
		out = append(out, link{kindWord(r.Target.Kind), core.Printable(r.Target.String()), to})
	}
	if !r.Target.IsZero() {
		out = append(out, link{"records about it", core.Printable(r.Target.String()), place{Page: pageAudit, Arg: "target:" + r.Target.String()}})
	}
	return append(out, link{"records of the same person", core.Printable(r.By), place{Page: pageAudit, Arg: "by:" + r.By}})
}
