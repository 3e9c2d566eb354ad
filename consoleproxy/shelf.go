package consoleproxy

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"

	"gwm/core"
)

// shelf is the directory of the recordings.
type shelf struct {
	dir string // empty: there is none
	// create makes a file that is not there yet; a test makes one that fails.
	create func(name string) (recFile, error)
}

// recFile is a file that is written.
type recFile interface {
	io.Writer
	Sync() error
	Close() error
}

func newShelf(dir string) *shelf {
	s := &shelf{dir: dir}
	s.create = s.make
	return s
}

// recID is what names of recordings look like. They are made by core, never by
// people.
var recID = regexp.MustCompile(`^[0-9a-z][0-9a-z-]{7,63}$`)

// fileName is the name of a recording's file; the error is that of a recording
// that does not exist.
func fileName(id string) (string, error) {
	if !recID.MatchString(id) {
		return "", noRecording(id)
	}
	return id + ".cast.gwm", nil
}

func noRecording(id string) *core.Error {
	return core.Errorf(core.CodeNotFound, "the file of the recording %s is not there any more", core.Printable(id))
}

// make creates a file for its owner only, in a directory for its owner only.
func (s *shelf) make(name string) (recFile, error) {
	if s.dir == "" {
		return nil, core.Errorf(core.CodeUnsupported, "no directory for recordings is configured")
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// open opens a recording for reading.
func (s *shelf) open(id string, key core.Secret) (io.ReadCloser, error) {
	f, err := s.file(id, (*os.Root).Open)
	if err != nil {
		return nil, err
	}
	seal, err := newRecSeal(id, key)
	if err != nil {
		_ = f.Close() // the first error counts
		return nil, err
	}
	return newRecReader(f, seal)
}

// file does something with the file of a recording.
func (s *shelf) file(id string, do func(*os.Root, string) (*os.File, error)) (*os.File, error) {
	name, err := fileName(id)
	if err != nil {
		return nil, err
	}
	if s.dir == "" {
		return nil, noRecording(id)
	}
	root, err := os.OpenRoot(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noRecording(id)
	}
	if err != nil {
		return nil, unusable(id, err)
	}
	defer func() { _ = root.Close() }()
	f, err := do(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noRecording(id)
	}
	if err != nil {
		return nil, unusable(id, err)
	}
	return f, nil
}

func unusable(id string, err error) *core.Error {
	return core.Errorf(core.CodeInternal, "the file of the recording %s cannot be used: %w", id, core.PlainCause(err)).
		WithHint("ask the administrator to look at the directory of the recordings")
}

// discard removes a recording.
func (s *shelf) discard(id string) error {
	_, err := s.file(id, func(root *os.Root, name string) (*os.File, error) { return nil, root.Remove(name) })
	if core.CodeOf(err) == core.CodeNotFound {
		return nil
	}
	return err
}
