package core

import "time"

// Invite lets one person attach a first key to an account that waits for it, once.
// What the person types is shown once to the administrator and kept as a hash.
type Invite struct {
	Hash    string    `json:"hash"` // SHA-256 of the code, hex
	User    string    `json:"user"`
	By      string    `json:"by"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// Applicant is somebody who asked for an account where registration is open, and
// waits for a site administrator.
type Applicant struct {
	Name    string    `json:"name"`
	Comment string    `json:"comment,omitempty"`
	Key     Key       `json:"key"` // that they proved to hold
	Addr    string    `json:"addr"`
	At      time.Time `json:"at"`
}
