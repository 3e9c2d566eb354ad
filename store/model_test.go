package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"gwm/core"
)

// model is what the store should hold.
type model struct {
	items map[string]core.Item
	rev   uint64
}

func (m *model) commit(b core.Batch) (uint64, error) {
	for _, c := range b.If {
		if m.items[c.Key].Rev != c.Rev {
			return 0, core.ErrConflict
		}
	}
	if len(b.Put)+len(b.Delete) > 0 {
		m.rev++
	}
	for _, key := range b.Delete {
		delete(m.items, key)
	}
	for _, it := range b.Put {
		it.Rev = m.rev
		m.items[it.Key] = it
	}
	return m.rev, nil
}

func (m *model) list(prefix, from string, back bool) []core.Item {
	var items []core.Item
	for key, it := range m.items {
		if strings.HasPrefix(key, prefix) && (from == "" || back == (key < from) && key != from) {
			items = append(items, it)
		}
	}
	slices.SortFunc(items, func(a, b core.Item) int {
		if back {
			a, b = b, a
		}
		return strings.Compare(a.Key, b.Key)
	})
	return items
}

// TestModel holds random operations, with openings, backups and compactions in
// between, against the model.
func TestModel(t *testing.T) {
	t.Parallel()
	base := options(t)
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		sub, err := os.MkdirTemp(dir, "")
		if err != nil {
			rt.Fatal(err)
		}
		o := base
		o.Path = filepath.Join(sub, "gwm.db")
		d, err := Open(o)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { closeChecked(rt, d) }()
		m := &model{items: map[string]core.Item{}}
		key := rapid.StringMatching(`(a|ab|secret|b)(/[0-3]{1,2})?`)
		again := func(between func() error) {
			closeChecked(rt, d)
			if err := between(); err != nil {
				rt.Fatal(err)
			}
			if d, err = Open(o); err != nil {
				rt.Fatal(err)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"commit": func(rt *rapid.T) {
				b := drawBatch(rt, m, key)
				rev, err := d.Commit(t.Context(), b)
				wantRev, wantErr := m.commit(b)
				if rev != wantRev || !errors.Is(err, wantErr) {
					rt.Fatalf("commit %v: got %d, %v; want %d, %v", b, rev, err, wantRev, wantErr)
				}
			},
			"list": func(rt *rapid.T) {
				prefix := rapid.SampledFrom([]string{"", "a", "a/", "ab/1", "secret/", "z"}).Draw(rt, "prefix")
				from := rapid.OneOf(rapid.Just(""), key).Draw(rt, "from")
				back := rapid.Bool().Draw(rt, "back")
				list := d.List
				if back {
					list = d.ListBack
				}
				var got []core.Item
				if err := list(t.Context(), prefix, from, func(it core.Item) bool {
					got = append(got, it)
					return true
				}); err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(m.list(prefix, from, back), got, cmpopts.EquateEmpty()); diff != "" {
					rt.Fatalf("list %q from %q, back %v (-want +got)\n%s", prefix, from, back, diff)
				}
			},
			"reopen": func(rt *rapid.T) {
				switch rapid.IntRange(0, 9).Draw(rt, "between") {
				case 0:
					again(func() error { _, _, err := Compact(o); return err })
				case 1:
					file := filepath.Join(sub, "copy")
					if err := backupFile(d.bolt, file); err != nil {
						rt.Fatal(err)
					}
					again(func() error {
						f, err := os.Open(file)
						if err != nil {
							return err
						}
						aside, err := Restore(t.Context(), o, f, true)
						return errors.Join(err, f.Close(), os.Remove(aside))
					})
				default:
					again(func() error { return nil })
				}
			},
		})
	})
}

// drawBatch draws distinct keys and deals them out to conditions (of which some
// fail), puts and deletes.
func drawBatch(rt *rapid.T, m *model, key *rapid.Generator[string]) core.Batch {
	var b core.Batch
	for _, k := range rapid.SliceOfNDistinct(key, 0, 5, rapid.ID[string]).Draw(rt, "keys") {
		switch rapid.IntRange(0, 9).Draw(rt, "use") {
		case 0, 1:
			b.Delete = append(b.Delete, k)
		default:
			b.Put = append(b.Put, core.Item{Key: k, Value: fmt.Appendf(nil, "%d", rapid.Uint16().Draw(rt, "value"))})
		}
		switch rapid.IntRange(0, 9).Draw(rt, "condition") {
		case 0:
			b.If = append(b.If, core.Cond{Key: k, Rev: uint64(rapid.IntRange(0, 5).Draw(rt, "rev"))})
		case 1, 2, 3:
			b.If = append(b.If, core.Cond{Key: k, Rev: m.items[k].Rev})
		}
	}
	return b
}
