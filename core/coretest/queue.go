package coretest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"gwm/core"
)

// upstream is a job of the scripted cluster. Everything about it but its effect
// follows from its times.
type upstream struct {
	id        string
	opcode    string
	vm        string
	reason    string
	received  time.Time
	start     time.Time
	lines     []string // one at start and then one each step
	chatter   int      // lines that come with each of lines
	wordy     string   // what they end with
	step      time.Duration
	fail      string
	untouched bool // it fails before it changes anything
	canceled  time.Time
	effect    func(*core.VM)
	applied   bool
	spawn     func() (children, refused []string) // what it starts when it is done
	children  []string
	refused   []string
	paused    bool // a filter of the queue keeps it back
}

func itoa(n int) string { return strconv.Itoa(n) }

// end is when the job is final.
func (u *upstream) end() time.Time {
	if !u.canceled.IsZero() {
		return u.canceled
	}
	return u.start.Add(time.Duration(len(u.lines)) * u.step)
}

func (u *upstream) state(now time.Time) (core.JobState, string) {
	switch {
	case !u.canceled.IsZero():
		return core.JobCanceled, "canceled"
	case now.Before(u.start) && u.paused:
		return core.JobQueued, "queued"
	case now.Before(u.start):
		return core.JobQueued, "waiting"
	case now.Before(u.end()):
		return core.JobRunning, "running"
	case u.fail != "":
		return core.JobFailed, "error"
	}
	return core.JobDone, "success"
}

// job is what the cluster tells of u at a time.
func (u *upstream) job(now time.Time, logs bool) *core.UpstreamJob {
	state, status := u.state(now)
	j := &core.UpstreamJob{
		ID: u.id, State: state, Status: status, Summary: u.opcode, Reason: u.reason, Received: u.received,
		Steps: []core.Step{{Name: u.opcode, State: state}}, Children: u.children, Refused: u.refused,
	}
	if u.vm != "" {
		j.Summary += "(" + u.vm + ")"
		j.Targets = []core.Ref{core.VMRef("", u.vm)}
	}
	if state != core.JobQueued && !now.Before(u.start) {
		j.Started = u.start
	}
	if state.Final() {
		j.Ended = u.end()
	}
	if state == core.JobFailed {
		j.Error, j.ErrorCode, j.Untouched = u.fail, "exec_error", u.untouched
	}
	for i, line := range u.lines {
		if at := u.start.Add(time.Duration(i) * u.step); logs && !at.After(now) && !at.After(u.end()) {
			for k := range u.chatter + 1 {
				text := line
				if k > 0 {
					text = line + " " + itoa(k) + u.wordy
				}
				l := core.LogLine{Serial: int64(len(j.Steps[0].Log) + 1), At: at, Kind: "message", Text: text}
				j.Steps[0].Log = append(j.Steps[0].Log, l)
			}
		}
	}
	return j
}

// next is when the job will look different from now; zero: never.
func (u *upstream) next(now time.Time) time.Time {
	if now.Before(u.start) {
		return u.start
	}
	for i := range len(u.lines) + 1 {
		if at := u.start.Add(time.Duration(i) * u.step); at.After(now) && !at.After(u.end()) {
			return at
		}
	}
	return time.Time{}
}

// advance carries out what finished jobs did. The lock is held.
func (p *Platform) advance(now time.Time) {
	for _, u := range p.queue {
		if state, _ := u.state(now); u.applied || !state.Final() {
			continue
		}
		u.applied = true
		if state, _ := u.state(now); u.spawn != nil && state == core.JobDone {
			u.children, u.refused = u.spawn()
		}
		p.apply(u, now)
	}
}

// apply carries out what a finished job did. A creation that failed on its way
// leaves the VM behind, as when the scripts of its system fail.
func (p *Platform) apply(u *upstream, now time.Time) {
	vm, ok := p.vms[u.vm]
	creates := u.opcode == "INSTANCE_CREATE"
	if creates && !ok {
		vm, ok = &core.VM{}, true
	}
	state, _ := u.state(now)
	left := state == core.JobFailed && creates && !u.untouched
	if state != core.JobDone && !left || u.effect == nil || !ok {
		return
	}
	c := cloneVM(vm)
	u.effect(c)
	c.Serial++
	c.Modified = u.end().UTC()
	if creates {
		c.Created = c.Modified
	}
	if left {
		setStatus(c, "ADMIN_down")
	}
	delete(p.vms, u.vm)
	if c.Name != "" { // else it is deleted
		p.vms[c.Name] = c
	}
}

// addPast adds a job that somebody else ran.
func (p *Platform) addPast(opcode, vm string, received time.Time, took time.Duration, fail string) {
	p.lastJob++
	p.queue = append(p.queue, &upstream{
		id: itoa(p.lastJob), opcode: opcode, vm: vm, received: received, start: received.Add(time.Second),
		lines: []string{opcode + " of " + p.cluster}, step: took, fail: fail, applied: true,
	})
}

