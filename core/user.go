package core

import "time"

// User is a person. Name is the identity and never changes.
type User struct {
	Name     string    `json:"name"`
	Comment  string    `json:"comment,omitempty"` // full name, free text
	Admin    bool      `json:"admin"`             // site administrator: every verb on everything
	Source   string    `json:"source,omitempty"`  // SourceLDAP: the password of the directory logs in
	TOTP     bool      `json:"totp,omitempty"`    // has a second factor: is asked for it before what destroys
	Disabled bool      `json:"disabled"`          // may not log in; live sessions end within a second
	Created  time.Time `json:"created"`
	LastSeen time.Time `json:"last_seen,omitzero"`
}

// Group is a set of users that grants can be given to, and that VMs can belong to.
type Group struct {
	Name    string    `json:"name"`
	Comment string    `json:"comment,omitempty"`
	Source  string    `json:"source,omitempty"` // SourceLDAP: the directory says who is in it
	Members []string  `json:"members"`          // user names, sorted
	Created time.Time `json:"created"`
}
