package main

import (
	"os"
	"strings"

	"gwm/consoleproxy"
	"gwm/core"
)

// readSecret reads the first line of a file that key names. Only a file that
// consoleproxy.Private lets pass holds a secret.
func readSecret(key, path string) (core.Secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return core.Secret{}, unreadable(key, path, err)
	}
	if !consoleproxy.Private(info.Mode()) {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "%s: others on this machine can read or change %s, or it is no file", key, path).
			WithHint("chmod 600 it, and make a new secret if others work on this machine")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return core.Secret{}, unreadable(key, path, err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return core.NewSecret(strings.TrimSuffix(line, "\r")), nil
}
