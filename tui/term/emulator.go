// Package term is a terminal inside the terminal: it turns what a program wrote
// for a terminal into rows of cells, shows a part of them, and turns keys into
// what such a program expects. It knows nothing of where the bytes come from.
//
// It guarantees that nothing a program writes gets past the cells: titles,
// clipboard, links, window requests and device control strings are swallowed, a
// cell holds a printable character or nothing, and a painted row is made of cells
// and of colours and attributes that this package writes itself. Answers to a
// device request hold numbers only, never text of the program. Memory is bounded by the
// size of the screen and by MaxPast and MaxPastBytes, whatever is written.
package term

// Emulator is a terminal without its glass. It is for one goroutine.
type Emulator interface {
	// Write takes what a program wrote, cut anywhere. It takes all of it and
	// never fails.
	Write(p []byte) (int, error)
	// Take takes p until its end or until that touched about so many cells, and
	// returns how many bytes it took. A few bytes may clear the whole screen or
	// repeat a character for ever: who must come back in time counts cells.
	Take(p []byte, cells int) int
	// Resize changes the size of the screen, in cells.
	Resize(cols, rows int)
	// Size is the size of the screen, in cells.
	Size() (cols, rows int)
	// Len is how many rows there are: those that were scrolled off and are kept,
	// oldest first, then those of the screen. Dropped counts those that are not
	// kept any more: Dropped()+i names row i for as long as it is kept.
	Len() int
	Dropped() int64
	// Row is row i, valid until the next Write or Resize. joined tells that
	// the next one goes on where its text ends.
	Row(i int) (cells []Cell, joined bool)
	// Cursor is where the cursor is on the screen, and whether it is shown.
	Cursor() (x, y int, shown bool)
	// Reversed tells whether the whole screen is shown in reverse.
	Reversed() bool
	// Modes is what the program asked of keys, mouse and paste.
	Modes() Modes
	// Replies returns and forgets what the program is owed for its device
	// requests.
	Replies() []byte
	// Reset puts everything but the rows that were scrolled off back to the
	// start.
	Reset()
}

// MouseMode is which events of the mouse a program wants.
type MouseMode uint8

// The mouse modes, each with the events of those before.
const (
	MouseNone   MouseMode = iota
	MouseClicks           // buttons pressed and released, wheel
	MouseDrags            // motion while a button is down
	MouseMoves            // every motion
)

// Modes is what a program asked for.
type Modes struct {
	AppCursor bool // cursor keys send ESC O instead of ESC [
	AppKeypad bool
	Paste     bool // pasted text comes between marks
	Focus     bool // it wants to know of focus
	Alternate bool // it shows the screen that has no scrollback
	Mouse     MouseMode
	SGRMouse  bool // positions as numbers; otherwise as bytes, which end at column 223
}
