package main

import (
	"log/slog"
	"time"

	"gwm/consoleproxy"
	"gwm/core"
)

type consoleConfig struct {
	Enabled    bool          `yaml:"enabled"`
	Recordings string        `yaml:"recordings"`
	Keep       string        `yaml:"keep"`
	Forward    forwardConfig `yaml:"forward"`
	Control    channelConfig `yaml:"control"`
	Proxy      proxyConfig   `yaml:"proxy"`
}

func defaultConsole() consoleConfig {
	return consoleConfig{Enabled: true, Recordings: "recordings", Keep: "0", Forward: defaultForward(), Control: channelConfig{Allow: []string{}}}
}

// checkConsole returns the first value about consoles that makes no sense.
func (c config) checkConsole() *wrong {
	_, ok := parseKeep(c.Console.Keep)
	switch {
	case !ok:
		return &wrong{"$.console.keep", "a time of at least a day such as 90d, or 0 for ever, is expected"}
	case c.Console.Recordings == "":
		return &wrong{"$.console.recordings", "a directory is expected"}
	}
	if w := c.Console.Forward.check("$.console.forward"); w != nil {
		return w
	}
	if w := c.Console.Control.check("$.console.control"); w != nil {
		return w
	}
	return c.Console.Proxy.check("$.console.proxy")
}

// keep is how long recordings are kept; 0: for ever. check has refused what is no
// time.
func (c consoleConfig) keep() time.Duration {
	d, _ := parseKeep(c.Keep)
	return d
}

// switchboard makes what carries consoles; nil where they are off. With ownSSH
// nodes are reached by the ssh program of the person at this machine, otherwise
// gwm logs in with its own key.
func (c config) switchboard(ownSSH bool, dialer consoleproxy.Dialer, link func(core.Secret) (string, error), log *slog.Logger) *consoleproxy.Switchboard {
	if !c.Console.Enabled {
		return nil
	}
	board := consoleproxy.SwitchboardConfig{Log: log, Dialer: dialer, Recordings: c.path(c.Console.Recordings), Link: link}
	if ownSSH {
		board.OwnSSH = "ssh"
	}
	board.Forwards = c.Console.Forward.forwards()
	return consoleproxy.NewSwitchboard(board)
}
