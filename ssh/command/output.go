package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"gwm/core"
)

// list prints rows: an array with json, else a table with aligned columns. The
// cells of a row are made printable here, in one place.
func list[T any](t *tree, rows []T, header []string, cells func(T) []string) error {
	if t.format == "json" {
		if rows == nil {
			rows = []T{}
		}
		return t.json(rows)
	}
	table := make([][]string, 0, len(rows)+1)
	table = append(table, header)
	for _, r := range rows {
		table = append(table, cells(r))
	}
	return writeTable(t.Stdout, table)
}

// object prints one thing: a JSON object, or the fields one below the other.
func object(t *tree, v any, fields [][2]string) error {
	if t.format == "json" {
		return t.json(v)
	}
	width := 0
	for _, f := range fields {
		width = max(width, utf8.RuneCountInString(f[0]))
	}
	for _, f := range fields {
		if _, err := fmt.Fprintf(t.Stdout, "%-*s  %s\n", width, f[0], core.Printable(f[1])); err != nil {
			return gone(err)
		}
	}
	return nil
}

func (t *tree) json(v any) error { return gone(writeJSON(t.Stdout, v, "  ")) }

// writeJSON writes v on a line, or on several with an indent. What is in it may
// end on a terminal, so that characters that core.Printable would replace are
// written as \u escapes: a program reads the same text.
func writeJSON(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeJSON(b.String()))
	return err
}

// escapeJSON escapes what a terminal might act upon. Outside of the texts JSON
// has no such characters.
func escapeJSON(s string) string {
	var out strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf && r != 0x7f || core.Printable(string(r)) == string(r) {
			out.WriteRune(r)
			continue
		}
		if r > 0xffff {
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
			continue
		}
		fmt.Fprintf(&out, `\u%04x`, r)
	}
	return out.String()
}

func writeTable(w io.Writer, table [][]string) error {
	var width []int
	for _, row := range table {
		for i, c := range row {
			row[i] = core.Printable(c)
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(row[i]))
		}
	}
	var line strings.Builder
	for _, row := range table {
		line.Reset()
		for i, c := range row {
			line.WriteString(c)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(c)+2))
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return gone(err)
		}
	}
	return nil
}

// gone wraps an error of writing the output: the reader has left.
func gone(err error) error {
	if err == nil {
		return nil
	}
	return core.Errorf(core.CodeInternal, "the output could not be written: %w", err)
}

// note prints a line for the person beside the output.
func (t *tree) note(format string, args ...any) {
	fmt.Fprintf(t.Stderr, format+"\n", args...)
}

// stamp writes a time in UTC, and nothing for the zero time.
func stamp(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

// age writes how long ago something was, in one unit.
func age(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	switch d := now.Sub(at); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// mib writes a size: 512M, 8G, 1.5T. Negative: not known.
func mib(n int) string {
	switch {
	case n < 0:
		return "?"
	case n < 1024:
		return fmt.Sprintf("%dM", n)
	case n < 1024*1024:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1024), ".0") + "G"
	default:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1024/1024), ".0") + "T"
	}
}

func words[S ~string](list []S) string {
	if len(list) == 0 {
		return "-"
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, ",")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
