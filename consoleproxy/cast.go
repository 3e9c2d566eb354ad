package consoleproxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The kinds of events of a cast: what the guest wrote, a remark, a new size.
const (
	castOutput = "o"
	castMark   = "m"
	castSize   = "r"
)

// castHeader is the first line of an asciicast (version 2).
func castHeader(cols, rows int, began time.Time, title string) []byte {
	b, err := json.Marshal(struct {
		Version   int               `json:"version"`
		Width     int               `json:"width"`
		Height    int               `json:"height"`
		Timestamp int64             `json:"timestamp"`
		Title     string            `json:"title"`
		Env       map[string]string `json:"env"`
	}{2, cols, rows, began.Unix(), title, map[string]string{"TERM": "xterm-256color"}})
	if err != nil {
		return nil // numbers and texts always can be written
	}
	return append(appendPlain(nil, b), '\n')
}

// appendEvent appends one line of an asciicast. Bytes that are no UTF-8 become
// U+FFFD, as JSON has no other place for them. What a terminal would not show as a
// character is written as its number, so that the line itself does nothing to one.
func appendEvent(b []byte, at time.Duration, kind string, data []byte) []byte {
	text, err := json.Marshal(string(data))
	if err != nil {
		return b // a text always can be written
	}
	b = append(b, '[')
	b = strconv.AppendFloat(b, max(at, 0).Seconds(), 'f', 6, 64)
	b = append(b, ", \""+kind+"\", "...)
	b = appendPlain(b, text)
	return append(b, "]\n"...)
}

// appendPlain appends a text of JSON with all that is not printable as \u escapes,
// which say the same.
func appendPlain(b, text []byte) []byte {
	hidden := func(r rune) bool { return r >= 0x7f && !unicode.IsPrint(r) }
	for {
		at := bytes.IndexFunc(text, hidden)
		if at < 0 {
			return append(b, text...)
		}
		b = append(b, text[:at]...)
		r, n := utf8.DecodeRune(text[at:])
		if high, low := utf16.EncodeRune(r); high == unicode.ReplacementChar {
			b = fmt.Appendf(b, `\u%04x`, r)
		} else {
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		}
		text = text[at+n:]
	}
}

// wholeRunes cuts p before a last character whose other bytes are still to come.
func wholeRunes(p []byte) (whole, rest []byte) {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		if at := len(p) - i; utf8.RuneStart(p[at]) {
			if !utf8.FullRune(p[at:]) {
				return p[:at], p[at:]
			}
			break
		}
	}
	return p, nil
}
