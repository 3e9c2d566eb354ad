package tui

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// maxCopy is the most that is put on a clipboard: terminals refuse OSC 52 with
// more than 74,994 bytes of base64.
const maxCopy = 74_994 / 4 * 3

// copy puts text on the clipboard of the user's terminal (OSC 52). tmux and
// screen get it wrapped, so that they pass it on.
func (a *App) copy(what, text string) tea.Cmd {
	if text == "" {
		return a.say(Warning, what+": there is nothing to copy")
	}
	said := "copied " + what
	if !strings.Contains(text, "\n") && len(text) < 60 {
		said += ": " + text
	}
	return a.copyAs(said, text)
}

// copyCounted does the same and tells how much it is, and a note: what a guest
// wrote may be a secret, and messages are kept.
func (a *App) copyCounted(what, text, note string) tea.Cmd {
	if text == "" {
		return a.say(Warning, what+": there is nothing to copy")
	}
	said := fmt.Sprintf("copied %s: %s", what, counted(utf8.RuneCountInString(text), "character"))
	if n := strings.Count(strings.TrimSuffix(text, "\n"), "\n"); n > 0 {
		said += " in " + counted(n+1, "line")
	}
	return a.copyAs(said+note, text)
}

// copyAs puts on the clipboard what fits.
func (a *App) copyAs(said, text string) tea.Cmd {
	if len(text) > maxCopy {
		text = strings.ToValidUTF8(text[:maxCopy], "")
		said += fmt.Sprintf(", only the first %d bytes: more does not fit a clipboard over SSH", len(text))
	}
	a.say(Info, said)
	return setClipboard(a.options.Term, text)
}

// copySecret does the same with what the message must not hold: messages are
// kept.
func (a *App) copySecret(what, text string) tea.Cmd {
	a.say(Info, "copied "+what)
	return setClipboard(a.options.Term, text)
}

func setClipboard(term, text string) tea.Cmd {
	osc := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
	switch {
	case strings.HasPrefix(term, "tmux"):
		return tea.Batch(tea.SetClipboard(text), tea.Raw(ansi.TmuxPassthrough(osc)))
	case strings.HasPrefix(term, "screen"):
		return tea.Batch(tea.SetClipboard(text), tea.Raw(ansi.ScreenPassthrough(osc, 0)))
	}
	return tea.SetClipboard(text)
}
