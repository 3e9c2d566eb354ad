package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gwm/rapi/rapitest"
)

const (
	// rounds is how often the server is killed.
	rounds = 15
	// enough ends the rounds early on a slow machine.
	enough = 45 * time.Second
)

// ledger is what the server acknowledged; after each crash it must be there.
type ledger struct {
	w *world

	mu       sync.Mutex
	users    map[string]int    // the number in the comment that was acknowledged last
	grants   map[string]bool   // "user object": set or removed, whichever was acknowledged last
	jobs     map[string]string // number: "who verb object"
	refusals []string
}

// act sends commands of one kind until the server does not answer any more.
func (l *ledger) act(ctx context.Context, round, who int, dice *rand.Rand, began, done func()) {
	for n := 0; ctx.Err() == nil; n++ {
		alive := l.operate
		if who == 0 {
			alive = l.administer
		}
		if !alive(ctx, []string{"admin", "ann", "bob"}[who], round, n, dice, began) {
			return
		}
		done()
	}
}

// operate lets somebody work with a VM.
func (l *ledger) operate(ctx context.Context, who string, _, _ int, dice *rand.Rand, began func()) bool {
	vm := []string{"berlin", "paris"}[dice.IntN(2)] + "/" + []string{"web1", "web2", "db1", "old1"}[dice.IntN(4)]
	verb := []string{"stop", "start", "restart"}[dice.IntN(3)]
	code, out := l.w.attempt(ctx, who, l.w.server.addr, began, "vm", verb, vm, "--yes")
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case code == 0:
		l.jobs[strings.TrimSpace(out)] = who + " " + verb + " " + vm
	case code > 0:
		l.refusals = append(l.refusals, fmt.Sprintf("%s %s %s: %d %s", who, verb, vm, code, out))
	}
	return code >= 0
}

// administer changes a user, or what a user may do. What was not acknowledged
// may have been done or not, so each user is left alone afterwards.
func (l *ledger) administer(ctx context.Context, who string, round, n int, _ *rand.Rand, began func()) bool {
	user := fmt.Sprintf("user-%d-%d", round, n/5)
	run := func(words ...string) bool {
		code, out := l.w.attempt(ctx, who, l.w.server.addr, began, words...)
		if code > 0 {
			l.mu.Lock()
			l.refusals = append(l.refusals, fmt.Sprintf("%v: %d %s", words, code, out))
			l.mu.Unlock()
		}
		return code == 0
	}
	note := func(f func()) bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		f()
		return true
	}
	switch n % 5 {
	case 0:
		return run("user", "add", user, "--comment", "0") && note(func() { l.users[user] = 0 })
	case 1, 2:
		return run("user", "edit", user, "--comment", fmt.Sprint(n%5)) && note(func() { l.users[user] = n % 5 })
	case 3:
		return run("grant", "set", user, "operator", "berlin/web1") && note(func() { l.grants[user] = true })
	}
	if note(func() { delete(l.grants, user) }); !run("grant", "remove", user, "berlin/web1") {
		return false
	}
	return note(func() { l.grants[user] = false })
}

// audit compares the server with the ledger.
func (l *ledger) audit(t *testing.T) {
	t.Helper()
	for _, r := range l.refusals {
		t.Error("refused:", r)
	}
	l.refusals = nil
	type user struct{ Name, Comment string }
	have := map[string]string{}
	for _, u := range decode[[]user](t, l.w.must(t, "admin", "user", "list", "--output", "json")) {
		have[u.Name] = u.Comment
	}
	for name, least := range l.users {
		if comment, ok := have[name]; !ok || comment < fmt.Sprint(least) {
			t.Errorf("user %s has the comment %q (there: %v), acknowledged was %d", name, comment, ok, least)
		}
	}
	granted := map[string]bool{}
	for line := range strings.Lines(l.w.must(t, "admin", "grant", "list")) {
		granted[strings.TrimPrefix(strings.Fields(line)[0], "user:")] = true
	}
	for name, want := range l.grants {
		if granted[name] != want {
			t.Errorf("grant of %s: there %v, acknowledged was %v", name, granted[name], want)
		}
	}
	jobs := l.w.jobs(t)
	for number, what := range l.jobs {
		f := strings.Fields(what)
		j, ok := jobs[number]
		cluster, vm, _ := strings.Cut(f[2], "/")
		if !ok || j.By != f[0] || j.Cluster != cluster || !strings.Contains(strings.Join(j.Targets, " "), vm) {
			t.Errorf("job %s is %+v, acknowledged was: %s", number, j, what)
		}
	}
	has(t, l.w.must(t, "admin", "audit", "verify"), "valid")
	l.w.tidy(t)
}

// TestChaosKill kills the server with SIGKILL while people work, at a point that
// chance finds, and starts it again. Nothing acknowledged may be lost, nothing
// may be done twice.
func TestChaosKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	w := paced(t, 4)
	l := &ledger{w: w, users: map[string]int{}, grants: map[string]bool{}, jobs: map[string]string{}}
	begin := time.Now()
	for round := range rounds {
		if time.Since(begin) > enough {
			t.Logf("%d rounds", round)
			break
		}
		l.disturb(t, dice)
		l.round(t, round, dice)
		check(t, w.serve())
		l.audit(t)
		if t.Failed() {
			t.Fatalf("after round %d of seed %d; the server's log:\n%s", round, seed, w.server.Log())
		}
	}
	for _, c := range w.state {
		c.Faults().Clear()
	}
	for _, s := range w.clusters {
		check(t, s.Resume())
	}
	l.settle(t)
	l.audit(t)
	if t.Failed() {
		t.Fatalf("seed %d; the server's log:\n%s", seed, w.server.Log())
	}
}

