package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/term"
)

// console is a serial console that this screen sits at, shown or not. It is
// touched in Update only; what its commands need is handed to them.
type console struct {
	vm     core.Ref
	ctx    context.Context // ends when the console is left
	stop   context.CancelFunc
	screen *term.Screen
	view   *term.View

	seat    *core.Seat
	line    core.Line
	opening bool
	over    *core.Error // why nobody sits there any more, or why it could not be opened
	state   core.LineState

	from    int64     // number of the byte that is read next
	caught  bool      // all that was there when it was opened has been read
	behind  bool      // more was read than could be shown in time: it is read again
	skipped int64     // bytes that were not shown, since the notice about it was seen
	unseen  bool      // it wrote while it was not in front
	broke   bool      // the line was up and is not
	hidden  string    // the notice that was sent away
	blurred bool      // the guest was told that it has no focus
	asked   time.Time // when a return was typed to which nothing came back; zero: there is none

	outbox  []byte
	sending bool
	refused *core.Error // why what was typed did not arrive

	answered   int       // bytes of answers to the guest's device requests
	answeredAt time.Time // since then
	paste      *pasting
}

// Sizes of what is read and kept at a time.
const (
	readFirst = 2 << 10   // the first read: mostly an echo
	readChunk = 64 << 10  // each other one
	readFrame = 256 << 10 // what is shown of all that came since the last time; the rest is skipped
	maxOutbox = 64 << 10  // typed, and not taken yet
	// maxTouched is how many cells the guest may touch before the person's keys are
	// looked at again: some milliseconds, and more than readFrame of a log.
	maxTouched = 2 << 20
)

// lookTime is the shortest time between two looks at a console that writes,
// floodTime between those at one that writes faster than anybody reads: a slow
// link must carry each picture before the answer to a key.
const (
	lookTime  = time.Second / FPS
	floodTime = 100 * time.Millisecond
	flooding  = 32 << 10 // bytes since the last look
)

type (
	// consoleOpenMsg brings the line of a console, or why there is none.
	consoleOpenMsg struct {
		c    *console
		seat *core.Seat
		line core.Line
		err  error
	}
	// consoleNewsMsg brings what a guest wrote.
	consoleNewsMsg struct {
		c       *console
		line    core.Line // whose news they are; it may have been left since
		data    []byte
		from    int64 // number of the byte after it
		skipped int64
		caught  bool
		state   core.LineState
		over    error
	}
	// consoleSentMsg tells how much of what was typed the line took.
	consoleSentMsg struct {
		c     *console
		line  core.Line
		n     int
		err   error
		state core.LineState
	}
	// consoleDidMsg tells how something else ended that was asked of the line.
	consoleDidMsg struct {
		c     *console
		line  core.Line
		said  string // what there is to say when it went well
		err   error
		state core.LineState
	}
)

// consoleOn is the console of a VM that this screen sits at already, or a new
// one.
func (a *App) consoleOn(vm core.Ref) *console {
	for _, c := range a.consoles {
		if c.vm == vm {
			return c
		}
	}
	c := &console{vm: vm, screen: term.NewScreen(80, 24)}
	c.view = term.NewView(c.screen)
	a.consoles = append(a.consoles, c)
	return c
}

// live tells whether somebody sits there: keys go to the guest.
func (c *console) live() bool {
	return c.line != nil && c.over == nil && c.state.Phase != core.LineEnded
}

// open asks for a seat and joins the line, where that has not been done.
func (c *console) open(a *App) tea.Cmd {
	if c.opening || c.line != nil && c.over == nil {
		return nil
	}
	c.opening, c.over, c.line, c.seat = true, nil, nil, nil
	c.ctx, c.stop = context.WithCancel(a.ctx)
	c.outbox, c.sending, c.paste, c.refused = nil, false, nil, nil
	c.behind, c.asked, c.blurred = false, time.Time{}, false
	c.from, c.caught, c.broke, c.state = 0, false, false, core.LineState{Phase: core.LineConnecting}
	s, vm, ctx := a.session, c.vm, c.ctx
	return func() tea.Msg {
		asking, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		seat, err := s.OpenConsole(asking, vm, core.ConsoleSerial)
		if err != nil {
			return consoleOpenMsg{c: c, err: err}
		}
		line, err := s.Line(asking, seat)
		if err != nil || ctx.Err() != nil {
			leave(line, seat, core.AsError(err))
		}
		return consoleOpenMsg{c, seat, line, err}
	}
}

// leave gives up a line and its seat. It may wait for the store.
func leave(line core.Line, seat *core.Seat, why *core.Error) {
	if line != nil {
		_ = line.Close() // the seat ends it too
	}
	if why == nil {
		why = core.Errorf(core.CodeState, "you have left this console")
	}
	seat.Close(why)
}

// opened takes the line.
func (c *console) opened(m consoleOpenMsg, a *App) tea.Cmd {
	c.opening = false
	switch {
	case c.ctx.Err() != nil && m.err == nil: // it was closed meanwhile
		return func() tea.Msg {
			leave(m.line, m.seat, nil)
			return nil
		}
	case m.err != nil:
		c.over = core.AsError(m.err)
		if cmd, ok := a.lacksCode(m.err, func() tea.Cmd { return c.open(a) }); ok {
			return cmd
		}
		return nil
	}
	c.seat, c.line = m.seat, m.line
	c.state = m.line.State()
	cols, rows := c.screen.Size()
	c.line.Resize(cols, rows)
	return c.listen(0)
}

