package term

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// The limits of a recording that is played. What is beyond is left out, and
// Cast.Cut says so.
const (
	maxCast       = 64 << 20
	maxCastLine   = 4 << 20
	maxCastEvents = 1 << 20
)

// Event is what happened at a time of a recording: a program wrote Data, or the
// window got the size Cols by Rows.
type Event struct {
	At         time.Duration
	Data       string
	Cols, Rows int // zero: Data
}

// Cast is a recording of a terminal: asciicast version 2.
type Cast struct {
	Cols, Rows int
	Events     []Event
	Cut        bool // it goes on, but is too long to be held
}

// Lasts is how long it takes.
func (c *Cast) Lasts() time.Duration {
	if len(c.Events) == 0 {
		return 0
	}
	return c.Events[len(c.Events)-1].At
}

// ReadCast reads a recording; pauses are shortened to idle, where that is not 0.
// What could be read is returned with the error that ended it.
func ReadCast(r io.Reader, idle time.Duration) (*Cast, error) {
	lines := bufio.NewScanner(io.LimitReader(r, maxCast))
	lines.Buffer(nil, maxCastLine)
	c := &Cast{}
	if !lines.Scan() {
		return c, errors.Join(lines.Err(), errors.New("the recording is empty"))
	}
	var head struct{ Version, Width, Height int }
	if err := json.Unmarshal(lines.Bytes(), &head); err != nil || head.Version != 2 {
		return c, fmt.Errorf("this is no asciicast version 2: %w", err)
	}
	c.Cols, c.Rows = bounded(head.Width, head.Height)
	size := 0
	var saved, last time.Duration
	for n := 2; lines.Scan(); n++ {
		size += len(lines.Bytes()) + 1
		if len(lines.Bytes()) == 0 {
			continue
		}
		at, e, err := readEvent(lines.Bytes())
		if err != nil {
			return c, fmt.Errorf("line %d of the recording: %w", n, err)
		}
		if pause := at - last; idle > 0 && pause > idle {
			saved += pause - idle
		}
		last = max(at, last)
		e.At = last - saved
		if e.Data == "" && e.Cols == 0 {
			continue
		}
		if len(c.Events) == maxCastEvents {
			c.Cut = true
			return c, nil
		}
		c.Events = append(c.Events, e)
	}
	c.Cut = size >= maxCast-maxCastLine
	if c.Cut {
		return c, nil
	}
	return c, lines.Err()
}

// readEvent reads a line: [SECONDS, KIND, DATA]. Kinds that are not shown give
// an empty event.
func readEvent(line []byte) (time.Duration, Event, error) {
	var seconds float64
	var kind, data string
	if err := json.Unmarshal(line, &[]any{&seconds, &kind, &data}); err != nil {
		return 0, Event{}, err
	}
	const longest = 1e7 // seconds
	at := time.Duration(min(max(seconds, 0), longest) * float64(time.Second))
	switch kind {
	case "o":
		return at, Event{Data: data}, nil
	case "r":
		var cols, rows int
		if _, err := fmt.Sscanf(data, "%dx%d", &cols, &rows); err != nil {
			return at, Event{}, nil //nolint:nilerr // a size that makes no sense changes nothing
		}
		cols, rows = bounded(cols, rows)
		return at, Event{Cols: cols, Rows: rows}, nil
	}
	return at, Event{}, nil
}

// Player shows a recording on a screen.
type Player struct {
	cast  *Cast
	next  int // index of the event that comes next
	taken int // bytes of it that were shown already
	Screen
}

// NewPlayer makes a player at the start of a recording.
func NewPlayer(c *Cast) *Player {
	return &Player{cast: c, Screen: *NewScreen(max(c.Cols, 2), max(c.Rows, 2))}
}

// playPiece is how much of an event is shown at once.
const playPiece = 16 << 10

// PlayTo shows what happened until at, until that touched about so many cells. It
// is false where there is more until then.
func (p *Player) PlayTo(at time.Duration, cells int) bool {
	for p.next < len(p.cast.Events) && p.cast.Events[p.next].At <= at {
		e := &p.cast.Events[p.next]
		switch {
		case cells <= 0:
			return false
		case e.Cols > 0:
			p.Resize(e.Cols, e.Rows)
			cells -= e.Cols * e.Rows
		default:
			p.taken += p.Take([]byte(e.Data[p.taken:min(len(e.Data), p.taken+playPiece)]), cells)
			cells -= p.touched
		}
		if p.taken >= len(e.Data) {
			p.next, p.taken = p.next+1, 0
		}
	}
	return true
}

// AtEnd tells whether everything is shown.
func (p *Player) AtEnd() bool { return p.next == len(p.cast.Events) }
