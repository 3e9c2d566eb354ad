package main

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"gwm/core"
	"gwm/ssh"
	"gwm/store"
)

// config is the configuration file. Every key has a default, and is documented
// in configText. Relative paths count from the data directory.
type config struct {
	DataDir       string        `yaml:"data_dir"`
	MasterKeyFile string        `yaml:"master_key_file"`
	ControlSocket string        `yaml:"control_socket"`
	SSH           sshConfig     `yaml:"ssh"`
	Limits        limitsConfig  `yaml:"limits"`
	Jobs          jobsConfig    `yaml:"jobs"`
	Poll          pollConfig    `yaml:"poll"`
	Audit         auditConfig   `yaml:"audit"`
	Web           webConfig     `yaml:"web"`
	Console       consoleConfig `yaml:"console"`
	Log           logConfig     `yaml:"log"`
	Registration  string        `yaml:"registration"`
	SecondFactor  string        `yaml:"second_factor"`
	LDAP          ldapConfig    `yaml:"ldap"`

	file string // where it was read from; empty: nowhere
}

type sshConfig struct {
	Listen         string `yaml:"listen"`
	HostKeyDir     string `yaml:"host_key_dir"`
	UserCAKeysFile string `yaml:"user_ca_keys_file"`
	RevokedFile    string `yaml:"revoked_file"`
	BannerFile     string `yaml:"banner_file"`
}

type limitsConfig struct {
	Handshake       time.Duration `yaml:"handshake"`
	PerSource       startups      `yaml:"per_source"`
	Total           startups      `yaml:"total"`
	AuthTries       int           `yaml:"auth_tries"`
	BlockAfter      int           `yaml:"block_after"`
	BlockFor        time.Duration `yaml:"block_for"`
	BlockMax        time.Duration `yaml:"block_max"`
	Exempt          []string      `yaml:"exempt"`
	Channels        int           `yaml:"channels"`
	Idle            time.Duration `yaml:"idle"`
	IdleWarning     time.Duration `yaml:"idle_warning"`
	Session         time.Duration `yaml:"session"`
	KeepAlive       time.Duration `yaml:"keep_alive"`
	KeepAliveMisses int           `yaml:"keep_alive_misses"`
	Sessions        int           `yaml:"sessions"`
	SessionsPerUser int           `yaml:"sessions_per_user"`
	Stop            time.Duration `yaml:"stop"`
}

type startups struct {
	Start int `yaml:"start"`
	Rate  int `yaml:"rate"`
	Full  int `yaml:"full"`
}

type jobsConfig struct {
	PerCluster int           `yaml:"per_cluster"`
	PerUser    int           `yaml:"per_user"`
	Keep       time.Duration `yaml:"keep"`
	OwnerTags  bool          `yaml:"owner_tags"`
}

type pollConfig struct {
	Busy       time.Duration `yaml:"busy"`
	Looked     time.Duration `yaml:"looked"`
	Idle       time.Duration `yaml:"idle"`
	Full       time.Duration `yaml:"full"`
	BackoffMax time.Duration `yaml:"backoff_max"`
}

type logConfig struct {
	Format string `yaml:"format"`
	Level  string `yaml:"level"`
}

// defaultConfig is the configuration where no file says otherwise.
func defaultConfig(env func(string) string) config {
	l, t := ssh.DefaultLimits(), core.DefaultTuning()
	return config{
		DataDir: defaultDataDir(env), MasterKeyFile: "master.key", ControlSocket: "control.sock",
		SSH: sshConfig{Listen: ":2222", HostKeyDir: "host_keys"},
		Limits: limitsConfig{
			Handshake: l.Handshake, PerSource: startups(l.PerSource), Total: startups(l.Total),
			AuthTries: l.AuthTries, BlockAfter: l.BlockAfter, BlockFor: l.BlockFor, BlockMax: l.BlockMax,
			Channels: l.Channels, Idle: l.Idle, IdleWarning: l.IdleWarning, Session: l.Session,
			KeepAlive: l.KeepAlive, KeepAliveMisses: l.KeepAliveMisses, Stop: l.Stop,
			Sessions: t.Sessions, SessionsPerUser: t.SessionsUser,
		},
		Jobs: jobsConfig{PerCluster: t.Slots, PerUser: t.QueueUser, Keep: t.JobKeep, OwnerTags: true},
		Poll: pollConfig{Busy: t.PollBusy, Looked: t.PollLooked, Idle: t.PollIdle, Full: t.PollFull, BackoffMax: t.BackoffMax},
		Log:  logConfig{Format: "auto", Level: "info"},

		Audit: auditConfig{Keep: "0"}, Web: defaultWeb(), Console: defaultConsole(),

		Registration: registrationClosed, SecondFactor: factorOptional, LDAP: defaultLDAP(),
	}
}

