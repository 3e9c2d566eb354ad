package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"gwm/core"
	"gwm/store/storetest"
)

// options returns where a test's store lives, with a fresh master key.
func options(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	o := Options{Path: filepath.Join(dir, "gwm.db"), KeyFile: filepath.Join(dir, "master.key"), noSync: true}
	if err := CreateKeyFile(o.KeyFile); err != nil {
		t.Fatal(err)
	}
	return o
}

// open opens the store and, at the end of the test, closes it and runs bbolt's
// consistency check on the file.
func open(t *testing.T, o Options) *DB {
	t.Helper()
	d, err := Open(o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { closeChecked(t, d) })
	return d
}

func closeChecked(t interface{ Errorf(string, ...any) }, d *DB) {
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	db, err := bbolt.Open(d.path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Errorf("open for the check: %v", err)
		return
	}
	if err := errors.Join(check(db), db.Close()); err != nil {
		t.Errorf("check: %v", err)
	}
}

func write(t *testing.T, d *DB, key, value string) uint64 {
	t.Helper()
	rev, err := d.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: key, Value: []byte(value)}}})
	if err != nil {
		t.Fatalf("write %s: %v", key, err)
	}
	return rev
}

func contents(t *testing.T, d *DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := d.List(t.Context(), "", "", func(it core.Item) bool {
		all[it.Key] = fmt.Sprintf("%s@%d", it.Value, it.Rev)
		return true
	}); err != nil {
		t.Fatalf("list: %v", err)
	}
	return all
}

// wantError holds an error for people against its code and what it must say.
func wantError(t *testing.T, err error, code core.Code, says ...string) {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error for people", err)
	}
	if e.Code != code || e.Hint == "" {
		t.Errorf("got code %s, hint %q; want %s and a hint", e.Code, e.Hint, code)
	}
	for _, s := range says {
		if !strings.Contains(e.Error(), s) {
			t.Errorf("%q does not say %q", e.Error(), s)
		}
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) core.Store { return open(t, options(t)) })
}

func TestReopen(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	write(t, d, "user/ann", "Ann")
	rev := write(t, d, core.SealedPrefix+"berlin", "hunter2")
	if _, ok, err := d.Lease(t.Context(), "runner", 0); err != nil || !ok {
		t.Fatalf("lease: %v, %v", ok, err)
	}
	closeChecked(t, d)
	d = open(t, o)
	want := map[string]string{"user/ann": "Ann@1", core.SealedPrefix + "berlin": fmt.Sprintf("hunter2@%d", rev)}
	if diff := cmp.Diff(want, contents(t, d)); diff != "" {
		t.Errorf("after opening again (-want +got)\n%s", diff)
	}
	if next := write(t, d, "x", ""); next <= rev {
		t.Errorf("the revision fell from %d to %d", rev, next)
	}
	if _, ok, err := d.Lease(t.Context(), "runner", 0); err != nil || !ok {
		t.Errorf("the lease of the process before is still held: %v, %v", ok, err)
	}
}

