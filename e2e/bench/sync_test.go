//go:build bench

package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gwm/core"
)

// The numbers of VMs that are measured.
const (
	small = 10_000
	large = 100_000
)

// cost is what something took.
type cost struct {
	wall, cpu time.Duration // cpu: of this process
	bytes     int64         // of answers
	requests  int
}

// measure does something with a cluster and tells what it took.
func (c *cluster) measure(do func() error) (cost, error) {
	runtime.GC()
	size, requests, err := c.sent()
	if err != nil {
		return cost{}, err
	}
	cpu, began := ownCPU(), time.Now()
	if err := do(); err != nil {
		return cost{}, err
	}
	out := cost{wall: time.Since(began), cpu: ownCPU() - cpu}
	nowSize, nowRequests, err := c.sent()
	out.bytes, out.requests = nowSize-size, nowRequests-requests
	return out, err
}

// syncing is everything that was measured about the sync of one cluster.
type syncing struct {
	bare, cold, same, some []cost
	behind                 cost  // what the cache still did after the cold sync
	file                   int64 // bytes of the store
}

// syncAll measures rounds cold syncs and leaves the store of the last in dir.
func syncAll(c *cluster, dir string, rounds int) (out syncing, err error) {
	for i := range rounds {
		var vms []*core.VM
		one, err := c.measure(func() (err error) { vms, _, err = c.bare(); return err })
		if err != nil {
			return out, fmt.Errorf("fetch with a bare client: %w", err)
		}
		out.bare = append(out.bare, one)
		at := filepath.Join(dir, fmt.Sprint("try", i))
		if i == rounds-1 {
			at = dir
		}
		if err := out.sync(c, at, vms, i == rounds-1); err != nil {
			return out, err
		}
	}
	return out, nil
}

// sync measures one cold sync into a new store, and with last what follows it.
func (out *syncing) sync(c *cluster, dir string, want []*core.VM, last bool) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	s, err := openSite(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	ctx := context.Background()
	if _, err := s.session.Do(ctx, c.settings()); err != nil {
		return err
	}
	one, err := c.measure(func() error { s.run(); return s.await(c.size) })
	if err != nil {
		return fmt.Errorf("cold sync: %w", err)
	}
	out.cold = append(out.cold, one)
	if err := compare(want, s.session.View().VMs()); err != nil || !last {
		return err
	}
	if out.behind, err = c.measure(func() error { s.calm(); return nil }); err != nil {
		return err
	}
	for range 5 {
		one, err := c.measure(func() error { return s.session.Refresh(ctx, "big") })
		if err != nil {
			return fmt.Errorf("unchanged re-sync: %w", err)
		}
		out.same = append(out.same, one)
	}
	for _, tag := range []string{"one", "two", "three"} {
		if err := c.change(100, tag); err != nil {
			return err
		}
		one, err := c.measure(func() error { return s.session.Refresh(ctx, "big") })
		if err != nil {
			return fmt.Errorf("re-sync after a change: %w", err)
		}
		out.some = append(out.some, one)
		if n := tagged(s.session.View().VMs(), tag); n != c.size/100 {
			return fmt.Errorf("%d VMs have the new tag, not %d", n, c.size/100)
		}
	}
	s.calm()
	info, err := os.Stat(s.db.Path())
	if err == nil {
		out.file = info.Size()
	}
	return err
}

func tagged(vms []*core.VM, tag string) (n int) {
	for _, vm := range vms {
		if slices.Contains(vm.Tags, tag) {
			n++
		}
	}
	return n
}

// compare tells where gwm and the bare client found something else.
func compare(want, got []*core.VM) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d VMs, the bare client found %d", len(got), len(want))
	}
	for i := 0; i < len(want); i += 97 {
		if diff := cmp.Diff(want[i], got[i], cmpopts.EquateEmpty(), cmpopts.IgnoreFields(core.VM{}, "Search")); diff != "" {
			return fmt.Errorf("VM %d differs from what the bare client found:\n%s", i, diff)
		}
	}
	return nil
}

