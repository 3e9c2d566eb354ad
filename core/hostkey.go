package core

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// HostKey is the key of an SSH server of a cluster: one that an administrator
// trusts, or one that was shown to gwm and nobody has confirmed yet.
type HostKey struct {
	Cluster     string    `json:"cluster"`
	Host        string    `json:"host"`        // of the node, as the cluster names it; AnyHost: of all its nodes
	Key         []byte    `json:"key"`         // SSH wire format (RFC 4253 section 6.6)
	Fingerprint string    `json:"fingerprint"` // "SHA256:..."
	Offered     time.Time `json:"offered"`     // when it was shown first
	By          string    `json:"by,omitempty"`
	Trusted     time.Time `json:"trusted,omitzero"` // zero: it is not trusted
	// Known is the fingerprint of the key that is trusted for the host while it shows
	// this one: a hard stop. It is not stored.
	Known string `json:"known,omitempty"`
}

// AnyHost stands for every node of a cluster: Ganeti gives all of them one key.
const AnyHost = "*"

// What is kept for one cluster. Keys that were offered first are forgotten first.
const (
	maxTrusted = 1000
	maxOffered = 64
	maxKeyBlob = 8 << 10
)

// opHost is the Op of the audit records of keys that nodes show.
const opHost = "console.host"

// hostKeys are the keys of the nodes of one cluster, as the store has them.
type hostKeys struct {
	Trusted []HostKey `json:"trusted,omitempty"`
	Offered []HostKey `json:"offered,omitempty"`
}

// trusted finds the key that a host must show: its own, else that of all.
func (k *hostKeys) trusted(host string) (HostKey, bool) {
	for _, name := range []string{host, AnyHost} {
		if i := indexHost(k.Trusted, name); i >= 0 {
			return k.Trusted[i], true
		}
	}
	return HostKey{}, false
}

// offer remembers a key that a host showed; false where that is so already.
func (k *hostKeys) offer(shown HostKey) bool {
	if i := indexHost(k.Offered, shown.Host); i >= 0 {
		if k.Offered[i].Fingerprint == shown.Fingerprint {
			return false
		}
		k.Offered = slices.Delete(k.Offered, i, i+1)
	}
	k.Offered = append(k.Offered, shown)
	if n := len(k.Offered) - maxOffered; n > 0 {
		k.Offered = slices.Delete(k.Offered, 0, n)
	}
	return true
}

func indexHost(keys []HostKey, host string) int {
	return slices.IndexFunc(keys, func(k HostKey) bool { return k.Host == host })
}

// isHost tells names that a node, or all nodes, can be kept under.
func isHost(name string) bool { return name != "" && len(name) <= 255 && name == Printable(name) }

// keyKind is the type that a key in wire format names: "ssh-ed25519".
func keyKind(blob []byte) string {
	if len(blob) < 4 {
		return ""
	}
	n := binary.BigEndian.Uint32(blob)
	if n == 0 || n > 64 || int(n) > len(blob)-4 {
		return ""
	}
	return string(blob[4 : 4+n])
}

// CheckHost decides whether gwm may log in to a node of the seat's cluster that
// shows a key (SSH wire format). The error is CodeUntrusted: a key that nobody
// confirmed is remembered so that an administrator can, another one than before
// is a hard stop. It may be called once the node proved that the key is its own.
func (s *Seat) CheckHost(ctx context.Context, host string, blob []byte) error {
	if err := s.Err(); err != nil {
		return err
	}
	if !isHost(host) || host == AnyHost || len(blob) > maxKeyBlob || keyKind(blob) == "" {
		return Errorf(CodeUntrusted, "%s shows something that is no SSH key", Printable(cut(host)))
	}
	c, cluster := s.session.core, s.info.VM.Cluster
	shown := HostKey{Cluster: cluster, Host: host, Key: blob, Fingerprint: Fingerprint(blob)}
	known, err := c.hostKeys(ctx, cluster)
	if err != nil {
		return err
	}
	if err := known.judge(shown); err == nil {
		return nil
	}
	var refused *Error
	err = c.update(ctx, func(tx *txn) error {
		var known hostKeys
		if _, err := tx.read(hostKey(cluster), &known); err != nil {
			return err
		}
		if refused = known.judge(shown); refused == nil {
			return nil
		}
		shown.Offered = tx.now
		if !known.offer(shown) {
			return nil
		}
		r := s.session.record(EventDenied, opHost)
		r.Target, r.Result = ClusterRef(cluster), refused.Message
		r.Args = map[string]string{"host": host, "fingerprint": shown.Fingerprint}
		tx.record(r)
		tx.after(c.consolesChanged)
		return tx.put(hostKey(cluster), known)
	})
	if err != nil {
		return err
	}
	if refused != nil {
		return refused
	}
	return nil
}

// judge says what is wrong with a key that a host shows, nil for nothing.
func (k *hostKeys) judge(shown HostKey) *Error {
	known, ok := k.trusted(shown.Host)
	switch {
	case !ok:
		return Errorf(CodeUntrusted, "gwm meets %s of %s for the first time: it shows the %s key %s", shown.Host, shown.Cluster, keyKind(shown.Key), shown.Fingerprint).
			WithHint("if that is the node's key, an administrator of the cluster trusts it: console trust %s %s %s", shown.Cluster, shown.Host, shown.Fingerprint)
	case string(known.Key) == string(shown.Key):
		return nil
	}
	return Errorf(CodeUntrusted, "%s of %s shows another key than before: %s instead of %s. Either the node was installed anew, or somebody sits between gwm and it",
		shown.Host, shown.Cluster, shown.Fingerprint, known.Fingerprint).
		WithHint("find out which; if the node was installed anew, an administrator of the cluster forgets the old key: console forget %s %s, then opens the console again", shown.Cluster, known.Host)
}

// KeyTypes returns the types of host keys to ask a node for, so that one that has
// several shows the one that is trusted; nil: any.
func (s *Seat) KeyTypes(ctx context.Context, host string) ([]string, error) {
	known, err := s.session.core.hostKeys(ctx, s.info.VM.Cluster)
	if err != nil {
		return nil, err
	}
	if k, ok := known.trusted(host); ok {
		return []string{keyKind(k.Key)}, nil
	}
	return nil, nil
}

// HostKeys lists the keys of a cluster's nodes, trusted ones first, by host. It is
// for who administers the cluster.
func (s *Session) HostKeys(ctx context.Context, cluster string) ([]HostKey, error) {
	if err := s.manages(ctx, cluster, "the keys of its nodes"); err != nil {
		return nil, err
	}
	known, err := s.core.hostKeys(ctx, cluster)
	if err != nil {
		return nil, err
	}
	byHost := func(a, b HostKey) int { return strings.Compare(a.Host, b.Host) }
	for i, k := range known.Offered {
		if trusted, ok := known.trusted(k.Host); ok {
			known.Offered[i].Known = trusted.Fingerprint
		}
	}
	slices.SortFunc(known.Trusted, byHost)
	slices.SortFunc(known.Offered, byHost)
	return append(known.Trusted, known.Offered...), nil
}

// manages is the error for who does not administer a cluster.
func (s *Session) manages(ctx context.Context, cluster, what string) error {
	return s.holdsOn(ctx, VerbManage, cluster, what+" are for the administrators of "+cluster)
}
