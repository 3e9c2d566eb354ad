package main

import (
	"os"
	"time"

	"gwm/core"
	"gwm/ssh/ldap"
)

// The values of the key registration.
const (
	registrationClosed   = "closed"
	registrationApproval = "approval"
)

// The values of the key second_factor.
const (
	factorOptional       = "optional"
	factorAdministrators = "administrators"
)

// ldapConfig is the directory whose people may log in with its passwords.
type ldapConfig struct {
	URL                string        `yaml:"url"`
	StartTLS           bool          `yaml:"starttls"`
	Insecure           bool          `yaml:"insecure"`
	CAFile             string        `yaml:"ca_file"`
	BindDN             string        `yaml:"bind_dn"`
	BindPasswordFile   string        `yaml:"bind_password_file"`
	UserBase           string        `yaml:"user_base"`
	UserFilter         string        `yaml:"user_filter"`
	NameAttribute      string        `yaml:"name_attribute"`
	FullNameAttribute  string        `yaml:"full_name_attribute"`
	GroupBase          string        `yaml:"group_base"`
	GroupFilter        string        `yaml:"group_filter"`
	GroupNameAttribute string        `yaml:"group_name_attribute"`
	MirrorGroups       bool          `yaml:"mirror_groups"`
	RequireGroup       string        `yaml:"require_group"`
	DenyGroup          string        `yaml:"deny_group"`
	AdminGroup         string        `yaml:"admin_group"`
	Timeout            time.Duration `yaml:"timeout"`
}

func defaultLDAP() ldapConfig {
	return ldapConfig{
		UserFilter: "(uid=%s)", NameAttribute: "uid", FullNameAttribute: "cn",
		GroupFilter: "(member=%s)", GroupNameAttribute: "cn", Timeout: 5 * time.Second,
	}
}

// directory opens the directory of the configuration; nil where there is none.
func (c config) directory() (core.Directory, error) {
	l := c.LDAP
	if l.URL == "" {
		return nil, nil
	}
	cfg := ldap.Config{
		URL: l.URL, StartTLS: l.StartTLS, Insecure: l.Insecure, BindDN: l.BindDN,
		UserBase: l.UserBase, UserFilter: l.UserFilter, NameAttr: l.NameAttribute, FullAttr: l.FullNameAttribute,
		GroupBase: l.GroupBase, GroupFilter: l.GroupFilter, GroupNameAttr: l.GroupNameAttribute, MirrorGroups: l.MirrorGroups,
		RequireGroup: l.RequireGroup, DenyGroup: l.DenyGroup, AdminGroup: l.AdminGroup, Timeout: l.Timeout,
	}
	if l.CAFile != "" {
		var err error
		if cfg.CA, err = os.ReadFile(c.path(l.CAFile)); err != nil {
			return nil, unreadable("ldap.ca_file", c.path(l.CAFile), err)
		}
	}
	if l.BindPasswordFile != "" {
		var err error
		if cfg.BindPassword, err = readSecret("ldap.bind_password_file", c.path(l.BindPasswordFile)); err != nil {
			return nil, err
		}
	}
	d, err := ldap.New(cfg)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func unreadable(key, path string, err error) error {
	return core.Errorf(core.CodeInvalid, "%s: %s cannot be read: %w", key, path, core.PlainCause(err)).
		WithHint("check the path in the configuration, or leave the key empty")
}
