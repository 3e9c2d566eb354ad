package store

import (
	"context"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/store/storetest"
)

// checkedMemory is the store of core's tests, which trusts its callers' keys,
// with our look at them in front.
type checkedMemory struct{ *coretest.Store }

func (m checkedMemory) Commit(ctx context.Context, b core.Batch) (uint64, error) {
	if err := checkBatch(b); err != nil {
		return 0, err
	}
	return m.Store.Commit(ctx, b)
}

// TestMemoryConformance holds the store of core's tests to the same promises.
func TestMemoryConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) core.Store { return checkedMemory{coretest.NewStore()} })
}
