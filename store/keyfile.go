package store

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gwm/core"
)

const keyFileHead = `# The master keys of gwm's store: they open the passwords that it keeps.
# Without this file they are lost; keep a copy of it apart from the backups.
# The active key seals. What a retiring key sealed is sealed anew at the next
# start; after that its line serves older backups only.
`

// CreateKeyFile makes a key file (0600) with one new master key. The error is
// fs.ErrExist where there is one already.
func CreateKeyFile(path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return explainKeys(path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fs.ErrExist
	}
	if err != nil {
		return explainKeys(path, err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if _, err := io.WriteString(f, keyFileHead+newKeyLine()); err != nil {
		return explainKeys(path, err)
	}
	if err := f.Sync(); err != nil {
		return explainKeys(path, err)
	}
	return syncDir(filepath.Dir(path))
}

// RotateKeyFile puts a new active key into the key file; the one that was active
// is retiring from now on. It takes effect at the next Open.
func RotateKeyFile(path string) error {
	if _, err := loadKeys(path); err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return explainKeys(path, err)
	}
	return replaceFile(path, func(w io.Writer) error {
		var out strings.Builder
		out.WriteString(keyFileHead + newKeyLine())
		for line := range strings.Lines(string(old)) {
			if _, key, ok := keyLine(line); ok {
				out.WriteString("retiring " + key + "\n")
			}
		}
		_, err := io.WriteString(w, out.String())
		return err
	})
}

func newKeyLine() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	return "active " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// keyLine splits "active BASE64" or "retiring BASE64".
func keyLine(line string) (state, key string, ok bool) {
	f := strings.Fields(line)
	if len(f) != 2 || f[0] != "active" && f[0] != "retiring" {
		return "", "", false
	}
	return f[0], f[1], true
}

// loadKeys reads the key file. The error is a *core.Error.
func loadKeys(path string) (*keyring, error) {
	if err := checkPrivate("the master key file", path); err != nil {
		return nil, explainKeys(path, err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, explainKeys(path, err)
	}
	ring := &keyring{path: path, byID: map[string]*masterKey{}}
	number := 0
	for line := range bytes.Lines(raw) {
		number++
		text := strings.TrimSpace(string(line))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := ring.add(text); err != nil {
			return nil, core.Errorf(core.CodeInvalid, "%s, line %d: %w", path, number, err).
				WithHint("bring back the key file that gwm init made")
		}
	}
	if ring.active == nil {
		return nil, core.Errorf(core.CodeInvalid, "%s has no active master key", path).
			WithHint("bring back the key file that gwm init made")
	}
	return ring, nil
}

// add takes one line of the key file. Its errors do not repeat the line.
func (r *keyring) add(line string) error {
	state, text, ok := keyLine(line)
	if !ok {
		return errors.New(`expected "active KEY" or "retiring KEY"`)
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 32 {
		return errors.New("the key is not 32 bytes in base64")
	}
	k, err := newMasterKey(key)
	if err != nil {
		return err
	}
	if state == "active" {
		if r.active != nil {
			return errors.New("there is a second active key")
		}
		r.active = k
	}
	r.byID[k.id] = k
	return nil
}

func explainKeys(path string, err error) error {
	var e *core.Error
	switch {
	case err == nil, errors.As(err, &e):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return core.Errorf(core.CodeInvalid, "the master key file %s does not exist", path).
			WithHint("bring back the one that belongs to the store; gwm init makes one for a new store")
	case errors.Is(err, fs.ErrPermission):
		return core.Errorf(core.CodeInvalid, "the master key file %s: permission denied", path).
			WithHint("run gwm as the owner of the file")
	}
	return fmt.Errorf("master key file %s: %w", path, err)
}