// listen waits for news of the line, at least as long as calm, and reads them.
func (c *console) listen(calm time.Duration) tea.Cmd {
	ctx, line, seat, from, caught, behind := c.ctx, c.line, c.seat, c.from, c.caught, c.behind
	return func() tea.Msg {
		if !pause(ctx, calm) {
			return nil
		}
		m := consoleNewsMsg{c: c, line: line, from: from, caught: caught}
		if caught && !behind {
			select {
			case <-line.Changed():
			case <-seat.Done():
				m.over = seat.Err()
			case <-ctx.Done():
				return nil
			}
		}
		m.read(line)
		m.state = line.State()
		return m
	}
}

// read takes all that there is and keeps the end of it.
func (m *consoleNewsMsg) read(line core.Line) {
	chunk := make([]byte, readFirst)
	for limit := 0; limit < 1024; limit++ { // whoever writes faster than this reads is read again in the next frame
		n, next := line.Output(m.from, chunk)
		m.skipped += next - int64(n) - m.from
		m.from = next
		if n == 0 {
			m.caught = true
			break
		}
		m.data = append(m.data, chunk[:n]...)
		if n == len(chunk) && n < readChunk {
			chunk = make([]byte, readChunk)
		}
		if off := len(m.data) - readFrame; off > 0 {
			m.skipped += int64(off)
			m.data = append(m.data[:0], m.data[off:]...)
		}
	}
}

// news shows what the guest wrote; front tells whether it is on the screen.
func (c *console) news(m consoleNewsMsg, front bool) tea.Cmd {
	if m.line != c.line {
		return nil
	}
	c.from = m.from
	c.become(m.state)
	if m.skipped > 0 {
		c.skipped += m.skipped
		_, _ = c.screen.Write([]byte{0x18}) // the sequence that was cut is none
	}
	shown := c.screen.Take(m.data, maxTouched)
	c.behind = shown < len(m.data)
	c.from -= int64(len(m.data) - shown)
	c.unseen = c.unseen || !front && shown > 0
	if shown > 0 {
		c.asked = time.Time{}
	}
	owed := c.screen.Replies()
	replay := !c.caught
	c.caught = m.caught && (c.caught || !c.behind)
	if m.over != nil {
		c.over = core.AsError(m.over)
		return nil
	}
	calm := lookTime
	if m.skipped > 0 || shown > flooding {
		calm = floodTime
	}
	if replay || !c.typing() {
		owed = nil
	}
	return tea.Batch(c.listen(calm), c.answer(owed))
}

// become takes the state of the line.
func (c *console) become(s core.LineState) {
	was := c.state.Phase
	c.state = s
	switch {
	case s.Phase != core.LineUp:
		c.asked = time.Time{}
		c.broke = c.broke || was == core.LineUp
	case was != core.LineUp:
		c.hidden = "" // the next time it is news again
		if c.broke {
			c.broke = false
			c.afresh()
		}
	}
}

// afresh puts the modes back that a guest had set before the line broke: it may
// have been restarted.
func (c *console) afresh() {
	reset := "\x18\x1b[!p"
	if c.screen.Modes().Alternate {
		reset += "\x1b[?1049l"
	}
	_, _ = c.screen.Write([]byte(reset))
}

// silentTime is how long a guest may take to answer the return key with anything.
const silentTime = 5 * time.Second

// silent tells whether nothing comes back from the guest. A program that has the
// whole screen need not answer.
func (c *console) silent() bool {
	return c.live() && !c.asked.IsZero() && time.Since(c.asked) >= silentTime && !c.screen.Modes().Alternate
}

// typing tells whether the keyboard is this person's.
func (c *console) typing() bool { return c.live() && c.state.Typist == c.seat.Info().ID }

// typist is who has the keyboard, unless it is this person.
func (c *console) typist() (core.SeatInfo, bool) {
	for _, p := range c.state.People {
		if p.ID == c.state.Typist && p.ID != "" && (c.seat == nil || p.ID != c.seat.Info().ID) {
			return p, true
		}
	}
	return core.SeatInfo{}, false
}

// close leaves the console: nobody of this screen sits there any more.
func (c *console) close() tea.Cmd {
	if c.stop == nil {
		return nil
	}
	c.stop()
	line, seat := c.line, c.seat
	c.line = nil
	if seat == nil {
		return nil
	}
	return func() tea.Msg {
		leave(line, seat, nil)
		return nil
	}
}

// forget takes a console off the list of those that this screen sits at.
func (a *App) forget(c *console) tea.Cmd {
	a.consoles = slices.DeleteFunc(a.consoles, func(have *console) bool { return have == c })
	return c.close()
}

// leaveConsoles leaves all of them.
func (a *App) leaveConsoles() {
	for _, c := range a.consoles {
		if cmd := c.close(); cmd != nil {
			cmd()
		}
	}
	a.consoles = nil
}

func (m consoleOpenMsg) reach(a *App) tea.Cmd { return m.c.opened(m, a) }

func (m consoleNewsMsg) reach(a *App) tea.Cmd {
	p, ok := a.front().(*consolePage)
	return m.c.news(m, ok && p.c == m.c)
}

func (m consoleSentMsg) reach(*App) tea.Cmd { return m.c.sent(m) }

func (m consoleDidMsg) reach(a *App) tea.Cmd { return m.c.did(m, a) }
