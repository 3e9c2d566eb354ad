package core

import (
	"slices"
	"time"
)

// ConsoleKind is a way to sit in front of a VM.
type ConsoleKind string

// The kinds of consoles.
const (
	ConsoleSerial ConsoleKind = "serial" // text: a command on the VM's node, reached over SSH
	ConsoleVNC    ConsoleKind = "vnc"    // a screen, keyboard and mouse (RFB, RFC 6143)
	ConsoleSPICE  ConsoleKind = "spice"  // the same with QEMU's own protocol, which gwm does not speak
)

// Endpoint is where a console of a VM is at this moment. It holds no secret. A VM
// that migrates or restarts may have another one: it is asked for anew before
// every connection. Texts are as the cluster sent them.
type Endpoint struct {
	VM   Ref         `json:"vm"`
	Kind ConsoleKind `json:"kind"`
	Node string      `json:"node"` // full name of the node that runs the VM, where an SSH server answers
	// SSHPort and SSHUser are how gwm logs in there: for a serial console, and for
	// a screen that listens on the node's own loopback only.
	SSHPort int    `json:"ssh_port"`
	SSHUser string `json:"ssh_user"`
	// Command is what shows a serial console, run on the node, word by word.
	Command []string `json:"command,omitempty"`
	// Address is the host and port of a screen, as the node (Loopback) or everybody
	// in its network reaches it.
	Address  string `json:"address,omitempty"`
	Loopback bool   `json:"loopback,omitempty"`
	// PasswordFile is a file on the node whose first line is the password of the
	// screen; empty: it asks for none.
	PasswordFile string `json:"password_file,omitempty"`
	// Problem says why gwm cannot open this console although it exists, and what
	// to do instead; empty: it can.
	Problem string `json:"problem,omitempty"`
}

// How somebody came to a seat who did not take it in their session itself.
const (
	ViaBrowser = "browser" // by a ticket
	ViaViewer  = "viewer"  // by a forwarded port
)

// SeatInfo describes somebody who sits at a console.
type SeatInfo struct {
	ID      string      `json:"id"` // a random word
	VM      Ref         `json:"vm"`
	Kind    ConsoleKind `json:"kind"`
	User    string      `json:"user"`
	Session string      `json:"session"`
	Addr    string      `json:"addr"` // where they come from; of a redeemed ticket: where the browser is
	Via     string      `json:"via"`  // of the session: "tui", "command"; ViaBrowser, ViaViewer
	Since   time.Time   `json:"since"`
	// Keyboard tells that what is typed at a serial console is this person's; several
	// may look, one types.
	Keyboard bool `json:"keyboard,omitempty"`
}

// RecordingPolicy says whether what serial consoles of a cluster show is kept.
type RecordingPolicy string

// The policies.
const (
	RecordingOff      RecordingPolicy = ""            // nothing is kept
	RecordingBest     RecordingPolicy = "best-effort" // it is kept; where that fails the console goes on, and says so
	RecordingRequired RecordingPolicy = "required"    // where it fails the console ends
)

// RecordingPolicies lists the policies, the one that keeps nothing first.
func RecordingPolicies() []RecordingPolicy {
	return []RecordingPolicy{RecordingOff, RecordingBest, RecordingRequired}
}

// ParseRecordingPolicy reads a policy as people write it; "off" is RecordingOff.
func ParseRecordingPolicy(word string) (RecordingPolicy, error) {
	p := RecordingPolicy(word)
	if word == wordOff {
		p = RecordingOff
	}
	return p, p.check()
}

// wordOff is how people write RecordingOff.
const wordOff = "off"

// String is the policy as people write it.
func (p RecordingPolicy) String() string {
	if p == RecordingOff {
		return wordOff
	}
	return string(p)
}

func (p RecordingPolicy) check() error {
	if slices.Contains(RecordingPolicies(), p) {
		return nil
	}
	var words []string
	for _, possible := range RecordingPolicies() {
		words = append(words, possible.String())
	}
	return Errorf(CodeInvalid, "there is no way %q to record consoles", Printable(cut(string(p)))).WithHint("possible are: %s", joinWords(words))
}
