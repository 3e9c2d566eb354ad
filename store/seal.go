package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// sealVersion begins every sealed value: "v1:<key id>:" and the output of
// AES-256-GCM with a random nonce in front. The store key is the additional
// data, so that a sealed value cannot be moved under another key.
const sealVersion = "v1"

// proofText is what meta/proof holds, sealed.
const proofText = "these master keys fit this store"

func isSealed(key string) bool { return strings.HasPrefix(key, core.SealedPrefix) }

// masterKey is one key of the key file. Its id is derived from it.
type masterKey struct {
	id   string
	aead cipher.AEAD
}

func newMasterKey(raw []byte) (*masterKey, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("use a master key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("use a master key: %w", err)
	}
	sum := sha256.Sum256(append([]byte("gwm master key id "), raw...))
	return &masterKey{id: hex.EncodeToString(sum[:4]), aead: aead}, nil
}

// keyring holds the active key, which seals, and all keys, which open.
type keyring struct {
	path   string
	active *masterKey
	byID   map[string]*masterKey
}

func (r *keyring) seal(key string, plain []byte) []byte {
	head := sealVersion + ":" + r.active.id + ":"
	return r.active.aead.Seal([]byte(head), nil, plain, []byte(key))
}

// open returns the plain text of a sealed value in memory of its own.
func (r *keyring) open(key string, sealed []byte) ([]byte, error) {
	parts := bytes.SplitN(sealed, []byte(":"), 3)
	if len(parts) != 3 || string(parts[0]) != sealVersion {
		return nil, core.Errorf(core.CodeInternal, "the sealed value %s has an unknown form", key).
			WithHint("it was written by another version of gwm, or the store is damaged")
	}
	k := r.byID[string(parts[1])]
	if k == nil {
		return nil, core.Errorf(core.CodeInternal, "the master key %s, which sealed %s, is not in %s",
			core.Printable(string(parts[1])), key, r.path).
			WithHint("bring back the key file that belongs to this store")
	}
	plain, err := k.aead.Open([]byte{}, nil, parts[2], []byte(key))
	if err != nil {
		return nil, core.Errorf(core.CodeInternal, "the sealed value %s was altered", key).
			WithHint("restore a backup, or set the password again")
	}
	return plain, nil
}

// checkKeys proves that the master keys fit the store, or leaves the proof in a
// new one.
func checkKeys(tx *bbolt.Tx, keys *keyring) error {
	meta := tx.Bucket(metaBucket)
	proof := meta.Get(metaProof)
	if proof == nil {
		return meta.Put(metaProof, keys.seal(string(metaProof), []byte(proofText)))
	}
	if plain, err := keys.open(string(metaProof), proof); err != nil || string(plain) != proofText {
		return core.Errorf(core.CodeInternal, "the master key in %s does not fit the store %s", keys.path, tx.DB().Path()).
			WithHint("bring back the key file that belongs to this store")
	}
	return nil
}

// reseal seals with the active key whatever a retiring one sealed. Revisions
// stay as they are, since nothing changed for a reader.
func reseal(tx *bbolt.Tx, keys *keyring) error {
	head := []byte(sealVersion + ":" + keys.active.id + ":")
	data, meta := tx.Bucket(dataBucket), tx.Bucket(metaBucket)
	if !bytes.HasPrefix(meta.Get(metaProof), head) {
		if err := meta.Put(metaProof, keys.seal(string(metaProof), []byte(proofText))); err != nil {
			return fmt.Errorf("seal the proof: %w", err)
		}
	}
	var stale []core.Item
	c := data.Cursor()
	for k, v := c.Seek([]byte(core.SealedPrefix)); k != nil && isSealed(string(k)); k, v = c.Next() {
		if len(v) >= 8 && bytes.HasPrefix(v[8:], head) {
			continue
		}
		it, err := decode(keys, string(k), v)
		if err != nil {
			return err
		}
		stale = append(stale, it)
	}
	for _, it := range stale {
		if err := data.Put([]byte(it.Key), encode(it.Rev, keys.seal(it.Key, it.Value))); err != nil {
			return fmt.Errorf("seal %s: %w", it.Key, err)
		}
	}
	return nil
}
