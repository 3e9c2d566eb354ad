package tui

import (
	"context"
	"io"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// What the tests of forms need of the unexported table.
type (
	FormKind  = formKind
	EntryForm = entryForm
)

// AddForm makes a form known to a screen.
func AddForm(a *App, k FormKind) { a.forms = append(a.forms, k) }

// OpenForm opens one.
func OpenForm(a *App, word, arg string, on core.Ref) tea.Cmd { return a.openForm(word, arg, on) }

// PlainForm asks one line by line.
func PlainForm(ctx context.Context, s *core.Session, k FormKind, arg string, in io.Reader, out io.Writer) error {
	return k.plain(ctx, s, arg, in, out)
}

// CarryOut does ops without asking.
func CarryOut(a *App, ops []core.Op) tea.Cmd { return a.carryOut(ops) }

// AllKeys lists every key of the table of actions, each once.
func AllKeys() []string {
	seen := map[string]bool{}
	var out []string
	for _, x := range table() {
		for _, k := range x.Keys {
			if !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	return out
}

// The bounds of what a console reads and does between two looks at the keys.
const (
	ReadFrame = readFrame
	ReadChunk = readChunk
	FloodTime = floodTime
)

// ReadConsole reads what a line has, as a console does in one look.
func ReadConsole(line core.Line) (kept, room int, skipped int64) {
	var m consoleNewsMsg
	m.read(line)
	return len(m.data), cap(m.data), m.skipped
}
