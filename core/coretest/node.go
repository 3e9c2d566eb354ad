package coretest

import (
	"context"

	"gwm/core"
)

// Node gives one node.
func (p *Platform) Node(ctx context.Context, name string) (*core.Node, error) {
	nodes, err := p.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if n.Name == name {
			return n, nil
		}
	}
	return nil, core.Errorf(core.CodeNotFound, "%s has no node %s", p.cluster, name)
}

// Storage gives one directory, as large as the node's disk.
func (p *Platform) Storage(ctx context.Context, node, kind string) ([]core.StorageUnit, error) {
	n, err := p.Node(ctx, node)
	if err != nil {
		return nil, err
	}
	return []core.StorageUnit{{
		Type: kind, Name: "/srv/" + kind, SizeMiB: n.DiskMiB, UsedMiB: n.DiskMiB - n.DiskFreeMiB, FreeMiB: n.DiskFreeMiB, Allocatable: true,
	}}, nil
}
