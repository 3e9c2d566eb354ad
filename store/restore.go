package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"gwm/core"
)

// Restore puts the backup that from brings in the place of the store, after it
// verified its checksum, its structure, its schema and that the master keys fit.
// With overwrite an existing store is replaced and kept under the name that is
// returned; without it the error is CodeConflict. Nothing changes on an error.
func Restore(ctx context.Context, o Options, from io.Reader, overwrite bool) (aside string, err error) {
	keys, err := loadKeys(o.KeyFile)
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(o.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", explain(o.Path, err)
	}
	unlock, exists, err := lockFile(ctx, o)
	if err != nil {
		return "", explain(o.Path, err)
	}
	defer unlock()
	if exists && !overwrite {
		return "", core.Errorf(core.CodeConflict, "there is a store already: %s", o.Path).
			WithHint("gwm restore --overwrite replaces it and keeps the old file aside")
	}
	temp, err := spool(ctx, dir, from)
	if err != nil {
		return "", explain(o.Path, err)
	}
	defer func() {
		if rmErr := os.Remove(temp); !errors.Is(rmErr, fs.ErrNotExist) {
			err = errors.Join(err, rmErr)
		}
	}()
	if err := verify(temp, o, keys); err != nil {
		return "", err
	}
	if exists {
		aside = o.Path + time.Now().UTC().Format(".before-restore-20060102T150405Z")
		if err := os.Link(o.Path, aside); err != nil {
			return "", explain(o.Path, fmt.Errorf("keep the old store: %w", err))
		}
	}
	if err := os.Rename(temp, o.Path); err != nil {
		return "", explain(o.Path, err)
	}
	return aside, explain(o.Path, syncDir(dir))
}

// spool copies a backup into a temporary file without its last line, which it
// verified, and returns the name.
func spool(ctx context.Context, dir string, from io.Reader) (name string, err error) {
	f, err := os.CreateTemp(dir, ".restore.*") // 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err := io.Copy(contextWriter{ctx, f}, from); err != nil {
		return "", fmt.Errorf("read the backup: %w", err)
	}
	size, err := verifyTrailer(f)
	if err != nil {
		return "", core.Errorf(core.CodeInvalid, "the backup cannot be restored: %w", err).WithHint("use another backup")
	}
	return f.Name(), errors.Join(f.Truncate(size), f.Sync())
}

// verify opens the spooled copy as the store would, and walks all of it.
func verify(path string, o Options, keys *keyring) error {
	steps := o.steps
	if steps == nil {
		steps = migrations()
	}
	db, err := openFile(Options{Path: path, noSync: o.noSync})
	if err != nil {
		return err
	}
	err = check(db)
	if err == nil {
		_, err = schemaOf(db, len(steps))
	}
	if err == nil {
		tx, beginErr := db.Begin(true)
		if err = beginErr; err == nil {
			err = errors.Join(checkKeys(tx, keys), tx.Rollback())
		}
	}
	if err = errors.Join(err, db.Close()); err == nil {
		return nil
	}
	var e *core.Error
	if !errors.As(err, &e) {
		return explain(path, err)
	}
	return core.Errorf(e.Code, "the backup cannot be restored: %w", errors.New(e.Message)).WithHint("%s", e.Hint)
}

// lockFile takes bbolt's lock on a store without opening it, since it may be
// damaged. exists is false, and unlock does nothing, where there is no file.
func lockFile(ctx context.Context, o Options) (unlock func(), exists bool, err error) {
	f, err := os.OpenFile(o.Path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.wait())
	defer cancel()
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // a descriptor fits an int
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		select {
		case <-time.After(20 * time.Millisecond):
			continue
		case <-ctx.Done():
			err = busy(o.Path)
		}
		break
	}
	if err != nil {
		return nil, false, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, true, nil // closing gives the lock back
}
