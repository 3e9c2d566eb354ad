//go:build ganeti

package e2e

import (
	"encoding/base64"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// resize makes the window another size.
func (s *screen) resize(width, height int) error {
	s.term.Resize(width, height)
	return s.size(width, height)
}

// last moves to the last line of a menu that opened by itself, which must be the
// one with this text.
func (s *screen) last(text string) error {
	return s.until("end", text+" under the cursor", func() bool { return s.lit(text) })
}

// lit tells whether a text is on the screen with a background of its own, as what
// is under the cursor.
func (s *screen) lit(text string) bool {
	for y, line := range strings.Split(s.text(), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			c := s.term.CellAt(ansi.StringWidth(before), y)
			return c != nil && c.Style.Bg != nil
		}
	}
	return false
}

// clipboard is what the program put on the clipboard last (OSC 52); empty: nothing.
func (s *screen) clipboard() string {
	sent, begin := s.sent(), "\x1b]52;c;"
	at := strings.LastIndex(sent, begin)
	if at < 0 {
		return ""
	}
	text, _, _ := strings.Cut(sent[at+len(begin):], "\x07")
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "no base64: " + text
	}
	return string(plain)
}
