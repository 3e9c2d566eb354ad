package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"gwm/consoleproxy"
	"gwm/core"
)

// bastionConfig is the configuration file of gwm consoleproxy. Relative paths
// count from its directory.
type bastionConfig struct {
	Listen      string    `yaml:"listen"`
	Certificate string    `yaml:"certificate"`
	Key         string    `yaml:"key"`
	Clients     []string  `yaml:"clients"`
	Allow       []string  `yaml:"allow"`
	Log         logConfig `yaml:"log"`
}

const bastionFile = "consoleproxy.yaml"

// bastionText is what gwm consoleproxy init writes.
const bastionText = `# Configuration of gwm consoleproxy. Relative paths count from the directory of
# this file.

# Address and port where gwm connects.
listen: ":8890"

# What the proxy shows gwm; gwm knows it by its fingerprint.
certificate: proxy.crt
key: proxy.key

# Fingerprints of the gwm that may use it: the log of gwm serve shows its own at
# its start, once console.proxy is set there.
clients: []

# Where connections may lead: the SSH servers and the screens of the nodes, such
# as ["*.example.org:22", "*.example.org:5900-6100", "*.example.org:11000-14999"].
# This machine itself is never reached unless its address stands here.
allow: []

log:
  format: auto
  level: info
`

func (p *program) bastionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "consoleproxy",
		Short: "Reach the nodes' consoles for a gwm on another host",
		Long: "Open connections to the nodes for a gwm on another host that does not reach them itself, until SIGTERM or\n" +
			"SIGINT. Both sides know each other by certificates. No store and no session is here.",
		Example: "  gwm consoleproxy init /etc/gwm\n  gwm consoleproxy --config /etc/gwm/consoleproxy.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.bastion(cmd.Context()) },
	}
	cmd.AddCommand(&cobra.Command{
		Use:         "init DIR",
		Short:       "Make the certificate and the configuration of a proxy for consoles",
		Long:        "Make the certificate and a commented configuration in DIR, and show the fingerprint that gwm must know.\nWhat exists already is left as it is.",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{ownCommand: ""},
		RunE:        func(_ *cobra.Command, args []string) error { return p.initBastion(args[0]) },
	})
	return cmd
}

func (p *program) initBastion(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return core.Errorf(core.CodeInvalid, "the directory %s cannot be made: %w", dir, core.PlainCause(err)).WithHint("choose another directory")
	}
	certFile, keyFile, file := filepath.Join(dir, "proxy.crt"), filepath.Join(dir, "proxy.key"), filepath.Join(dir, bastionFile)
	if _, err := consoleproxy.MakeCertificate(certFile, keyFile, ""); err != nil {
		return err
	}
	certificate, err := consoleproxy.LoadCertificate(certFile, keyFile, newLog(logConfig{Format: "text", Level: "error"}, p.stderr, p.env))
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.WriteString(bastionText)
		err = errors.Join(err, f.Close())
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return core.Errorf(core.CodeInvalid, "the configuration %s cannot be written: %w", file, core.PlainCause(err)).WithHint("choose another directory")
	}
	_, err = fmt.Fprintf(p.stdout, "configuration  %s\nfingerprint    %s\n\nNext:\n  in the configuration of gwm, console.proxy: {address: HOST:8890, fingerprint: %[2]s}\n"+
		"  then the fingerprint that gwm serve logs goes into clients, and the nodes into allow, of %[1]s\n"+
		"  gwm consoleproxy --config %[1]s\n", file, certificate.Fingerprint())
	return err
}

// loadBastion reads the configuration.
func loadBastion(file string) (bastionConfig, error) {
	c := bastionConfig{Listen: ":8890", Certificate: "proxy.crt", Key: "proxy.key", Log: logConfig{Format: "auto", Level: "info"}}
	if file == "" {
		return c, core.Errorf(core.CodeInvalid, "gwm consoleproxy needs its configuration").WithHint("make one with gwm consoleproxy init DIR, and name it with --config DIR/%s", bastionFile)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return c, core.Errorf(core.CodeInvalid, "the configuration %s cannot be read: %w", file, core.PlainCause(err)).WithHint("make one with gwm consoleproxy init DIR")
	}
	if err := (source{file, text, "gwm consoleproxy init in an empty directory writes a file that explains every key"}).decode(&c, c.check); err != nil {
		return c, err
	}
	for _, path := range []*string{&c.Certificate, &c.Key} {
		if !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(file), *path)
		}
	}
	return c, nil
}

// check returns the first value that makes no sense.
func (c *bastionConfig) check() *wrong {
	if why := checkAddress(c.Listen); why != "" {
		return &wrong{"$.listen", why}
	}
	if _, err := c.pins(); err != nil {
		return &wrong{"$.clients", core.AsError(err).Message}
	}
	if _, err := parseRules(c.Allow); err != nil {
		return &wrong{"$.allow", core.AsError(err).Message}
	}
	return c.Log.check("$.log")
}

// pins are the certificates of those who may come.
func (c *bastionConfig) pins() ([]consoleproxy.Pin, error) {
	pins := make([]consoleproxy.Pin, 0, len(c.Clients))
	for _, text := range c.Clients {
		pin, err := consoleproxy.ParsePin(text)
		if err != nil {
			return nil, err
		}
		pins = append(pins, pin)
	}
	return pins, nil
}

// bastion serves until ctx ends.
func (p *program) bastion(ctx context.Context) error {
	c, err := loadBastion(p.configFile)
	if err != nil {
		return err
	}
	log := newLog(c.Log, p.stderr, p.env)
	cfg := consoleproxy.BastionConfig{Log: log}
	if cfg.Rules.List, err = parseRules(c.Allow); err != nil {
		return err
	}
	if cfg.Clients, err = c.pins(); err != nil {
		return err
	}
	if len(cfg.Clients) == 0 || len(cfg.Rules.List) == 0 {
		return core.Errorf(core.CodeInvalid, "%s lets nobody in or leads nowhere", p.configFile).
			WithHint("put the fingerprint of a gwm into clients, and its nodes into allow")
	}
	if cfg.Certificate, err = consoleproxy.LoadCertificate(c.Certificate, c.Key, log); err != nil {
		return err
	}
	server, err := consoleproxy.NewBastion(cfg)
	if err != nil {
		return err
	}
	l, err := listenTCP(ctx, "listen in "+p.configFile, c.Listen)
	if err != nil {
		return err
	}
	log.Info("listening for gwm", "addr", l.Addr().String(), "fingerprint", cfg.Certificate.Fingerprint())
	return server.Serve(ctx, l)
}
