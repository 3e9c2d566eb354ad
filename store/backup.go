package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// A backup is the bbolt file at one moment and a last line with its checksum:
//
//	gwm-backup-1 sha256 <64 hex digits>
const (
	trailerHead = "gwm-backup-1 sha256 "
	trailerSize = len(trailerHead) + 2*sha256.Size + 1
)

var errNoBackup = errors.New("it is not a backup made by gwm, or it is cut")

// Backup writes a consistent copy of the store to w while the store is in use.
// Sealed values stay sealed: the copy is worth nothing without the master keys.
// Writers are not held up, but the file grows while a slow w takes its time.
func (d *DB) Backup(ctx context.Context, w io.Writer) error {
	return explain(d.path, backup(d.bolt, contextWriter{ctx, w}))
}

// backupFile writes a backup to a file (0600), whole or not at all.
func backupFile(db *bbolt.DB, path string) error {
	return replaceFile(path, func(w io.Writer) error { return backup(db, w) })
}

func backup(db *bbolt.DB, w io.Writer) error {
	sum := sha256.New()
	err := view(db, func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(io.MultiWriter(w, sum))
		return err
	})
	if err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	_, err = io.WriteString(w, trailerHead+hex.EncodeToString(sum.Sum(nil))+"\n")
	return err
}

// verifyTrailer compares the checksum of the whole file and returns how long it
// is without its last line.
func verifyTrailer(f *os.File) (size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size = info.Size() - int64(trailerSize)
	if size <= 0 {
		return 0, errNoBackup
	}
	trailer := make([]byte, trailerSize)
	if _, err := f.ReadAt(trailer, size); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(trailer, []byte(trailerHead)) {
		return 0, errNoBackup
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, size)); err != nil {
		return 0, err
	}
	if want := trailer[len(trailerHead) : trailerSize-1]; hex.EncodeToString(sum.Sum(nil)) != string(want) {
		return 0, errors.New("its checksum does not fit: it is damaged")
	}
	return size, nil
}

// MayReplace refuses to let a backup take the place of a file that is not an
// older backup, the store itself for example. A device or pipe is nobody's file.
func MayReplace(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explainBackup(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return explainBackup(path, err)
	}
	trailer := make([]byte, len(trailerHead))
	switch {
	case info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) != 0:
		return nil
	case info.Mode().IsRegular() && info.Size() > int64(trailerSize):
		if _, err := f.ReadAt(trailer, info.Size()-int64(trailerSize)); err != nil {
			return explainBackup(path, err)
		}
	}
	if string(trailer) != trailerHead {
		return core.Errorf(core.CodeConflict, "%s exists and is not a backup of gwm", path).
			WithHint("choose another name, or remove it first")
	}
	return nil
}

func explainBackup(path string, err error) error {
	var e *core.Error
	if err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return err
	}
	return core.Errorf(core.CodeInternal, "the backup %s cannot be used: %w", path, core.PlainCause(err)).
		WithHint("check the path, its permissions and the room on the disk")
}

// contextWriter ends a long copy when its context ends.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
