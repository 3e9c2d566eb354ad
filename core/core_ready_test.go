package core_test

import (
	"context"
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

// slowInventory starts once it is let go.
type slowInventory struct {
	core.Inventory
	let chan struct{}
}

func (v slowInventory) Start(ctx context.Context) func() {
	<-v.let
	return v.Inventory.Start(ctx)
}

// TestReady holds that a core is ready when the clients of the clusters are there
// and not before: a command that asks at once would be told that there are none.
func TestReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		let := make(chan struct{})
		c, err := core.New(t.Context(), core.Config{Store: coretest.NewStore(), Inventory: func(cfg core.InventoryConfig) core.Inventory {
			return slowInventory{inventory.New(cfg), let}
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer running(t, c)()
		select {
		case <-c.Ready():
			t.Error("it is ready before anything was started")
		default:
		}
		close(let)
		<-c.Ready()
	})
}
