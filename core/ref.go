package core

import (
	"strings"
)

// Kind is the kind of object that a Ref names.
type Kind string

// The kinds of objects. KindSite is the whole installation: what only a site
// administrator may touch is addressed to it.
const (
	KindSite    Kind = "site"
	KindCluster Kind = "cluster"
	KindNode    Kind = "node"
	KindVM      Kind = "vm"
	KindUser    Kind = "user"
	KindGroup   Kind = "group"
	KindJob     Kind = "job"
)

// Ref names one object. Cluster is set for clusters, nodes and VMs, and for
// jobs that run on a cluster; Name is the full name (for a cluster it is empty,
// its name is in Cluster).
type Ref struct {
	Kind    Kind   `json:"kind"`
	Cluster string `json:"cluster,omitempty"`
	Name    string `json:"name,omitempty"`
}

// Site, ClusterRef, NodeRef, VMRef, UserRef and GroupRef make references.
func Site() Ref                        { return Ref{Kind: KindSite} }
func ClusterRef(name string) Ref       { return Ref{Kind: KindCluster, Cluster: name} }
func NodeRef(cluster, name string) Ref { return Ref{Kind: KindNode, Cluster: cluster, Name: name} }
func VMRef(cluster, name string) Ref   { return Ref{Kind: KindVM, Cluster: cluster, Name: name} }
func UserRef(name string) Ref          { return Ref{Kind: KindUser, Name: name} }
func GroupRef(name string) Ref         { return Ref{Kind: KindGroup, Name: name} }

// String writes r as ParseRef reads it: "site", "berlin", "berlin/web1",
// "berlin/node/n1", "user:ann", "group:ops", "job:12".
func (r Ref) String() string {
	switch r.Kind {
	case "":
		return ""
	case KindSite:
		return "site"
	case KindCluster:
		return r.Cluster
	case KindVM:
		return r.Cluster + "/" + r.Name
	case KindNode:
		return r.Cluster + "/node/" + r.Name
	case KindUser, KindGroup, KindJob:
		return string(r.Kind) + ":" + r.Name
	default:
		return string(r.Kind) + ":" + r.Cluster + "/" + r.Name
	}
}

// IsZero tells whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// ParseRef reads the written form of a Ref (see Ref.String; "berlin/vm/web1"
// is accepted too). It checks the form only, not whether the object exists,
// and takes names as they are; View.Find completes short and bare names.
// The error is an *Error with CodeInvalid.
func ParseRef(s string) (Ref, error) {
	bad := func(why string) (Ref, error) {
		return Ref{}, Errorf(CodeInvalid, "%q does not name an object: %s", Printable(s), why).
			WithHint("write CLUSTER, CLUSTER/VM, CLUSTER/node/NODE, user:NAME, group:NAME or site")
	}
	if s == "" {
		return bad("it is empty")
	}
	if s == "site" {
		return Site(), nil
	}
	if kind, name, ok := strings.Cut(s, ":"); ok {
		switch k := Kind(kind); k {
		case KindUser, KindGroup, KindJob:
			if err := checkName(name); err != nil {
				return bad(err.Error())
			}
			return Ref{Kind: k, Name: name}, nil
		default:
			return bad("unknown kind " + Printable(kind))
		}
	}
	parts := strings.Split(s, "/")
	for _, p := range parts {
		if err := checkName(p); err != nil {
			return bad(err.Error())
		}
	}
	switch {
	case len(parts) == 1:
		return ClusterRef(parts[0]), nil
	case len(parts) == 2:
		return VMRef(parts[0], parts[1]), nil
	case len(parts) == 3 && parts[1] == "vm":
		return VMRef(parts[0], parts[2]), nil
	case len(parts) == 3 && parts[1] == "node":
		return NodeRef(parts[0], parts[2]), nil
	}
	return bad("too many parts")
}
