package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"gwm/core"
)

func TestBackupWhileServing(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	// Pairs are always written together: a consistent copy never splits one.
	pair := func(i int) {
		v := fmt.Appendf(nil, "%d", i)
		if _, err := d.Commit(t.Context(), core.Batch{Put: []core.Item{
			{Key: "a/pair", Value: v}, {Key: fmt.Sprintf("fill/%d", i), Value: make([]byte, 2000)}, {Key: "z/pair", Value: v},
		}}); err != nil {
			t.Errorf("write: %v", err)
		}
	}
	for i := range 20 {
		pair(i)
	}
	write(t, d, core.SealedPrefix+"berlin", "hunter2")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 20; ; i++ {
			select {
			case <-stop:
				return
			default:
				pair(i)
			}
		}
	}()
	for n := range 5 {
		var copied bytes.Buffer
		if err := d.Backup(t.Context(), &copied); err != nil {
			t.Fatal(err)
		}
		target := o
		target.Path = filepath.Join(t.TempDir(), fmt.Sprint(n), "gwm.db")
		if aside, err := Restore(t.Context(), target, &copied, false); err != nil || aside != "" {
			t.Fatalf("restore: %q, %v", aside, err)
		}
		restored := open(t, target)
		a, _, errA := restored.Read(t.Context(), "a/pair")
		z, _, errZ := restored.Read(t.Context(), "z/pair")
		if errA != nil || errZ != nil || string(a.Value) != string(z.Value) {
			t.Errorf("the copy splits a batch: %q and %q, %v, %v", a.Value, z.Value, errA, errZ)
		}
		if it, _, err := restored.Read(t.Context(), core.SealedPrefix+"berlin"); err != nil || string(it.Value) != "hunter2" {
			t.Errorf("the secret reads %q, %v", it.Value, err)
		}
	}
	close(stop)
	<-stopped
}

func TestRestore(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	write(t, d, "k", "backed up")
	backup := filepath.Join(t.TempDir(), "copy")
	for range 2 { // the second replaces the first
		if err := backupFile(d.bolt, backup); err != nil {
			t.Fatal(err)
		}
	}
	write(t, d, "k", "later")
	closeChecked(t, d)
	raw, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}

	_, err = Restore(t.Context(), o, bytes.NewReader(raw), false)
	wantError(t, err, core.CodeConflict, "--overwrite")

	flipped := bytes.Clone(raw)
	flipped[len(raw)/2] ^= 1
	other := o
	other.KeyFile = filepath.Join(t.TempDir(), "master.key")
	if err := CreateKeyFile(other.KeyFile); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    Options
		raw  []byte
		code core.Code
		says string
	}{
		{"cut", o, raw[:len(raw)-1], core.CodeInvalid, "cut"},
		{"a byte changed", o, flipped, core.CodeInvalid, "damaged"},
		{"empty", o, nil, core.CodeInvalid, "not a backup"},
		{"something else", o, bytes.Repeat([]byte("text "), 1000), core.CodeInvalid, "not a backup"},
		{"other master key", other, raw, core.CodeInternal, "does not fit"},
	} {
		_, err := Restore(t.Context(), c.o, bytes.NewReader(c.raw), true)
		if err == nil {
			t.Fatalf("%s: was restored", c.name)
		}
		wantError(t, err, c.code, c.says)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Restore(ctx, o, bytes.NewReader(raw), true); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that ended: %v", err)
	}
	if got := holds(t, o); got["k"] != "later@2" {
		t.Errorf("refused backups changed the store: %v", got)
	}

	aside, err := Restore(t.Context(), o, bytes.NewReader(raw), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := holds(t, o); got["k"] != "backed up@1" {
		t.Errorf("the restored store holds %v", got)
	}
	old := o
	old.Path = aside
	if got := holds(t, old); got["k"] != "later@2" {
		t.Errorf("the store that was put aside holds %v", got)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(o.Path), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("temporary files stay: %v, %v", left, err)
	}
}

// holds opens a store, lists it and closes it.
func holds(t *testing.T, o Options) map[string]string {
	t.Helper()
	d := open(t, o)
	defer closeChecked(t, d)
	return contents(t, d)
}

func TestBackupReplacesBackupsOnly(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	precious, older := filepath.Join(t.TempDir(), "precious"), filepath.Join(t.TempDir(), "older")
	if err := os.WriteFile(precious, []byte(strings.Repeat("precious ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := backupFile(d.bolt, older); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{precious, o.Path, o.KeyFile, t.TempDir()} {
		wantError(t, MayReplace(path), core.CodeConflict, path)
	}
	for _, path := range []string{older, older + "-new", os.DevNull} {
		if err := MayReplace(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestCompact(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	var keys []string
	for i := range 50 {
		keys = append(keys, fmt.Sprintf("big/%d", i))
		write(t, d, keys[i], strings.Repeat("x", 100_000))
	}
	write(t, d, "k", "v")
	write(t, d, core.SealedPrefix+"berlin", "hunter2")
	if _, err := d.Commit(t.Context(), core.Batch{Delete: keys}); err != nil {
		t.Fatal(err)
	}
	want := contents(t, d)
	closeChecked(t, d)
	before, after, err := Compact(o)
	if err != nil || after*4 > before {
		t.Fatalf("from %d to %d bytes, %v", before, after, err)
	}
	if diff := cmp.Diff(want, contents(t, open(t, o))); diff != "" {
		t.Errorf("after compacting (-want +got)\n%s", diff)
	}
}

func TestMigration(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	write(t, d, "old/k", "v")
	closeChecked(t, d)
	newer := o
	newer.steps = append(migrations(), migration{"rename old to new", func(tx *bbolt.Tx) error {
		b := tx.Bucket(dataBucket)
		v := bytes.Clone(b.Get([]byte("old/k")))
		return errors.Join(b.Delete([]byte("old/k")), b.Put([]byte("new/k"), v))
	}})
	failing := o
	failing.steps = append(migrations(), newer.steps[1], migration{"fail", func(*bbolt.Tx) error { return errors.New("no") }})
	if _, err := Open(failing); err == nil {
		t.Fatal("a migration that failed was taken for done")
	}
	d = open(t, o)
	if diff := cmp.Diff(map[string]string{"old/k": "v@1"}, contents(t, d)); diff != "" {
		t.Fatalf("after a failed migration (-want +got)\n%s", diff)
	}
	closeChecked(t, d)

	d = open(t, newer)
	if diff := cmp.Diff(map[string]string{"new/k": "v@1"}, contents(t, d)); diff != "" {
		t.Errorf("after the migration (-want +got)\n%s", diff)
	}
	closeChecked(t, d)
	_, err := Open(o)
	wantError(t, err, core.CodeUnsupported, "newer gwm", "schema 2")

	aside, err := os.Open(o.Path + ".schema-1.backup")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = aside.Close() }()
	if _, err := Restore(t.Context(), o, aside, true); err != nil {
		t.Fatalf("restore the copy from before the migration: %v", err)
	}
	if diff := cmp.Diff(map[string]string{"old/k": "v@1"}, contents(t, open(t, o))); diff != "" {
		t.Errorf("the copy from before the migration (-want +got)\n%s", diff)
	}
}
