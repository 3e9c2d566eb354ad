package rapitest

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind names a fault.
type Kind string

// The faults. Fault.Path limits those that concern requests to one route; the others ignore it.
const (
	Slow        Kind = "slow"         // every answer comes after Delay
	Dead        Kind = "dead"         // the connection is closed without an answer
	Hang        Kind = "hang"         // no answer until the client leaves
	Status      Kind = "status"       // Fault.Status with Ganeti's body, or an HTML page
	Cut         Kind = "cut"          // the body ends after Bytes, shorter than Content-Length says
	WrongTypes  Kind = "wrong types"  // valid JSON of the wrong shape: numbers are strings, lists and objects numbers
	Oversized   Kind = "oversized"    // the body grows by Bytes of white space at its start
	LoseAnswer  Kind = "lose answer"  // a submission has its effect and the connection is closed without an answer
	LuxidDown   Kind = "luxid down"   // 504 after Delay; the real one takes 30 s
	JobFails    Kind = "job fails"    // jobs that begin to run fail half way
	JobSticks   Kind = "job sticks"   // jobs that begin to run never end
	EmptyList   Kind = "empty list"   // the instance list is empty
	PartialList Kind = "partial list" // the second half of the instance list is missing
)

// Fault is one thing that goes wrong.
type Fault struct {
	Kind   Kind
	Path   string // route pattern such as "/2/instances/{name}/startup"; empty: every path
	Times  int    // how often; 0: until cleared
	Delay  time.Duration
	Status int
	HTML   bool
	Bytes  int64
}

// Faults holds the faults that are set, at most one of a kind, and counts what they did. The zero value is ready.
type Faults struct {
	mu   sync.Mutex
	set  map[Kind]*Fault
	seen map[Kind]int
}

// Set turns faults on; each replaces the one of its kind.
func (f *Faults) Set(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.set == nil {
		f.set = map[Kind]*Fault{}
	}
	for _, one := range faults {
		f.set[one.Kind] = &one
	}
}

// Clear turns the faults of these kinds off; without arguments all.
func (f *Faults) Clear(kinds ...Kind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(kinds) == 0 {
		clear(f.set)
	}
	for _, k := range kinds {
		delete(f.set, k)
	}
}

// Seen reports how often faults of a kind have struck.
func (f *Faults) Seen(k Kind) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[k]
}

// take returns the fault if it strikes this request; r is nil for jobs.
func (f *Faults) take(k Kind, r *request) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.set[k]
	if one == nil {
		return Fault{}, false
	}
	if r != nil && one.Path != "" {
		if _, path, _ := strings.Cut(r.route, " "); path != one.Path {
			return Fault{}, false
		}
	}
	if one.Times > 0 {
		if one.Times--; one.Times == 0 {
			delete(f.set, k)
		}
	}
	if f.seen == nil {
		f.seen = map[Kind]int{}
	}
	f.seen[k]++
	return *one, true
}

// disturb applies the faults that come before the answer and reports whether it answered itself.
func (c *Cluster) disturb(w http.ResponseWriter, h *http.Request, r *request) bool {
	if _, on := c.faults.take(Dead, r); on {
		panic(http.ErrAbortHandler)
	}
	if _, on := c.faults.take(Hang, r); on {
		<-h.Context().Done()
		panic(http.ErrAbortHandler)
	}
	if f, on := c.faults.take(Slow, r); on {
		pause(h.Context(), f.Delay)
	}
	if f, on := c.faults.take(LuxidDown, r); on {
		pause(h.Context(), f.Delay)
		c.write(w, r, fail(http.StatusGatewayTimeout, ""))
		return true
	}
	if f, on := c.faults.take(Status, r); on {
		answer := fail(f.Status, "")
		if f.HTML {
			page := "<html><head><title>" + http.StatusText(f.Status) + "</title></head><body><h1>" + strconv.Itoa(f.Status) + "</h1></body></html>\n"
			answer = response{status: f.Status, html: true, parts: [][]byte{[]byte(page)}}
		}
		c.write(w, r, answer)
		return true
	}
	return false
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	case <-timer.C:
	}
}

// write sends the answer, spoiled by the faults that come with or after it.
func (c *Cluster) write(w http.ResponseWriter, r *request, answer response) {
	if answer.submit {
		if _, on := c.faults.take(LoseAnswer, r); on {
			panic(http.ErrAbortHandler)
		}
	}
	parts := answer.parts
	if _, on := c.faults.take(WrongTypes, r); on {
		parts = [][]byte{wrong(bytes.Join(parts, nil))}
	}
	if f, on := c.faults.take(Oversized, r); on {
		parts = append([][]byte{bytes.Repeat([]byte{' '}, int(f.Bytes))}, parts...)
	}
	length := int64(0)
	for _, p := range parts {
		length += int64(len(p))
	}
	left := length
	f, cut := c.faults.take(Cut, r)
	if cut {
		left = min(f.Bytes, length)
	}
	c.header(w.Header(), answer, length)
	w.WriteHeader(answer.status)
	for _, p := range parts {
		p = p[:min(int64(len(p)), left)]
		left -= int64(len(p))
		n, err := w.Write(p)
		c.counters.sent(n)
		if err != nil {
			return
		}
	}
	if cut {
		// An error means the client has left already.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func (c *Cluster) header(h http.Header, answer response, length int64) {
	h.Set("Content-Type", "application/json")
	if answer.html {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	h.Set("Server", "Ganeti "+c.config.Version)
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	if answer.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Ganeti Remote API"`)
	}
	if c.config.CloseConnections {
		h.Set("Connection", "close")
	}
}
