package core

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText is the longest comment, description or reason, in characters.
const maxText = 256

// checkText accepts a text that people write about something.
func checkText(what, text string) error {
	if n := utf8.RuneCountInString(text); n > maxText {
		return Errorf(CodeInvalid, "%s has %d characters, at most %d are possible", what, n, maxText)
	}
	if Printable(text) != text {
		return Errorf(CodeInvalid, "%s has line breaks or characters that cannot be shown", what)
	}
	return nil
}

// checkKind accepts a Ref of one of some kinds whose names are well formed.
func checkKind(r Ref, kinds ...Kind) error {
	for _, k := range kinds {
		if r.Kind != k {
			continue
		}
		if again, err := ParseRef(r.String()); err != nil || again != r {
			return Errorf(CodeInvalid, "%q does not name a %s", Printable(r.String()), kindWord(k))
		}
		return nil
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = kindWord(k)
	}
	if r.IsZero() {
		return Errorf(CodeInvalid, "no object is named").WithHint("name one: %s", joinWords(words))
	}
	return Errorf(CodeInvalid, "%s is not possible here", Printable(r.String())).WithHint("name one of: %s", joinWords(words))
}

// changes collects the fields that differ.
type changes []Change

func (c *changes) text(field, from, to string) {
	if from != to {
		*c = append(*c, Change{Field: field, From: from, To: to})
	}
}

func (c *changes) flag(field string, from, to bool) {
	if from != to {
		*c = append(*c, Change{Field: field, From: strconv.FormatBool(from), To: strconv.FormatBool(to)})
	}
}

// overtaken refuses to change what is no longer as the person saw it, and names all
// of it.
func (c changes) overtaken(what string) error {
	if len(c) == 0 {
		return nil
	}
	words := make([]string, len(c))
	for i, n := range c {
		words[i] = fmt.Sprintf("%s was %s, is %s", n.Field, quoteEmpty(n.From), quoteEmpty(n.To))
	}
	return Errorf(CodeConflict, "somebody else changed %s meanwhile: %s; nothing was changed", what, strings.Join(words, "; ")).
		WithHint("look at it again and repeat your change")
}

func quoteEmpty(s string) string {
	if s == "" {
		return `""`
	}
	return Printable(s)
}

// flagWord is a switch of a command line with its value.
func flagWord(name string, on bool) string {
	if on {
		return "--" + name
	}
	return fmt.Sprintf("--%s=false", name)
}

// theOne names an object where a sentence begins with it: "the VM web1".
func theOne(r Ref) string { return "the " + kindWord(r.Kind) + " " + r.Name }
