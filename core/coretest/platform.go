package coretest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gwm/core"
)

// Platform is a scripted cluster in memory. Its jobs advance with the clock when
// somebody asks, so it has no goroutines and works inside a synctest bubble. It
// is safe for concurrent use.
type Platform struct {
	cluster string

	mu        sync.Mutex
	info      core.ClusterInfo
	vms       map[string]*core.VM
	nodes     []*core.Node
	queue     []*upstream // oldest first
	lastJob   int
	faults    map[string]error // by method; "" is every method
	calls     map[string]int
	submitted []string
	filters   []core.JobFilter
	lose      int    // answers to changes that get lost after they took effect
	drop      int    // changes that get lost before they take effect
	refuse    string // why jobs are not canceled
	noHyp     bool
	panicIn   string
	breakOff  int // after so many VMs the inventory breaks off; 0: it does not
	failJobs  map[string]string
	refuseVM  map[string]string // why no job is started about a VM
	chatter   int               // lines that follow each line of a job's log
	wordy     string            // what they end with
	backups   []core.NodeBackup
	silent    []string                 // nodes that are not asked for backups
	step      time.Duration            // the time a job waits, and between its log lines
	slow      map[string]time.Duration // by method: how long it takes
	reshape   func(*core.Offer)        // what is different about the offer; nil: nothing
}

var _ core.Platform = (*Platform)(nil)

// New returns the platform of an empty cluster.
func New(cluster string) *Platform {
	return &Platform{
		cluster: cluster, vms: map[string]*core.VM{}, faults: map[string]error{}, calls: map[string]int{},
		failJobs: map[string]string{}, refuseVM: map[string]string{}, lastJob: 4700, step: time.Second, refuse: "the job is running and cannot be canceled",
	}
}

// Opener makes core open p for its cluster and others for theirs.
func Opener(platforms ...*Platform) core.Opener {
	return func(c core.Cluster, _ core.Secret) (core.Platform, error) {
		for _, p := range platforms {
			if p.cluster == c.Name {
				return p, nil
			}
		}
		return nil, core.Errorf(core.CodeUnreachable, "nothing answers at %s", c.URL)
	}
}

// Fail makes a method ("Stamps", "Jobs", ...; "": every one) return err until it
// is set to nil.
func (p *Platform) Fail(method string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.faults[method] = err; err == nil {
		delete(p.faults, method)
	}
}

// Unreachable is the error of a cluster that does not answer.
func (p *Platform) Unreachable() error {
	return core.Errorf(core.CodeUnreachable, "%s does not answer: connection refused", p.cluster).
		WithHint("look whether the cluster's master is up")
}

// LoseAnswers makes the next n changes take effect although their answer is
// lost; DropRequests makes the next n be lost on their way. Both look the same
// to who asked: CodeUnknown.
func (p *Platform) LoseAnswers(n int) { p.set(func() { p.lose = n }) }

// DropRequests: see LoseAnswers.
func (p *Platform) DropRequests(n int) { p.set(func() { p.drop = n }) }

// HideHypervisors makes whole VMs come without their hypervisor, as Ganeti's do;
// stamps have it.
func (p *Platform) HideHypervisors() { p.set(func() { p.noHyp = true }) }

// BreakOff makes VMs fail after n VMs; 0: it is complete.
func (p *Platform) BreakOff(n int) { p.set(func() { p.breakOff = n }) }

// PanicIn makes a method panic; empty: none does.
func (p *Platform) PanicIn(method string) { p.set(func() { p.panicIn = method }) }

// FailJobs makes the jobs on a VM fail with the text from now on; empty: no more.
func (p *Platform) FailJobs(vm, text string) { p.set(func() { p.failJobs[vm] = text }) }

// AllowCancel makes running jobs end when they are canceled; without it the
// cluster refuses, as Ganeti does.
func (p *Platform) AllowCancel() { p.set(func() { p.refuse = "" }) }

// Pace sets how long a job waits and how long each of its steps takes: 1 s
// unless told.
func (p *Platform) Pace(d time.Duration) { p.set(func() { p.step = d }) }

// Chatter makes each line of a job's log be followed by n others, at once, that
// end with a text.
func (p *Platform) Chatter(n int, text string) { p.set(func() { p.chatter, p.wordy = n, text }) }

