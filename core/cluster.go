package core

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Cluster is how gwm reaches one cluster. The password is not in it: the store
// keeps it sealed under its own key.
type Cluster struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Colour      string `json:"colour,omitempty"` // one of Colours, in which its name is shown; empty: none
	Platform    string `json:"platform"`         // "ganeti"
	URL         string `json:"url"`              // https://HOST:PORT, no user, no path
	User        string `json:"user,omitempty"`
	CA          string `json:"ca,omitempty"`          // PEM certificates; empty: the system's
	Fingerprint string `json:"fingerprint,omitempty"` // pinned SHA-256 of the server certificate, hex; instead of a CA
	Insecure    bool   `json:"insecure,omitempty"`    // TLS is not verified; shown in red everywhere
	ReadOnly    bool   `json:"read_only"`             // nothing is changed through gwm
	Protected   bool   `json:"protected"`             // every confirmation is one level stricter
	// Recording says whether what its serial consoles show is kept.
	Recording RecordingPolicy `json:"recording,omitempty"`
	Added     time.Time       `json:"added"`
}

// Colours are the colours that the name of a cluster can have. Each screen shows
// them in its own shade; without colours the name says it alone.
func Colours() []string { return []string{"red", "yellow", "green", "cyan", "magenta"} }

// Validate checks every field but not whether the cluster answers. The error is
// an *Error with CodeInvalid.
func (c Cluster) Validate() error {
	if err := CheckNewName(KindCluster, c.Name); err != nil {
		return err
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "":
		return Errorf(CodeInvalid, "the address of %s is not an https URL: %s", c.Name, Printable(c.URL)).
			WithHint("write https://HOST:5080")
	case u.User != nil:
		return Errorf(CodeInvalid, "the address of %s holds a user or password", c.Name).
			WithHint("give the user and the password on their own")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return Errorf(CodeInvalid, "the address of %s has a path, query or fragment: %s", c.Name, Printable(c.URL)).
			WithHint("write https://HOST:5080")
	}
	if err := c.Recording.check(); err != nil {
		return err
	}
	if c.Colour != "" && !slices.Contains(Colours(), c.Colour) {
		return Errorf(CodeInvalid, "%q is not a colour that %s can have", Printable(c.Colour), c.Name).
			WithHint("choose one of %s, or none", joinWords(Colours()))
	}
	return c.validateTrust()
}

// validateTrust checks how the server is verified.
func (c Cluster) validateTrust() error {
	if c.Fingerprint != "" {
		if raw, err := hex.DecodeString(c.Fingerprint); err != nil || len(raw) != 32 {
			return Errorf(CodeInvalid, "the certificate fingerprint of %s is not 64 hex digits", c.Name)
		}
	}
	if c.Insecure && (c.CA != "" || c.Fingerprint != "") {
		return Errorf(CodeInvalid, "%s cannot be both insecure and verified", c.Name).
			WithHint("leave out either the CA and fingerprint or the insecure switch")
	}
	if c.CA != "" && c.Fingerprint != "" {
		return Errorf(CodeInvalid, "%s has both a CA and a pinned fingerprint", c.Name).WithHint("leave one of them out")
	}
	return nil
}

// NormalFingerprint turns the usual spellings of a certificate fingerprint
// ("AB:CD:...", "sha256:abcd...") into the 64 lower-case hex digits that
// Cluster.Fingerprint holds.
func NormalFingerprint(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(s, "sha256:")
	return strings.ReplaceAll(s, ":", "")
}

// ClusterInfo is what a cluster says of itself.
type ClusterInfo struct {
	Name          string      `json:"name"`     // its own name, which need not be ours
	Software      string      `json:"software"` // "Ganeti 3.0.2"
	Master        string      `json:"master"`   // node that leads the cluster
	Hypervisors   []string    `json:"hypervisors"`
	DiskTemplates []string    `json:"disk_templates"`
	OSes          []string    `json:"oses"`
	Tags          []string    `json:"tags"`
	NodeGroups    []NodeGroup `json:"node_groups"`
	Networks      []Network   `json:"networks"`
	Backend       []Param     `json:"backend,omitempty"` // what VMs inherit
	HasQuery      bool        `json:"has_query"`         // the cheap query for changed fields works
}

// NodeGroup is a group of nodes of a Ganeti cluster (not a group of people).
type NodeGroup struct {
	Name        string `json:"name"`
	UUID        string `json:"uuid"`
	AllocPolicy string `json:"alloc_policy"`
	Nodes       int    `json:"nodes"`
}

// Network is a network that VMs of a cluster can be attached to.
type Network struct {
	Name    string `json:"name"`
	UUID    string `json:"uuid"`
	CIDR    string `json:"cidr"`
	Gateway string `json:"gateway,omitempty"`
	Free    int    `json:"free"`
	Used    int    `json:"used"`
}