// AddJob puts a job of somebody else on a VM into the queue and returns its id.
func (p *Platform) AddJob(opcode, vm, reason string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.enqueue(opcode, vm, reason, []string{"working on " + vm}, nil)
}

// Forget archives a job: the cluster does not know it any more.
func (p *Platform) Forget(id string) {
	p.set(func() { p.queue = slices.DeleteFunc(p.queue, func(u *upstream) bool { return u.id == id }) })
}

// enqueue adds a job that begins when the one before on the same VM ended.
func (p *Platform) enqueue(opcode, vm, reason string, lines []string, effect func(*core.VM)) string {
	now := time.Now().UTC()
	p.lastJob++
	u := &upstream{
		id: itoa(p.lastJob), opcode: opcode, vm: vm, reason: reason, received: now, start: now.Add(p.step),
		lines: lines, step: p.step, fail: p.failJobs[vm], effect: effect, chatter: p.chatter, wordy: p.wordy,
	}
	for _, other := range p.queue {
		if other.vm == vm && other.end().After(u.start) {
			u.start = other.end()
		}
	}
	p.drained(u)
	p.queue = append(p.queue, u)
	p.submitted = append(p.submitted, opcode+" "+vm)
	return u.id
}

// Jobs gives the queue, newest first.
func (p *Platform) Jobs(ctx context.Context) ([]*core.UpstreamJob, error) {
	err := p.begin(ctx, "Jobs")
	defer p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	jobs := make([]*core.UpstreamJob, 0, len(p.queue))
	for _, u := range slices.Backward(p.queue) {
		j := u.job(now, false)
		j.Error, j.ErrorCode = "", "" // lists do not tell
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Job gives one job with its log.
func (p *Platform) Job(ctx context.Context, id string) (*core.UpstreamJob, error) {
	err := p.begin(ctx, "Job")
	defer p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	u, err := p.find(id)
	if err != nil {
		return nil, err
	}
	return u.job(time.Now(), true), nil
}

func (p *Platform) find(id string) (*upstream, error) {
	for _, u := range p.queue {
		if u.id == id {
			return u, nil
		}
	}
	return nil, core.Errorf(core.CodeNotFound, "%s has no job %s", p.cluster, id)
}

// WaitJob waits for news of a job.
func (p *Platform) WaitJob(ctx context.Context, id string, prev *core.UpstreamJob) (*core.UpstreamJob, error) {
	deadline := time.Now().Add(time.Minute)
	for {
		err := p.begin(ctx, "WaitJob")
		var u *upstream
		if err == nil {
			u, err = p.find(id)
		}
		if err != nil {
			p.mu.Unlock()
			return nil, err
		}
		now := time.Now()
		job, next := u.job(now, true), u.next(now)
		p.mu.Unlock()
		if prev == nil || job.State != prev.State || len(job.Steps[0].Log) != len(prev.Steps[0].Log) || !now.Before(deadline) {
			return job, nil
		}
		if next.IsZero() || next.After(deadline) {
			next = deadline
		}
		timer := time.NewTimer(next.Sub(now))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// Locks tells which job works on each VM, and which wait for it.
func (p *Platform) Locks(ctx context.Context) ([]core.JobLock, error) {
	err := p.begin(ctx, "Locks")
	defer p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	locks := []core.JobLock{}
	for _, u := range p.queue {
		state, _ := u.state(now)
		if u.vm == "" || u.paused || state.Final() {
			continue
		}
		name := "instance/" + u.vm
		at := slices.IndexFunc(locks, func(l core.JobLock) bool { return l.Name == name })
		if at < 0 {
			at = len(locks)
			locks = append(locks, core.JobLock{Name: name})
		}
		if state == core.JobRunning {
			locks[at].Owners = append(locks[at].Owners, u.id)
		} else {
			locks[at].Waiting = append(locks[at].Waiting, u.id)
		}
	}
	return locks, nil
}

// StepTimes tells the times of a job's only step.
func (p *Platform) StepTimes(ctx context.Context, id string) ([]core.StepTime, error) {
	err := p.begin(ctx, "StepTimes")
	defer p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	u, _ := p.find(id)
	if u == nil { // what is unknown has no times
		return nil, nil
	}
	times := core.StepTime{Began: u.received, Ran: u.start}
	if state, _ := u.state(time.Now()); state.Final() {
		times.Ended = u.end()
	}
	return []core.StepTime{times}, nil
}

// CancelJob cancels a job that waits, and one that runs after AllowCancel.
func (p *Platform) CancelJob(ctx context.Context, id string) error {
	err := p.begin(ctx, "CancelJob")
	defer p.mu.Unlock()
	if err != nil {
		return err
	}
	u, err := p.find(id)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	switch state, _ := u.state(now); {
	case state.Final():
		return core.Errorf(core.CodeState, "job %s has ended", id)
	case state == core.JobRunning && p.refuse != "":
		return core.Errorf(core.CodeState, "%s", p.refuse)
	}
	u.canceled = now
	return nil
}