// PutVM adds a VM or replaces it.
func (p *Platform) PutVM(vm *core.VM) { p.set(func() { p.vms[vm.Name] = cloneVM(vm) }) }

// RemoveVM takes a VM away, as if it was deleted by somebody else.
func (p *Platform) RemoveVM(name string) { p.set(func() { delete(p.vms, name) }) }

// ChangeVM changes a VM as somebody else would: its serial and time move.
func (p *Platform) ChangeVM(name string, change func(*core.VM)) {
	p.set(func() {
		vm := cloneVM(p.vms[name])
		change(vm)
		vm.Serial++
		vm.Modified = time.Now().UTC()
		p.vms[name] = vm
	})
}

// SetStatus changes only a VM's status, as when its guest dies: the serial stays.
func (p *Platform) SetStatus(name, status string) {
	p.set(func() {
		vm := cloneVM(p.vms[name])
		setStatus(vm, status)
		p.vms[name] = vm
	})
}

// ChangeNode changes a node.
func (p *Platform) ChangeNode(name string, change func(*core.Node)) {
	p.set(func() {
		for i, n := range p.nodes {
			if n.Name == name {
				c := *n
				change(&c)
				p.nodes[i] = &c
			}
		}
	})
}

func (p *Platform) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// Calls returns how often a method was called.
func (p *Platform) Calls(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[method]
}

// Submitted returns the changes that reached the cluster, oldest first, as
// "INSTANCE_SHUTDOWN web1.example.org".
func (p *Platform) Submitted() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.submitted)
}

// begin counts the call, brings the queue up to date and returns the fault that
// the method was told to have. The caller holds the lock after it.
func (p *Platform) begin(ctx context.Context, method string) error {
	if takes := p.takes(method); takes > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(takes):
		}
	}
	p.mu.Lock()
	p.calls[method]++
	if method == p.panicIn {
		p.mu.Unlock()
		panic("told to panic in " + method)
	}
	p.advance(time.Now())
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.faults[method]; err != nil {
		return err
	}
	return p.faults[""]
}

// Probe answers with a certificate that nobody signed.
func (p *Platform) Probe(ctx context.Context) (core.Probe, error) {
	err := p.begin(ctx, "Probe")
	defer p.mu.Unlock()
	return core.Probe{
		Fingerprint: strings.Repeat("ab", 32), Subject: "CN=" + p.info.Name, Issuer: "CN=" + p.info.Name,
		Names: []string{p.info.Name}, NotAfter: time.Now().Add(365 * 24 * time.Hour),
		Problem: "certificate signed by unknown authority",
	}, err
}

// Info is as core.Platform says; so are the others.
func (p *Platform) Info(ctx context.Context) (core.ClusterInfo, error) {
	err := p.begin(ctx, "Info")
	defer p.mu.Unlock()
	if err != nil {
		return core.ClusterInfo{}, err
	}
	info := p.info
	info.OSes = nil
	return info, nil
}

// OSes gives the operating systems.
func (p *Platform) OSes(ctx context.Context) ([]string, error) {
	err := p.begin(ctx, "OSes")
	defer p.mu.Unlock()
	return slices.Clone(p.info.OSes), err
}

// Offer gives what VMs can be made of.
func (p *Platform) Offer(ctx context.Context) (core.Offer, error) {
	err := p.begin(ctx, "Offer")
	defer p.mu.Unlock()
	if err != nil {
		return core.Offer{}, err
	}
	return p.offer(), nil
}

// Stamps gives the fields that change often.
func (p *Platform) Stamps(ctx context.Context, yield func(core.VMStamp) error) error {
	return p.list(ctx, "Stamps", func(vm *core.VM) error {
		return yield(core.VMStamp{
			Name: vm.Name, Status: vm.Status, State: vm.State, AdminState: vm.AdminState, Node: vm.Node,
			Hypervisor: vm.Hypervisor, RunMemoryMiB: vm.RunMemoryMiB, Serial: vm.Serial, Modified: vm.Modified,
		})
	})
}

