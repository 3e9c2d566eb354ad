package core

import (
	"context"
	"time"
)

// detail returns everything known of a VM: from the cache where it holds the
// serial that the lists show, else from the cluster.
func (e *engine) detail(ctx context.Context, vm *VM) (VMDetail, error) {
	p, err := e.platform(vm.Cluster)
	if err != nil {
		return VMDetail{}, err
	}
	if raw, at, ok := e.cache.readDetail(ctx, vm); ok {
		if d, err := p.Detail(raw); err == nil {
			d.Fetched = at
			return d, nil
		}
	}
	fresh, raw, err := p.VM(ctx, vm.Name)
	if err != nil {
		return VMDetail{}, err
	}
	d, err := p.Detail(raw)
	if err != nil {
		return VMDetail{}, err
	}
	d.Fetched = time.Now()
	fresh.Cluster = vm.Cluster
	e.cache.detail(vm.Cluster, fresh, raw)
	return d, nil
}
