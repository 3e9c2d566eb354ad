package core

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"
)

// Token is the right of a machine to read the keys that people log in with (the
// key feed), and nothing else. Its secret is shown once and kept as a hash.
type Token struct {
	ID      string    `json:"id"`   // a random word; the secret begins with it
	Hash    string    `json:"hash"` // SHA-256 of the secret, hex
	On      Ref       `json:"on"`   // the site, a cluster or a VM: whose keys may be read
	Comment string    `json:"comment,omitempty"`
	By      string    `json:"by"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Expired tells whether the token opens nothing any more.
func (t Token) Expired(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }

// covers tells whether the token is good for the feed of an object: its own, and
// what lies in it.
func (t Token) covers(on Ref) bool {
	switch t.On.Kind {
	case KindSite:
		return true
	case KindCluster:
		return on.Cluster == t.On.Cluster
	default:
		return on == t.On
	}
}

// The form of a secret: the id of its token, a dash, and 160 random bits.
// Everything is lower case base32, so that a secret is safe in a path, a header
// and a shell.
const (
	tokenIDLength     = 12
	tokenSecretLength = tokenIDLength + 1 + 32
	tokenLetters      = "abcdefghijklmnopqrstuvwxyz234567"
)

// newTokenSecret makes the secret of a token.
func newTokenSecret() Secret {
	text := strings.ToLower(rand.Text() + rand.Text())
	return NewSecret(text[:tokenIDLength] + "-" + text[tokenIDLength:tokenSecretLength-1])
}

// tokenID is the id that a secret begins with; ok is false where it cannot be a
// secret.
func tokenID(secret Secret) (id string, ok bool) {
	text := secret.Reveal()
	id, rest, _ := strings.Cut(text, "-")
	if len(text) != tokenSecretLength || len(id) != tokenIDLength || strings.Trim(id+rest, tokenLetters) != "" {
		return "", false
	}
	return id, true
}

// TokenID is the id that the secret of a token begins with.
func TokenID(secret string) string {
	id, _, _ := strings.Cut(secret, "-")
	return id
}

// hashSecret is the SHA-256 of a secret in hex.
func hashSecret(secret Secret) string {
	sum := sha256.Sum256([]byte(secret.Reveal()))
	return hex.EncodeToString(sum[:])
}

// token finds the token of a secret, expired or not. Every secret is hashed and
// compared in full, so that the time says nothing.
func (p *people) token(secret Secret) (Token, bool) {
	id, formed := tokenID(secret)
	t, known := p.tokens[id]
	if !known {
		t.Hash = strings.Repeat("0", sha256.Size*2)
	}
	same := subtle.ConstantTimeCompare([]byte(t.Hash), []byte(hashSecret(secret))) == 1
	return t, formed && known && same
}
