package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh/agent"

	"gwm/core"
)

// keyFile reads the public keys in a file.
func (i *initialize) keyFile(path string) ([]core.Key, error) {
	f, err := i.openInput(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, core.Errorf(core.CodeInvalid, "the file %s cannot be read: %w", core.Printable(path), core.PlainCause(err))
	}
	keys, err := core.ParseKeys(path, string(text))
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, core.Errorf(core.CodeInvalid, "%s holds no public key", core.Printable(path)).
			WithHint("give a file such as ~/.ssh/id_ed25519.pub")
	}
	return keys, nil
}

// foundKeys returns the keys of the SSH agent and of ~/.ssh/*.pub, each once.
// What cannot be read or used is left out.
func (i *initialize) foundKeys(ctx context.Context) []core.Key {
	lines := agentKeys(ctx, i.env("SSH_AUTH_SOCK"))
	files, _ := filepath.Glob(filepath.Join(i.env("HOME"), ".ssh", "*.pub")) // the pattern is well formed
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			lines = append(lines, strings.Split(string(text), "\n")...)
		}
	}
	var keys []core.Key
	for _, line := range lines {
		key, err := core.ParseKey(line)
		if err != nil || slices.ContainsFunc(keys, func(k core.Key) bool { return k.Fingerprint == key.Fingerprint }) {
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// agentKeys asks the SSH agent for its keys, as lines of an authorized_keys file.
func agentKeys(ctx context.Context, socket string) []string {
	if socket == "" {
		return nil
	}
	d := net.Dialer{Timeout: 2 * time.Second}
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second)) // at worst the agent is waited for
	keys, err := agent.NewClient(conn).List()
	if err != nil {
		return nil
	}
	var lines []string
	for _, k := range keys {
		lines = append(lines, k.String())
	}
	return lines
}
