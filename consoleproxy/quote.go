package consoleproxy

import (
	"strings"

	"gwm/core"
)

// shellCommand writes words so that a POSIX shell reads them back as they are:
// each in single quotes, whatever it holds. A word with a zero byte cannot be
// passed to any program and is refused.
func shellCommand(words []string) (string, error) {
	if len(words) == 0 {
		return "", core.Errorf(core.CodeCluster, "the cluster names no command for this console")
	}
	var b strings.Builder
	for i, w := range words {
		if strings.ContainsRune(w, 0) {
			return "", core.Errorf(core.CodeCluster, "the cluster names a command with a zero byte in it")
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('\'')
		b.WriteString(strings.ReplaceAll(w, "'", `'\''`))
		b.WriteByte('\'')
	}
	return b.String(), nil
}

// withoutEscape is a console command that no key ends. Ganeti has socat stop at
// 0x1d (Ctrl-]), for people who have no other way out; gwm has, so that the key
// is the guest's. Commands of other programs stay as they are: there the key ends
// the command, and the line comes back at once.
func withoutEscape(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		if strings.HasPrefix(w, "STDIO,") {
			w = strings.TrimSuffix(strings.Replace(w+",", ",escape=0x1d,", ",", 1), ",")
		}
		out[i] = w
	}
	return out
}
