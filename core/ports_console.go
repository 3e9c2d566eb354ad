package core

import (
	"context"
	"io"
	"time"
)

// Consoles carries the bytes of consoles. It decides nothing: who may sit where
// is in the Seat, whose Done ends whatever it was given for, at once.
type Consoles interface {
	// Join puts the seat at the serial line of its VM, which everybody shares who
	// sits there: the first who joins makes gwm connect, the last who leaves ends
	// it. It does not wait for the connection: Line.State tells how that goes.
	Join(ctx context.Context, seat *Seat) (Line, error)
	// Forward opens a TCP port for one VNC viewer. The error is CodeUnsupported
	// where that is switched off.
	Forward(ctx context.Context, seat *Seat) (Forward, error)
	// Link is the address of the page that redeems a ticket. The error is
	// CodeUnsupported where there is no such page.
	Link(ticket Secret) (string, error)
	// Replay reads what was recorded, as asciicast v2 text. The error is
	// CodeNotFound where the file is gone, and that of a Read tells that it is
	// damaged.
	Replay(ctx context.Context, id string, key Secret) (io.ReadCloser, error)
	// Discard removes what was recorded; what is gone already is no error.
	Discard(ctx context.Context, id string) error
}

// Line is one seat's end of the serial line of a VM. It is safe for concurrent
// use. What the guest wrote is kept for a while and read by number, so that a
// slow reader holds up nobody and who comes later sees what was before.
type Line interface {
	// Output copies what the guest wrote from byte number from on into p, and
	// returns how much that is and the number of the byte after it. Where bytes
	// from on are no longer kept it begins with the oldest: next-n is greater
	// than from. n is 0 where there is nothing new.
	Output(from int64, p []byte) (n int, next int64)
	// Changed holds a value after there is new Output or another State. It has
	// size 1 and one reader.
	Changed() <-chan struct{}
	// State tells how the line is now.
	State() LineState
	// Write types. The error is CodeState where somebody else has the keyboard or
	// the line is not up; nothing was typed then.
	Write(p []byte) (int, error)
	// Break sends the break condition, which Linux takes for SysRq. The error is
	// CodeUnsupported where the line has no way to do it.
	Break(ctx context.Context) error
	// Resize tells the far end the size of the window, in cells, where the line
	// can. It counts only from who has the keyboard.
	Resize(cols, rows int)
	// Take takes the keyboard from who has it, who is told; Yield gives it up.
	Take() error
	Yield()
	// Reconnect tries at once, where the line waits for its next attempt.
	Reconnect()
	// Close leaves. The seat is not closed with it.
	Close() error
}

// LinePhase is what a serial line is doing.
type LinePhase string

// The phases.
const (
	LineConnecting LinePhase = "connecting"
	LineUp         LinePhase = "up"
	LineWaiting    LinePhase = "waiting" // it broke or could not be made; the next attempt is at State.Retry
	LineEnded      LinePhase = "ended"   // for good: State.Why says why
)

// LineState is how a serial line is at one moment.
type LineState struct {
	Phase     LinePhase
	Why       error      // why it waits or ended; what a person should know
	Retry     time.Time  // when it is tried again
	Node      string     // the node that it leads to; empty: not known yet
	People    []SeatInfo // who sits here, longest first; not to be changed, others have it too
	Typist    string     // the SeatInfo.ID of who has the keyboard; empty: nobody, the first who types gets it
	Taken     string     // the user who took the keyboard from this seat last; empty once it types again
	Recording string     // "": no; "on"; otherwise why it failed
}

// Forward is a TCP port that waits for one VNC viewer.
type Forward struct {
	Address  string    // HOST:PORT
	Password Secret    // of VNC authentication, 8 characters, good once
	Until    time.Time // a viewer that has not connected by then finds it closed
}
