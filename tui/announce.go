package tui

// Kind grades what the shell tells the user.
type Kind int

// The kinds. Info goes by itself, the others stay until a key is pressed.
const (
	Info Kind = iota
	Good
	Warning
	Problem
)

// Announce is a message that the server sends into a running program: that it
// stops, that the session is about to end for want of input. A page sends it
// too. Text is one line; it passes core.Printable before it is shown.
type Announce struct {
	Text string
	Kind Kind
}
