package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"strings"

	"gwm/consoleproxy"
	"gwm/core"
	"gwm/core/inventory"
	"gwm/rapi"
	"gwm/store"
)

// site is an open store with the domain at work on it.
type site struct {
	db     *store.DB
	core   *core.Core
	board  *consoleproxy.Switchboard // nil: there are no consoles
	cancel context.CancelFunc
	ended  chan struct{} // closed when Core.Run returned
	err    error         // of Core.Run; after ended
}

// openSite opens the store, starts the pollers and the runner, and returns when
// clusters can be asked. Both do not end with ctx but with close, so that a front
// end can say goodbye first. The site owns the switchboard, which is nil where
// there are no consoles.
func openSite(ctx context.Context, o store.Options, cfg core.Config, board *consoleproxy.Switchboard, log *slog.Logger) (*site, error) {
	db, err := store.Open(o)
	if err != nil {
		return nil, err
	}
	if board != nil {
		cfg.Consoles = board
	}
	cfg.Store, cfg.Open, cfg.Inventory, cfg.Log = db, map[string]core.Opener{"ganeti": rapi.Open}, inventory.New, log
	c, err := core.New(ctx, cfg)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &site{db: db, core: c, board: board, ended: make(chan struct{})}
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(s.ended)
		s.err = c.Run(ctx)
	}()
	select {
	case <-c.Ready():
	case <-s.ended: // close tells why
	}
	return s, nil
}

// close ends every session, the runner, the pollers and the consoles, and closes
// the store, in which the consoles note how their recordings ended.
func (s *site) close() error {
	s.cancel()
	<-s.ended
	err := s.err
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if s.board != nil {
		err = errors.Join(err, s.board.Close())
	}
	return errors.Join(err, s.db.Close())
}

// local works on the store of this machine as its administrator: work gets a
// session of the local person. A store and its master key are made where there
// is neither.
func (p *program) local(ctx context.Context, c config, via string, work func(*site, *core.Session) error) (err error) {
	if err := firstStore(c); err != nil {
		return err
	}
	log, logFile, err := p.quietLog(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, logFile.Close()) }()
	links := newPage()
	board := c.switchboard(true, c.lateDialer(log), links.Link, log)
	s, err := openSite(ctx, c.store(), c.site(), board, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, links.Close(), s.close()) }()
	if board != nil {
		links.alone(ctx, c, s.core, consoleproxy.NewScreens(nil, board), log)
	}
	session, err := s.core.Local(ctx, account(), via)
	if err != nil {
		return err
	}
	defer session.Close()
	return work(s, session)
}

// account is the name of the system account that gwm runs as; empty where it has
// none that could be the name of a user.
func account() string {
	me, err := user.Current()
	if err != nil {
		return ""
	}
	name := strings.ToLower(me.Username)
	if core.CheckNewName(core.KindUser, name) != nil {
		return ""
	}
	return name
}

// quietLog is the log of a run whose standard error belongs to the person.
func (p *program) quietLog(c config) (*slog.Logger, io.Closer, error) {
	log, f, err := fileLog(c.path("gwm.log"))
	if err != nil {
		return nil, nil, core.Errorf(core.CodeInternal, "the log %s cannot be written: %w", c.path("gwm.log"), core.PlainCause(err)).
			WithHint("check the permissions of the data directory")
	}
	return log, f, nil
}

// firstStore makes the master key of a store that does not exist yet. A key file
// that is missing beside a store is not replaced: its passwords would be lost.
func firstStore(c config) error {
	o := c.store()
	if _, err := os.Stat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := store.CreateKeyFile(o.KeyFile)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