// defaultDataDir is /var/lib/gwm for root and below the home directory for
// others.
func defaultDataDir(env func(string) string) string {
	if os.Geteuid() == 0 {
		return "/var/lib/gwm"
	}
	base := env("XDG_DATA_HOME")
	if !filepath.IsAbs(base) {
		base = filepath.Join(env("HOME"), ".local", "share")
	}
	return filepath.Join(base, "gwm")
}

// loadConfig reads the configuration from path, which --config named, or from
// the first of $GWM_CONFIG, gwm.yaml in the data directory and /etc/gwm/gwm.yaml
// that there is. $GWM_DATA_DIR wins over the file. The error is a *core.Error.
func loadConfig(path string, env func(string) string) (config, error) {
	c := defaultConfig(env)
	if dir := env("GWM_DATA_DIR"); dir != "" {
		c.DataDir = dir
	}
	if path == "" {
		path = env("GWM_CONFIG")
	}
	candidates := []string{path}
	if path == "" {
		candidates = []string{filepath.Join(c.DataDir, "gwm.yaml"), "/etc/gwm/gwm.yaml"}
	}
	for _, file := range candidates {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) && path == "" {
			continue
		}
		if err != nil {
			return config{}, core.Errorf(core.CodeInvalid, "the configuration %s cannot be read: %w", file, core.PlainCause(err)).
				WithHint("give another with --config or GWM_CONFIG, or write one with gwm init")
		}
		if err := c.decode(file, text); err != nil {
			return config{}, err
		}
		break
	}
	if dir := env("GWM_DATA_DIR"); dir != "" {
		c.DataDir = dir
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return config{}, core.Errorf(core.CodeInvalid, "the data directory %s cannot be found: %w", c.DataDir, err)
	}
	c.DataDir = dir
	return c, nil
}

// path resolves a path of the configuration; an empty one stays empty.
func (c config) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.DataDir, p)
}

// store tells where the store and its master keys are.
func (c config) store() store.Options {
	return store.Options{Path: c.path("gwm.db"), KeyFile: c.path(c.MasterKeyFile)}
}

// site is what the core is told; store, clients and log are for openSite.
func (c config) site() core.Config {
	return core.Config{
		Tuning: c.tuning(), Tags: c.Jobs.OwnerTags,
		Registration: c.Registration == registrationApproval, RequireFactor: c.SecondFactor == factorAdministrators,
	}
}

func (c config) tuning() core.Tuning {
	return core.Tuning{
		PollBusy: c.Poll.Busy, PollLooked: c.Poll.Looked, PollIdle: c.Poll.Idle, PollFull: c.Poll.Full, BackoffMax: c.Poll.BackoffMax,
		Slots: c.Jobs.PerCluster, QueueUser: c.Jobs.PerUser, JobKeep: c.Jobs.Keep,
		Sessions: c.Limits.Sessions, SessionsUser: c.Limits.SessionsPerUser,
		AuditKeep: c.Audit.keep(), RecordingKeep: c.Console.keep(),
	}
}

func (c config) limits() ssh.Limits {
	l := c.Limits
	out := ssh.Limits{
		Handshake: l.Handshake, PerSource: ssh.Startups(l.PerSource), Total: ssh.Startups(l.Total),
		AuthTries: l.AuthTries, BlockAfter: l.BlockAfter, BlockFor: l.BlockFor, BlockMax: l.BlockMax,
		Channels: l.Channels, Idle: l.Idle, IdleWarning: l.IdleWarning, Session: l.Session,
		KeepAlive: l.KeepAlive, KeepAliveMisses: l.KeepAliveMisses, Stop: l.Stop,
	}
	for _, s := range l.Exempt {
		if p, err := parsePrefix(s); err == nil { // check has refused the others
			out.Exempt = append(out.Exempt, p)
		}
	}
	return out
}

// parsePrefix reads an address or a prefix.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// wrong is a value that the file may not have, by the path of its key.
type wrong struct{ path, why string }

