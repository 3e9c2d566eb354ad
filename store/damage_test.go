package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gwm/core"
)

// damageable is an open store with some items, and its file.
func damageable(t *testing.T) (*DB, Options) {
	t.Helper()
	dir := t.TempDir()
	o := Options{Path: filepath.Join(dir, "gwm.db"), KeyFile: filepath.Join(dir, "master.key")}
	if err := CreateKeyFile(o.KeyFile); err != nil {
		t.Fatal(err)
	}
	d, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // a damaged one may fail
	var b core.Batch
	for _, c := range "abcdefgh" {
		b.Put = append(b.Put, core.Item{Key: "user/" + string(c), Value: []byte(strings.Repeat("x", 2000))})
	}
	if _, err := d.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return d, o
}

// flip turns bits in every page but the first two, which hold checksums.
func flip(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 2 * os.Getpagesize(); i < len(raw); i += 64 {
		raw[i] ^= 0xff
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedPagesAreAnError(t *testing.T) {
	t.Parallel()
	d, o := damageable(t)
	flip(t, o.Path) // under the open store
	_, _, readErr := d.Read(t.Context(), "user/a")
	listErr := d.List(t.Context(), "user/", "", func(core.Item) bool { return true })
	backErr := d.ListBack(t.Context(), "user/", "", func(core.Item) bool { return true })
	_, writeErr := d.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: "user/a", Value: []byte("y")}}})
	_, againErr := d.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: "user/b", Value: []byte("y")}}})
	if err := d.Close(); err != nil {
		t.Log("close:", err)
	}
	_, openErr := Open(o)
	for what, err := range map[string]error{
		"read": readErr, "list": listErr, "list back": backErr, "write": writeErr, "write again": againErr, "open": openErr,
	} {
		if err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%s: %v, want that the store is damaged", what, err)
		}
	}
}

func TestReplacedFileTakesNoWrites(t *testing.T) {
	t.Parallel()
	d, o := damageable(t)
	write := func(value string) error {
		_, err := d.Commit(t.Context(), core.Batch{Put: []core.Item{{Key: "user/a", Value: []byte(value)}}})
		return err
	}
	if err := os.Rename(o.Path, o.Path+".aside"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // without a file, and with another one
		if err := write("lost"); err == nil || !strings.Contains(err.Error(), "was moved or replaced") {
			t.Errorf("write: %v, want a refusal", err)
		}
		if err := os.WriteFile(o.Path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(o.Path+".aside", o.Path); err != nil {
		t.Fatal(err)
	}
	if err := write("kept"); err != nil {
		t.Fatal(err)
	}
	if it, _, err := d.Read(t.Context(), "user/a"); err != nil || string(it.Value) != "kept" {
		t.Errorf("read %q, %v", it.Value, err)
	}
}
