package core

import (
	"fmt"
	"strings"
	"unicode"
)

// maxName is the longest name of any object, in bytes (a DNS name has 253).
const maxName = 253

// checkName accepts the names that every object may have: 1 to 253 bytes of
// letters, digits, '.', '_', '-', '+' and '@', not beginning with '-' or '.'.
// Such a name is safe in a path, a store key and a terminal.
func checkName(s string) error {
	if s == "" {
		return fmt.Errorf("a name is missing")
	}
	if len(s) > maxName {
		return fmt.Errorf("a name has at most %d characters", maxName)
	}
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
		case i > 0 && strings.ContainsRune(".-+@", r):
		default:
			return fmt.Errorf("character %q at position %d is not allowed in a name", r, i+1)
		}
	}
	return nil
}

// CheckNewName is checkName, stricter, for names that people give to users,
// groups and clusters: lower case, at most 64 bytes, and none of the words that
// commands use. The error is an *Error with CodeInvalid.
func CheckNewName(kind Kind, s string) error {
	err := checkName(s)
	switch {
	case err != nil:
	case len(s) > 64:
		err = fmt.Errorf("it has more than 64 characters")
	case s != strings.ToLower(s):
		err = fmt.Errorf("upper case letters are not allowed")
	case s == "site" || s == "all" || s == "node" || s == "vm", kind == KindUser && (isLocal(s) || isDoor(s)):
		err = fmt.Errorf("the word is reserved")
	default:
		return nil
	}
	return Errorf(CodeInvalid, "%q cannot be the name of a %s: %v", Printable(s), kind, err).
		WithHint("use lower case letters, digits, '.', '_' and '-', for example berlin-2")
}

// Printable returns s safe for a terminal, a log and a page: control and format
// characters (C0, C1, escape, bidirectional overrides, zero width), private use
// and invalid UTF-8 become '·'. Line breaks and tabs become spaces. All text
// from a guest, a cluster or another person passes it before it is shown.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		if !printable(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case printable(r):
			return r
		}
		return '·'
	}, s)
}

func printable(r rune) bool {
	if r >= ' ' && r < 0x7f {
		return true
	}
	return r != unicode.ReplacementChar && unicode.IsPrint(r) && !unicode.Is(unicode.Co, r)
}
