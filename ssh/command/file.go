package command

import (
	"io"
	"strings"

	"gwm/core"
)

// maxFile is the most that is read from a FILE argument.
const maxFile = 1 << 20

// readFile returns the content of a FILE argument; "-" is standard input.
func (t *tree) readFile(path string) ([]byte, error) {
	r := t.Stdin
	if path != "-" {
		f, err := t.openFile(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, core.Errorf(core.CodeInvalid, "the file %s cannot be read: %w", core.Printable(path), err)
	}
	if len(data) > maxFile {
		return nil, core.Errorf(core.CodeInvalid, "the file %s has more than %d bytes", core.Printable(path), maxFile)
	}
	return data, nil
}

// openFile opens a FILE argument.
func (t *tree) openFile(path string) (io.ReadCloser, error) {
	if t.Files == nil {
		return nil, core.Errorf(core.CodeInvalid, "the file %s is not on this side of the connection", core.Printable(path)).
			WithHint("write - and pipe the file in: ... - < %s", core.Printable(path))
	}
	f, err := t.Files.Open(path)
	if err != nil {
		return nil, core.Errorf(core.CodeInvalid, "the file %s cannot be read: %w", core.Printable(path), err)
	}
	return f, nil
}

// readKeys returns the public keys of a FILE argument, or of the key line itself.
func (t *tree) readKeys(arg string) ([]core.Key, error) {
	what, text := "the key", arg
	if !strings.HasPrefix(arg, "ssh-") && !strings.HasPrefix(arg, "ecdsa-") && !strings.HasPrefix(arg, "sk-") {
		data, err := t.readFile(arg)
		if err != nil {
			return nil, err
		}
		what, text = arg, string(data)
		if arg == "-" {
			what = "standard input"
		}
	}
	keys, err := core.ParseKeys(what, text)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, core.Errorf(core.CodeInvalid, "%s holds no public key", core.Printable(arg)).
			WithHint("give a file such as ~/.ssh/id_ed25519.pub")
	}
	return keys, nil
}

// password returns the password in a FILE argument without its line end, or
// asks for it.
func (t *tree) password(file, prompt string) (core.Secret, error) {
	if file == "" {
		if t.ReadPassword == nil {
			return core.Secret{}, core.Errorf(core.CodeInvalid, "a password is needed and nobody can be asked").
				WithHint("add --password-file FILE, or --password-file - and pipe it in")
		}
		return t.ReadPassword(prompt)
	}
	data, err := t.readFile(file)
	if err != nil {
		return core.Secret{}, err
	}
	text := strings.TrimRight(string(data), "\r\n")
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "the password file %s must hold one line", core.Printable(file))
	}
	return core.NewSecret(text), nil
}
