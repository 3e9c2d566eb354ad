package core

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// bank is a cluster with VMs, their owners, quotas, and a book, whose clock the
// test moves.
type bank struct {
	now    time.Time
	people *people
	st     *ClusterState
	ledger ledger
}

// bankOf makes VMs of 1 GiB, 10 GiB of disk and 2 virtual CPUs each, all of the
// group ops; the status of vm<i> is statuses[i].
func bankOf(statuses ...VMState) *bank {
	b := &bank{
		now:    time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		people: &people{owners: map[Ref]Ownership{}, quotas: map[quotaID]Quota{}},
		st:     &ClusterState{Name: "berlin"},
	}
	for i, state := range statuses {
		vm := &VM{Cluster: "berlin", Name: fmt.Sprintf("vm%d", i), State: state, MemoryMiB: 1024, DiskMiB: 10240, VCPUs: 2}
		b.st.VMs = append(b.st.VMs, vm)
		b.people.owners[vm.Ref()] = Ownership{VM: vm.Ref(), Owner: GroupRef("ops")}
	}
	return b
}

func (b *bank) account() account {
	return account{
		now: b.now, people: b.people, book: b.ledger.load(), ledger: &b.ledger,
		snap: &Snapshot{Clusters: map[string]*ClusterState{"berlin": b.st}},
	}
}

// note stores a job in the book, as a commit does.
func (b *bank) note(j Job) {
	b.now = b.now.Add(time.Second)
	b.ledger.store(b.ledger.load().note(&j, b.now).settled(b.account().snap))
}

// show publishes VMs as they were at a time.
func (b *bank) show(vms []*VM, asked time.Time) {
	next := *b.st
	next.VMs, next.Asked = vms, asked
	b.st = &next
}

func (b *bank) ref(i int) Ref { return VMRef("berlin", fmt.Sprintf("vm%d", i)) }

// start is a job that starts a VM.
func (b *bank) start(id JobID, i int, state JobState) Job {
	a := b.account()
	return Job{ID: id, State: state, Target: b.ref(i), Takes: StartVM{VM: b.ref(i)}.charges(a.people, a.snap)}
}

// with returns the list with another state of one VM.
func (b *bank) with(i int, state VMState) []*VM {
	vms := append([]*VM(nil), b.st.VMs...)
	vm := *vms[i]
	vm.State = state
	vms[i] = &vm
	return vms
}

func TestWhatCounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state VMState
		admin string
		want  bool
	}{
		{StateRunning, "up", true},
		{StateDown, "down", false},
		{StateDown, "up", false}, // stopped from inside
		{StateOffline, "offline", false},
		{StateError, "up", true},   // ERROR_down: the cluster starts it again
		{StateError, "down", true}, // ERROR_up: it runs although it should not
		{StateUnknown, "up", true}, // ERROR_nodedown
		{StateUnknown, "down", false},
		{StateUnknown, "offline", false},
		{StateUnknown, "", true},
	} {
		vm := VM{State: tt.state, AdminState: tt.admin, MemoryMiB: 5, DiskMiB: 6, VCPUs: -1}
		want := Amount{DiskMiB: 6, VMs: 1}
		if tt.want {
			want.MemoryMiB = 5
		}
		if got := vm.takes(); vm.counts() != tt.want || got != want {
			t.Errorf("%s, %s: counts %t and takes %+v, want %+v", tt.state, tt.admin, vm.counts(), got, want)
		}
	}
}

