package core

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Note is what people wrote about a VM, a node or a cluster, for all who see it.
// It is gwm's own: the cluster does not know of it.
type Note struct {
	On   Ref       `json:"on"`
	Text string    `json:"text"` // lines with '\n' between them, each Printable
	By   string    `json:"by"`   // who wrote it last
	At   time.Time `json:"at"`
}

// MaxNote is the longest note, in characters.
const MaxNote = 4000

// Note returns the note on an object that the person sees; ok is false where
// there is none.
func (v *View) Note(on Ref) (n Note, ok bool) {
	n, ok = v.people.notes[on]
	if !ok || !v.sees(on) {
		return Note{}, false
	}
	return n, true
}

// checkNote accepts the text of a note.
func checkNote(text string) error {
	if n := utf8.RuneCountInString(text); n > MaxNote {
		return Errorf(CodeInvalid, "the note has %d characters, at most %d are possible", n, MaxNote)
	}
	if strings.TrimSpace(text) != text {
		return Errorf(CodeInvalid, "the note begins or ends with empty space")
	}
	for i, line := range strings.Split(text, "\n") {
		if Printable(line) != line {
			return Errorf(CodeInvalid, "line %d of the note has characters that cannot be shown", i+1)
		}
	}
	return nil
}

// noteWords is a note in a line, as the audit log keeps it: its first line, and how
// much there is.
func noteWords(text string) string {
	first, _, more := strings.Cut(text, "\n")
	if runes := []rune(first); len(runes) > maxText {
		first, more = string(runes[:maxText]), true
	}
	if more {
		return fmt.Sprintf("%s … (%d characters)", first, utf8.RuneCountInString(text))
	}
	return first
}
