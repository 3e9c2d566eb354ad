//go:build bench

package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gwm/core"
	"gwm/core/inventory"
	"gwm/rapi"
	"gwm/store"
)

// site is a core at work on a store, as gwm serve has it.
type site struct {
	db      *store.DB
	core    *core.Core
	session *core.Session // of the local administrator
	cancel  context.CancelFunc
	ended   chan error
}

// openSite opens the store in dir, and makes one where there is none. The
// pollers do not run yet.
func openSite(dir string) (*site, error) { return openSiteWith(dir, nil) }

// openSiteWith is openSite for one whose VMs have consoles.
func openSiteWith(dir string, consoles core.Consoles) (*site, error) {
	o := store.Options{Path: filepath.Join(dir, "gwm.db"), KeyFile: filepath.Join(dir, "master.key")}
	if _, err := os.Stat(o.KeyFile); err != nil {
		if err := store.CreateKeyFile(o.KeyFile); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(o)
	if err != nil {
		return nil, err
	}
	s := &site{db: db, ended: make(chan error, 1)}
	ctx := context.Background()
	s.core, err = core.New(ctx, core.Config{
		Store: db, Inventory: inventory.New, Open: map[string]core.Opener{"ganeti": rapi.Open}, Consoles: consoles,
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.session, err = s.core.Local(ctx, "", "local"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// run starts the pollers.
func (s *site) run() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() { s.ended <- s.core.Run(ctx) }()
}

// await returns when the cluster was asked and size VMs are visible.
func (s *site) await(size int) error {
	late := time.After(5 * time.Minute)
	for {
		c, _ := s.session.View().Cluster("big")
		if c.Health.Reachable() && !c.Health.Loading && len(s.session.View().VMs()) == size {
			return nil
		}
		if c.Health.Error != nil {
			return c.Health.Error
		}
		select {
		case <-s.session.Changed():
		case <-late:
			return fmt.Errorf("%d VMs after five minutes, not %d", len(s.session.View().VMs()), size)
		}
	}
}

// calm returns when this process has nothing to do any more: the cache is
// written from behind, in rounds of 15 seconds.
func (s *site) calm() {
	time.Sleep(16 * time.Second)
	for range 120 {
		before := ownCPU()
		time.Sleep(500 * time.Millisecond)
		if ownCPU()-before < 10*time.Millisecond {
			return
		}
	}
}

func (s *site) close() error {
	if s.cancel != nil {
		s.cancel()
		if err := <-s.ended; err != nil && !errors.Is(err, context.Canceled) {
			return errors.Join(err, s.db.Close())
		}
	}
	return s.db.Close()
}
