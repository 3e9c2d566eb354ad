// Package ssh is the SSH side of gwm: it lets people in, finds out who they
// are, and gives each of them a core.Session with a screen or a command on it.
//
// What it guarantees. A person's identity comes from a public key, or from a
// certificate of a trusted authority, whose signature was checked; nothing that
// a client only offered is ever kept. Limits hold before the handshake, so that
// a stranger costs little. A session ends when the person is idle, when its time
// is over, when the client no longer answers, when the server stops, and within
// a second of the account or key being taken away. Forwarding, file transfer and
// foreign environment are refused. A fault in one session ends that session
// only. Every goroutine ends with its connection, and Serve waits for them.
package ssh
