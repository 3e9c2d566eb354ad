package consoleproxy

// ring keeps the last bytes of a stream and finds them by number: the first byte
// ever written has number 0. It takes no more memory than what was written, up to
// its size.
type ring struct {
	buf  []byte // byte i of the stream is at i modulo the length
	size int    // what buf may grow to
	end  int64  // number of the byte that is written next
}

const smallRing = 4 << 10

func newRing(size int) *ring { return &ring{size: size} }

// start is the number of the oldest byte that is kept.
func (r *ring) start() int64 { return max(0, r.end-int64(len(r.buf))) }

// write appends p.
func (r *ring) write(p []byte) {
	if skip := len(p) - r.size; skip > 0 {
		r.end += int64(skip)
		p = p[skip:]
	}
	r.grow(len(p))
	for len(p) > 0 {
		n := copy(r.buf[r.end%int64(len(r.buf)):], p)
		r.end += int64(n)
		p = p[n:]
	}
}

// grow makes room for n more bytes, as far as it may.
func (r *ring) grow(n int) {
	want, have := r.end+int64(n), int64(len(r.buf))
	if want <= have || have == int64(r.size) {
		return
	}
	next := &ring{buf: make([]byte, min(int64(r.size), max(smallRing, 2*have, want))), size: r.size, end: r.start()}
	for from := next.end; from < r.end; {
		at := from % have
		part := r.buf[at:min(have, at+r.end-from)]
		next.write(part)
		from += int64(len(part))
	}
	next.end = r.end
	*r = *next
}

// read copies what is there from byte number from on into p, beginning with the
// oldest where that is gone, and returns how much and the number after it.
func (r *ring) read(from int64, p []byte) (n int, next int64) {
	from = min(max(from, r.start()), r.end)
	for n < len(p) && from < r.end {
		at := from % int64(len(r.buf))
		c := copy(p[n:], r.buf[at:min(int64(len(r.buf)), at+r.end-from)])
		n, from = n+c, from+int64(c)
	}
	return n, from
}
