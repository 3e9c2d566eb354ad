package inventory

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// describe writes a list of VMs as "name", "name?" where it is gone.
func describe(vms []*core.VM) string {
	var words []string
	for _, v := range vms {
		w := v.Name
		if v.Gone {
			w += "?"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// some makes VMs from the form that describe writes.
func some(text string) []*core.VM {
	var vms []*core.VM
	for _, w := range strings.Fields(text) {
		name := strings.TrimSuffix(w, "?")
		vms = append(vms, &core.VM{Name: name, Serial: 1, Gone: name != w})
	}
	return vms
}

func TestPlanStamps(t *testing.T) {
	t.Parallel()
	stamp := func(text string) []core.VMStamp {
		var stamps []core.VMStamp
		for _, w := range strings.Fields(text) {
			name, changed := strings.CutSuffix(w, "+")
			st := core.VMStamp{Name: name, Serial: 1}
			if changed {
				st.Serial = 2
			}
			stamps = append(stamps, st)
		}
		return stamps
	}
	tests := []struct{ name, known, stamps, next, fetch, removed string }{
		{"nothing", "", "", "", "", ""},
		{"unchanged", "a b c", "c b a", "a b c", "", ""},
		{"new", "b", "a b c", "b", "a c", ""},
		{"changed", "a b", "a+ b", "a b", "a", ""},
		{"missing once", "a b c", "b", "a? b c?", "", ""},
		{"missing twice", "a? b c?", "b", "b", "", "a c"},
		{"back", "a? b", "a b", "a b", "", ""},
		{"all gone", "a b", "", "a? b?", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			known := some(tt.known)
			p := planStamps(known, stamp(tt.stamps))
			got := []string{describe(p.next), strings.Join(p.fetch, " "), strings.Join(p.removed, " ")}
			if diff := cmp.Diff([]string{tt.next, tt.fetch, tt.removed}, got); diff != "" {
				t.Errorf("next, fetch, removed (-want +got):\n%s", diff)
			}
			if p.changed == same(p.next, known) && len(known) > 0 {
				t.Errorf("changed is %v, the list is the same: %v", p.changed, same(p.next, known))
			}
		})
	}
}

func TestMergeVMs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, known, got, next, removed string
		complete                        bool
	}{
		{"first", "", "b a", "a b", "", true},
		{"unchanged", "a b", "a b", "a b", "", true},
		{"missing once", "a b", "b", "a? b", "", true},
		{"missing twice", "a? b", "b", "b", "a", true},
		{"some were fetched", "a b? c", "b d", "a b c d", "", false},
		{"told twice", "", "a a b", "a b", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := mergeVMs(some(tt.known), some(tt.got), tt.complete)
			if describe(p.next) != tt.next || strings.Join(p.removed, " ") != tt.removed {
				t.Errorf("next %q, removed %q; want %q, %q", describe(p.next), p.removed, tt.next, tt.removed)
			}
		})
	}
}

func TestMergeNodes(t *testing.T) {
	t.Parallel()
	a, b := &core.Node{Name: "a"}, &core.Node{Name: "b"}
	known := []*core.Node{a, b}
	next, changed := mergeNodes(known, []*core.Node{{Name: "b"}, {Name: "a"}})
	if changed || !same(next, known) {
		t.Errorf("an unchanged answer: %v, changed %v", next, changed)
	}
	next, _ = mergeNodes(known, []*core.Node{{Name: "a"}})
	if len(next) != 2 || next[0] != a || !next[1].Gone || b.Gone {
		t.Errorf("after one answer without b: %v, want a as it was and b marked gone in a copy", next)
	}
	if next, _ = mergeNodes(next, []*core.Node{{Name: "a"}}); len(next) != 1 {
		t.Errorf("after two answers without b: %v, want a", next)
	}
}

func TestMergeJobs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	known := []*core.UpstreamJob{{ID: "10", State: core.JobRunning, Received: at}, {ID: "9", State: core.JobDone, Received: at}}
	if next, changed := mergeJobs(known, []*core.UpstreamJob{{ID: "9", State: core.JobDone, Received: at}, {ID: "10", State: core.JobRunning, Received: at}}); changed || !same(next, known) {
		t.Errorf("an unchanged queue: %v, changed %v", next, changed)
	}
	next, changed := mergeJobs(known, []*core.UpstreamJob{{ID: "11", Received: at}, {ID: "10", State: core.JobDone, Received: at}, {ID: "9", State: core.JobDone, Received: at}})
	if !changed || len(next) != 3 || next[0].ID != "11" || next[1].State != core.JobDone || next[2] != known[1] {
		t.Errorf("a queue that moved: %v, changed %v", next, changed)
	}
}

