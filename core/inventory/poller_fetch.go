package inventory

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"time"

	"gwm/core"
)

// fetch asks for everything that is due and puts each complete answer into
// p.state. It tells whether anything differs from before. asked tells that
// somebody waits for it: then nothing is left for later.
func (p *poller) fetch(ctx context.Context, wanted map[string]struct{}, asked bool) (changed bool, err error) {
	if changed, err = p.describe(ctx); err != nil {
		return changed, err
	}
	now := time.Now()
	plan, err := p.vms(ctx, wanted)
	if err != nil {
		return changed, err
	}
	p.state.VMs, p.state.Asked = plan.next, now
	changed = changed || plan.changed
	for _, name := range plan.removed {
		delete(p.sums, name)
		p.all.cache.dropDetail(p.name(), name)
	}

	jobsChanged, err := p.jobs(ctx)
	changed = changed || jobsChanged
	if err != nil {
		return changed, err
	}
	// Whatever moves free memory or a node's role is a job or changes a VM.
	if asked || changed || p.failures > 0 || time.Since(p.nodesAt) >= p.all.Tuning.PollIdle {
		nodesChanged, err := p.nodes(ctx)
		if err != nil {
			return changed, err
		}
		changed = changed || nodesChanged
	}
	return p.oses(ctx) || changed, nil
}

// nodes asks for the nodes. It is the dearest question for a cluster, which asks
// every node what is free.
func (p *poller) nodes(ctx context.Context) (changed bool, err error) {
	nodes, err := p.platform.Nodes(ctx)
	if err != nil {
		return false, err
	}
	var refused core.Refused
	nodes = slices.DeleteFunc(nodes, func(n *core.Node) bool { return refused.Refuses(n.Name) })
	for _, n := range nodes {
		n.Cluster = p.name()
	}
	p.nodesAt, p.leftOut.Nodes = time.Now(), refused
	p.state.Nodes, changed = mergeNodes(p.state.Nodes, nodes)
	return changed, nil
}

// describe asks what the cluster is, where that is due.
func (p *poller) describe(ctx context.Context) (changed bool, err error) {
	if !p.info.IsZero() && p.failures == 0 && time.Since(p.info) < p.all.Tuning.PollFull {
		return false, nil
	}
	info, err := p.platform.Info(ctx)
	if err != nil {
		return false, err
	}
	p.info, p.noStamps = time.Now(), false
	info.OSes = p.state.Info.OSes
	if equalInfo(p.state.Info, info) {
		return false, nil
	}
	p.state.Info = info
	return true, nil
}

// osesKeep is how long the list of operating systems is taken for good: a
// Ganeti cluster queues a job of its own to find out.
const osesKeep = 6 * time.Hour

// oses asks for the operating systems where that is due. Without an answer the
// list stays as it was, until the next time.
func (p *poller) oses(ctx context.Context) (changed bool) {
	if len(p.state.Info.OSes) > 0 && p.osAt.IsZero() {
		p.osAt = time.Now() // of the cache
	}
	if !p.osAt.IsZero() && time.Since(p.osAt) < osesKeep {
		return false
	}
	p.osAt = time.Now()
	list, err := p.platform.OSes(ctx)
	if err != nil {
		p.all.Log.Debug("operating systems are not known", "cluster", p.name(), "err", err)
		return false
	}
	changed = !slices.Equal(p.state.Info.OSes, list)
	p.state.Info.OSes = list
	return changed
}

// vms asks for the VMs in the cheapest way that serves.
func (p *poller) vms(ctx context.Context, wanted map[string]struct{}) (stampPlan, error) {
	known := p.state.VMs
	if p.full.IsZero() || p.noStamps || time.Since(p.full) >= p.all.Tuning.PollFull {
		return p.bulk(ctx)
	}
	stamps, err := p.stamps(ctx)
	switch {
	case core.CodeOf(err) == core.CodeUnsupported:
		p.noStamps = true
		return p.bulk(ctx)
	case err != nil:
		return stampPlan{}, err
	case len(stamps) == 0 && len(known) > 0:
		return p.bulk(ctx) // only the whole inventory may say that nothing is left
	}
	plan := planStamps(known, stamps)
	for _, name := range plan.fetch {
		wanted[name] = struct{}{}
	}
	if needsBulk(len(wanted), len(known)) {
		return p.bulk(ctx)
	}
	got, err := p.each(ctx, slices.Sorted(maps.Keys(wanted)))
	if err != nil {
		return stampPlan{}, err
	}
	fillHypervisors(got, stamps)
	merged := mergeVMs(plan.next, got, false)
	merged.changed = merged.changed || plan.changed
	merged.removed = plan.removed
	return merged, nil
}

