package store

import (
	"fmt"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// migration takes the store from one schema version to the next.
type migration struct {
	title string
	run   func(tx *bbolt.Tx) error
}

// migrations lists them in order. A store's schema version is the number of
// those that it has seen: entries are only ever added, at the end.
func migrations() []migration {
	return []migration{
		{"make the buckets", func(tx *bbolt.Tx) error {
			if _, err := tx.CreateBucket(dataBucket); err != nil {
				return err
			}
			_, err := tx.CreateBucket(metaBucket)
			return err
		}},
	}
}

// migrate brings the file to the newest schema, in one transaction. A store
// that already holds something is copied aside first, in the form of a backup.
func migrate(db *bbolt.DB, o Options) error {
	steps := o.steps
	if steps == nil {
		steps = migrations()
	}
	version, err := schemaOf(db, len(steps))
	if err != nil || version == len(steps) {
		return err
	}
	if version > 0 {
		aside := fmt.Sprintf("%s.schema-%d.backup", o.Path, version)
		if err := backupFile(db, aside); err != nil {
			return fmt.Errorf("copy the store before its migration: %w", err)
		}
	}
	return update(db, func(tx *bbolt.Tx) error {
		for _, m := range steps[version:] {
			if err := m.run(tx); err != nil {
				return fmt.Errorf("migrate the store, %s: %w", m.title, err)
			}
		}
		return writeNumber(tx, metaSchema, uint64(len(steps)))
	})
}

// schemaOf returns the file's schema version, 0 for an empty file. It refuses
// one that is newer than known, and a bbolt file that is not ours.
func schemaOf(db *bbolt.DB, known int) (int, error) {
	var version int
	err := view(db, func(tx *bbolt.Tx) error {
		if tx.Bucket(metaBucket) == nil {
			if k, _ := tx.Cursor().First(); k != nil {
				return core.Errorf(core.CodeInvalid, "%s is a database, but not of gwm", db.Path()).WithHint("check the path")
			}
			return nil
		}
		version = int(min(readNumber(tx, metaSchema), 1<<30)) // it is at most 1<<30
		if version == 0 {
			return damaged(db.Path(), "its schema version is missing")
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if version > known {
		return 0, core.Errorf(core.CodeUnsupported,
			"the store %s was written by a newer gwm (schema %d, this one knows up to %d)", db.Path(), version, known).
			WithHint("install the newer gwm again, or restore the backup from before its first start")
	}
	return version, nil
}
