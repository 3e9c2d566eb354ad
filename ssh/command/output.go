package command

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gwm/core"
)

// list prints rows: an array with json, else a table with aligned columns. The
// cells of a row are made printable here, in one place.
func list[T any](t *tree, rows []T, header []string, cells func(T) []string) error {
	if t.format == "json" {
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

// mibOrDash is mib, and a dash where there is nothing at all.
func mibOrDash(n int) string {
	if n == 0 {
		return "-"
	}
	return mib(n)
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

// number writes an integer in decimal.
func number[N ~int | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// numberOr is number, and a question mark for -1: not known.
func numberOr(n int) string {
	if n < 0 {
		return "?"
	}
	return number(n)
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