func TestPollDelay(t *testing.T) {
	t.Parallel()
	tuning := core.DefaultTuning()
	tests := []struct {
		name     string
		state    pollState
		min, max time.Duration
	}{
		{"idle", pollState{}, 30 * time.Second, 33 * time.Second},
		{"looked at", pollState{looked: true}, 5 * time.Second, 5500 * time.Millisecond},
		{"busy", pollState{busy: true, looked: true}, 2 * time.Second, 2200 * time.Millisecond},
		{"failed once", pollState{failures: 1, busy: true}, 3750 * time.Millisecond, 5 * time.Second},
		{"failed three times", pollState{failures: 3}, 15 * time.Second, 20 * time.Second},
		{"failed often", pollState{failures: 1000}, 90 * time.Second, 2 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, spread := range []float64{0, 0.5, 0.999} {
				if d := pollDelay(tuning, tt.state, spread); d < tt.min || d > tt.max {
					t.Errorf("delay is %s with spread %v, want between %s and %s", d, spread, tt.min, tt.max)
				}
			}
		})
	}
}

// fill gives every field of a struct a value that follows from n.
func fill(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(1000+n), 7).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n+i)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n+1)
	case reflect.String:
		v.SetString("s" + strconv.Itoa(n))
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.SetInt(int64(n + 1))
	}
}

// differs returns the fields in which a change is not noticed by equal.
func differs[T any](t *testing.T, equal func(a, b *T) bool, ignore string) {
	t.Helper()
	var full T
	fill(reflect.ValueOf(&full).Elem(), 1)
	if same := full; !equal(&full, &same) {
		t.Errorf("%T is not equal to itself", full)
	}
	for i := range reflect.TypeFor[T]().NumField() {
		other := full
		field := reflect.ValueOf(&other).Elem().Field(i)
		field.SetZero()
		if name := reflect.TypeFor[T]().Field(i).Name; equal(&full, &other) != strings.Contains(ignore, name) {
			t.Errorf("a change of %T.%s is not noticed, or is noticed and should not be", full, name)
		}
	}
}

func TestEqualNoticesEveryField(t *testing.T) {
	t.Parallel()
	differs(t, equalVM, "Search")
	differs(t, equalNode, "-")
	differs(t, equalJob, "-")
	differs(t, func(a, b *core.ClusterInfo) bool { return equalInfo(*a, *b) }, "-")
}

func TestCodeVMs(t *testing.T) {
	t.Parallel()
	full := &core.VM{}
	fill(reflect.ValueOf(full).Elem(), 1)
	full.Cluster = "berlin"
	index(full)
	empty := &core.VM{Cluster: "berlin", Name: "x", RunMemoryMiB: -1, Tags: []string{}}
	index(empty)
	shared := map[string]string{}
	got, err := decodeVMs("berlin", encodeVMs([]*core.VM{full, empty, full}), shared)
	if err != nil {
		t.Fatal(err)
	}
	index(full)
	if diff := cmp.Diff([]*core.VM{full, empty, full}, got); diff != "" {
		t.Errorf("VMs after writing and reading (-want +got):\n%s", diff)
	}
}

// A published VM belongs to everybody: writing it to the cache only reads it.
// Without that the race detector finds the two encoders.
func TestEncodingOnlyReads(t *testing.T) {
	t.Parallel()
	full := &core.VM{}
	fill(reflect.ValueOf(full).Elem(), 1)
	var encoders sync.WaitGroup
	for range 2 {
		encoders.Go(func() { encodeVMs([]*core.VM{full}) })
	}
	encoders.Wait()
}

func FuzzDecodeVMs(f *testing.F) {
	full := &core.VM{}
	fill(reflect.ValueOf(full).Elem(), 1)
	f.Add(encodeVMs([]*core.VM{full, {}}))
	f.Add([]byte{codeVersion, 0, 200})
	f.Fuzz(func(t *testing.T, raw []byte) {
		vms, err := decodeVMs("berlin", raw, map[string]string{})
		if err != nil && vms != nil {
			t.Errorf("damaged bytes gave %d VMs", len(vms))
		}
	})
}
