package command

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"gwm/core"
)

// maxCastLine is the longest line of a recording that is read, in bytes.
const maxCastLine = 1 << 20

// castEvent is a line of an asciicast v2 after the first: [seconds, kind, text].
type castEvent struct {
	kind, text string
}

// UnmarshalJSON reads the list.
func (e *castEvent) UnmarshalJSON(b []byte) error {
	var at float64
	return json.Unmarshal(b, &[]any{&at, &e.kind, &e.text})
}

// exportCast copies a recording as it is. Its lines are JSON, in which control
// characters are escaped: a terminal that shows them is not moved by them.
func exportCast(to io.Writer, from io.Reader) error {
	_, err := io.Copy(to, from)
	return err
}

// showCast writes the text of what a guest wrote, line by line, without what
// moves cursors and sets colours.
func showCast(to io.Writer, from io.Reader) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 64<<10), maxCastLine)
	var open strings.Builder // the line that is not complete yet
	for first := true; lines.Scan(); first = false {
		var e castEvent
		if first || json.Unmarshal(lines.Bytes(), &e) != nil || e.kind != "o" {
			continue
		}
		for text := range strings.SplitAfterSeq(e.text, "\n") {
			open.WriteString(text)
			if !strings.HasSuffix(text, "\n") && open.Len() < maxCastLine {
				continue
			}
			if err := writeCastLine(to, open.String()); err != nil {
				return err
			}
			open.Reset()
		}
	}
	if open.Len() > 0 {
		if err := writeCastLine(to, open.String()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// writeCastLine writes one line fit to be shown. What a carriage return has
// written over is left out.
func writeCastLine(to io.Writer, line string) error {
	line = strings.TrimRight(ansi.Strip(line), "\r\n")
	if i := strings.LastIndexByte(line, '\r'); i >= 0 {
		line = line[i+1:]
	}
	_, err := io.WriteString(to, core.Printable(line)+"\n")
	return err
}
