package core

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ruleQuota is the rule of a Decision against what a quota does not allow.
const ruleQuota = "quota"

// Can tells whether Do(op) would be allowed, and why or why not. Where it is a
// quota that forbids it, the Rule is "quota".
func (s *Session) Can(op Op) Decision {
	if err := s.Err(); err != nil {
		return Decision{Rule: "closed", Why: err.Error()}
	}
	a := s.core.account()
	op, d, err := s.judge(a.people, op, a.now)
	if err != nil {
		return d
	}
	if missing := s.stepUp(a.people, []Op{op}, a.now); missing != nil && missing.Code == CodeDenied {
		return Decision{Rule: ruleFactor, Why: missing.Error()}
	}
	if _, _, err := s.settleQuota(a, op); err != nil {
		return Decision{Rule: ruleQuota, Why: err.Error()}
	}
	return d
}

// Danger grades how much of what is about to be done must be confirmed: the
// highest grade of the Ops, one more on a protected cluster, and Destructive for
// what disrupts more than one object.
func (s *Session) Danger(ops ...Op) Danger {
	p, grade := s.core.people.Load(), Safe
	for _, op := range ops {
		spec := op.Spec()
		d := spec.Danger
		if d >= Disruptive && len(ops) > 1 || p.clusters[spec.about().Cluster].Protected {
			d++
		}
		grade = max(grade, d)
	}
	return min(grade, Destructive)
}

// Do checks the rights, writes the audit record and stores the job, in one
// transaction; an Op that concerns gwm's own records is carried out in it too,
// one that acts on a cluster is carried out by the runner later. The error is
// CodeDenied, CodeNotFound, CodeLocked, ...; then nothing happened. After
// CodeStepUp it may be repeated once StepUp took a code.
func (s *Session) Do(ctx context.Context, op Op) (JobID, error) {
	return s.carryOut(ctx, batch{ops: []Op{op}})
}

// DoAll does the same for several Ops as one parent job with a child for each.
// It is refused as a whole where one of them is not allowed.
func (s *Session) DoAll(ctx context.Context, title string, ops []Op) (JobID, error) {
	if len(ops) == 0 {
		return 0, Errorf(CodeInvalid, "nothing is selected")
	}
	if title == "" {
		title = fmt.Sprintf("%s and %d more", ops[0].Spec().Title, len(ops)-1)
	}
	return s.carryOut(ctx, batch{title: Printable(title), ops: ops})
}

// DoFor is DoAll for a purpose that is larger than the Ops: it is the title, and
// the audit record of each Op on gwm's own records says it.
func (s *Session) DoFor(ctx context.Context, purpose string, ops []Op) (JobID, error) {
	if len(ops) == 0 {
		return 0, Errorf(CodeInvalid, "nothing is selected")
	}
	purpose = cut(Printable(purpose))
	return s.carryOut(ctx, batch{title: purpose, purpose: purpose, ops: ops})
}

// batch is what is asked for at once.
type batch struct {
	title   string // of the parent job; empty: there is none
	purpose string // what the records say that it is for; empty: nothing
	ops     []Op
}

// denial is a refusal that goes into the audit log.
type denial struct {
	op   Op
	rule string
	err  *Error
}

// carryOut is Do for one Op, or with a title DoAll.
func (s *Session) carryOut(ctx context.Context, b batch) (JobID, error) {
	if err := s.Err(); err != nil {
		return 0, err
	}
	var id JobID
	var refused *denial
	err := s.core.update(ctx, func(tx *txn) error {
		var err error
		if id, refused, err = s.enter(tx, b); refused == nil {
			return err
		}
		tx.reset()
		tx.record(s.denied(refused))
		return nil
	})
	if err != nil {
		if CodeOf(err) == CodeInternal && ctx.Err() == nil {
			s.core.log.Error("cannot carry out an operation", "op", b.ops[0].Spec().ID, "by", s.who, "err", AsError(err).Err)
		}
		return 0, err
	}
	if refused != nil {
		return 0, refused.err
	}
	return id, nil
}

// admit completes the Ops and judges them, in their order; the denial is the
// first one.
func (s *Session) admit(tx *txn, ops []Op) ([]Op, []Decision, *denial, error) {
	complete, decisions := make([]Op, len(ops)), make([]Decision, len(ops))
	for i := range ops {
		op, d, err := s.judge(tx.rights(), ops[i], tx.now)
		switch {
		case err == nil:
			if err := op.check(); err != nil {
				return nil, nil, nil, err
			}
			complete[i], decisions[i] = op, d
		case err.Code == CodeInvalid || err.Code == CodeInternal:
			return nil, nil, nil, err
		default:
			return nil, nil, &denial{op: op, rule: d.Rule, err: err}, nil
		}
	}
	if missing := s.stepUp(tx.rights(), complete, tx.now); missing != nil {
		return nil, nil, &denial{op: complete[0], rule: ruleFactor, err: missing}, nil //nolint:nilerr // it goes into the log, and then to who asked
	}
	return complete, decisions, nil, nil
}