// check returns the first value that makes no sense.
func (c config) check() *wrong {
	l := c.Limits
	for _, d := range []struct {
		path string
		d    time.Duration
	}{
		{"$.limits.handshake", l.Handshake},
		{"$.limits.block_for", l.BlockFor},
		{"$.limits.block_max", l.BlockMax},
		{"$.limits.idle", l.Idle},
		{"$.limits.idle_warning", l.IdleWarning},
		{"$.limits.session", l.Session},
		{"$.limits.keep_alive", l.KeepAlive},
		{"$.limits.stop", l.Stop},
		{"$.jobs.keep", c.Jobs.Keep},
		{"$.poll.busy", c.Poll.Busy},
		{"$.poll.looked", c.Poll.Looked},
		{"$.poll.idle", c.Poll.Idle},
		{"$.poll.full", c.Poll.Full},
		{"$.poll.backoff_max", c.Poll.BackoffMax},
		{"$.ldap.timeout", c.LDAP.Timeout},
	} {
		if d.d < time.Millisecond {
			return &wrong{d.path, "a time such as 30s, 10m or 12h is expected"}
		}
	}
	for _, n := range []struct {
		path string
		n    int
	}{
		{"$.limits.auth_tries", l.AuthTries},
		{"$.limits.block_after", l.BlockAfter},
		{"$.limits.channels", l.Channels},
		{"$.limits.keep_alive_misses", l.KeepAliveMisses},
		{"$.limits.sessions", l.Sessions},
		{"$.limits.sessions_per_user", l.SessionsPerUser},
		{"$.jobs.per_cluster", c.Jobs.PerCluster},
		{"$.jobs.per_user", c.Jobs.PerUser},
	} {
		if n.n < 1 {
			return &wrong{n.path, "a number above 0 is expected"}
		}
	}
	if !oneOf(c.Registration, registrationClosed, registrationApproval) {
		return &wrong{"$.registration", "one of closed and approval is expected"}
	}
	if !oneOf(c.SecondFactor, factorOptional, factorAdministrators) {
		return &wrong{"$.second_factor", "one of optional and administrators is expected"}
	}
	for _, check := range []func() *wrong{c.checkWeb, c.checkConsole} {
		if w := check(); w != nil {
			return w
		}
	}
	return c.checkWords()
}

func (c config) checkWords() *wrong {
	for path, s := range map[string]startups{"$.limits.per_source": c.Limits.PerSource, "$.limits.total": c.Limits.Total} {
		if s.Start < 1 || s.Full < s.Start || s.Rate < 0 || s.Rate > 100 {
			return &wrong{path, "start must be above 0, full at least start, rate from 0 to 100"}
		}
	}
	for _, s := range c.Limits.Exempt {
		if _, err := parsePrefix(s); err != nil {
			return &wrong{"$.limits.exempt", strconv.Quote(s) + " is not an address or a network such as 192.0.2.0/24"}
		}
	}
	switch {
	case c.DataDir == "":
		return &wrong{"$.data_dir", "a directory is expected"}
	case c.MasterKeyFile == "":
		return &wrong{"$.master_key_file", "a file is expected"}
	case c.ControlSocket == "":
		return &wrong{"$.control_socket", "a path is expected"}
	case c.SSH.HostKeyDir == "":
		return &wrong{"$.ssh.host_key_dir", "a directory is expected"}
	case checkAddress(c.SSH.Listen) != "":
		return &wrong{"$.ssh.listen", checkAddress(c.SSH.Listen)}
	}
	return c.Log.check("$.log")
}

// check returns the first value about the log that makes no sense; at is the path of
// the group.
func (c logConfig) check(at string) *wrong {
	switch {
	case !oneOf(c.Format, "auto", "text", "json", "journal"):
		return &wrong{at + ".format", "one of auto, text, json and journal is expected"}
	case !oneOf(c.Level, "debug", "info", "warn", "error"):
		return &wrong{at + ".level", "one of debug, info, warn and error is expected"}
	}
	return nil
}

// checkAddress tells what is wrong with an address to listen on; empty: nothing.
func checkAddress(s string) string {
	_, port, err := net.SplitHostPort(s)
	if n, numErr := strconv.Atoi(port); err != nil || numErr != nil || n < 0 || n > 65535 {
		return "an address and a port such as 0.0.0.0:2222 or :2222 are expected"
	}
	return ""
}

func oneOf(s string, words ...string) bool {
	return slices.Contains(words, s)
}
