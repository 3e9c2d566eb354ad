package consoleproxy

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// reelBox is where a test's recordings begin and end, as core keeps them.
type reelBox struct {
	mu    sync.Mutex
	ids   []string
	ended map[string]string // what failed, by id
	sizes map[string]int64
}

var reelKey = core.NewSecret(hex.EncodeToString(bytes.Repeat([]byte{7}, 32)))

func (b *reelBox) begin() (*reel, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := "20261122-060000-" + strings.Repeat(string(rune('a'+len(b.ids))), 12)
	b.ids = append(b.ids, id)
	return &reel{id: id, key: reelKey, title: "berlin/web1", began: time.Unix(1700000000, 0), end: func(_ context.Context, bytes int64, failure string) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.ended == nil {
			b.ended, b.sizes = map[string]string{}, map[string]int64{}
		}
		b.ended[id], b.sizes[id] = failure, bytes
		return nil
	}}, nil
}

// cast is a recording as a player reads it.
type cast struct {
	header struct {
		Version, Width, Height int
		Timestamp              int64
		Title                  string
	}
	output string
	marks  []string
}

func playCast(t *testing.T, r io.Reader) cast {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read a recording: %v", err)
	}
	return parseCast(t, text)
}

func parseCast(t *testing.T, text []byte) cast {
	t.Helper()
	var c cast
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&c.header); err != nil {
		t.Fatalf("header: %v", err)
	}
	last := -1.0
	for d.More() {
		var event []any
		if err := d.Decode(&event); err != nil || len(event) != 3 {
			t.Fatalf("event %v: %v", event, err)
		}
		at, _ := event[0].(float64)
		if at < last {
			t.Errorf("%v comes after %v", at, last)
		}
		last = at
		data, _ := event[2].(string)
		switch event[1] {
		case "o":
			c.output += data
		case "m":
			c.marks = append(c.marks, data)
		}
	}
	return c
}

func replay(t *testing.T, b *Switchboard, id string) cast {
	t.Helper()
	r, err := b.Replay(t.Context(), id, reelKey)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return playCast(t, r)
}

// recordedSeat takes a seat at a cluster that records.
func recordedSeat(user string, policy core.RecordingPolicy, box *reelBox) *toySeat {
	s := newSeat(user)
	s.policy, s.begin = policy, box.begin
	return s
}

// TestRecord records a line through a reconnect and plays it back.
func TestRecord(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when needed")
	synctest.Test(t, func(t *testing.T) {
		var box reelBox
		first, second := newToyWire(), newToyWire()
		b := wireBoard(SwitchboardConfig{Recordings: dir}, first, second)
		ann := join(t, b, recordedSeat("ann", core.RecordingRequired, &box))
		if s := ann.phase(core.LineUp); s.Recording != "on" {
			t.Errorf("recording: %q", s.Recording)
		}
		ann.write("pass word\r")
		first.say(t, "caf\xc3")
		<-time.After(10 * time.Second)
		first.say(t, "\xa9 \x1b[31m\"<&>\" \xff\x00")
		first.end(core.Errorf(core.CodeState, "over"))
		ann.phase(core.LineWaiting)
		ann.phase(core.LineUp)
		second.say(t, "again\r\n")
		ann.until("again")
		if err := ann.line.Close(); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(map[string]string{box.ids[0]: ""}, box.ended); diff != "" {
			t.Fatal(diff)
		}
		got := replay(t, b, box.ids[0])
		if want := "café \x1b[31m\"<&>\" \ufffd\x00again\r\n"; got.output != want {
			t.Errorf("output %q, want %q", got.output, want)
		}
		if diff := cmp.Diff([]string{"ann has the keyboard", "nobody has the keyboard"}, got.marks); diff != "" {
			t.Error(diff)
		}
		if h := got.header; h.Version != 2 || h.Width != 80 || h.Height != 24 || h.Timestamp != 1700000000 || h.Title != "berlin/web1" {
			t.Errorf("header %+v", h)
		}
		name := filepath.Join(dir, box.ids[0]+".cast.gwm")
		raw, err := os.ReadFile(name)
		if err != nil || int64(len(raw)) != box.sizes[box.ids[0]] {
			t.Errorf("%d bytes (%v), told were %d", len(raw), err, box.sizes[box.ids[0]])
		}
		if bytes.Contains(raw, []byte("again")) {
			t.Error("the file is not encrypted")
		}
		if info, err := os.Stat(name); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		for range 2 {
			if err := b.Discard(t.Context(), box.ids[0]); err != nil {
				t.Error(err)
			}
		}
		if _, err := b.Replay(t.Context(), box.ids[0], reelKey); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("it is still there: %v", err)
		}
	})
}