// enter checks every Op and then stores its job, carrying out what is gwm's own.
func (s *Session) enter(tx *txn, b batch) (JobID, *denial, error) {
	ops, decisions, refused, err := s.admit(tx, b.ops)
	if refused != nil || err != nil {
		return 0, refused, err
	}
	if err := s.checkQueue(ops); err != nil {
		return 0, nil, err
	}
	var last JobID
	if _, err := tx.read(keyLastJob, &last); err != nil {
		return 0, nil, err
	}
	var parent *Job
	if b.title != "" {
		last++
		parent = s.bulkJob(last, b.title, ops, tx.now)
	}
	for i, op := range ops {
		last++
		job, err := s.newJob(last, op, tx.now)
		if err != nil {
			return 0, nil, err
		}
		if parent != nil {
			job.Parent, parent.Children = parent.ID, append(parent.Children, job.ID)
		}
		if refused, err := s.begin(tx, op, &job, decisions[i].Rule, b.purpose); refused != nil || err != nil {
			return 0, refused, err
		}
		if i == len(ops)-1 {
			break
		}
		if err := tx.advance(); err != nil {
			return 0, nil, err
		}
	}
	if parent != nil {
		if err := tx.putParent(*parent, remotes(ops)); err != nil {
			return 0, nil, err
		}
		return parent.ID, nil, tx.put(keyLastJob, last)
	}
	return last, nil, tx.put(keyLastJob, last)
}

// putParent stores a bulk job; without a child for the runner it is done.
func (tx *txn) putParent(parent Job, remote int) error {
	if remote == 0 {
		parent.State, parent.Started, parent.Ended = JobDone, tx.now, tx.now
	}
	return tx.putJob(parent)
}

// begin stores the job of one Op; what is gwm's own is carried out at once.
func (s *Session) begin(tx *txn, op Op, job *Job, rule, purpose string) (*denial, error) {
	spec := op.Spec()
	r := s.recordOf(op, EventRequested)
	r.Rule, r.Job = rule, job.ID
	takes, note, refused := s.settleQuota(tx.account(), op)
	if refused != nil {
		return &denial{op: op, rule: ruleQuota, err: refused}, nil //nolint:nilerr // it goes into the log, and then to who asked
	}
	r.Result = note
	if spec.Remote {
		if !spec.Trial {
			job.Takes = takes
		}
	} else {
		w := &worker{core: s.core, job: job, tx: tx, session: s}
		if err := op.run(tx.ctx, w); err != nil {
			if code := CodeOf(err); code == CodeDenied || code == CodeLocked {
				return &denial{op: op, rule: "op", err: AsError(err)}, nil
			}
			return nil, err
		}
		job.State, job.Started, job.Ended = JobDone, tx.now, tx.now
		r.Event, r.Result = EventDone, joined("; ", purpose, note)
		if w.diff != nil {
			r.Changes = w.diff
		}
	}
	tx.record(r)
	return nil, tx.putJob(*job)
}

// joined joins the texts that are not empty.
func joined(between string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), between)
}

// checkQueue refuses what would fill the queue of one person over the limit.
func (s *Session) checkQueue(ops []Op) error {
	n := remotes(ops)
	if limit := s.core.tuning.QueueUser; n > 0 && s.core.engine.runner.queued(s.who)+n > limit {
		return Errorf(CodeLimit, "you may have %d jobs that wait or run", limit).
			WithHint("wait until some of them are done, or cancel some")
	}
	return nil
}

// remotes counts the Ops that the runner carries out.
func remotes(ops []Op) (n int) {
	for _, op := range ops {
		if op.Spec().Remote {
			n++
		}
	}
	return n
}

func (s *Session) newJob(id JobID, op Op, now time.Time) (Job, error) {
	args, err := json.Marshal(op)
	if err != nil {
		return Job{}, fmt.Errorf("encode the operation: %w", err)
	}
	spec := op.Spec()
	return Job{
		ID: id, OpID: spec.ID, Op: args, Title: spec.Title, Target: spec.about(),
		By: s.who, ActAs: s.ActAs(), Session: s.info.ID, State: JobQueued, Created: now,
	}, nil
}

// bulkJob is the parent of several jobs. It has no Op: its state follows theirs.
func (s *Session) bulkJob(id JobID, title string, ops []Op, now time.Time) *Job {
	target := Site()
	if first := ops[0].Spec().Target.Cluster; first != "" {
		target = ClusterRef(first)
		for _, op := range ops {
			if op.Spec().Target.Cluster != first {
				target = Site()
			}
		}
	}
	return &Job{
		ID: id, OpID: opBulk, Title: title, Target: target,
		By: s.who, ActAs: s.ActAs(), Session: s.info.ID, State: JobQueued, Created: now,
	}
}
