package command

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"gwm/core"
)

// told is what a person knows already.
type told struct {
	begun     bool
	up        bool
	why       string // it waits
	typist    string
	taken     string
	recording string
	silent    bool // the clock of silence runs
}

// news tells what changed. Over: the console has ended, or a pipe would wait for
// nobody knows how long.
func (s *sitting) news(now core.LineState) (over bool, err error) {
	t := &s.told
	switch now.Phase {
	case core.LineConnecting:
		if !t.begun {
			s.hint("connecting to %s", s.me.VM)
		}
	case core.LineUp:
		if !t.up {
			s.hint("connected to %s through %s; ~? explains the keys, ~. leaves", s.me.VM, core.Printable(now.Node))
		}
		t.up, t.why = true, ""
	case core.LineWaiting:
		if s.pipe && !s.watch {
			return true, now.Why
		}
		t.up = false
		if e := core.AsError(now.Why); now.Why != nil && e.Message != t.why {
			t.why = e.Message
			s.complain(e)
			s.hint("trying again, ~r at once")
		}
	case core.LineEnded:
		return true, now.Why
	}
	t.begun = true
	s.recorded(now)
	s.typing(now)
	return false, nil
}

// recorded tells whether the console is recorded.
func (s *sitting) recorded(now core.LineState) {
	if now.Recording == s.told.recording {
		return
	}
	s.told.recording = now.Recording
	switch now.Recording {
	case "":
	case "on":
		s.say("what this console shows is recorded")
	default:
		s.say("this console is not recorded: %s", core.Printable(now.Recording))
	}
}

// typing tells who has the keyboard.
func (s *sitting) typing(now core.LineState) {
	if now.Typist == s.told.typist && now.Taken == s.told.taken {
		return
	}
	before := s.told.typist
	s.told.typist, s.told.taken = now.Typist, now.Taken
	switch {
	case now.Typist == s.me.ID && before != "":
		s.hint("the keyboard is yours")
	case now.Typist == s.me.ID:
	case now.Typist == "" && before != s.me.ID && before != "":
		s.hint("nobody has the keyboard: who types gets it")
	case now.Typist != "" && now.Taken != "":
		s.hint("%s took the keyboard; ~t takes it back", core.Printable(now.Taken))
	case now.Typist != "":
		s.hint("%s has the keyboard; ~t takes it over", name(now, now.Typist))
	}
}

// refused tells why keys were not typed.
func (s *sitting) refused(now core.LineState) {
	switch {
	case now.Phase != core.LineUp:
		s.say("not connected: what you typed is lost")
	case now.Typist != "" && now.Typist != s.me.ID:
		s.say("%s has the keyboard; ~t takes it over", name(now, now.Typist))
	}
}

// people tells who sits here.
func (s *sitting) people() {
	now := s.line.State()
	var rows []string
	for _, p := range now.People {
		what := "watches"
		switch {
		case p.ID == now.Typist:
			what = "has the keyboard"
		case now.Typist == "":
			what = "could type"
		}
		if p.ID == s.me.ID {
			what += " (you)"
		}
		rows = append(rows, fmt.Sprintf("%s from %s since %s: %s", core.Printable(p.User), orDash(core.Printable(p.Addr)), p.Since.UTC().Format(time.TimeOnly), what))
	}
	s.say("%s", strings.Join(rows, "\n"))
}

// name is the user at a seat.
func name(now core.LineState, seat string) string {
	for _, p := range now.People {
		if p.ID == seat {
			return core.Printable(p.User)
		}
	}
	return "somebody"
}

// complain shows an error without ending.
func (s *sitting) complain(err error) {
	e := core.AsError(err)
	text := shortened(e.Message)
	if e.Hint != "" {
		text += "\n" + shortened(e.Hint)
	}
	s.say("%s", text)
}

// hint says what helps a person at a terminal and nobody else.
func (s *sitting) hint(format string, args ...any) {
	if !s.pipe {
		s.say(format, args...)
	}
}

// sayRaw writes lines of gwm's own on a terminal in raw mode.
func sayRaw(w io.Writer, format string, args ...any) {
	var b strings.Builder
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		b.WriteString("\r\n[gwm] " + core.Printable(strings.TrimRight(line, "\n")))
	}
	b.WriteString("\r\n")
	_, _ = io.WriteString(w, b.String()) // a terminal that is gone shows in what the guest writes
}

// modes are what a guest may leave a terminal in.
type modes struct {
	other bool   // the alternate screen
	tail  []byte // the last bytes, which a sequence may have begun in
}

const (
	enterOther = "\x1b[?1049h"
	leaveOther = "\x1b[?1049l"
)

// see looks for the alternate screen, the only mode whose end must not be told to
// a terminal that is not in it.
func (m *modes) see(p []byte) {
	p = append(m.tail, p...)
	in, out := bytes.LastIndex(p, []byte(enterOther)), bytes.LastIndex(p, []byte(leaveOther))
	if in != out {
		m.other = in > out
	}
	m.tail = bytes.Clone(p[max(0, len(p)-len(enterOther)+1):])
}

// reset ends a sequence or text that was never ended, colours, other character
// sets, key modes, reports of the mouse and of the focus, bracketed paste, margins,
// reverse, insert and origin mode, and a hidden cursor (xterm's control sequences).
// The cursor stays where it is.
func (m *modes) reset() string {
	const all = "\x18\x1b\\\x1b[!p\x1b7\x1b[r\x1b8\x1b[?5l\x1b[>4m\x1b[<u\x1b[0 q\x1b[0m\x0f\x1b(B\x1b>\x1b[?1l\x1b[4l\x1b[?7h\x1b[?25h" +
		"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?9l\x1b[?1004l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?2004l"
	if m.other {
		return "\x18\x1b\\" + leaveOther + all + "\r\n"
	}
	return all + "\r\n"
}
