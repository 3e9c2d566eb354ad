package inventory_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
)

// cached lists the keys of the cache, by their last part.
func cached(t *testing.T, w *coretest.World, cluster string) (keys []string) {
	t.Helper()
	err := w.Store.List(t.Context(), "cache/"+cluster+"/", "", func(it core.Item) bool {
		keys = append(keys, strings.TrimPrefix(it.Key, "cache/"+cluster+"/"))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestCacheForgetsRemovedClusters(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		w.Do(s, core.RemoveCluster{Name: coretest.Paris})
		w.Until(s, "paris is gone", func(v *core.View) bool { return len(v.Clusters()) == 1 })
		synctest.Wait() // the inventory follows
		w.Stop()
		if keys := cached(t, w, coretest.Paris); len(keys) > 0 {
			t.Errorf("the cache of a removed cluster holds %v", keys)
		}
		if keys := cached(t, w, coretest.Berlin); len(keys) < 15 {
			t.Errorf("the cache of the other cluster holds %v, want it whole", keys)
		}
	})
}

func TestCacheForgetsRemovedVMs(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		w.Berlin.RemoveVM(coretest.Cold)
		_, _ = s.Refresh(t.Context(), coretest.Berlin), s.Refresh(t.Context(), coretest.Berlin)
		w.Stop()
		for _, key := range cached(t, w, coretest.Berlin) {
			if strings.HasSuffix(key, coretest.Cold) {
				t.Errorf("the cache holds %s of a VM that is gone", key)
			}
		}
		again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris, DontRun: true})
		if n := len(again.Local().View().VMs()); n != 23 {
			t.Errorf("%d VMs after a restart, want 23", n)
		}
	})
}

func TestCacheDamageIsPassedOver(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		w.Stop()
		for _, key := range cached(t, w, coretest.Berlin) {
			batch := core.Batch{Put: []core.Item{{Key: "cache/berlin/" + key, Value: []byte{1, 0xff, '{'}}}}
			if _, err := w.Store.Commit(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
		again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		s := again.Local()
		if n := len(s.View().VMs()); n != 24 {
			t.Errorf("%d VMs after a restart with a damaged cache, want 24", n)
		}
		if d, err := s.VMDetail(t.Context(), coretest.BerlinVM(coretest.Web1)); err != nil || len(d.Backend) == 0 {
			t.Errorf("detail %+v, %v; want it from the cluster", d, err)
		}
	})
}

func TestCacheFailureHarmsNothing(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		w.Store.FailCommit(func(b core.Batch) error {
			for _, it := range b.Put {
				if strings.HasPrefix(it.Key, "cache/") {
					return core.ErrConflict
				}
			}
			return nil
		})
		w.Berlin.ChangeVM(coretest.Web1, func(vm *core.VM) { vm.MemoryMiB = 4321 })
		if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		if vm, _ := s.View().VM(coretest.BerlinVM(coretest.Web1)); vm.MemoryMiB != 4321 {
			t.Errorf("web1 has %d MiB while the cache cannot be written, want 4321", vm.MemoryMiB)
		}
	})
}
