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
	Listen      string `yaml:"listen"`
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	PathSecrets bool   `yaml:"path_secrets"`
}

// keep is how long audit records are kept; 0: for ever. check has refused what is
// no time.
func (c auditConfig) keep() time.Duration {
	d, _ := parseDays(c.Keep)
	return d
}

// parseDays reads a duration that may be written in days: 400d, 9600h, 0.
func parseDays(s string) (time.Duration, bool) {
	if text, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(text)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n <= 36500
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

// checkWeb returns the first value about HTTPS and the audit log that makes no
// sense.
func (c config) checkWeb() *wrong {
	keep, ok := parseDays(c.Audit.Keep)
	switch {
	case !ok || keep > 0 && keep < 24*time.Hour:
		return &wrong{"$.audit.keep", "a time of at least a day such as 400d, or 0 for ever, is expected"}
	case c.Web.Listen != "" && checkAddress(c.Web.Listen) != "":
		return &wrong{"$.web.listen", checkAddress(c.Web.Listen)}
	case c.Web.Certificate == "" && c.Web.Key != "":
		return &wrong{"$.web.key", "a key without web.certificate makes no sense"}
	case c.Web.Certificate != "" && c.Web.Key == "":
		return &wrong{"$.web.certificate", "a certificate without web.key makes no sense"}
	}
	return nil
}

// webServer makes the HTTPS server for a listener; nil where there is none.
// Without a certificate in the configuration it makes one.
func (c config) webServer(domain *core.Core, l net.Listener, log *slog.Logger) (*consoleproxy.Server, error) {
	if l == nil {
		return nil, nil // HTTPS is off
	}
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
	cert, err := consoleproxy.LoadCertificate(certFile, keyFile, log)
	if err != nil {
		return nil, err
	}
	log.Info("certificate for HTTPS", "file", certFile, "fingerprint", cert.Fingerprint(), "pin", cert.Pin())
	return consoleproxy.New(consoleproxy.Config{
		Core: domain, Log: log, Certificate: cert, PathSecrets: c.Web.PathSecrets, Limits: consoleproxy.DefaultLimits(),
	})
}
