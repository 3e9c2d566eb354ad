package core

import "time"

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
