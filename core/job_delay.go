package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// JobLock is something of a cluster that its jobs take turns at: a VM, a node, a
// node group, or the cluster as a whole.
type JobLock struct {
	Name    string   // as the cluster writes it: "instance/web1.example.org"
	Owners  []string // numbers of the cluster's jobs that hold it
	Waiting []string // numbers of those that wait for it, the next one first
}

const (
	// longQueue is how long a cluster's job may be queued before that is worth a word.
	longQueue = time.Minute
	// longRun is how long a job runs at least before it is called slow.
	longRun = 2 * time.Minute
	// slowFactor is how many times longer than usual a slow job takes.
	slowFactor = 4
	// usualOf is how many jobs of a kind make a habit.
	usualOf = 3
)

// Delays says what keeps a job from going on, one sentence each and the surest
// first; empty where nothing is known, and for a job that has ended. It asks the
// cluster who holds what the job waits for.
func (s *Session) Delays(ctx context.Context, r JobRow) ([]string, error) {
	if _, err := s.reader(ctx); err != nil {
		return nil, err
	}
	var q queueState
	if r.Upstream != nil && r.Upstream.State == JobQueued { // lists are a little old: it may wait by now
		p, err := s.core.engine.inventory.Platform(r.Cluster)
		if err == nil {
			q.locks, err = p.Locks(ctx)
		}
		if err == nil && len(q.locks) == 0 || CodeOf(err) == CodeUnsupported {
			q.filters, err = p.JobFilters(ctx)
		}
		if err != nil && CodeOf(err) != CodeUnsupported && CodeOf(err) != CodeUnreachable {
			return nil, err
		}
	}
	var out []string
	for _, d := range s.View().delays(r, q, time.Now()) {
		out = append(out, d.text)
	}
	return out, nil
}

// queueState is what a cluster was asked for about its queue; zero: it was not.
type queueState struct {
	locks   []JobLock
	filters []JobFilter
}

// delay is something that keeps a job from going on.
type delay struct {
	word Stuck
	text string
}

// delays lists what keeps a job from going on, the surest first.
func (v *View) delays(r JobRow, q queueState, now time.Time) (out []delay) {
	if r.State.Final() {
		return nil
	}
	say := func(word Stuck, texts ...string) {
		for _, text := range texts {
			out = append(out, delay{word, text})
		}
	}
	if c, ok := v.Cluster(r.Cluster); ok && c.Health.Error != nil {
		say(StuckSilent, r.Cluster+" does not answer; the job goes on there once it has it")
	}
	switch up := r.Upstream; {
	case up == nil:
		say(StuckTurn, v.turn(r)...)
	case up.State == JobQueued:
		word, why := v.waits(r, q, now)
		say(word, why...)
	case up.State == JobRunning:
		say(StuckSlow, v.slow(r, now)...)
	}
	say(StuckNode, v.silentNodes(r)...)
	return out
}

// waits says why a job of a cluster's queue has not begun.
func (v *View) waits(r JobRow, q queueState, now time.Time) (Stuck, []string) {
	up := r.Upstream
	if why := v.held(r, q.locks); len(why) > 0 {
		return StuckLock, why
	}
	if f, sure := applying(q.filters, up); f != nil && f.Action != FilterAccept && up.Status == "queued" {
		return StuckQueue, []string{f.holdsBack(r.Cluster, sure)}
	}
	since := now.Sub(up.Received)
	switch {
	case up.Received.IsZero() || since <= longQueue:
	case up.Status == "queued":
		return StuckQueue, []string{r.Cluster + " has not begun it for " + roughly(since) +
			": it runs as many jobs at once as it may, or a filter of its queue holds this one back"}
	default:
		return StuckLock, []string{"it waits for " + roughly(since) + " for what other jobs hold"}
	}
	return "", nil
}

// turn says what gwm itself carries out before a job of ours.
func (v *View) turn(r JobRow) []string {
	if r.Ours == nil || r.State != JobQueued {
		return nil
	}
	for _, o := range v.ours.jobs {
		if o.ID < r.Ours.ID && o.OpID != opBulk && !o.State.Final() && o.Target == r.Ours.Target && v.seesJob(o) {
			return []string{"it comes after job " + o.ID.String() + " (" + o.Title + "), which works on the same " + string(o.Target.Kind)}
		}
	}
	return nil
}

// held says who holds what a job of a cluster waits for. Where the cluster does
// not tell, a running job on the same object is what it waits for most likely.
func (v *View) held(r JobRow, locks []JobLock) (out []string) {
	for _, l := range locks {
		if at := slices.Index(l.Waiting, r.Upstream.ID); at >= 0 {
			out = append(out, v.queueFor(r, l, at))
		}
	}
	if len(locks) > 0 || r.Upstream.Status == "queued" {
		return out
	}
	return v.likely(r)
}