// TestRecordIsOnDisk has what a guest wrote in the file two seconds later, so that
// a crash loses no more.
func TestRecordIsOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var box reelBox
		w := newToyWire()
		b := wireBoard(SwitchboardConfig{Recordings: dir}, w)
		defer b.Close()
		ann := join(t, b, recordedSeat("ann", core.RecordingBest, &box))
		ann.phase(core.LineUp)
		w.say(t, "the last words")
		<-time.After(2 * time.Second)
		synctest.Wait()
		r, err := b.Replay(t.Context(), box.ids[0], reelKey)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		text, err := io.ReadAll(r)
		if got := parseCast(t, text).output; got != "the last words" {
			t.Errorf("on the disk is %q", got)
		}
		if core.CodeOf(err) != core.CodeState || !strings.Contains(err.Error(), "has no end") {
			t.Errorf("a recording without an end reads as %v", err)
		}
	})
}

// TestRecordGoesOn begins another recording where one is large or long.
func TestRecordGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var box reelBox
		w := newToyWire()
		b := wireBoard(SwitchboardConfig{Recordings: dir, RecordingSize: 1000, RecordingTime: time.Hour}, w)
		ann := join(t, b, recordedSeat("ann", core.RecordingRequired, &box))
		ann.phase(core.LineUp)
		w.say(t, strings.Repeat("a", 1000))
		synctest.Wait()
		w.say(t, "b")
		<-time.After(time.Hour)
		synctest.Wait()
		w.say(t, "c")
		synctest.Wait()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		var parts []string
		for _, id := range box.ids {
			parts = append(parts, replay(t, b, id).output)
		}
		if diff := cmp.Diff([]string{strings.Repeat("a", 1000), "b", "c"}, parts); diff != "" {
			t.Error(diff)
		}
	})
}

// fullDisk takes some bytes and no more.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "/var/lib/gwm/x", Err: syscall.ENOSPC}
	}
	return n, nil
}

func (*fullDisk) Sync() error  { return nil }
func (*fullDisk) Close() error { return nil }

// TestFullDisk ends a console that must be recorded where that fails, at its
// beginning or later, and lets others go on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		policy core.RecordingPolicy
		room   int
		phase  core.LinePhase
	}{
		{"required, at once", core.RecordingRequired, 0, core.LineEnded},
		{"required, later", core.RecordingRequired, 300, core.LineEnded},
		{"best effort, at once", core.RecordingBest, 0, core.LineUp},
		{"best effort, later", core.RecordingBest, 300, core.LineUp},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var box reelBox
				w := newToyWire()
				b := wireBoard(SwitchboardConfig{}, w)
				defer b.Close()
				b.shelf.create = func(string) (recFile, error) { return &fullDisk{tt.room}, nil }
				ann := join(t, b, recordedSeat("ann", tt.policy, &box))
				if tt.room > 0 {
					ann.phase(core.LineUp)
					w.say(t, strings.Repeat("x", 1000))
				}
				<-time.After(2 * time.Second)
				synctest.Wait()
				s := ann.line.State()
				if s.Phase != tt.phase || s.Recording != "no space left on device" {
					t.Errorf("state %+v", s)
				}
				if want := "the console of web1.example.org must be recorded, and that failed: no space left on device"; tt.phase == core.LineEnded &&
					core.AsError(s.Why).Message != want {
					t.Errorf("got %v, want %q", s.Why, want)
				}
				if diff := cmp.Diff(map[string]string{box.ids[0]: "no space left on device"}, box.ended); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestNowhereToRecord is a policy where no directory is configured.
func TestNowhereToRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var box reelBox
		b := wireBoard(SwitchboardConfig{}, newToyWire())
		defer b.Close()
		s := join(t, b, recordedSeat("ann", core.RecordingBest, &box)).phase(core.LineUp)
		if s.Recording != "no directory for recordings is configured" {
			t.Errorf("recording: %q", s.Recording)
		}
	})
}

// writeRecording is a recording of some chunks, and where each of them begins.
func writeRecording(t testing.TB, id string, parts ...string) (raw []byte, begins []int) {
	t.Helper()
	seal, err := newRecSeal(id, reelKey)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := newRecWriter(&out, seal)
	for _, p := range parts {
		begins = append(begins, out.Len())
		err = errors.Join(err, w.write([]byte(p)))
	}
	begins = append(begins, out.Len())
	if err = errors.Join(err, w.end()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), begins
}

