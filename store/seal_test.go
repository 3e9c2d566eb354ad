package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// TestRawFile plants secrets, rewrites and deletes some, and looks for them in
// every file that the store made.
func TestRawFile(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	var planted []string
	for i := range 20 {
		secret := fmt.Sprintf("planted-password-%02d", i)
		planted = append(planted, secret)
		write(t, d, core.SealedPrefix+fmt.Sprint("cluster/", i%7), secret)
	}
	if _, err := d.Commit(t.Context(), core.Batch{Delete: []string{core.SealedPrefix + "cluster/3"}}); err != nil {
		t.Fatal(err)
	}
	write(t, d, "open/1", "in the clear")
	if err := backupFile(d.bolt, o.Path+".copy"); err != nil {
		t.Fatal(err)
	}
	closeChecked(t, d)
	if err := RotateKeyFile(o.KeyFile); err != nil {
		t.Fatal(err)
	}
	closeChecked(t, open(t, o))
	files, err := filepath.Glob(filepath.Join(filepath.Dir(o.Path), "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("files: %v, %v", files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range planted {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s holds %s", file, secret)
			}
		}
		if file == o.Path && !bytes.Contains(raw, []byte("in the clear")) {
			t.Error("the test does not see values in the raw file")
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	o := options(t)
	d := open(t, o)
	rev := write(t, d, core.SealedPrefix+"berlin", "hunter2")
	first := d.keys.active.id
	closeChecked(t, d)
	if err := RotateKeyFile(o.KeyFile); err != nil {
		t.Fatal(err)
	}
	d = open(t, o)
	second := d.keys.active.id
	if second == first || len(d.keys.byID) != 2 {
		t.Fatalf("the key file has %d keys, active %s, before %s", len(d.keys.byID), second, first)
	}
	if it, _, err := d.Read(t.Context(), core.SealedPrefix+"berlin"); err != nil || string(it.Value) != "hunter2" || it.Rev != rev {
		t.Errorf("reads %q at %d, %v after the rotation", it.Value, it.Rev, err)
	}
	closeChecked(t, d)
	// The retiring key is not needed any more.
	raw, err := os.ReadFile(o.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.KeyFile, raw[:strings.Index(string(raw), "\nretiring ")], 0o600); err != nil {
		t.Fatal(err)
	}
	d = open(t, o)
	if it, _, err := d.Read(t.Context(), core.SealedPrefix+"berlin"); err != nil || string(it.Value) != "hunter2" {
		t.Errorf("reads %q, %v without the retiring key", it.Value, err)
	}
}

// TestSealedIsBound moves, alters and cuts a sealed value in the raw file.
func TestSealedIsBound(t *testing.T) {
	t.Parallel()
	d := open(t, options(t))
	write(t, d, core.SealedPrefix+"a", "hunter2")
	var sealed []byte
	raw := func(key string, change func([]byte) []byte) {
		if err := d.bolt.Update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(dataBucket)
			if sealed == nil {
				sealed = bytes.Clone(b.Get([]byte(key)))
			}
			return b.Put([]byte(key), change(bytes.Clone(sealed)))
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func([]byte) []byte{
		"altered":         func(v []byte) []byte { v[len(v)-1] ^= 1; return v },
		"cut":             func(v []byte) []byte { return v[:len(v)-1] },
		"without its key": func(v []byte) []byte { return bytes.Replace(v, []byte(d.keys.active.id), []byte("00000000"), 1) },
		"in the clear":    func(v []byte) []byte { return append(v[:8], "hunter2"...) },
		"of version 9":    func(v []byte) []byte { return bytes.Replace(v, []byte("v1:"), []byte("v9:"), 1) },
	} {
		raw(core.SealedPrefix+"a", change)
		if it, _, err := d.Read(t.Context(), core.SealedPrefix+"a"); err == nil {
			t.Errorf("%s: reads %q", name, it.Value)
		} else {
			wantError(t, err, core.CodeInternal, core.SealedPrefix+"a")
		}
	}
	raw(core.SealedPrefix+"b", func(v []byte) []byte { return v })
	if it, _, err := d.Read(t.Context(), core.SealedPrefix+"b"); err == nil {
		t.Errorf("a sealed value that was moved to another key reads %q", it.Value)
	}
	raw(core.SealedPrefix+"a", func(v []byte) []byte { return v })
	raw(core.SealedPrefix+"b", func([]byte) []byte { return nil })
	if err := d.bolt.Update(func(tx *bbolt.Tx) error { return tx.Bucket(dataBucket).Delete([]byte(core.SealedPrefix + "b")) }); err != nil {
		t.Fatal(err)
	}
}
