package core

import (
	"context"
	"log/slog"
	"time"
)

type cache struct {
	store Store
	log   *slog.Logger
}

func newCache(s Store, log *slog.Logger) *cache { return &cache{s, log} }
func (c *cache) load(ctx context.Context, name string) (*ClusterState, error) {
	return &ClusterState{}, nil
}
func (c *cache) run(ctx context.Context)                        { <-ctx.Done() }
func (c *cache) note(st *ClusterState)                          {}
func (c *cache) drop(cluster string)                            {}
func (c *cache) dropDetail(cluster, vm string)                  {}
func (c *cache) detail(cluster string, vm *VM, raw []byte) bool { return false }
func (c *cache) readDetail(ctx context.Context, vm *VM) ([]byte, time.Time, bool) {
	return nil, time.Time{}, false
}