// queueFor says of a lock that a job waits for at a place of its queue who has it.
func (v *View) queueFor(r JobRow, l JobLock, at int) string {
	owners := slices.DeleteFunc(slices.Clone(l.Owners), func(id string) bool { return id == r.Upstream.ID })
	text := "it waits for " + v.lockWord(r.Cluster, l.Name)
	switch {
	case len(owners) > 0:
		text += ", which " + v.jobWords(r.Cluster, owners[0]) + " holds"
		if n := len(owners) - 1; n > 0 {
			text += fmt.Sprintf(", and %d more", n)
		}
	case at == 0:
		text += ", and is the next to get it"
	}
	if at > 0 {
		text += fmt.Sprintf("; %d before it", at)
	}
	return text
}

// likely names the running job on the same object.
func (v *View) likely(r JobRow) []string {
	for _, on := range r.Targets {
		if on.Cluster == "" {
			on.Cluster = r.Cluster
		}
		for _, o := range v.JobsOn(on) {
			if o.Upstream != nil && o.Upstream.ID != r.Upstream.ID && o.Upstream.State == JobRunning && on.Kind != KindCluster {
				return []string{"it waits, probably for " + v.jobWords(r.Cluster, o.Upstream.ID) + ", which works on " + on.Name}
			}
		}
	}
	return nil
}

// lockWord names what a lock is for; one on what the person may not see has no name.
func (v *View) lockWord(cluster, lock string) string {
	kind, name, _ := strings.Cut(lock, "/")
	switch kind {
	case "instance":
		if _, ok := v.VM(VMRef(cluster, name)); ok {
			return "the VM " + name
		}
		return "a VM"
	case "node", "node-res":
		for _, n := range v.Nodes() {
			if n.Cluster == cluster && (n.UUID == name || n.Name == name) {
				return "the node " + n.Name
			}
		}
		return "a node"
	case "nodegroup":
		return "a node group"
	case "network":
		return "a network"
	}
	return "the cluster as a whole"
}

// jobWords names a job of a cluster, and what it does where the person may see it.
func (v *View) jobWords(cluster, id string) string {
	jobs := v.Jobs()
	for i := range jobs {
		if r := &jobs[i]; r.Cluster == cluster && r.Upstream != nil && r.Upstream.ID == id {
			name := cluster + "'s job " + id
			if r.Ours != nil {
				name = "job " + r.Name
			}
			return name + " (" + r.Title + ")"
		}
	}
	return "another job"
}

// slow says that a job runs much longer than jobs of its kind did lately.
func (v *View) slow(r JobRow, now time.Time) []string {
	took := now.Sub(r.Upstream.Started)
	if r.Upstream.Started.IsZero() || took < longRun || len(r.Upstream.Steps) == 0 {
		return nil
	}
	usual, ok := v.usual(r.Cluster, r.Upstream.Steps[0].Name)
	if !ok || took < slowFactor*usual {
		return nil
	}
	return []string{"it runs for " + roughly(took) + "; such jobs take " + roughly(usual) + " here: look at its log and at the node"}
}

// usual is how long half of the cluster's jobs of a kind took at most.
func (v *View) usual(cluster, opcode string) (time.Duration, bool) {
	var took []time.Duration
	jobs := v.Jobs()
	for i := range jobs {
		up := jobs[i].Upstream
		if jobs[i].Cluster == cluster && up != nil && up.State == JobDone && len(up.Steps) == 1 && up.Steps[0].Name == opcode &&
			!up.Started.IsZero() && up.Ended.After(up.Started) {
			took = append(took, up.Ended.Sub(up.Started))
		}
	}
	if len(took) < usualOf {
		return 0, false
	}
	slices.Sort(took)
	return took[len(took)/2], true
}

// silentNodes names the nodes of a job's objects that do not answer.
func (v *View) silentNodes(r JobRow) (out []string) {
	seen := map[string]bool{}
	for _, on := range r.Targets {
		node := on.Name
		if on.Kind == KindVM {
			vm, ok := v.VM(VMRef(r.Cluster, on.Name))
			if !ok {
				continue
			}
			node = vm.Node
		} else if on.Kind != KindNode {
			continue
		}
		n, ok := v.Node(NodeRef(r.Cluster, node))
		switch {
		case !ok || seen[node]:
		case n.Offline:
			out = append(out, "node "+node+" is marked as offline")
		case n.MemoryMiB < 0:
			out = append(out, "node "+node+" does not answer its cluster")
		}
		seen[node] = true
	}
	return out
}

// roughly is a duration for people.
func roughly(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}
