package consoleproxy

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"gwm/core"
)

const (
	recDelay   = time.Second     // what a guest wrote is in the file after so long
	recWaiting = 4 << 20         // bytes of a cast that may wait for the disk
	recEndWait = 5 * time.Second // for the end of a recording to be stored
)

// reel is a recording that core began.
type reel struct {
	id    string
	key   core.Secret
	title string
	began time.Time
	end   func(ctx context.Context, bytes int64, failure string) error
}

// recorder writes what a line shows to an encrypted cast. The disk is touched by
// its own goroutine only, so that it never holds up the line.
type recorder struct {
	reel   *reel
	file   recFile
	writer *recWriter
	began  time.Time
	most   int64         // bytes of the cast
	full   chan struct{} // closed when the cast is as large as it may be
	wake   chan struct{} // size 1: enough waits, or it is over
	done   chan struct{} // closed when the file is closed

	mu      sync.Mutex
	waiting []byte // lines of the cast that are not in the file yet
	rest    []byte // the beginning of a character
	written int64  // bytes of the cast
	over    bool
	err     error
}

// startRecorder creates the file of a recording and begins to write. failed is
// called once where it cannot go on.
func (b *Switchboard) startRecorder(r *reel, cols, rows int, failed func(error)) (*recorder, error) {
	rec, err := b.makeRecorder(r)
	if err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), recEndWait)
		defer cancel()
		return nil, errors.Join(err, r.end(ctx, 0, core.PlainCause(err).Error()))
	}
	rec.append(castHeader(cols, rows, r.began, r.title))
	b.spawn("recording", func() {
		defer close(rec.done)
		if err := rec.run(); err != nil {
			failed(err)
		}
	})
	return rec, nil
}

func (b *Switchboard) makeRecorder(r *reel) (*recorder, error) {
	name, err := fileName(r.id)
	if err != nil {
		return nil, err
	}
	seal, err := newRecSeal(r.id, r.key)
	if err != nil {
		return nil, err
	}
	file, err := b.shelf.create(name)
	if err != nil {
		return nil, err
	}
	writer, err := newRecWriter(file, seal)
	if err != nil {
		_ = file.Close() // the first error counts
		return nil, err
	}
	return &recorder{
		reel: r, file: file, writer: writer, began: time.Now(), most: b.cfg.RecordingSize,
		full: make(chan struct{}), wake: make(chan struct{}, 1), done: make(chan struct{}),
	}, nil
}

// output records what the guest wrote.
func (r *recorder) output(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rest) > 0 {
		p = append(r.rest, p...)
		r.rest = nil
	}
	whole, rest := wholeRunes(p)
	r.rest = append([]byte(nil), rest...)
	if len(whole) > 0 {
		r.event(castOutput, whole)
	}
}

// typist records who has the keyboard from now on; nil: nobody.
func (r *recorder) typist(p *place) {
	text := "nobody has the keyboard"
	if p != nil {
		text = core.Printable(p.seat.Info().User) + " has the keyboard"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event(castMark, []byte(text))
}

// resize records a new size of the window.
func (r *recorder) resize(cols, rows int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event(castSize, []byte(strconv.Itoa(cols)+"x"+strconv.Itoa(rows)))
}

func (r *recorder) event(kind string, data []byte) {
	r.put(appendEvent(nil, time.Since(r.began), kind, data))
}

func (r *recorder) append(line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(line)
}

// put adds a line; the recorder is locked.
func (r *recorder) put(line []byte) {
	switch {
	case r.over || r.err != nil:
		return
	case len(r.waiting)+len(line) > recWaiting:
		r.err = errSlowDisk
		poke(r.wake)
		return
	}
	first := len(r.waiting) == 0
	r.waiting = append(r.waiting, line...)
	before := r.written
	if r.written += int64(len(line)); before < r.most && r.written >= r.most {
		close(r.full)
	}
	if first || len(r.waiting) >= recChunk {
		poke(r.wake)
	}
}

// errSlowDisk ends a recording whose disk is slower than the guest.
var errSlowDisk = errors.New("the disk is too slow for what the guest writes")

// run writes until the recording is over, and returns why it could not go on.
func (r *recorder) run() error {
	var err error
	for over := false; !over && err == nil; {
		<-r.wake
		over, err = r.gather()
		if err == nil {
			err = r.flush()
		}
	}
	if err == nil {
		err = r.writer.end()
	}
	if err == nil {
		err = r.file.Sync()
	}
	if closing := r.file.Close(); err == nil {
		err = closing
	}
	failure := ""
	if err != nil {
		r.fail(err)
		failure = core.PlainCause(err).Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), recEndWait)
	defer cancel()
	if storing := r.reel.end(ctx, r.writer.size, failure); err == nil {
		err = storing
	}
	return err
}

// gather waits a moment for more, so that a chunk is not one key; it tells whether
// the recording is over.
func (r *recorder) gather() (over bool, err error) {
	timer := time.NewTimer(recDelay)
	defer timer.Stop()
	for {
		r.mu.Lock()
		over, err = r.over, r.err
		enough := len(r.waiting) >= recChunk
		r.mu.Unlock()
		if over || enough || err != nil {
			return over, err
		}
		select {
		case <-r.wake:
		case <-timer.C:
			return false, nil
		}
	}
}

// flush writes what waits.
func (r *recorder) flush() error {
	r.mu.Lock()
	p := r.waiting
	r.waiting = nil
	r.mu.Unlock()
	return r.writer.write(p)
}

// fail makes everything that comes be dropped.
func (r *recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err, r.waiting = err, nil
}

// stop ends the recording; done is closed when its file is complete.
func (r *recorder) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rest) > 0 {
		r.event(castOutput, r.rest)
		r.rest = nil
	}
	r.over = true
	poke(r.wake)
}