// VMs gives every VM.
func (p *Platform) VMs(ctx context.Context, yield func(*core.VM, []byte) error) error {
	n, most, hide := 0, 0, false
	p.set(func() { most, hide = p.breakOff, p.noHyp })
	return p.list(ctx, "VMs", func(vm *core.VM) error {
		if n++; most > 0 && n > most {
			return p.Unreachable()
		}
		raw := encodeDetail(vm)
		if hide {
			vm.Hypervisor = ""
		}
		return yield(vm, raw)
	})
}

func (p *Platform) list(ctx context.Context, method string, yield func(*core.VM) error) error {
	err := p.begin(ctx, method)
	var vms []*core.VM
	for _, name := range slices.Sorted(maps.Keys(p.vms)) {
		vms = append(vms, cloneVM(p.vms[name]))
	}
	p.mu.Unlock()
	if err != nil {
		return err
	}
	for _, vm := range vms {
		if err := yield(vm); err != nil {
			return err
		}
	}
	return nil
}

// VM gives one VM.
func (p *Platform) VM(ctx context.Context, name string) (*core.VM, []byte, error) {
	err := p.begin(ctx, "VM")
	defer p.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	vm, ok := p.vms[name]
	if !ok {
		return nil, nil, core.Errorf(core.CodeNotFound, "%s has no VM %s", p.cluster, name)
	}
	c := cloneVM(vm)
	if p.noHyp {
		c.Hypervisor = ""
	}
	return c, encodeDetail(vm), nil
}

// Nodes gives every node with what its VMs use.
func (p *Platform) Nodes(ctx context.Context) ([]*core.Node, error) {
	err := p.begin(ctx, "Nodes")
	defer p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	nodes := make([]*core.Node, 0, len(p.nodes))
	for _, n := range p.nodes {
		c := *n
		c.Tags = slices.Clone(n.Tags)
		c.MemoryFreeMiB, c.DiskFreeMiB = c.MemoryMiB-c.MemoryNodeMiB, c.DiskMiB
		for _, name := range slices.Sorted(maps.Keys(p.vms)) {
			vm := p.vms[name]
			if vm.Node == c.Name {
				c.Primary = append(c.Primary, name)
				c.MemoryFreeMiB -= max(vm.RunMemoryMiB, 0)
				c.DiskFreeMiB -= vm.DiskMiB
			}
			if slices.Contains(vm.Secondaries, c.Name) {
				c.Secondary = append(c.Secondary, name)
				c.DiskFreeMiB -= vm.DiskMiB
			}
		}
		nodes = append(nodes, &c)
	}
	return nodes, nil
}

// Close does nothing.
func (p *Platform) Close() {}

// Detail reads what VMs and VM passed.
func (p *Platform) Detail(raw []byte) (core.VMDetail, error) {
	var d core.VMDetail
	if err := json.Unmarshal(raw, &d); err != nil {
		return d, core.Errorf(core.CodeCluster, "%s sent a VM that makes no sense: %w", p.cluster, err)
	}
	return d, nil
}

func encodeDetail(vm *core.VM) []byte {
	raw, err := json.Marshal(core.VMDetail{
		VM: *vm,
		Backend: []core.Param{
			{Name: "auto_balance", Value: "true"},
			{Name: "maxmem", Value: itoa(vm.MemoryMiB), Custom: true},
			{Name: "minmem", Value: itoa(vm.MinMemoryMiB), Custom: true},
			{Name: "vcpus", Value: itoa(vm.VCPUs), Custom: true},
		},
		Hypervisor: []core.Param{
			{Name: "acpi", Value: "true"},
			{Name: "boot_order", Value: "disk"},
			{Name: "kernel_path", Value: ""},
			{Name: "serial_console", Value: "true"},
			{Name: "vnc_bind_address", Value: "127.0.0.1", Custom: true},
		},
		Other: []core.Param{{Name: "ctime_note", Value: "made for tests"}},
	})
	if err != nil {
		panic(err)
	}
	return raw
}

func cloneVM(vm *core.VM) *core.VM {
	c := *vm
	c.Secondaries, c.Disks, c.NICs, c.Tags = slices.Clone(vm.Secondaries), slices.Clone(vm.Disks), slices.Clone(vm.NICs), slices.Clone(vm.Tags)
	return &c
}