func readRecording(t testing.TB, id string, raw []byte) (string, error) {
	t.Helper()
	seal, err := newRecSeal(id, reelKey)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRecReader(io.NopCloser(bytes.NewReader(raw)), seal)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// TestTampered notices everything that somebody without the key can do to a file.
func TestTampered(t *testing.T) {
	t.Parallel()
	const id = "20261122-060000-aaaaaaaaaaaa"
	raw, at := writeRecording(t, id, "one", "two", "ten")
	other, _ := writeRecording(t, "20261122-060000-bbbbbbbbbbbb", "one", "two", "ten")
	part := func(i int) []byte {
		if i == len(at)-1 {
			return raw[at[i]:]
		}
		return raw[at[i]:at[i+1]]
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(append([][]byte{raw[:at[0]]}, parts...), nil) }
	flip := func(i int) []byte {
		b := bytes.Clone(raw)
		b[i] ^= 0x80
		return b
	}
	tests := []struct {
		name, text, want string
		raw              []byte
	}{
		{"as it was", "onetwoten", "", raw},
		{"cut between two parts", "one", "has no end", join(part(0))},
		{"cut in a part", "one", "has no end", raw[:at[1]+7]},
		{"in another order", "one", "changed, or is at the wrong place", join(part(0), part(2), part(1), part(3))},
		{"a part left out", "one", "changed, or is at the wrong place", join(part(0), part(2), part(3))},
		{"the end put earlier", "one", "changed, or is at the wrong place", join(part(0), part(3))},
		{"a part made the last", "one", "changed, or is at the wrong place", join(part(0), flip(at[1])[at[1]:at[2]])},
		{"something after the end", "onetwoten", "something follows its end", append(bytes.Clone(raw), 'x')},
		{"another byte", "one", "changed, or is at the wrong place", flip(at[1] + 8)},
		{"an impossible size", "one", "impossible size", flip(at[1] + 1)},
		{"another recording's", "", "changed, or is at the wrong place", other},
		{"something else", "", "does not begin like one", []byte("{\"version\":2}\n............")},
		{"nothing", "", "does not begin like one", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, err := readRecording(t, id, tt.raw)
			if text != tt.text {
				t.Errorf("read %q, want %q", text, tt.text)
			}
			if tt.want == "" && err != nil || tt.want != "" && (core.CodeOf(err) != core.CodeState || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// FuzzRecording reads files that anybody may have changed: what comes out is the
// beginning of what went in.
func FuzzRecording(f *testing.F) {
	const id = "20261122-060000-aaaaaaaaaaaa"
	raw, _ := writeRecording(f, id, "one", "two")
	f.Add(raw)
	f.Add(raw[:len(raw)-3])
	f.Add([]byte(recMagic))
	f.Add([]byte(recMagic + "\x80\x00\x00\x10................"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := readRecording(t, id, b)
		if !strings.HasPrefix("onetwo", text) {
			t.Errorf("read %q", text)
		}
		if err == nil && !bytes.Equal(b, raw) {
			t.Errorf("took %q for whole", b)
		}
	})
}

// FuzzCast writes what guests may write, cut anywhere, and reads it as a player
// does.
func FuzzCast(f *testing.F) {
	f.Add([]byte("plain\r\n"), 3)
	f.Add([]byte("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), 5)
	f.Add([]byte("\xff\xfe\x00\x1b]0;title\x07\u2028</script>"), 1)
	f.Add([]byte("\xe2\x82"), 1)
	f.Add([]byte("\u009b31m\u202eevil\u200b\x7f\U000e0041\U0001f600"), 2)
	f.Fuzz(func(t *testing.T, output []byte, step int) {
		step = min(max(step, 1), max(1, len(output)))
		r := &recorder{began: time.Now(), most: 1 << 30, wake: make(chan struct{}, 1), full: make(chan struct{})}
		r.append(castHeader(80, 24, time.Unix(0, 0), "a title\n"))
		for i := 0; i < len(output); i += step {
			r.output(output[i:min(len(output), i+step)])
		}
		r.stop()
		if at := bytes.IndexFunc(r.waiting, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }); at >= 0 {
			t.Errorf("%q does something to a terminal: %q", output, r.waiting[at:])
		}
		got := parseCast(t, r.waiting)
		if want := strings.ToValidUTF8(string(bytes.ToValidUTF8(output, nil)), ""); strings.ReplaceAll(got.output, "\ufffd", "") != strings.ReplaceAll(want, "\ufffd", "") {
			t.Errorf("%q became %q", output, got.output)
		}
	})
}

// TestNames lets no name out of the directory.
func TestNames(t *testing.T) {
	t.Parallel()
	b := NewSwitchboard(SwitchboardConfig{Recordings: t.TempDir()})
	defer b.Close()
	for _, id := range []string{"", "..", "../../../../etc/passwd", "a/b", "20261122-060000-aaaaaaaaaaaa/../x", "UPPER-CASE-ID", "x\x00yyyyyyyy", strings.Repeat("a", 65)} {
		if _, err := b.Replay(t.Context(), id, reelKey); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("%q: %v", id, err)
		}
		if err := b.Discard(t.Context(), id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
}
