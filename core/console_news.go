package core

import "strings"

// consolesChanged tells every screen that something else is true of consoles now:
// who sits where and types, what is recorded, which keys nodes have shown.
func (c *Core) consolesChanged() {
	c.consolesRev.Add(1)
	c.changed()
}

// ConsolesRev changes whenever something may have changed that Seats, AllSeats,
// Recordings or HostKeys answer, but for what follows from rights
// (View.PeopleRev). Changed tells of it too.
func (s *Session) ConsolesRev() uint64 { return s.core.consolesRev.Load() }

// Type names what sort of key it is, as SSH does: "ssh-ed25519".
func (k HostKey) Type() string { return Printable(keyKind(k.Key)) }

// Compare is the command that shows on the node which key it has: its answer must
// show the same fingerprint.
func (k HostKey) Compare() string {
	sort := "*"
	switch kind := keyKind(k.Key); {
	case kind == "ssh-ed25519":
		sort = "ed25519"
	case kind == "ssh-rsa":
		sort = "rsa"
	case strings.HasPrefix(kind, "ecdsa-"):
		sort = "ecdsa"
	}
	return "ssh-keygen -lf /etc/ssh/ssh_host_" + sort + "_key.pub"
}