func TestReservationHoldsUntilTheClusterShowsIt(t *testing.T) {
	t.Parallel()
	one := Amount{MemoryMiB: 1024, VCPUs: 2}
	nothing := Amount{}
	for _, tt := range []struct {
		name string
		run  func(b *bank)
		want Amount
	}{
		{"queued", func(b *bank) { b.note(b.start(1, 0, JobQueued)) }, one},
		{"running", func(b *bank) {
			b.note(b.start(1, 0, JobQueued))
			b.note(b.start(1, 0, JobRunning))
		}, one},
		{"two jobs for one VM", func(b *bank) {
			b.note(b.start(1, 0, JobQueued))
			b.note(b.start(2, 0, JobQueued))
		}, one},
		{"a VM that runs already", func(b *bank) { b.note(b.start(1, 1, JobQueued)) }, nothing},
		{"the cluster shows it while the job runs", func(b *bank) {
			b.note(b.start(1, 0, JobRunning))
			b.show(b.with(0, StateRunning), b.now)
		}, nothing},
		{"done, not asked since", func(b *bank) {
			b.note(b.start(1, 0, JobRunning))
			asked := b.now
			b.note(b.start(1, 0, JobDone))
			b.show(b.st.VMs, asked)
		}, one},
		{"done, and another write of the end", func(b *bank) {
			b.note(b.start(1, 0, JobRunning))
			b.note(b.start(1, 0, JobDone))
			asked := b.now.Add(time.Millisecond)
			b.note(b.start(1, 0, JobDone))
			b.show(b.st.VMs, asked)
		}, nothing},
		{"canceled before it began", func(b *bank) {
			b.note(b.start(1, 0, JobQueued))
			b.note(b.start(1, 0, JobCanceled))
		}, nothing},
		{"denied before it began", func(b *bank) {
			b.note(b.start(1, 0, JobQueued))
			j := b.start(1, 0, JobFailed)
			j.Error = Errorf(CodeDenied, "no")
			b.note(j)
		}, nothing},
		{"failed on the cluster, not asked since", func(b *bank) {
			b.note(b.start(1, 0, JobRunning))
			j := b.start(1, 0, JobFailed)
			j.Upstream = "4711"
			b.note(j)
		}, one},
		{"failed on the cluster, and it shows so", func(b *bank) {
			b.note(b.start(1, 0, JobRunning))
			j := b.start(1, 0, JobFailed)
			j.Upstream = "4711"
			b.note(j)
			b.show(b.st.VMs, b.now.Add(time.Millisecond))
		}, nothing},
		{"nobody knows what became of it", func(b *bank) {
			b.note(b.start(1, 0, JobSubmitting))
			j := b.start(1, 0, JobFailed)
			j.Error = Errorf(CodeUnknown, "lost")
			b.note(j)
		}, one},
		{"the owner changed meanwhile", func(b *bank) {
			b.note(b.start(1, 0, JobRunning))
			b.people.owners = map[Ref]Ownership{b.ref(0): {Owner: UserRef("ann")}, b.ref(1): {Owner: GroupRef("ops")}}
		}, nothing},
		{"nobody owned it at first", func(b *bank) {
			b.people.owners = map[Ref]Ownership{b.ref(1): {Owner: GroupRef("ops")}}
			b.note(b.start(1, 0, JobRunning))
			b.people.owners = map[Ref]Ownership{b.ref(0): {Owner: GroupRef("ops")}, b.ref(1): {Owner: GroupRef("ops")}}
		}, one},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bankOf(StateDown, StateRunning)
			tt.run(b)
			if got := b.account().usage(GroupRef("ops"), "berlin").Reserved; got != tt.want {
				t.Errorf("reserved is %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestBookForgetsWhatIsOver(t *testing.T) {
	t.Parallel()
	b := bankOf(StateDown, StateDown)
	b.note(b.start(1, 0, JobQueued))
	b.note(b.start(2, 1, JobQueued))
	b.note(b.start(1, 0, JobDone))
	if n := len(b.ledger.load()["berlin"]); n != 2 {
		t.Fatalf("the book holds %d, want 2", n)
	}
	b.show(b.with(0, StateRunning), b.now.Add(time.Millisecond))
	b.note(b.start(2, 1, JobDone))
	if n := len(b.ledger.load()["berlin"]); n != 1 {
		t.Errorf("the book holds %d after the cluster showed one, want 1", n)
	}
	if got := b.ledger.load().settled(&Snapshot{}); len(got) != 0 {
		t.Errorf("the book holds %v of a cluster that is gone", got)
	}
}

func TestBookAfterAStart(t *testing.T) {
	t.Parallel()
	b := bankOf(StateDown, StateDown, StateDown, StateDown, StateDown)
	b.st.Health.Fetched = b.now
	open, done, old, lost, never := b.start(1, 0, JobSubmitting), b.start(2, 1, JobDone), b.start(3, 2, JobDone),
		b.start(4, 3, JobFailed), b.start(5, 4, JobFailed)
	done.Ended, old.Ended, lost.Ended, never.Ended = b.now, b.now.Add(-time.Hour), b.now, b.now
	lost.Upstream = "4711"
	b.ledger.store(bookOf([]*Job{&open, &done, &old, &lost, &never}, b.account().snap, b.now))
	var got []JobID
	for _, r := range b.ledger.load()["berlin"] {
		got = append(got, r.job)
	}
	if diff := cmp.Diff([]JobID{1, 2, 4}, got); diff != "" {
		t.Errorf("reserved is for the jobs (-want +got): %s", diff)
	}
	b.show(b.st.VMs, b.now.Add(time.Second))
	if got := b.account().usage(GroupRef("ops"), "berlin").Reserved.VCPUs; got != 2 {
		t.Errorf("after the first answer %d virtual CPUs are reserved, want those of the open job", got)
	}
}

func TestOverruns(t *testing.T) {
	t.Parallel()
	two, none := 2048, 0
	ops, ann := GroupRef("ops"), UserRef("ann")
	for _, tt := range []struct {
		name   string
		limits map[Ref]Limits // a zero Ref is the default
		charge func(b *bank) Charge
		want   []Resource
	}{
		{"no quota", nil, func(b *bank) Charge { return b.start(1, 2, JobQueued).Takes[0] }, nil},
		{"equality", map[Ref]Limits{ops: {MemoryMiB: &two}}, func(b *bank) Charge { return b.start(1, 2, JobQueued).Takes[0] }, nil},
		{"two resources", map[Ref]Limits{ops: {MemoryMiB: ptr(2047), VCPUs: ptr(3)}}, func(b *bank) Charge {
			return b.start(1, 2, JobQueued).Takes[0]
		}, []Resource{ResourceMemory, ResourceVCPUs}},
		{"the default", map[Ref]Limits{{}: {MemoryMiB: &none}}, func(b *bank) Charge { return b.start(1, 2, JobQueued).Takes[0] }, []Resource{ResourceMemory}},
		{"one's own replaces the default as a whole", map[Ref]Limits{{}: {MemoryMiB: &none}, ops: {}}, func(b *bank) Charge {
			return b.start(1, 2, JobQueued).Takes[0]
		}, nil},
		{"over the limit already, and nothing more is taken", map[Ref]Limits{ops: {MemoryMiB: &none, DiskMiB: &none, VMs: &none}}, func(b *bank) Charge {
			return b.start(1, 0, JobQueued).Takes[0]
		}, nil},
		{"disk is over, memory is not", map[Ref]Limits{ops: {MemoryMiB: &two, DiskMiB: &none}}, func(b *bank) Charge {
			return b.start(1, 2, JobQueued).Takes[0]
		}, nil},
		{"nobody pays", map[Ref]Limits{{}: {MemoryMiB: &none}}, func(b *bank) Charge {
			c := b.start(1, 2, JobQueued).Takes[0]
			c.Who = Ref{}
			return c
		}, nil},
		{"a new owner pays all of a VM that runs", map[Ref]Limits{ann: {MemoryMiB: &none, DiskMiB: &none, VCPUs: &none, VMs: &none}}, func(b *bank) Charge {
			return Charge{Who: ann, VM: b.ref(0)}
		}, Resources()},
		{"a new owner pays disk and number of one that is down", map[Ref]Limits{ann: {MemoryMiB: &none, DiskMiB: &none, VCPUs: &none, VMs: &none}}, func(b *bank) Charge {
			return Charge{Who: ann, VM: b.ref(2)}
		}, []Resource{ResourceDisk, ResourceVMs}},
		{"a new owner pays what a job is starting", map[Ref]Limits{ann: {MemoryMiB: &none}}, func(b *bank) Charge {
			b.note(b.start(1, 2, JobRunning))
			return Charge{Who: ann, VM: b.ref(2)}
		}, []Resource{ResourceMemory}},
		{"somebody adopts a VM that nobody owns", map[Ref]Limits{ann: {MemoryMiB: &none, DiskMiB: &none}}, func(b *bank) Charge {
			delete(b.people.owners, b.ref(0))
			return Charge{Who: ann, VM: b.ref(0)}
		}, []Resource{ResourceMemory, ResourceDisk}},
		{"a VM that is new is asked for twice", map[Ref]Limits{ann: {VMs: &none}}, func(b *bank) Charge {
			c := Charge{Who: ann, VM: VMRef("berlin", "new"), Amount: Amount{VMs: 1}}
			b.note(Job{ID: 1, State: JobQueued, Takes: []Charge{c}})
			return c
		}, nil},
		{"the same owner again", map[Ref]Limits{ops: {VMs: &none}}, func(b *bank) Charge { return Charge{Who: ops, VM: b.ref(0)} }, nil},
		{"a VM that is not known yet", map[Ref]Limits{ann: {VMs: &none}}, func(*bank) Charge {
			return Charge{Who: ann, VM: VMRef("berlin", "new"), Amount: Amount{VMs: 1}}
		}, []Resource{ResourceVMs}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bankOf(StateRunning, StateDown, StateDown)
			for who, l := range tt.limits {
				b.people.quotas[quotaID{who, "berlin"}] = Quota{Who: who, Cluster: "berlin", Limits: l}
			}
			c := tt.charge(b)
			var got []Resource
			for _, o := range b.account().overruns([]Charge{c}) {
				got = append(got, o.res)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("not enough of (-want +got): %s", diff)
			}
		})
	}
}

func ptr(n int) *int { return &n }

func TestChargesOfOneOpAddUp(t *testing.T) {
	t.Parallel()
	b := bankOf(StateDown, StateDown, StateDown)
	limit := 2048
	b.people.quotas[quotaID{GroupRef("ops"), "berlin"}] = Quota{Limits: Limits{MemoryMiB: &limit}}
	var all []Charge
	for i := range 3 {
		all = append(all, b.start(1, i, JobQueued).Takes...)
	}
	want := []overrun{{GroupRef("ops"), "berlin", ResourceMemory, 2048, 1024, 2048}}
	if diff := cmp.Diff(want, b.account().overruns(all), cmp.AllowUnexported(overrun{})); diff != "" {
		t.Errorf("what does not fit (-want +got): %s", diff)
	}
}

// TestNoStartExceedsTheLimit lets people start and stop VMs, jobs begin, end and
// fail, and the cluster answer late, in any order: what really runs never exceeds
// the limit.
func TestNoStartExceedsTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const vms = 6
		b := bankOf(StateDown, StateDown, StateDown, StateDown, StateDown, StateDown)
		limit := rapid.IntRange(0, vms).Draw(t, "limit") * 1024
		b.people.quotas[quotaID{GroupRef("ops"), "berlin"}] = Quota{Limits: Limits{MemoryMiB: &limit}}
		truth := b.st.VMs
		var open []Job
		last := JobID(0)
		// The answer of the cluster that is on its way.
		answer, asked := []*VM(nil), time.Time{}
		set := func(i int, state VMState) {
			b.now = b.now.Add(time.Second)
			next := append([]*VM(nil), truth...)
			vm := *next[i]
			vm.State = state
			next[i] = &vm
			truth = next
		}
		t.Repeat(map[string]func(*rapid.T){
			"start": func(t *rapid.T) {
				last++
				j := b.start(last, rapid.IntRange(0, vms-1).Draw(t, "vm"), JobQueued)
				if len(b.account().overruns(j.Takes)) == 0 {
					b.note(j)
					open = append(open, j)
				}
			},
			"effect": func(t *rapid.T) {
				if len(open) > 0 {
					j := &open[rapid.IntRange(0, len(open)-1).Draw(t, "job")]
					j.State, j.Upstream = JobRunning, "1"
					b.note(*j)
					i := 0
					fmt.Sscanf(j.Target.Name, "vm%d", &i)
					set(i, StateRunning)
				}
			},
			"end": func(t *rapid.T) {
				if len(open) > 0 {
					n := rapid.IntRange(0, len(open)-1).Draw(t, "job")
					j := open[n]
					open = append(open[:n:n], open[n+1:]...)
					j.State = rapid.SampledFrom([]JobState{JobFailed, JobCanceled}).Draw(t, "state")
					if j.Upstream != "" {
						j.State = rapid.SampledFrom([]JobState{JobDone, JobFailed}).Draw(t, "end")
					}
					b.note(j)
				}
			},
			"stop": func(t *rapid.T) { set(rapid.IntRange(0, vms-1).Draw(t, "vm"), StateDown) },
			"ask": func(*rapid.T) {
				b.now = b.now.Add(time.Second)
				answer, asked = truth, b.now
			},
			"answer": func(*rapid.T) {
				if answer != nil {
					b.show(answer, asked)
					answer = nil
				}
			},
			"": func(t *rapid.T) {
				runs := 0
				for _, vm := range truth {
					runs += vm.takes().MemoryMiB
				}
				if runs > limit {
					t.Fatalf("VMs with %d MiB run, allowed are %d", runs, limit)
				}
			},
		})
	})
}
