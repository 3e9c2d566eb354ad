package ssh

import (
	"strings"

	"gwm/core"
)

// maxVariables and maxValue bound what a client can set.
const (
	maxVariables = 32
	maxValue     = 256
)

// variables are the names that a client may set, beside LC_*. RO=1 makes the
// session read-only.
var variables = []string{"TERM", "COLORTERM", "NO_COLOR", "LANG", "RO"}

// acceptVariable tells whether a client may set a variable of the environment.
// They reach the screen's idea of the terminal only, never a process.
func acceptVariable(name, value string) bool {
	ok := strings.HasPrefix(name, "LC_") && len(name) <= 32
	for _, v := range variables {
		ok = ok || v == name
	}
	return ok && len(value) <= maxValue && core.Printable(value) == value
}

// environment is what the client told of its terminal.
type environment []string

// lookup returns the last value of a variable.
func (e environment) lookup(name string) string {
	for i := len(e) - 1; i >= 0; i-- {
		if n, value, _ := strings.Cut(e[i], "="); n == name {
			return value
		}
	}
	return ""
}

// readOnly tells whether the client asked for a session without changes.
func (e environment) readOnly() bool {
	v := strings.ToLower(e.lookup("RO"))
	return v != "" && v != "0" && v != "no" && v != "false"
}

// screen is the environment for the screen's libraries. NO_COLOR with any value
// becomes a boolean, which is all that they understand.
func (e environment) screen(term string) []string {
	out := []string{"TERM=" + term}
	for _, kv := range e {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case name == "TERM" || name == "RO":
			continue
		case name == "NO_COLOR" && value != "":
			value = "1"
		}
		out = append(out, name+"="+value)
	}
	return out
}

// ascii tells whether the client's locale says that it cannot show UTF-8. A
// client that tells nothing gets UTF-8.
func (e environment) ascii() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := e.lookup(name); v != "" {
			v = strings.ToLower(v)
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}

// terminalName makes a client's TERM safe to use. What is not a name becomes
// "ansi".
func terminalName(term string) string {
	if len(term) > 64 {
		return "ansi"
	}
	for _, r := range term {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(".+-_", r):
		default:
			return "ansi"
		}
	}
	return term
}