// report prints it. Of what was measured several times the best of the long
// ones counts and the median of the short ones.
func (out syncing) report(size int) {
	wall := func(c cost) time.Duration { return c.wall }
	cpu := func(c cost) time.Duration { return c.cpu }
	best := func(list []cost, of func(cost) time.Duration) float64 {
		values := make([]time.Duration, len(list))
		for i, c := range list {
			values[i] = of(c)
		}
		return ms(slices.Min(values))
	}
	middle := func(list []cost, of func(cost) time.Duration) float64 {
		values := make([]time.Duration, len(list))
		for i, c := range list {
			values[i] = of(c)
		}
		return ms(median(values))
	}
	bare, cold, same, some := out.bare[0], out.cold[0], out.same[0], out.some[0]
	results.section("Sync of %d VMs (best of %d)", size, len(out.cold))
	results.note(best(out.bare, wall), "ms", "bare fetch and decode (%.1f MiB)", mib(bare.bytes))
	results.note(best(out.cold, wall), "ms", "cold sync until published (%.1f MiB, %d requests)", mib(cold.bytes), cold.requests)
	results.aim(best(out.cold, wall)/best(out.bare, wall), "times", 1.5, "cold sync / bare fetch, time")
	results.note(best(out.cold, cpu)/best(out.bare, cpu), "times", "cold sync / bare fetch, processor time")
	results.note(float64(cold.bytes)/float64(bare.bytes), "times", "cold sync / bare fetch, bytes")
	results.note(ms(out.behind.cpu), "ms", "processor time of the cache afterwards (store: %.1f MiB)", mib(out.file))
	results.note(middle(out.same, wall), "ms", "unchanged re-sync (%.1f MiB, %d requests)", mib(same.bytes), same.requests)
	results.note(middle(out.same, cpu), "ms", "  of it processor time of gwm")
	results.aim(middle(out.same, wall)/best(out.cold, wall), "times", 0.1, "unchanged re-sync / cold sync, time")
	results.aim(float64(same.bytes)/float64(cold.bytes), "times", 0.1, "unchanged re-sync / cold sync, bytes")
	results.note(middle(out.some, wall), "ms", "re-sync with 1%% changed (%.1f MiB, %d requests)", mib(some.bytes), some.requests)
	results.note(middle(out.some, wall)/best(out.cold, wall), "times", "re-sync with 1%% changed / cold sync, time")
	results.note(float64(some.bytes)/float64(cold.bytes), "times", "re-sync with 1%% changed / cold sync, bytes")
}

// bigOne is the large cluster, kept for all tests, and the store that its sync left.
type bigOne struct {
	*cluster
	dir  string
	sync syncing
	err  error
}

// big starts the large cluster and measures its sync, at the first call.
var big = sync.OnceValue(func() *bigOne {
	b := &bigOne{}
	if b.dir, b.err = os.MkdirTemp("", "gwm-bench-"); b.err != nil {
		return b
	}
	if b.cluster, b.err = startCluster(large); b.err != nil {
		return b
	}
	made = b
	b.sync, b.err = syncAll(b.cluster, b.dir, 2)
	return b
})

// made is what big made, for closeBig.
var made *bigOne

func closeBig() error {
	if made == nil {
		return nil
	}
	return errors.Join(made.close(), os.RemoveAll(made.dir))
}

// warm returns the large cluster and a copy of its store.
func warm(t *testing.T) (b *bigOne, dir string) {
	t.Helper()
	if b = big(); b.err != nil {
		t.Fatal(b.err)
	}
	dir = t.TempDir()
	for _, name := range []string{"gwm.db", "master.key"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return b, dir
}

func TestBenchSync10k(t *testing.T) {
	c, err := startCluster(small)
	if err != nil {
		t.Fatal(err)
	}
	out, err := syncAll(c, t.TempDir(), 3)
	if err = errors.Join(err, c.close()); err != nil {
		t.Fatal(err)
	}
	out.report(small)
}

func TestBenchSync100k(t *testing.T) {
	b := big()
	if b.err != nil {
		t.Fatal(b.err)
	}
	b.sync.report(large)
}
