package consoletest

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// shell is what runs in a guest: boot messages, a login, a command line.
type shell struct {
	guest  *Guest
	out    io.Writer
	user   string // who is logged in; empty: nobody
	line   []byte
	editor *editor // runs instead of the command line; nil: it does not
	last   byte
}

const maxInput = 1000

func newShell(g *Guest) *shell { return &shell{guest: g} }

func (s *shell) attach(out io.Writer) {
	s.out = out
	if !s.guest.boots() {
		return
	}
	s.user, s.line, s.editor = "", nil, nil
	for i, text := range []string{
		"Linux version 6.12.0-toy (gwm) #1 SMP",
		"Command line: console=ttyS0 quiet",
		"Memory: 512M available",
		"virtio_net virtio0 eth0: link up",
		"EXT4-fs (vda1): mounted filesystem",
	} {
		s.printf("[%12.6f] %s\n", 0.1+float64(i)*0.31, text)
	}
	s.printf("\nToy GNU/Linux %s ttyS0\n\n", s.guest.name)
	s.prompt()
}

// printf writes as a terminal driver does: lines end with CR LF.
func (s *shell) printf(format string, args ...any) {
	_, _ = io.WriteString(s.out, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\r\n")) // who does not read misses it
}

func (s *shell) prompt() {
	if s.user == "" {
		s.printf("%s login: ", s.host())
		return
	}
	s.printf("%s@%s:~# ", s.user, s.host())
}

func (s *shell) host() string {
	host, _, _ := strings.Cut(s.guest.name, ".")
	return host
}

// key takes one byte of input; false ends the connection.
func (s *shell) key(b byte) bool {
	if s.editor != nil {
		if !s.editor.key(b) {
			s.editor = nil
			s.prompt()
		}
		return true
	}
	after := s.last
	s.last = b
	switch b {
	case '\n', '\r':
		if b == '\n' && after == '\r' {
			return true
		}
		s.printf("\n")
		line := string(s.line)
		s.line = nil
		return s.enter(line)
	case 0x04:
		if len(s.line) == 0 && s.user != "" {
			return s.enter("exit")
		}
	default:
		s.edit(b)
	}
	return true
}

// edit changes the line that is typed.
func (s *shell) edit(b byte) {
	switch {
	case b == 0x7f || b == 0x08:
		if len(s.line) > 0 {
			s.line = s.line[:len(s.line)-1]
			s.printf("\b \b")
		}
	case b == 0x03:
		s.printf("^C\n")
		s.line = nil
		s.prompt()
	case b == 0x15:
		s.printf("%s", strings.Repeat("\b \b", len(s.line)))
		s.line = nil
	case len(s.line) < maxInput && (b >= 0x20 || b == '\t'):
		s.line = append(s.line, b)
		_, _ = s.out.Write([]byte{b}) // who does not read misses it
	}
}

// enter takes one line; false ends the connection.
func (s *shell) enter(line string) bool {
	words := strings.Fields(line)
	if s.user == "" {
		if len(words) > 0 {
			s.user = words[0]
			s.printf("Welcome to %s. Type help.\n", s.guest.name)
		}
		s.prompt()
		return true
	}
	if len(words) == 0 {
		s.prompt()
		return true
	}
	switch words[0] {
	case "reboot":
		s.printf("The system is going down for reboot NOW!\n")
		s.guest.reboot()
		return false
	case "exit", "logout":
		s.user = ""
		s.printf("\n")
	case "vi":
		s.editor = newEditor(s.out, words[1:])
		return true
	default:
		s.command(words, line)
	}
	s.prompt()
	return true
}

func (s *shell) command(words []string, line string) {
	switch words[0] {
	case "help":
		s.printf("help  date  ls  echo TEXT  colours  flood LINES  vi [FILE]  clear  uname  who  reboot  exit\n")
	case "date":
		s.printf("%s\n", time.Now().UTC().Format(time.UnixDate))
	case "ls":
		s.printf("\x1b[1;34mbin\x1b[0m  \x1b[1;34metc\x1b[0m  \x1b[1;32minstall.sh\x1b[0m  notes.txt\n")
	case "echo":
		s.printf("%s\n", strings.TrimPrefix(strings.TrimLeft(line, " "), "echo "))
	case "colours", "colors":
		s.printf("%s", colours())
	case "flood":
		s.flood(words[1:])
	case "clear":
		s.printf("\x1b[H\x1b[2J")
	case "uname":
		s.printf("Linux %s 6.12.0-toy x86_64 GNU/Linux\n", s.host())
	case "who":
		s.printf("%s ttyS0\n", s.user)
	default:
		s.printf("%s: command not found\n", words[0])
	}
}

const maxFlood = 10_000_000

// flood writes many numbered lines.
func (s *shell) flood(words []string) {
	lines := 1000
	if len(words) > 0 {
		if n, err := strconv.Atoi(words[0]); err == nil {
			lines = min(max(n, 0), maxFlood)
		}
	}
	var b bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&b, "%08d the quick brown fox jumps over the lazy dog and comes back\r\n", i+1)
		if b.Len() >= 32<<10 || i == lines-1 {
			if _, err := s.out.Write(b.Bytes()); err != nil {
				return // nobody reads any more
			}
			b.Reset()
		}
	}
}

func colours() string {
	var b strings.Builder
	for i := range 16 {
		fmt.Fprintf(&b, "\x1b[48;5;%dm  ", i)
	}
	b.WriteString("\x1b[0m\n")
	for i := 16; i < 232; i++ {
		fmt.Fprintf(&b, "\x1b[48;5;%dm ", i)
		if (i-16)%72 == 71 {
			b.WriteString("\x1b[0m\n")
		}
	}
	for i := range 72 {
		fmt.Fprintf(&b, "\x1b[48;2;%d;64;%dm ", i*255/71, 255-i*255/71)
	}
	b.WriteString("\x1b[0m\n")
	return b.String()
}