// disturb lets chance choose what is wrong with the clusters.
func (l *ledger) disturb(t *testing.T, dice *rand.Rand) {
	t.Helper()
	for name, c := range l.w.state {
		c.Faults().Clear()
		check(t, l.w.clusters[name].Resume())
		switch dice.IntN(6) {
		case 0:
			c.Faults().Set(rapitest.Fault{Kind: rapitest.LoseAnswer, Times: 2})
		case 1:
			c.Faults().Set(rapitest.Fault{Kind: rapitest.Slow, Delay: 300 * time.Millisecond})
		case 2:
			c.Faults().Set(rapitest.Fault{Kind: rapitest.JobFails, Times: 1})
		case 3:
			check(t, l.w.clusters[name].Refuse())
		case 4: // a restart of its RAPI
			check(t, l.w.clusters[name].Refuse())
			check(t, l.w.clusters[name].Resume())
		}
	}
}

// round lets everybody work until the server is killed: after a number of
// acknowledged commands, or while one is in flight.
func (l *ledger) round(t *testing.T, round int, dice *rand.Rand) {
	t.Helper()
	ctx, cancel := limited()
	defer cancel()
	after, inFlight := 1+dice.IntN(12), dice.IntN(2) == 0
	now := make(chan struct{})
	var mu sync.Mutex
	seen := 0
	count := func(counts bool) func() {
		return func() {
			mu.Lock()
			defer mu.Unlock()
			if !counts {
				return
			}
			if seen++; seen == after {
				close(now)
			}
		}
	}
	var people sync.WaitGroup
	for who := range 3 {
		own := rand.New(rand.NewPCG(dice.Uint64(), 0))
		people.Go(func() { l.act(ctx, round, who, own, count(inFlight), count(!inFlight)) })
	}
	select {
	case <-now:
	case <-ctx.Done():
		t.Errorf("round %d: nobody is served:\n%s", round, l.w.server.Log())
	}
	l.w.down(t, syscall.SIGKILL)
	people.Wait()
}

// settle waits for the end of every job and compares it with the clusters.
func (l *ledger) settle(t *testing.T) {
	t.Helper()
	w := l.w
	for number := range w.jobs(t) {
		// 5: the job failed because its cluster was away then
		if r := w.as(t, "admin", "job", "wait", number); r.code != 0 && r.code != 4 && r.code != 1 && (r.code != 5 || !strings.Contains(r.err, "failed")) {
			t.Errorf("job wait %s: exit code %d: %s", number, r.code, r.err)
		}
	}
	jobs := w.jobs(t)
	for _, cluster := range []string{"berlin", "paris"} {
		requests := map[string][]clusterJob{} // by our job; several where its tags were both added and removed
		for reason, theirs := range w.ownJobs(t, cluster) {
			number, _, _ := strings.Cut(reason[strings.LastIndex(reason, "-")+1:], ":")
			if len(theirs) != 1 {
				t.Errorf("%s was submitted %d times", reason, len(theirs))
			}
			requests[number] = append(requests[number], theirs[0])
		}
		for number, theirs := range requests {
			ours, ok := jobs[number]
			switch {
			case !ok:
				t.Errorf("%s runs %v, which gwm does not know", cluster, theirs)
			case !slices.ContainsFunc(theirs, func(j clusterJob) bool { return ours.Upstream == fmt.Sprint(j.ID) }):
				t.Errorf("job %s says %q and is %v on %s", number, ours.Upstream, theirs, cluster)
			case len(theirs) == 1:
				l.compare(t, ours, theirs[0])
			}
		}
	}
	sent := 0
	for number, j := range jobs {
		switch j.State {
		case "done", "failed", "canceled":
		default:
			t.Errorf("job %s is %s", number, j.State)
		}
		if j.Upstream != "" {
			sent++
		}
	}
	t.Logf("%d jobs, %d of them acknowledged, %d sent", len(jobs), len(l.jobs), sent)
}

// compare holds that a job ended as the cluster says, with the cluster's log.
func (l *ledger) compare(t *testing.T, ours jobOf, theirs clusterJob) {
	t.Helper()
	state := map[string]string{"success": "done", "error": "failed", "canceled": "canceled"}[theirs.Status]
	if ours.State != state {
		t.Errorf("job %s is %s, on its cluster %s", ours.Name, ours.State, theirs.Status)
	}
	var whole clusterJob
	l.w.rapi(t, ours.Cluster, fmt.Sprintf("/2/jobs/%d", theirs.ID), &whole)
	if got, want := l.w.jobLog(t, ours.Name), whole.texts(); !slices.Equal(got, want) {
		t.Errorf("the log of job %s is\n%q, on its cluster\n%q", ours.Name, got, want)
	}
}
