package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"gwm/core"
)

// The buckets: data holds the items, meta the few facts about the file itself.
var (
	dataBucket = []byte("data")
	metaBucket = []byte("meta")
)

// The keys of the meta bucket.
var (
	metaSchema = []byte("schema") // 8 bytes, big endian
	metaRev    = []byte("rev")    // 8 bytes, big endian: the newest revision
	metaProof  = []byte("proof")  // a sealed word that shows whether the master keys fit
)

// openFile opens the bbolt file after it looked at its permissions and size.
func openFile(o Options) (db *bbolt.DB, err error) {
	info, err := os.Stat(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, explain(o.Path, err)
	default:
		if err := checkPrivate("the store", o.Path); err != nil {
			return nil, err
		}
	}
	bo := bbolt.Options{Timeout: o.wait(), FreelistType: bbolt.FreelistMapType, NoSync: o.noSync, NoGrowSync: o.noSync}
	if info != nil && info.Size() > 0 {
		if err := checkSize(o.Path, bo); err != nil {
			return nil, err
		}
		bo.InitialMmapSize = mapSize(info.Size())
	} else {
		bo.InitialMmapSize = mapSize(0)
	}
	db, err = openBolt(o.Path, bo)
	if err != nil {
		return nil, err
	}
	db.AllocSize = 1 << 20
	return db, nil
}

// openBolt opens the file.
func openBolt(path string, bo bbolt.Options) (db *bbolt.DB, err error) {
	err = contain(path, func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bo)
		return err
	})
	var errno syscall.Errno
	var e *core.Error
	switch {
	case err == nil:
		return db, nil
	case errors.As(err, &e):
		return nil, e
	case errors.As(err, &errno), errors.Is(err, berrors.ErrTimeout):
		return nil, explain(path, err)
	default:
		return nil, damaged(path, err.Error())
	}
}

// contain runs work on a file that may be damaged: what that does to bbolt (it
// panics, or reads beyond the file's end) becomes an error.
func contain(path string, work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = damaged(path, fmt.Sprint(r))
		}
	}()
	return work()
}

// checkSize refuses a file that is shorter than its own header says: it was cut,
// and reading on would kill the process.
func checkSize(path string, bo bbolt.Options) error {
	bo.ReadOnly = true
	db, err := openBolt(path, bo)
	if err != nil {
		return err
	}
	var want int64
	err = view(db, func(tx *bbolt.Tx) error {
		want = tx.Size()
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return explain(path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return explain(path, err)
	}
	if info.Size() < want {
		return damaged(path, fmt.Sprintf("it has %d bytes and should have %d", info.Size(), want))
	}
	return nil
}

// check runs bbolt's own consistency check.
func check(db *bbolt.DB) error {
	return view(db, func(tx *bbolt.Tx) error {
		var first error
		for e := range tx.Check() {
			if first == nil {
				first = damaged(db.Path(), e.Error())
			}
		}
		return first
	})
}

// view is bbolt's View for a file that may be damaged.
func view(db *bbolt.DB, read func(tx *bbolt.Tx) error) error {
	return contain(db.Path(), func() error { return db.View(read) })
}

// update is bbolt's Update for a file that may be damaged.
func update(db *bbolt.DB, change func(tx *bbolt.Tx) error) error {
	return contain(db.Path(), func() error { return db.Update(change) })
}

// encode puts an item's revision in front of its payload.
func encode(rev uint64, payload []byte) []byte {
	raw := make([]byte, 8, 8+len(payload))
	binary.BigEndian.PutUint64(raw, rev)
	return append(raw, payload...)
}

// decode reads what encode wrote, opens it where it is sealed, and copies it.
func decode(keys *keyring, key string, raw []byte) (core.Item, error) {
	if len(raw) < 8 {
		return core.Item{}, fmt.Errorf("the value of %s is cut: %w", key, berrors.ErrInvalid)
	}
	it := core.Item{Key: key, Rev: binary.BigEndian.Uint64(raw)}
	var err error
	if isSealed(key) {
		it.Value, err = keys.open(key, raw[8:])
	} else {
		it.Value = append([]byte{}, raw[8:]...)
	}
	return it, err
}

func readNumber(tx *bbolt.Tx, name []byte) uint64 {
	raw := tx.Bucket(metaBucket).Get(name)
	if len(raw) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(raw)
}

func writeNumber(tx *bbolt.Tx, name []byte, n uint64) error {
	return tx.Bucket(metaBucket).Put(name, binary.BigEndian.AppendUint64(nil, n))
}

func damaged(path, why string) *core.Error {
	return core.Errorf(core.CodeInternal, "the store %s is damaged: %s", path, core.Printable(why)).
		WithHint("restore a backup with gwm restore, or bring back the file from before")
}

// explain turns what the system and bbolt say into an error for people. Errors
// for people, core.ErrConflict and the end of a context pass as they are.
func explain(path string, err error) error {
	var e *core.Error
	switch {
	case err == nil, errors.As(err, &e), errors.Is(err, core.ErrConflict):
		return err
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return errClosed
	case errors.Is(err, berrors.ErrTimeout):
		return busy(path)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return damaged(path, err.Error())
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e = core.Errorf(core.CodeInternal, "the store %s cannot be written: no space is left on its disk", path).
			WithHint("make room on its disk; nothing was changed")
		e.Err = err
		return e
	case errors.Is(err, syscall.EFBIG):
		e = core.Errorf(core.CodeInternal, "the store %s cannot be written: it has reached the largest size that a file may have", path).
			WithHint("raise the limit (ulimit -f); nothing was changed")
		e.Err = err
		return e
	case errors.Is(err, syscall.EROFS):
		return core.Errorf(core.CodeInternal, "the store %s cannot be written: its disk is read-only", path).
			WithHint("mount it for writing, or point GWM_DATA_DIR elsewhere")
	case errors.Is(err, fs.ErrPermission):
		return core.Errorf(core.CodeInternal, "the store %s cannot be opened: permission denied", path).
			WithHint("run gwm as the owner of the file, or point GWM_DATA_DIR elsewhere")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return core.Errorf(core.CodeInternal, "the store %s cannot be opened: %w", path, err).
			WithHint("check the path, or point GWM_DATA_DIR elsewhere")
	}
	return fmt.Errorf("store %s: %w", path, err)
}
