package ldap

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/url"
	"strings"
	"time"

	ldapv3 "github.com/go-ldap/ldap/v3"

	"gwm/core"
)

// Config says where the directory is and what is in it. In filters %s is the
// name of the person (UserFilter) or the DN of their entry (GroupFilter, where
// %u is the name); both are escaped.
type Config struct {
	URL          string // ldaps://HOST[:PORT] or ldap://HOST[:PORT]
	StartTLS     bool   // for ldap://
	Insecure     bool   // ldap:// without TLS is what is wanted
	CA           []byte // PEM; empty: the system's authorities
	BindDN       string // empty: anonymous
	BindPassword core.Secret

	UserBase   string
	UserFilter string
	NameAttr   string // what people log in with
	FullAttr   string // full name

	GroupBase     string // empty: groups are not looked at
	GroupFilter   string
	GroupNameAttr string
	MirrorGroups  bool   // membership follows the directory
	RequireGroup  string // only its members may use gwm; empty: everybody
	DenyGroup     string // its members may not
	AdminGroup    string // its members are site administrators, and nobody else of the directory

	Timeout time.Duration // of everything that one login asks
}

// New checks the configuration. It does not connect. The error is a *core.Error.
func New(cfg Config) (*Directory, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil {
		return nil, invalid("the URL must be ldaps://HOST or ldap://HOST")
	}
	if why := cfg.transport(u); why != "" {
		return nil, invalid(why)
	}
	if why := cfg.missing(); why != "" {
		return nil, invalid(why)
	}
	if why := cfg.filters(); why != "" {
		return nil, invalid(why)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"ldap": ldapv3.DefaultLdapPort, "ldaps": ldapv3.DefaultLdapsPort}[u.Scheme]
	}
	d := &Directory{cfg: cfg, addr: net.JoinHostPort(u.Hostname(), port)}
	if cfg.Insecure {
		return d, nil
	}
	d.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if len(cfg.CA) > 0 {
		d.tls.RootCAs = x509.NewCertPool()
		if !d.tls.RootCAs.AppendCertsFromPEM(cfg.CA) {
			return nil, invalid("the file of the authority holds no certificate")
		}
	}
	return d, nil
}

func invalid(why string) error {
	return core.Errorf(core.CodeInvalid, "ldap: %s", why).WithHint("gwm init in an empty directory writes a file that explains every key")
}

// transport says what is wrong with how the directory is reached.
func (c Config) transport(u *url.URL) (why string) {
	secure := u.Scheme == "ldaps" || c.StartTLS
	switch {
	case u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" || strings.Trim(u.Path, "/") != "":
		return "the URL must be ldaps://HOST or ldap://HOST"
	case u.Scheme == "ldaps" && c.StartTLS:
		return "starttls is for ldap:// URLs"
	case !secure && !c.Insecure:
		return "passwords would travel in clear: use ldaps:// or starttls, or say insecure"
	case secure && c.Insecure:
		return "insecure is for ldap:// without starttls; certificates are checked in any case"
	}
	return ""
}

// missing says what has to be there and is not.
func (c Config) missing() (why string) {
	groups := c.MirrorGroups || c.RequireGroup+c.DenyGroup+c.AdminGroup != ""
	switch {
	case c.UserBase == "":
		return "user_base is missing"
	case c.NameAttr == "":
		return "the attribute of the name is missing"
	case c.BindDN != "" && c.BindPassword.IsZero():
		return "bind_dn without a password would be anonymous"
	case groups && c.GroupBase == "":
		return "group_base is missing, in which the groups are looked for"
	case c.GroupBase != "" && c.GroupNameAttr == "":
		return "the attribute of a group's name is missing"
	case c.Timeout <= 0:
		return "the timeout must be above 0"
	}
	return ""
}

// filters says what is wrong with the filters.
func (c Config) filters() (why string) {
	if !strings.Contains(c.UserFilter, "%s") {
		return "user_filter has no %s for the name of the person"
	}
	filters := []string{c.UserFilter}
	if c.GroupBase != "" {
		if !strings.Contains(c.GroupFilter, "%s") && !strings.Contains(c.GroupFilter, "%u") {
			return "group_filter has no %s for the entry of the person, and no %u for the name"
		}
		filters = append(filters, c.GroupFilter)
	}
	for _, f := range filters {
		if _, err := ldapv3.CompileFilter(fill(f, "x", "x")); err != nil {
			return "the filter " + core.Printable(f) + " cannot be read"
		}
	}
	return ""
}
