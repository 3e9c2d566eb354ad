package tuitest

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui"
)

// Driver is a person at a screen.
type Driver struct {
	t    testing.TB
	app  *tui.App
	quit bool
	clip string

	mu      sync.Mutex
	arrived []tea.Msg
}

// New starts a screen for a session, as a program would, and settles it. It must
// be called inside a synctest bubble; Close must be called before the bubble
// ends.
func New(t testing.TB, s *core.Session, o tui.Options) *Driver {
	t.Helper()
	d := &Driver{t: t, app: tui.New(s, o)}
	d.run(d.app.Init())
	d.Settle()
	return d
}

// Close ends the screen and waits for its commands.
func (d *Driver) Close() {
	d.app.Close()
	synctest.Wait()
}

// run starts a command; what it returns is delivered by Settle.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() { d.arrive(cmd()) }()
}

// arrive takes the answer of a command. A batch runs at once, a sequence in
// order, like the real program does.
func (d *Driver) arrive(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
		return
	}
	if cmds, ok := sequence(msg); ok {
		for _, cmd := range cmds {
			if cmd != nil {
				d.arrive(cmd())
			}
		}
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.arrived = append(d.arrived, msg)
}

// sequence recognizes what tea.Sequence returns; its type has no name for us.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	want := reflect.TypeFor[[]tea.Cmd]()
	if v.Kind() != reflect.Slice || !v.Type().ConvertibleTo(want) {
		return nil, false
	}
	return v.Convert(want).Interface().([]tea.Cmd), true
}

// Settle delivers messages until nothing more comes by itself.
func (d *Driver) Settle() {
	d.t.Helper()
	for range 10_000 {
		synctest.Wait()
		d.mu.Lock()
		msgs := d.arrived
		d.arrived = nil
		d.mu.Unlock()
		if len(msgs) == 0 {
			return
		}
		for _, msg := range msgs {
			d.deliver(msg)
		}
	}
	d.t.Fatal("the screen never settles: a message brings the next one for ever")
}

func (d *Driver) deliver(msg tea.Msg) {
	switch v := reflect.ValueOf(msg); {
	case v.Type() == reflect.TypeFor[tea.QuitMsg]():
		d.quit = true
		return
	case v.Kind() == reflect.String && strings.Contains(v.Type().Name(), "lipboard"):
		d.clip = v.String()
		return
	}
	_, cmd := d.app.Update(msg)
	d.run(cmd)
}

// Act runs f as if a key had meant it, and settles.
func (d *Driver) Act(f func(a *tui.App) tea.Cmd) {
	d.t.Helper()
	d.run(f(d.app))
	d.Settle()
}

// Send delivers a message and settles.
func (d *Driver) Send(msg tea.Msg) {
	d.t.Helper()
	d.deliver(msg)
	d.Settle()
}

// Press presses keys, each by its name ("enter", "ctrl+p", "R"), and settles
// after each.
func (d *Driver) Press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.Send(key(d.t, k))
	}
}

// Type presses a key for every character of a text.
func (d *Driver) Type(text string) {
	d.t.Helper()
	for _, r := range text {
		d.Send(runeKey(r))
	}
}

// Command types a command line after the colon and enters it.
func (d *Driver) Command(line string) {
	d.t.Helper()
	d.Press(":")
	d.Type(line)
	d.Press("enter")
}

// Paste pastes a text.
func (d *Driver) Paste(text string) { d.Send(tea.PasteMsg{Content: text}) }

// Click clicks the left button on a cell, counted from the upper left one.
func (d *Driver) Click(x, y int) { d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

// Wheel turns the wheel down over a cell, up for a negative number of notches.
func (d *Driver) Wheel(x, y, notches int) {
	button := tea.MouseWheelDown
	if notches < 0 {
		button, notches = tea.MouseWheelUp, -notches
	}
	for range notches {
		d.Send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
	}
}

// Resize changes the size of the terminal.
func (d *Driver) Resize(w, h int) { d.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Advance lets time go by in steps of a second, and settles after each.
func (d *Driver) Advance(by time.Duration) {
	d.t.Helper()
	for by > 0 {
		step := min(by, time.Second)
		<-time.After(step)
		by -= step
		d.Settle()
	}
}

// ANSI is the screen with its styles.
func (d *Driver) ANSI() string { return d.app.View().Content }

// Screen is the text of the screen, without spaces at the ends of lines.
func (d *Driver) Screen() string {
	lines := strings.Split(ansi.Strip(d.ANSI()), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// View is what the model returned for the whole screen.
func (d *Driver) View() tea.View { return d.app.View() }

// Quit tells whether the model asked to end the program; Clipboard is what it
// put on the clipboard last.
func (d *Driver) Quit() bool        { return d.quit }
func (d *Driver) Clipboard() string { return d.clip }

// Shows fails the test where the screen does not hold each of the texts.
func (d *Driver) Shows(texts ...string) {
	d.t.Helper()
	screen := d.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

// Hides fails the test where the screen holds one of the texts.
func (d *Driver) Hides(texts ...string) {
	d.t.Helper()
	screen := d.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			d.t.Fatalf("the screen shows %q:\n%s", text, screen)
		}
	}
}
