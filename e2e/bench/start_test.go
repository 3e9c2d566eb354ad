//go:build bench

package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/core/inventory"
	"gwm/rapi"
	"gwm/store"
	"gwm/tui"
)

// starting is how long a process needed until each step was done, from its start.
type starting struct {
	Open  time.Duration // the store is open
	New   time.Duration // the core has loaded the cache
	View  time.Duration // a session has its first view
	Frame time.Duration // the first frame is drawn
	List  time.Duration // the first frame of the list of VMs is drawn
	Store time.Duration // of all that: inside the store
	VMs   int
}

func TestBenchStart(t *testing.T) {
	_, dir := warm(t)
	var all []starting
	for range 3 {
		c, err := startChild("start", dir)
		if err != nil {
			t.Fatal(err)
		}
		var s starting
		if err := c.ask(&s, "times"); err != nil {
			t.Error(err)
		}
		if err := c.close(); err != nil {
			t.Fatal(err)
		}
		if s.VMs != large {
			t.Fatalf("%d VMs came from the cache, not %d", s.VMs, large)
		}
		all = append(all, s)
	}
	step := func(of func(starting) time.Duration) float64 {
		values := make([]time.Duration, len(all))
		for i, s := range all {
			values[i] = of(s)
		}
		return ms(median(values))
	}
	results.section("Start with a warm cache of %d VMs (median of %d)", large, len(all))
	results.note(step(func(s starting) time.Duration { return s.Frame }), "ms", "start to first frame")
	results.note(step(func(s starting) time.Duration { return s.Open }), "ms", "  open the store")
	results.note(step(func(s starting) time.Duration { return s.New - s.Open }), "ms", "  core.New")
	results.note(step(func(s starting) time.Duration { return s.View - s.New }), "ms", "  session and first view")
	results.note(step(func(s starting) time.Duration { return s.Frame - s.View }), "ms", "  first frame")
	results.note(step(func(s starting) time.Duration { return s.List - s.Frame }), "ms", "then the list of VMs")
	results.note(100*step(func(s starting) time.Duration { return s.Store })/step(func(s starting) time.Duration { return s.Frame }), "%",
		"share of the store")
}

// playStart is the role "start": DIR.
func playStart(args []string) error {
	var out starting
	began := time.Now()
	db, err := store.Open(store.Options{Path: filepath.Join(args[0], "gwm.db"), KeyFile: filepath.Join(args[0], "master.key")})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	out.Open = time.Since(began)
	watched := &watchedStore{Store: db, spent: out.Open}
	ctx := context.Background()
	c, err := core.New(ctx, core.Config{Store: watched, Inventory: inventory.New, Open: map[string]core.Opener{"ganeti": rapi.Open}})
	if err != nil {
		return err
	}
	out.New = time.Since(began)
	session, err := c.Local(ctx, "", "local")
	if err != nil {
		return err
	}
	out.VMs = len(session.View().VMs())
	out.View = time.Since(began)
	app := tui.New(session, options)
	defer app.Close()
	first := app.View().Content
	out.Frame, out.Store = time.Since(began), watched.spent
	app.Update(tea.KeyPressMsg{Code: '2', Text: "2"})
	list := app.View().Content
	out.List = time.Since(began)
	if !strings.Contains(first, "big") || !strings.Contains(list, "vm000001") {
		return fmt.Errorf("the frames do not show what they should:\n%s\n%s", first, list)
	}
	return answer(map[string]func([]string) (any, error){"times": func([]string) (any, error) { return out, nil }})
}

// watchedStore counts the time that reading spends inside a store, without what
// the reader does with each item.
type watchedStore struct {
	core.Store
	spent time.Duration
}

func (s *watchedStore) Read(ctx context.Context, key string) (core.Item, bool, error) {
	began := time.Now()
	defer func() { s.spent += time.Since(began) }()
	return s.Store.Read(ctx, key)
}

func (s *watchedStore) List(ctx context.Context, prefix, after string, yield func(core.Item) bool) error {
	began := time.Now()
	defer func() { s.spent += time.Since(began) }()
	return s.Store.List(ctx, prefix, after, func(it core.Item) bool {
		s.spent += time.Since(began)
		more := yield(it)
		began = time.Now()
		return more
	})
}
