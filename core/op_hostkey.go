package core

import (
	"context"
	"slices"
)

// TrustHost trusts a key that a node showed (see Seat.CheckHost): gwm logs in
// there from then on. With Host AnyHost it is trusted for every node of the
// cluster. ForgetHost ends that. Both are for who administers the cluster.
type (
	TrustHost struct {
		Cluster     string `json:"cluster"`
		Host        string `json:"host"`
		Fingerprint string `json:"fingerprint"`
	}
	ForgetHost struct {
		Cluster     string `json:"cluster"`
		Host        string `json:"host"`
		Fingerprint string `json:"fingerprint,omitempty"` // only this key; empty: what is trusted and what was shown
	}
)

// nodesOf names what a host key is for.
func nodesOf(cluster, host string) string {
	if host == AnyHost {
		return "the nodes of " + cluster
	}
	return host + " of " + cluster
}

// Spec describes the trust.
func (o TrustHost) Spec() Spec {
	return Spec{
		ID: "console.trust", Title: "trust the key of " + nodesOf(o.Cluster, o.Host), Verb: VerbManage, Target: ClusterRef(o.Cluster), Danger: Disruptive,
		Effect:  "gwm logs in to whatever shows the key " + o.Fingerprint + " as " + nodesOf(o.Cluster, o.Host) + ", and people type their passwords there",
		Command: []string{"console", "trust", o.Cluster, o.Host, o.Fingerprint},
		Diff:    []Change{{Field: "key of " + o.Host, To: o.Fingerprint}},
	}
}

// Spec describes the forgetting.
func (o ForgetHost) Spec() Spec {
	s := Spec{
		ID: "console.forget", Title: "forget the key of " + nodesOf(o.Cluster, o.Host), Verb: VerbManage, Target: ClusterRef(o.Cluster), Danger: Disruptive,
		Effect:  "consoles there open no more until an administrator trusts the key that is shown then",
		Command: []string{"console", "forget", o.Cluster, o.Host},
	}
	if o.Fingerprint != "" {
		s.Effect = "a node that shows the key " + o.Fingerprint + " is one that gwm meets for the first time: no console opens there until an administrator trusts it"
		s.Command = append(s.Command, o.Fingerprint)
	}
	return s
}

func (o TrustHost) check() error {
	if o.Host == "" || o.Fingerprint == "" {
		return Errorf(CodeInvalid, "no node or no fingerprint is named").WithHint("console hosts %s shows the keys that nodes have shown", Printable(cut(o.Cluster)))
	}
	return checkHost(o.Host)
}

func (o ForgetHost) check() error { return checkHost(o.Host) }

func checkHost(host string) error {
	if !isHost(host) {
		return Errorf(CodeInvalid, "%q is not the name of a node", Printable(cut(host)))
	}
	return nil
}

// hostKeys reads the keys of the nodes of a cluster that exists.
func (w *worker) hostKeys(cluster string) (known hostKeys, err error) {
	if !w.core.exists(ClusterRef(cluster)) {
		return known, notFound(ClusterRef(cluster))
	}
	_, err = w.tx.read(hostKey(cluster), &known)
	return known, err
}

func (o TrustHost) run(_ context.Context, w *worker) error {
	known, err := w.hostKeys(o.Cluster)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(known.Offered, func(k HostKey) bool {
		return (k.Host == o.Host || o.Host == AnyHost) && k.Fingerprint == o.Fingerprint
	})
	i := indexHost(known.Trusted, o.Host)
	switch {
	case i >= 0 && known.Trusted[i].Fingerprint == o.Fingerprint:
		return Errorf(CodeState, "this key of %s is trusted already", nodesOf(o.Cluster, o.Host))
	case i >= 0:
		return Errorf(CodeConflict, "another key of %s is trusted: %s", nodesOf(o.Cluster, o.Host), known.Trusted[i].Fingerprint).
			WithHint("forget that one first: console forget %s %s", o.Cluster, o.Host)
	case at < 0:
		return Errorf(CodeNotFound, "%s never showed gwm the key %s", nodesOf(o.Cluster, o.Host), Printable(cut(o.Fingerprint))).
			WithHint("open a console there, then compare the fingerprint: console hosts %s", o.Cluster)
	case len(known.Trusted) >= maxTrusted:
		return Errorf(CodeLimit, "%d keys of %s are trusted, which is the limit", maxTrusted, o.Cluster).WithHint("forget those of nodes that are gone")
	}
	key := known.Offered[at]
	key.Host, key.By, key.Trusted = o.Host, w.session.who, w.tx.now
	known.Trusted = append(known.Trusted, key)
	known.Offered = slices.DeleteFunc(known.Offered, func(k HostKey) bool {
		return k.Host == o.Host || o.Host == AnyHost && k.Fingerprint == o.Fingerprint
	})
	w.tx.after(func() {
		w.core.consolesChanged()
		w.core.seats.trust(o.Cluster)
	})
	return w.tx.put(hostKey(o.Cluster), known)
}

// among finds the key that is to be forgotten, -1 where it is not there.
func (o ForgetHost) among(keys []HostKey) int {
	i := indexHost(keys, o.Host)
	if i >= 0 && o.Fingerprint != "" && keys[i].Fingerprint != o.Fingerprint {
		return -1
	}
	return i
}

func (o ForgetHost) run(_ context.Context, w *worker) error {
	known, err := w.hostKeys(o.Cluster)
	if err != nil {
		return err
	}
	trusted, offered := o.among(known.Trusted), o.among(known.Offered)
	if trusted < 0 && offered < 0 {
		return Errorf(CodeNotFound, "gwm knows no key of %s", nodesOf(o.Cluster, Printable(o.Host))).WithHint("console hosts %s shows those that it knows", o.Cluster)
	}
	if trusted >= 0 {
		w.diff = []Change{{Field: "key of " + o.Host, From: known.Trusted[trusted].Fingerprint}}
		known.Trusted = slices.Delete(known.Trusted, trusted, trusted+1)
	}
	if offered >= 0 {
		known.Offered = slices.Delete(known.Offered, offered, offered+1)
	}
	w.tx.after(w.core.consolesChanged)
	return w.tx.put(hostKey(o.Cluster), known)
}
