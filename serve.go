package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"gwm/consoleproxy"
	"gwm/core"
	"gwm/ssh"
)

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the screen and the commands over SSH",
		Long: "Serve the screen and the commands over SSH, ask the clusters and carry out jobs until SIGTERM or SIGINT.\n" +
			"A second signal ends the server at once; jobs under way on a cluster are followed up by the next start.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context()) },
	}
}

// serve opens the store, puts the server on it and waits for ctx to end.
func (p *program) serve(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	log := newLog(c.Log, p.stderr, p.env)
	domain := c.site()
	if domain.Directory, err = c.directory(); err != nil {
		return err
	}
	links := newPage()
	nodes, err := c.nodeDialer(log)
	if err != nil {
		return err
	}
	board := c.switchboard(false, nodes, links.Link, log)
	s, err := openSite(ctx, c.store(), domain, board, log)
	if err != nil {
		return err
	}
	cfg, err := c.server()
	if err != nil {
		return errors.Join(err, s.close())
	}
	cfg.Core, cfg.Log = s.core, log
	server, err := ssh.New(cfg)
	if err != nil {
		return errors.Join(err, s.close())
	}
	l, err := listen(ctx, c, p.env)
	if err != nil {
		return errors.Join(err, s.close())
	}
	web, err := c.publish(s, l.web, links, log)
	if err != nil {
		l.close()
		return errors.Join(err, s.close())
	}
	var channel *consoleproxy.Channel
	if channel, l.caller, err = c.channel(ctx, nodes, s.core, log); err != nil {
		l.close()
		return errors.Join(err, s.close())
	}
	log.Info("started", "version", cfg.Version, "config", c.file, "data_dir", c.DataDir)
	return p.serveOn(ctx, s, doors{ssh: server, web: web, channel: channel, listeners: l}, log, c.Limits.Stop)
}

// server is the part of the SSH server's configuration that comes from the file.
func (c config) server() (ssh.Config, error) {
	cfg := ssh.Config{HostKeyDir: c.path(c.SSH.HostKeyDir), Limits: c.limits(), Version: buildVersion()}
	var banner []byte
	for _, f := range []struct {
		what, path string
		to         *[]byte
	}{
		{"user_ca_keys_file", c.SSH.UserCAKeysFile, &cfg.UserCAKeys},
		{"revoked_file", c.SSH.RevokedFile, &cfg.Revoked},
		{"banner_file", c.SSH.BannerFile, &banner},
	} {
		if f.path == "" {
			continue
		}
		text, err := os.ReadFile(c.path(f.path))
		if err != nil {
			return ssh.Config{}, core.Errorf(core.CodeInvalid, "ssh.%s: %s cannot be read: %w", f.what, c.path(f.path), core.PlainCause(err)).
				WithHint("check the path in the configuration, or leave the key empty")
		}
		*f.to = text
	}
	cfg.Banner = string(banner)
	return cfg, nil
}

// doors are the servers that let people and machines in, and where they do.
type doors struct {
	ssh *ssh.Server
	web *consoleproxy.Server // nil: HTTPS is off
	// channel answers programs that ask for ports; nil: it is off.
	channel *consoleproxy.Channel
	listeners
}

// serveOn lets people in until ctx ends or something fails, then says goodbye
// and closes the site. It returns in bounded time after the end of ctx.
func (p *program) serveOn(ctx context.Context, s *site, d doors, log *slog.Logger, grace time.Duration) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	failed := make(chan error, 5) // one for each of the following
	work.Go(func() { failed <- d.ssh.Serve(serving, d.listeners.ssh) })
	if d.control != nil {
		work.Go(func() { failed <- d.ssh.ServeControl(serving, d.control) })
		log.Info("listening for local administration", "socket", d.control.Addr().String())
	}
	if d.web != nil {
		work.Go(func() { failed <- d.web.Serve(serving, d.listeners.web) })
		log.Info("listening for HTTPS", "addr", d.listeners.web.Addr().String())
	}
	if d.channel != nil {
		work.Go(func() { failed <- d.channel.Serve(serving, d.caller) })
		log.Info("listening on the control channel of consoles", "addr", d.caller.Addr().String())
	}
	if every := watchdogEvery(p.env, os.Getpid()); every > 0 {
		work.Go(func() { failed <- watchdog(serving, p.env, every, s.alive) })
	}
	log.Info("listening", "addr", d.listeners.ssh.Addr().String())
	p.tell(ctx, log, "READY=1")
	var err error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case err = <-failed:
		log.Error("stopping after a failure", "err", err)
	case <-s.ended:
		err = errors.Join(errors.New("the pollers and the runner ended"), s.err)
		log.Error("stopping after a failure", "err", err)
	}
	p.tell(context.WithoutCancel(ctx), log, "STOPPING=1")
	stop()
	closed := make(chan error, 1)
	go func() {
		work.Wait()
		closed <- s.close()
	}()
	select {
	case closeErr := <-closed:
		err = errors.Join(err, closeErr)
		log.Info("stopped")
	case <-time.After(grace + 30*time.Second):
		err = errors.Join(err, core.Errorf(core.CodeInternal, "the server did not stop in time; what it was writing is safe"))
	}
	return err
}

// tell notifies systemd; a failure is logged only.
func (p *program) tell(ctx context.Context, log *slog.Logger, state string) {
	if err := notify(ctx, p.env, state); err != nil {
		log.Warn("cannot tell systemd", "state", state, "err", err)
	}
}

// alive tells whether the store answers.
func (s *site) alive(ctx context.Context) error {
	_, _, err := s.db.Read(ctx, "alive")
	return err
}
