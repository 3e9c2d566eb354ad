package main

import (
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"gwm/consoleproxy"
	"gwm/core"
)

type auditConfig struct {
	Keep string `yaml:"keep"`
}

type webConfig struct {
	Listen      string    `yaml:"listen"`
	PublicURL   string    `yaml:"public_url"`
	Certificate string    `yaml:"certificate"`
	Key         string    `yaml:"key"`
	PathSecrets bool      `yaml:"path_secrets"`
	Limits      webLimits `yaml:"limits"`
}

type webLimits struct {
	Connections int           `yaml:"connections"`
	PerSource   int           `yaml:"per_source"`
	Requests    rate          `yaml:"requests"`
	Failures    rate          `yaml:"failures"`
	Token       rate          `yaml:"token"`
	Timeout     time.Duration `yaml:"timeout"`
}

type rate struct {
	Burst int           `yaml:"burst"`
	Every time.Duration `yaml:"every"`
}

// webOff is the address of no listener.
const webOff = "off"

// off tells whether there is no HTTPS; files of older versions have an empty address.
func (c webConfig) off() bool { return c.Listen == webOff || c.Listen == "" }

// defaultWeb listens for browsers on this machine.
func defaultWeb() webConfig {
	l := consoleproxy.DefaultLimits()
	return webConfig{Listen: "127.0.0.1:8889", PathSecrets: true, Limits: webLimits{
		Connections: l.Connections, PerSource: l.PerSource, Timeout: l.Timeout,
		Requests: rate(l.Requests), Failures: rate(l.Failures), Token: rate(l.Token),
	}}
}

// limits are those of the file; the size of headers is none of them.
func (c webConfig) limits() consoleproxy.Limits {
	out, l := consoleproxy.DefaultLimits(), c.Limits
	out.Connections, out.PerSource, out.Timeout = l.Connections, l.PerSource, l.Timeout
	out.Requests, out.Failures, out.Token = consoleproxy.Rate(l.Requests), consoleproxy.Rate(l.Failures), consoleproxy.Rate(l.Token)
	return out
}

// keep is how long audit records are kept; 0: for ever. check has refused what is
// no time.
func (c auditConfig) keep() time.Duration {
	d, _ := parseKeep(c.Keep)
	return d
}

// parseKeep reads how long something is kept, which may be written in days: 400d,
// 9600h; 0 is for ever. Less than a day is refused.
func parseKeep(s string) (time.Duration, bool) {
	const day = 24 * time.Hour
	if text, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(text)
		return time.Duration(n) * day, err == nil && n >= 0 && n <= 36500
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && (d == 0 || d >= day)
}

// checkWeb returns the first value about HTTPS and the audit log that makes no
// sense.
func (c config) checkWeb() *wrong {
	_, ok := parseKeep(c.Audit.Keep)
	switch {
	case !ok:
		return &wrong{"$.audit.keep", "a time of at least a day such as 400d, or 0 for ever, is expected"}
	case !c.Web.off() && checkAddress(c.Web.Listen) != "":
		return &wrong{"$.web.listen", checkAddress(c.Web.Listen) + ", or off"}
	case c.Web.PublicURL != "" && !isPublicURL(c.Web.PublicURL):
		return &wrong{"$.web.public_url", "an address such as https://gwm.example.org:8889 is expected"}
	case c.Web.Certificate == "" && c.Web.Key != "":
		return &wrong{"$.web.key", "a key without web.certificate makes no sense"}
	case c.Web.Certificate != "" && c.Web.Key == "":
		return &wrong{"$.web.certificate", "a certificate without web.key makes no sense"}
	}
	return c.Web.Limits.check()
}

func isPublicURL(address string) bool {
	_, err := consoleproxy.LinkTo(address)
	return err == nil
}

// check returns the first limit that would let nobody in.
func (l webLimits) check() *wrong {
	switch {
	case l.Connections < 1:
		return &wrong{"$.web.limits.connections", "a number above 0 is expected"}
	case l.PerSource < 1:
		return &wrong{"$.web.limits.per_source", "a number above 0 is expected"}
	case l.Timeout < time.Millisecond:
		return &wrong{"$.web.limits.timeout", "a time such as 30s, 10m or 12h is expected"}
	}
	for _, r := range []struct {
		path string
		rate rate
	}{
		{"$.web.limits.requests", l.Requests},
		{"$.web.limits.failures", l.Failures},
		{"$.web.limits.token", l.Token},
	} {
		if r.rate.Burst < 1 || r.rate.Every < time.Millisecond {
			return &wrong{r.path, "burst must be above 0, and every a time such as 1s"}
		}
	}
	return nil
}

// webServer makes the HTTPS server for a listener; nil where there is none.
// Without a certificate in the configuration it makes one. Screens may be nil.
func (c config) webServer(domain *core.Core, screens *consoleproxy.Screens, l net.Listener, log *slog.Logger) (*consoleproxy.Server, error) {
	if l == nil {
		return nil, nil // HTTPS is off
	}
	cert, err := c.certificate(log)
	if err != nil {
		return nil, err
	}
	log.Info("certificate for HTTPS", "fingerprint", cert.Fingerprint(), "pin", cert.Pin())
	return consoleproxy.New(consoleproxy.Config{
		Core: domain, Log: log, Certificate: cert, PathSecrets: c.Web.PathSecrets, Limits: c.Web.limits(),
		Screens: screens, PublicURL: c.public(l),
	})
}

// certificate is that of the configuration. Where there is none one is made.
func (c config) certificate(log *slog.Logger) (*consoleproxy.Certificate, error) {
	certFile, keyFile := c.path(c.Web.Certificate), c.path(c.Web.Key)
	if certFile == "" {
		certFile, keyFile = c.path("web.crt"), c.path("web.key")
		host, _, _ := net.SplitHostPort(c.Web.Listen)
		made, err := consoleproxy.MakeCertificate(certFile, keyFile, host)
		if err != nil {
			return nil, err
		}
		if made {
			log.Warn("made a certificate that nobody signed: give it to the clients, or set web.certificate", "file", certFile)
		}
	}
	return consoleproxy.LoadCertificate(certFile, keyFile, log)
}
