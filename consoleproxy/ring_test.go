package consoleproxy

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestRing holds a ring against the whole stream that was written to it.
func TestRing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 3*smallRing).Draw(t, "size")
		r := newRing(size)
		var all []byte
		for i := range rapid.IntRange(0, 20).Draw(t, "writes") {
			p := bytes.Repeat([]byte{byte(i)}, rapid.IntRange(0, 2*smallRing).Draw(t, "bytes"))
			for j := range p {
				p[j] += byte(j * 7)
			}
			r.write(p)
			all = append(all, p...)
			from := int64(rapid.IntRange(-1, len(all)+1).Draw(t, "from"))
			got := make([]byte, rapid.IntRange(0, 2*size).Draw(t, "room"))
			n, next := r.read(from, got)
			begin := min(max(from, int64(len(all)-size), 0), int64(len(all)))
			want := all[begin:min(len(all), int(begin)+len(got))]
			if !bytes.Equal(got[:n], want) || next != begin+int64(n) {
				t.Fatalf("read(%d, %d bytes) of %d in %d: %d bytes up to %d, want %d from %d", from, len(got), len(all), size, n, next, len(want), begin)
			}
			if len(r.buf) > size {
				t.Fatalf("a ring of %d bytes takes %d", size, len(r.buf))
			}
		}
	})
}
