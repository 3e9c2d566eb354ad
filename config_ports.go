package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"

	"gwm/consoleproxy"
	"gwm/core"
)

// forwardConfig is about ports for ordinary VNC viewers.
type forwardConfig struct {
	Listen string `yaml:"listen"`
	Host   string `yaml:"host"`
	Ports  string `yaml:"ports"`
}

// channelConfig is about the control channel, over which programs ask for such
// ports.
type channelConfig struct {
	Listen     string   `yaml:"listen"`
	SecretFile string   `yaml:"secret_file"`
	Allow      []string `yaml:"allow"`
	ClientCA   string   `yaml:"client_ca"`
	Compat     bool     `yaml:"compat"`
}

func defaultForward() forwardConfig { return forwardConfig{Listen: "127.0.0.1", Ports: "7000-8000"} }

// check returns the first value about ports for viewers that makes no sense; at is
// the path of the group.
func (c forwardConfig) check(at string) *wrong {
	if c.Listen != "" && net.ParseIP(c.Listen) == nil {
		return &wrong{at + ".listen", "an address of this machine such as 127.0.0.1 is expected"}
	}
	if _, ok := c.ports(); !ok {
		return &wrong{at + ".ports", "a range of ports such as 7000-8000 is expected"}
	}
	return nil
}

// ports are the range; ok is false where it makes no sense. check has refused
// that.
func (c forwardConfig) ports() (p consoleproxy.Ports, ok bool) {
	first, last, _ := strings.Cut(c.Ports, "-")
	from, err := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	return consoleproxy.Ports{Address: c.Listen, First: int(from), Last: int(to)}, errors.Join(err, err2) == nil && from > 0 && to >= from
}

// forwards are what the switchboard opens; none where no address is set.
func (c forwardConfig) forwards() consoleproxy.ForwardsConfig {
	if c.Listen == "" {
		return consoleproxy.ForwardsConfig{}
	}
	ports, _ := c.ports()
	host := c.Host
	if name, err := os.Hostname(); err == nil && host == "" && net.ParseIP(c.Listen).IsUnspecified() {
		host = name
	}
	return consoleproxy.ForwardsConfig{Ports: ports, Host: host}
}

// check returns the first value about the control channel that makes no sense.
func (c channelConfig) check(at string) *wrong {
	if c.Listen == "" {
		return nil
	}
	if _, err := parseRules(c.Allow); err != nil {
		return &wrong{at + ".allow", core.AsError(err).Message}
	}
	if c.ClientCA != "" && (c.Compat || c.local()) {
		return &wrong{at + ".client_ca", "certificates are for TCP, and not with compat, where nobody shows anything"}
	}
	if c.local() {
		return nil
	}
	host, _, _ := net.SplitHostPort(c.Listen)
	switch ip := net.ParseIP(host); {
	case checkAddress(c.Listen) != "":
		return &wrong{at + ".listen", "an address and a port such as 127.0.0.1:8888, or a path, is expected"}
	case c.Compat && (ip == nil || !ip.IsLoopback()):
		return &wrong{at + ".compat", "nobody is asked for a secret then: listen on 127.0.0.1 or on a Unix socket"}
	case !c.Compat && c.SecretFile == "" && c.ClientCA == "":
		return &wrong{at + ".listen", "over TCP callers must show a secret or a certificate: set secret_file or client_ca, or listen on a Unix socket"}
	}
	return nil
}

// local tells whether the channel is a Unix socket.
func (c channelConfig) local() bool { return strings.Contains(c.Listen, "/") }

func parseRules(texts []string) ([]consoleproxy.Rule, error) {
	rules := make([]consoleproxy.Rule, 0, len(texts))
	for _, text := range texts {
		r, err := consoleproxy.ParseRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// listenChannel opens the control channel of consoles.
func (c config) listenChannel(ctx context.Context) (net.Listener, error) {
	const setting = "console.control.listen"
	if ch := c.Console.Control; !ch.local() {
		return listenTCP(ctx, setting, ch.Listen)
	}
	return listenControl(ctx, setting, c.path(c.Console.Control.Listen))
}

// leastSecret is how long the secret of the control channel is, at least.
const leastSecret = 20

// secret is what callers must know, from a file; it is empty where there is none.
func (c channelConfig) secret(file string) (core.Secret, error) {
	if file == "" {
		return core.Secret{}, nil
	}
	secret, err := readSecret("console.control.secret_file", file)
	if err == nil && len(secret.Reveal()) < leastSecret {
		err = core.Errorf(core.CodeInvalid, "console.control.secret_file: the secret in %s has less than %d letters", file, leastSecret).
			WithHint("make a new one with: openssl rand -hex 32")
	}
	return secret, err
}

// channel makes the control channel of gwm, whose ports are those of viewers, and
// its listener; both are nil where it is off.
func (c config) channel(ctx context.Context, dialer consoleproxy.Dialer, domain *core.Core, log *slog.Logger) (*consoleproxy.Channel, net.Listener, error) {
	ch := c.Console.Control
	if ch.Listen == "" {
		return nil, nil, nil
	}
	ports, _ := c.Console.Forward.ports()
	ports.Address = cmp.Or(ports.Address, defaultForward().Listen)
	cfg := consoleproxy.ChannelConfig{Dialer: dialer, Ports: ports, Compat: ch.Compat, Record: domain.RecordPort, Log: log}
	cfg.Rules.Node = domain.HasNode
	var err error
	if cfg.Rules.List, err = parseRules(ch.Allow); err != nil {
		return nil, nil, err
	}
	if cfg.Secret, err = ch.secret(c.path(ch.SecretFile)); err != nil {
		return nil, nil, err
	}
	if ch.ClientCA != "" {
		if cfg.Callers, err = consoleproxy.LoadAuthorities("console.control.client_ca", c.path(ch.ClientCA), log); err != nil {
			return nil, nil, err
		}
	}
	if c.Web.Certificate != "" || ch.ClientCA != "" {
		if cfg.Certificate, err = c.certificate(log); err != nil {
			return nil, nil, err
		}
	}
	channel, err := consoleproxy.NewChannel(cfg)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.listenChannel(ctx)
	return channel, l, err
}
