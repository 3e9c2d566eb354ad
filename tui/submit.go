package tui

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// doTime is how long the session may take to store a job.
const doTime = 20 * time.Second

// waitTime is the longest single wait for the end of a job; it is repeated.
const waitTime = 10 * time.Minute

type (
	// submittedMsg tells that a job was stored.
	submittedMsg struct {
		id    core.JobID
		title string
		done  bool // it is done already: it concerned gwm's own records
	}
	// failMsg tells that something that was asked for did not happen.
	failMsg struct {
		err error
		ops []core.Op // what of it was not done; may be nil
	}
	// jobEndMsg tells that a job of this session is final, or must be waited
	// for longer.
	jobEndMsg struct {
		job   core.Job
		again bool
	}
)

// call runs f outside Update, with a deadline and for as long as the program
// runs.
func (a *App) call(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx, askTime)
		defer cancel()
		msg := f(ctx)
		if a.ctx.Err() != nil {
			return nil
		}
		return msg
	}
}

// carryOut hands the ops to the session: one as a job, several as one parent
// job.
func (a *App) carryOut(ops []core.Op) tea.Cmd {
	s := a.session
	return func() tea.Msg { return a.doOps(a.ctx, s, ops) }
}

// doOps is carryOut's work. It returns a submittedMsg or a failMsg.
func (a *App) doOps(ctx context.Context, s *core.Session, ops []core.Op) tea.Msg {
	ctx, cancel := context.WithTimeout(ctx, doTime)
	defer cancel()
	spec := ops[0].Spec()
	title, remote := core.Printable(spec.Title), spec.Remote
	var id core.JobID
	var err error
	done := 0
	switch {
	case len(ops) == 1:
		id, err = s.Do(ctx, ops[0])
	case remote || oneKind(ops): // as one: all of them or none
		title = fmt.Sprintf("%s and %d more", title, len(ops)-1)
		id, err = s.DoAll(ctx, title, ops)
	default:
		done, err = doEach(ctx, s, ops)
		title = fmt.Sprintf("%s and %d more", title, len(ops)-1)
	}
	if err != nil {
		return failMsg{err, ops[done:]}
	}
	return submittedMsg{id: id, title: title, done: !remote}
}

// oneKind tells whether ops are the same thing done to several VMs.
func oneKind(ops []core.Op) bool {
	id := ops[0].Spec().ID
	return !slices.ContainsFunc(ops, func(op core.Op) bool { return op.Spec().ID != id || aim(op.Spec()).Kind != core.KindVM })
}

// doEach carries ops on gwm's own records out one after the other, until one
// fails. What was done before stays, and the error says how much that is.
func doEach(ctx context.Context, s *core.Session, ops []core.Op) (done int, err error) {
	for i, op := range ops {
		_, err := s.Do(ctx, op)
		switch {
		case err == nil:
		case i == 0:
			return 0, err
		default:
			why := core.AsError(err)
			return i, &core.Error{
				Code: why.Code, Hint: why.Hint, Err: err,
				Message: fmt.Sprintf("%d of %d changes were made, the next one failed: %s", i, len(ops), why.Message),
			}
		}
	}
	return len(ops), nil
}

// submitted tells that a job was stored and begins to wait for its end.
func (a *App) submitted(m submittedMsg) tea.Cmd {
	if m.done {
		return a.say(Good, "done: "+m.title)
	}
	a.note(note{
		kind: Good, text: fmt.Sprintf("job %s queued: %s", m.id, m.title),
		link: objectPlace(core.Ref{Kind: core.KindJob, Name: m.id.String()}), fresh: true,
	})
	return a.follow(m.id)
}

// follow waits until a job is final.
func (a *App) follow(id core.JobID) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx, waitTime)
		defer cancel()
		job, err := a.own.WaitJob(ctx, id, math.MaxInt64)
		switch {
		case a.ctx.Err() != nil:
			return nil
		case err == nil && job.State.Final():
			return jobEndMsg{job: job}
		case ctx.Err() != nil:
			return jobEndMsg{job: core.Job{ID: id}, again: true}
		}
		return nil // the job cannot be seen any more, or the session ended
	}
}

// jobEnded tells how a job of this session went.
func (a *App) jobEnded(m jobEndMsg) tea.Cmd {
	if m.again {
		return a.follow(m.job.ID)
	}
	j := m.job
	n := note{link: objectPlace(core.Ref{Kind: core.KindJob, Name: j.ID.String()})}
	title := core.Printable(j.Title)
	switch j.State {
	case core.JobDone:
		n.kind, n.text = Good, fmt.Sprintf("job %s done: %s", j.ID, title)
	case core.JobCanceled:
		n.kind, n.text = Warning, fmt.Sprintf("job %s canceled: %s", j.ID, title)
	default:
		n.kind, n.text = Problem, fmt.Sprintf("job %s failed: %s", j.ID, title)
		if j.Error != nil {
			n.text += ": " + core.Printable(strings.TrimPrefix(j.Error.Message, j.Title+": "))
		}
	}
	a.note(n)
	return nil
}
