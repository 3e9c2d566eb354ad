package core_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
)

// A core that could not ask a cluster must not start and show empty pages.
func TestNewSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for want, cfg := range map[string]core.Config{
		"core needs a store":      {Inventory: inventory.New},
		"core needs an inventory": {Store: coretest.NewStore()},
	} {
		if _, err := core.New(t.Context(), cfg); err == nil || err.Error() != want {
			t.Errorf("core.New: %v, want %q", err, want)
		}
	}
}
