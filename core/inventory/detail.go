package inventory

import (
	"context"
	"time"

	"gwm/core"
)

// Detail returns everything known of a VM: from the cache where it holds the
// serial that the lists show, else from the cluster.
func (v *inventory) Detail(ctx context.Context, vm *core.VM) (core.VMDetail, error) {
	p, err := v.Platform(vm.Cluster)
	if err != nil {
		return core.VMDetail{}, err
	}
	if raw, at, ok := v.cache.readDetail(ctx, vm); ok {
		if d, err := p.Detail(raw); err == nil {
			d.Fetched = at
			return d, nil
		}
	}
	fresh, raw, err := p.VM(ctx, vm.Name)
	if err != nil {
		return core.VMDetail{}, err
	}
	d, err := p.Detail(raw)
	if err != nil {
		return core.VMDetail{}, err
	}
	d.Fetched = time.Now()
	fresh.Cluster = vm.Cluster
	v.cache.detail(vm.Cluster, fresh, raw)
	return d, nil
}
