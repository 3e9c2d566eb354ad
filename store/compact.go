package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Compact writes the store anew without the space that deleted records left, and
// returns its size before and after. No other process may hold it.
func Compact(o Options) (before, after int64, err error) {
	src, err := openFile(o)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	info, err := os.Stat(o.Path)
	if err != nil {
		return 0, 0, explain(o.Path, err)
	}
	before = info.Size()
	temp := filepath.Join(filepath.Dir(o.Path), "."+filepath.Base(o.Path)+".compact")
	if err := compactInto(temp, src, o.noSync); err != nil {
		return 0, 0, errors.Join(explain(o.Path, err), os.Remove(temp))
	}
	if info, err = os.Stat(temp); err != nil {
		return 0, 0, explain(o.Path, err)
	}
	if err := os.Rename(temp, o.Path); err != nil {
		return 0, 0, explain(o.Path, err)
	}
	return before, info.Size(), explain(o.Path, syncDir(filepath.Dir(o.Path)))
}

func compactInto(path string, src *bbolt.DB, noSync bool) error {
	if err := os.WriteFile(path, nil, 0o600); err != nil { // also empties what a crash left
		return err
	}
	dst, err := openFile(Options{Path: path, noSync: noSync})
	if err != nil {
		return err
	}
	err = bbolt.Compact(dst, src, 1<<20)
	if err == nil {
		err = check(dst)
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}
