package consoletest

import (
	"fmt"
	"io"
	"strings"
)

// editor is a text editor of very few keys, on the alternate screen: i inserts,
// Esc ends that, :q leaves.
type editor struct {
	out     io.Writer
	file    string
	lines   []string
	insert  bool
	command []byte // after a colon; nil: none
}

const editorRows, editorLines = 24, 200

func newEditor(out io.Writer, words []string) *editor {
	e := &editor{out: out, file: "notes.txt", lines: []string{"This is a toy.", "i inserts, Esc ends that, :q leaves.", ""}}
	if len(words) > 0 {
		e.file = words[0]
	}
	e.print("\x1b[?1049h")
	e.draw()
	return e
}

func (e *editor) print(text string) { _, _ = io.WriteString(e.out, text) } // who does not read misses it

// key takes one byte; false leaves.
func (e *editor) key(b byte) bool {
	switch {
	case e.command != nil && b == '\r':
		if string(e.command) == ":q" || string(e.command) == ":wq" || string(e.command) == ":q!" {
			e.print("\x1b[?1049l")
			return false
		}
		e.command = nil
	case e.command != nil && b == 0x1b:
		e.command = nil
	case e.command != nil:
		if len(e.command) < 70 && b >= 0x20 {
			e.command = append(e.command, b)
		}
	case e.insert:
		e.type1(b)
	case b == 'i':
		e.insert = true
	case b == ':':
		e.command = []byte(":")
	}
	e.draw()
	return true
}

func (e *editor) type1(b byte) {
	last := len(e.lines) - 1
	switch {
	case b == 0x1b:
		e.insert = false
	case b == '\r':
		if len(e.lines) < editorLines {
			e.lines = append(e.lines, "")
		}
	case b == 0x7f:
		if n := len(e.lines[last]); n > 0 {
			e.lines[last] = e.lines[last][:n-1]
		}
	case b >= 0x20 && len(e.lines[last]) < 79:
		e.lines[last] += string(rune(b))
	}
}

func (e *editor) draw() {
	var b strings.Builder
	b.WriteString("\x1b[H")
	first := max(0, len(e.lines)-(editorRows-1))
	for row := range editorRows - 1 {
		text := "~"
		if i := first + row; i < len(e.lines) {
			text = e.lines[i]
		}
		b.WriteString(text + "\x1b[K\r\n")
	}
	status := fmt.Sprintf("\x1b[7m%q %d lines\x1b[0m", e.file, len(e.lines))
	switch {
	case e.command != nil:
		status = string(e.command)
	case e.insert:
		status = "-- INSERT --"
	}
	fmt.Fprintf(&b, "%s\x1b[K", status)
	e.print(b.String())
}