// TestOldPicture lets every item take longer than a picture lasts.
func TestOldPicture(t *testing.T) {
	t.Parallel()
	for _, back := range []bool{false, true} {
		o := options(t)
		o.picture = 1
		d := open(t, o)
		for i := range 5 {
			write(t, d, fmt.Sprintf("k/%d", i), "old")
		}
		list := d.List
		want := []string{"k/0=old", "k/1=new", "k/2=old", "k/4=old"}
		if back {
			list, want = d.ListBack, []string{"k/4=old", "k/2=old", "k/1=new", "k/0=old"}
		}
		var got []string
		if err := list(t.Context(), "k/", "", func(it core.Item) bool {
			if len(got) == 0 {
				if _, err := d.Commit(t.Context(), core.Batch{
					Put: []core.Item{{Key: "k/1", Value: []byte("new")}}, Delete: []string{"k/3"},
				}); err != nil {
					t.Errorf("write: %v", err)
				}
			}
			got = append(got, it.Key+"="+string(it.Value))
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("back %v (-want +got)\n%s", back, diff)
		}
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	d := open(t, options(t))
	watch := d.Watch(t.Context(), "")
	l, _, err := d.Lease(t.Context(), "x", 0)
	if err != nil {
		t.Fatal(err)
	}
	<-watch
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, open := <-watch; open {
		t.Error("a signal after the end")
	}
	<-l.Lost()
	l.Release()
	if _, _, err := d.Read(t.Context(), "k"); !errors.Is(err, errClosed) {
		t.Errorf("read: %v", err)
	}
	if _, err := d.Commit(t.Context(), core.Batch{}); !errors.Is(err, errClosed) {
		t.Errorf("commit: %v", err)
	}
	if err := d.List(t.Context(), "", "", nil); !errors.Is(err, errClosed) {
		t.Errorf("list: %v", err)
	}
	if _, _, err := d.Lease(t.Context(), "y", 0); !errors.Is(err, errClosed) {
		t.Errorf("lease: %v", err)
	}
	if _, open := <-d.Watch(t.Context(), ""); open {
		t.Error("a watch of a closed store gives a signal")
	}
}

func TestLeaseKeysAreReserved(t *testing.T) {
	t.Parallel()
	d := open(t, options(t))
	for _, b := range []core.Batch{{Put: []core.Item{{Key: "lease/x"}}}, {Delete: []string{"lease/x"}}} {
		if _, err := d.Commit(t.Context(), b); err == nil {
			t.Errorf("%v was accepted", b)
		}
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	o := options(t)
	open(t, o)
	o.Wait = 1
	_, err := Open(o)
	wantError(t, err, core.CodeInternal, "in use", o.Path, fmt.Sprintf("(pid %d)", os.Getpid()))
	_, err = Restore(t.Context(), o, strings.NewReader(""), true)
	wantError(t, err, core.CodeInternal, "in use")
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(o Options) error
		says  string
	}{
		{"store readable by the group", func(o Options) error { return os.Chmod(o.Path, 0o640) }, "chmod 600 "},
		{"store writable by others", func(o Options) error { return os.Chmod(o.Path, 0o602) }, "chmod 600 "},
		{"keys readable by others", func(o Options) error { return os.Chmod(o.KeyFile, 0o604) }, "chmod 600 "},
		{"directory writable by the group", func(o Options) error { return os.Chmod(filepath.Dir(o.Path), 0o770) }, "chmod go-w "},
		{"keys are a directory", func(o Options) error {
			return errors.Join(os.Remove(o.KeyFile), os.Mkdir(o.KeyFile, 0o700))
		}, "is not a file"},
		{"keys are missing", func(o Options) error { return os.Remove(o.KeyFile) }, "gwm init"},
		{"keys of another store", func(o Options) error {
			return errors.Join(os.Remove(o.KeyFile), CreateKeyFile(o.KeyFile))
		}, "does not fit"},
		{"keys are cut", func(o Options) error {
			return os.WriteFile(o.KeyFile, []byte("# head\nactive c2hvcnQ=\n"), 0o600)
		}, "line 2: the key is not 32 bytes"},
		{"keys are empty", func(o Options) error { return os.WriteFile(o.KeyFile, nil, 0o600) }, "no active master key"},
		{"keys are something else", func(o Options) error { return os.WriteFile(o.KeyFile, []byte("hello"), 0o600) }, "line 1: expected"},
		{"two active keys", func(o Options) error {
			return os.WriteFile(o.KeyFile, []byte(newKeyLine()+newKeyLine()), 0o600)
		}, "second active"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			d := open(t, o)
			write(t, d, "k", "v")
			closeChecked(t, d)
			if err := c.spoil(o); err != nil {
				t.Fatal(err)
			}
			_, err := Open(o)
			var e *core.Error
			if !errors.As(err, &e) || !strings.Contains(e.Error(), c.says) || e.Hint == "" {
				t.Errorf("got %v, want an error that says %q and what to do", err, c.says)
			}
		})
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	o := Options{Path: filepath.Join(dir, "gwm.db"), KeyFile: filepath.Join(dir, "master.key")}
	if err := CreateKeyFile(o.KeyFile); err != nil {
		t.Fatal(err)
	}
	d := open(t, o)
	if err := backupFile(d.bolt, filepath.Join(dir, "copy")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "gwm.db": 0o600, "master.key": 0o600, "copy": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", info.Name(), got, want)
		}
	}
	if err := CreateKeyFile(o.KeyFile); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second key file: %v", err)
	}
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(raw []byte) []byte
	}{
		{"cut to a page", func(raw []byte) []byte { return raw[:os.Getpagesize()] }},
		{"cut in the middle", func(raw []byte) []byte { return raw[:3*os.Getpagesize()] }},
		{"one byte", func([]byte) []byte { return []byte("x") }},
		{"a text", func([]byte) []byte { return bytes.Repeat([]byte("no database\n"), 2000) }},
		{"both headers", func(raw []byte) []byte {
			clear(raw[:2*os.Getpagesize()])
			return raw
		}},
		{"free list", func(raw []byte) []byte {
			for i := 2 * os.Getpagesize(); i < len(raw); i++ {
				raw[i] = 0xff
			}
			return raw
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			d, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 100 {
				write(t, d, fmt.Sprintf("k/%d", i), strings.Repeat("v", 1000))
			}
			closeChecked(t, d)
			raw, err := os.ReadFile(o.Path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(o.Path, c.spoil(raw), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = Open(o)
			wantError(t, err, core.CodeInternal, "is damaged", "gwm restore")
		})
	}
}

func TestForeignDatabase(t *testing.T) {
	t.Parallel()
	o := options(t)
	db, err := bbolt.Open(o.Path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("other"))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Open(o)
	wantError(t, err, core.CodeInvalid, "not of gwm")
}

// TestExplain holds the words for what a test cannot bring about on every
// machine: a full disk, a read-only one, a file of somebody else.
func TestExplain(t *testing.T) {
	t.Parallel()
	for err, says := range map[error]string{
		syscall.ENOSPC: "no space is left", syscall.EDQUOT: "no space is left",
		syscall.EROFS: "read-only", syscall.EACCES: "permission denied", syscall.ENOTDIR: "cannot be opened",
	} {
		got := explain("/data/gwm.db", &os.PathError{Op: "write", Path: "/data/gwm.db", Err: err})
		wantError(t, got, core.CodeInternal, "/data/gwm.db", says)
		if !errors.Is(got, err) && !errors.Is(err, syscall.EROFS) && !errors.Is(err, syscall.EACCES) {
			t.Errorf("%v: the cause is lost in %v", err, got)
		}
	}
	for _, err := range []error{core.ErrConflict, context.Canceled} {
		if got := explain("x", err); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}

// TestNoSpace really runs out of space: a file may not grow beyond a limit.
func TestNoSpace(t *testing.T) {
	t.Parallel()
	d := open(t, options(t))
	write(t, d, "k", "kept")
	d.bolt.MaxSize = 1 << 20
	if _, err := d.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: "big", Value: make([]byte, 4<<20)}}}); err == nil {
		t.Fatal("a value that does not fit was accepted")
	}
	if diff := cmp.Diff(map[string]string{"k": "kept@1"}, contents(t, d)); diff != "" {
		t.Errorf("after a failed write (-want +got)\n%s", diff)
	}
	write(t, d, "k", "still works")
}
