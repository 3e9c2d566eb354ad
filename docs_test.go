package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// documented finds the command lines of a document: a line of code, or code in a
// sentence, that begins with gwm or reaches it over SSH.
func documented(text string) (lines []string) {
	remote := regexp.MustCompile(`^ssh (?:-t )?(?:-p \d+ )?gwm\.example\.org`)
	code := regexp.MustCompile("`([^`\n]+)`")
	rest := regexp.MustCompile(`  +.*$| [<>|].*$| …$|\|\S+`) // a comment, what the shell does, other words for the last one
	filled := regexp.MustCompile(`^gwm [A-Z]+ `)             // a line of a file
	for line := range strings.Lines(text) {
		var found []string
		if own, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "    "); ok {
			found = append(found, strings.Split(own, "; ")...)
		} else {
			for _, m := range code.FindAllStringSubmatch(line, -1) {
				found = append(found, m[1])
			}
		}
		for _, l := range found {
			l = remote.ReplaceAllString(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "sudo ")), "gwm")
			if strings.HasPrefix(l, "gwm ") && !filled.MatchString(l) {
				lines = append(lines, rest.ReplaceAllString(l, ""))
			}
		}
	}
	return lines
}

// TestDocumentedCommandsExist holds that what the README and the manual pages tell
// people to type is a command with options that it has.
func TestDocumentedCommandsExist(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"vm fly web1", "vm edit web1 --fly"} {
		if takes(strings.Fields(wrong)) == nil {
			t.Errorf("gwm %s would be taken for a command", wrong)
		}
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	quotes := regexp.MustCompile(`"[^"]*"|'[^']*'`)
	for _, page := range append(pages, "README.md", "SECURITY.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		lines := documented(string(text))
		if page == "README.md" && len(lines) < 50 {
			t.Errorf("only %d command lines were found in %s", len(lines), page)
		}
		for _, line := range lines {
			words := strings.Fields(quotes.ReplaceAllString(line, "text"))[1:]
			if err := takes(words); err != nil {
				t.Errorf("%s: %s: %v", page, line, err)
			}
		}
	}
}

// takes says why the words after gwm are no command line, nil where they are one.
func takes(words []string) error {
	p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	cmd, rest, err := p.tree().Find(words)
	if err != nil {
		return err
	}
	rest = slices.DeleteFunc(rest, func(w string) bool { return w == "..." || w == "--help" })
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if cmd.HasSubCommands() { // the group by its name, or what is no command of it
		return cobra.NoArgs(cmd, cmd.Flags().Args())
	}
	return nil
}