// stamps asks for the fields that change often.
func (p *poller) stamps(ctx context.Context) ([]core.VMStamp, error) {
	stamps := make([]core.VMStamp, 0, len(p.state.VMs))
	var refused core.Refused
	err := p.platform.Stamps(ctx, func(st core.VMStamp) error {
		if !refused.Refuses(st.Name) {
			stamps = append(stamps, st)
		}
		return nil
	})
	if err == nil {
		p.leftOut.VMs = refused
	}
	return stamps, err
}

// each fetches VMs one by one. One that the cluster cannot tell stays as it is
// known and is asked for again next time.
func (p *poller) each(ctx context.Context, names []string) ([]*core.VM, error) {
	got := make([]*core.VM, 0, len(names))
	for _, name := range names {
		vm, raw, err := p.platform.VM(ctx, name)
		if code := core.CodeOf(err); code == core.CodeNotFound || code == core.CodeCluster {
			p.all.Log.Debug("cluster does not tell a vm", "cluster", p.name(), "vm", name, "err", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		p.receive(vm, raw)
		got = append(got, vm)
	}
	return got, nil
}

// bulk fetches the whole inventory.
func (p *poller) bulk(ctx context.Context) (stampPlan, error) {
	known := p.state.VMs
	got := make([]*core.VM, 0, len(known))
	var refused core.Refused
	err := p.platform.VMs(ctx, func(vm *core.VM, raw []byte) error {
		if refused.Refuses(vm.Name) {
			return nil
		}
		p.receive(vm, raw)
		// One that still lacks its hypervisor is filled in below: not in place.
		if old, ok := p.state.VM(vm.Name); ok && vm.Hypervisor != "" && equalVM(old, vm) {
			vm = old
		}
		got = append(got, vm)
		return nil
	})
	if err != nil {
		return stampPlan{}, err
	}
	p.full, p.leftOut.VMs = time.Now(), refused
	if !p.noStamps && slices.ContainsFunc(got, func(vm *core.VM) bool { return vm.Hypervisor == "" }) {
		stamps, err := p.stamps(ctx)
		if err != nil {
			p.all.Log.Debug("hypervisors are not known yet", "cluster", p.name(), "err", err)
		}
		fillHypervisors(got, stamps)
	}
	return mergeVMs(known, got, true), nil
}

// fillHypervisors takes over from stamps what whole objects may not tell
// (Ganeti's do not). The VMs are not published yet.
func fillHypervisors(vms []*core.VM, stamps []core.VMStamp) {
	missing := map[string]*core.VM{}
	for _, vm := range vms {
		if vm.Hypervisor == "" {
			missing[vm.Name] = vm
		}
	}
	for _, st := range stamps {
		if vm := missing[st.Name]; vm != nil && st.Hypervisor != "" {
			vm.Hypervisor = st.Hypervisor
			index(vm)
		}
	}
}

// receive prepares a VM that just arrived for publication and hands its detail
// to the cache where it is new.
func (p *poller) receive(vm *core.VM, raw []byte) {
	vm.Cluster, vm.Gone = p.name(), false
	if old, ok := p.state.VM(vm.Name); ok && vm.Hypervisor == "" {
		vm.Hypervisor = old.Hypervisor
	}
	index(vm)
	sum := maphash.Bytes(p.seed, raw)
	if len(raw) > 0 && p.sums[vm.Name] != sum && p.all.cache.detail(p.name(), vm, raw) {
		p.sums[vm.Name] = sum
	}
}

func equalInfo(a, b core.ClusterInfo) bool {
	return a.Name == b.Name && a.Software == b.Software && a.Master == b.Master && a.HasQuery == b.HasQuery &&
		slices.Equal(a.Hypervisors, b.Hypervisors) && slices.Equal(a.DiskTemplates, b.DiskTemplates) &&
		slices.Equal(a.OSes, b.OSes) && slices.Equal(a.Tags, b.Tags) &&
		slices.Equal(a.NodeGroups, b.NodeGroups) && slices.Equal(a.Networks, b.Networks) && slices.Equal(a.Backend, b.Backend)
}
