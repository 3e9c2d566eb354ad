package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gwm/core"
)

// LocalFiles are the files of this machine.
type LocalFiles struct{}

// Open implements Files.
func (LocalFiles) Open(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, core.PlainCause(err)
	}
	return f, nil
}

// Create implements Files. The file has mode 0600. A device or a pipe is written
// as it is.
func (LocalFiles) Create(path string) (File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, core.PlainCause(err)
		}
		return &localFile{File: f}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".gwm-*") // mode 0600
	if err != nil {
		return nil, core.PlainCause(err)
	}
	return &localFile{File: f, path: path}, nil
}

// localFile is a file under a temporary name, or a device.
type localFile struct {
	*os.File
	path string // its name when it is complete; empty: it has it already
}

// Keep implements File.
func (f *localFile) Keep() error {
	if f.path == "" {
		return f.File.Close()
	}
	if err := errors.Join(f.Sync(), f.File.Close()); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	if err := os.Rename(f.Name(), f.path); err != nil {
		return fmt.Errorf("name the file: %w", err)
	}
	f.path = ""
	return nil
}

// Close implements io.Closer: a file that was not kept is removed.
func (f *localFile) Close() error {
	_ = f.File.Close()
	if f.path == "" {
		return nil
	}
	return os.Remove(f.Name())
}
