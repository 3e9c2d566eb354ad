package core

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"
)

// identity is gwm's own SSH key for the nodes of one cluster. Each cluster has
// one of its own, so that who administers one cluster only cannot have gwm log in
// to the nodes of another. The store keeps it sealed.
type identity struct {
	Seed []byte    `json:"seed"` // of an Ed25519 key (RFC 8032)
	Made time.Time `json:"made"`
}

// opIdentity is the Op of the audit records of keys that gwm makes for itself.
const opIdentity = "console.key"

func newIdentity(now time.Time) (identity, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return identity{}, fmt.Errorf("make a key: %w", err)
	}
	return identity{Seed: key.Seed(), Made: now}, nil
}

func (i identity) key() (ed25519.PrivateKey, error) {
	if len(i.Seed) != ed25519.SeedSize {
		return nil, Errorf(CodeInternal, "gwm's own key is damaged").WithHint("make a new one: console rotate CLUSTER, and put it on the nodes")
	}
	return ed25519.NewKeyFromSeed(i.Seed), nil
}

// Identity returns gwm's own private key for the nodes of the seat's cluster, as
// PEM of PKCS #8. It is made when it is needed first.
func (s *Seat) Identity(ctx context.Context) (Secret, error) {
	if err := s.Err(); err != nil {
		return Secret{}, err
	}
	key, err := s.session.identity(ctx, s.info.VM.Cluster)
	if err != nil {
		return Secret{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Secret{}, fmt.Errorf("encode a key: %w", err)
	}
	return NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), nil
}

// ConsoleKey returns the public part of gwm's own key for the nodes of a cluster,
// as the line for /root/.ssh/authorized_keys there. It is for who administers the
// cluster.
func (s *Session) ConsoleKey(ctx context.Context, cluster string) (line string, err error) {
	if err := s.manages(ctx, cluster, "gwm's keys for its nodes"); err != nil {
		return "", err
	}
	key, err := s.identity(ctx, cluster)
	if err != nil {
		return "", err
	}
	public, _ := key.Public().(ed25519.PublicKey)
	return authorizedLine(public, cluster), nil
}

// authorizedLine lets gwm run commands and open connections to the node's own
// ports, and nothing else (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
func authorizedLine(key ed25519.PublicKey, cluster string) string {
	const kind = "ssh-ed25519"
	var blob []byte
	for _, part := range [][]byte{[]byte(kind), key} {
		blob = binary.BigEndian.AppendUint32(blob, uint32(len(part)))
		blob = append(blob, part...)
	}
	return "restrict,pty,port-forwarding " + kind + " " + base64.StdEncoding.EncodeToString(blob) + " gwm-consoles@" + cluster
}

// identity reads the key of a cluster, and makes it where there is none.
func (s *Session) identity(ctx context.Context, cluster string) (ed25519.PrivateKey, error) {
	it, ok, err := s.core.store.Read(ctx, identityKey(cluster))
	if err != nil {
		return nil, notRead(err)
	}
	var kept identity
	if ok {
		if err := json.Unmarshal(it.Value, &kept); err != nil {
			return nil, Errorf(CodeInternal, "gwm's own key for %s is damaged", cluster)
		}
		return kept.key()
	}
	err = s.core.update(ctx, func(tx *txn) error {
		if ok, err := tx.read(identityKey(cluster), &kept); ok || err != nil {
			return err
		}
		if _, ok := tx.rights().clusters[cluster]; !ok {
			return Unknown(KindCluster, cluster)
		}
		kept, err = newIdentity(tx.now)
		if err != nil {
			return err
		}
		r := s.record(EventDone, opIdentity)
		r.Target = ClusterRef(cluster)
		tx.record(r)
		return tx.put(identityKey(cluster), kept)
	})
	if err != nil {
		return nil, err
	}
	return kept.key()
}

// hostKeys reads the keys of a cluster's nodes.
func (c *Core) hostKeys(ctx context.Context, cluster string) (hostKeys, error) {
	it, ok, err := c.store.Read(ctx, hostKey(cluster))
	if err != nil {
		return hostKeys{}, notRead(err)
	}
	var known hostKeys
	if ok && json.Unmarshal(it.Value, &known) != nil {
		return hostKeys{}, damaged(hostKey(cluster))
	}
	return known, nil
}

// RotateConsoleKey gives gwm a new key of its own for the nodes of a cluster.
type RotateConsoleKey struct {
	Cluster string `json:"cluster"`
}

// Spec describes the change.
func (o RotateConsoleKey) Spec() Spec {
	return Spec{
		ID: "console.rotate", Title: "make a new key for the nodes of " + o.Cluster, Verb: VerbManage, Target: ClusterRef(o.Cluster), Danger: Disruptive,
		Effect:  "consoles of " + o.Cluster + " open no more until the new key is on its nodes (console key " + o.Cluster + " shows it); those that are open stay so",
		Command: []string{"console", "rotate", o.Cluster},
	}
}

func (o RotateConsoleKey) check() error { return CheckNewName(KindCluster, o.Cluster) }

func (o RotateConsoleKey) run(_ context.Context, w *worker) error {
	if !w.core.exists(ClusterRef(o.Cluster)) {
		return notFound(ClusterRef(o.Cluster))
	}
	made, err := newIdentity(w.tx.now)
	if err != nil {
		return err
	}
	return w.tx.put(identityKey(o.Cluster), made)
}
