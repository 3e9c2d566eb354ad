package form

import "gwm/tui/theme"

// Model is a form on the screen. It is not safe for concurrent use. It starts
// nothing itself: what is to be done comes back as an Event.
type Model struct {
	form    Form
	theme   *theme.Theme
	entries []*entry
	errors  map[string]error
	summary []string
	alarm   string

	focus int    // a stop: the fields, the actions, save, leave
	busy  string // what runs; nothing can be changed meanwhile
	said  string // answer to the last key
	bad   bool   // said is a problem
	tried bool   // saving was tried: all errors are shown

	w, h  int
	left  int                    // how wide the fields are
	first int                    // first line drawn
	free  bool                   // it was scrolled away from what has the keys
	rows  []row                  // what was drawn last
	tall  int                    // how many of them
	x, y  int                    // cell of the cursor; y is -1 for none
	head  []hit                  // the steps on the first line
	over  int                    // lines above what scrolls
	below struct{ from, to int } // the rows of the summary where it stands under the fields
}

// Event is what the one who holds the Model has to do.
type Event int

// The events.
const (
	None   Event = iota
	Submit       // Values are valid: save them, with Busy before and Fail after
	Leave        // esc, or the button: ask where Changed, then leave
	Pick         // show the options of Picking with a search; answer with Picked
	Act          // run Acting with Busy before, SetValues, Say or Fail after
)

// New makes a form with its start values.
func New(f Form, t *theme.Theme) *Model {
	m := &Model{form: f, theme: t}
	for _, field := range f.Fields {
		m.entries = append(m.entries, newEntry(field))
	}
	m.focus = -1
	m.move(1)
	m.refresh()
	return m
}

// Form is what the model was made of.
func (m *Model) Form() Form { return m.form }

// Values are the answers as they stand, also invalid ones.
func (m *Model) Values() Values {
	v := make(Values, len(m.entries))
	for _, e := range m.entries {
		if !e.hidden && e.Kind != Section {
			v[e.Name] = e.value()
		}
	}
	return v
}

// SetValues fills fields in; names that are not there are left out.
func (m *Model) SetValues(v Values) {
	for _, e := range m.entries {
		if value, ok := v[e.Name]; ok {
			e.set(value)
			e.touched = e.touched || value != e.was
		}
	}
	m.refresh()
}

// Draft are the values that differ from the start, without secrets: what may be
// kept and given to SetValues later.
func (m *Model) Draft() Values {
	v := Values{}
	for _, e := range m.entries {
		if value := e.value(); value != e.was && e.Kind != Secret {
			v[e.Name] = value
		}
	}
	return v
}

// Changed tells whether anything differs from the start.
func (m *Model) Changed() bool {
	for _, e := range m.entries {
		if e.value() != e.was {
			return true
		}
	}
	return false
}

// Rebase takes over a form that was made anew, after somebody else changed what
// it is about: what was changed here stays and says what it is there now.
func (m *Model) Rebase(f Form) {
	old := map[string]*entry{}
	for _, e := range m.entries {
		old[e.Name] = e
	}
	m.form, m.entries = f, nil
	for _, field := range f.Fields {
		e := newEntry(field)
		if was, ok := old[field.Name]; ok && was.value() != was.was {
			if e.was != was.was && e.was != was.value() && e.Kind != Secret {
				e.theirs = orNothing(e.was)
			}
			e.set(was.value())
			e.touched = true
		}
		m.entries = append(m.entries, e)
	}
	m.focus = min(m.focus, m.leaveStop())
	m.said, m.bad, m.busy = "", false, ""
	m.refresh()
	m.goTo(m.focus)
}

// Busy says what runs now; keys change nothing until Fail, Say or Rebase.
func (m *Model) Busy(what string) { m.busy, m.said = what, "" }

// Running tells whether something runs.
func (m *Model) Running() bool { return m.busy != "" }

// Fail ends Busy and shows what went wrong. The answers stay.
func (m *Model) Fail(text string) { m.busy, m.said, m.bad = "", text, true }

// Say ends Busy and shows an answer.
func (m *Model) Say(text string) { m.busy, m.said, m.bad = "", text, false }

// Picking is the field that Pick is about, with the options that it has now.
func (m *Model) Picking() (Field, []Option) {
	if e := m.entry(); e != nil {
		return e.Field, e.options
	}
	return Field{}, nil
}

// Picked answers Pick.
func (m *Model) Picked(value string) {
	if e := m.entry(); e != nil && e.Kind == Choice {
		if o, ok := e.option(value); ok {
			m.note(e.toggle(o))
			e.touched = true
			m.fill(e)
			m.refresh()
		}
	}
}

// Acting is the action that Act is about.
func (m *Model) Acting() (Action, bool) {
	if i := m.focus - len(m.entries); i >= 0 && i < len(m.form.Actions) {
		return m.form.Actions[i], true
	}
	return Action{}, false
}

// Summary is what saving will do, as it stands.
func (m *Model) Summary() []string { return m.summary }

// SetTheme changes how it is drawn.
func (m *Model) SetTheme(t *theme.Theme) { m.theme = t }

// Resize sets the cells it is drawn into.
func (m *Model) Resize(w, h int) { m.w, m.h = w, h }

// entry is the field that has the keys, nil for a button.
func (m *Model) entry() *entry {
	if m.focus >= 0 && m.focus < len(m.entries) {
		return m.entries[m.focus]
	}
	return nil
}

func (m *Model) saveStop() int  { return len(m.entries) + len(m.form.Actions) }
func (m *Model) leaveStop() int { return m.saveStop() + 1 }

// stops tells whether a stop can have the keys.
func (m *Model) stops(i int) bool {
	if i >= 0 && i < len(m.entries) {
		return m.entries[i].stops()
	}
	return i >= len(m.entries) && i <= m.leaveStop() && !m.opening()
}

// move gives the keys to the next stop in a direction, round and round.
func (m *Model) move(by int) {
	n := m.leaveStop() + 1
	at := m.focus
	for range n {
		at = ((at+by)%n + n) % n
		if m.stops(at) {
			m.goTo(at)
			return
		}
	}
}

// goTo gives the keys to a stop.
func (m *Model) goTo(stop int) {
	if e := m.entry(); e != nil && stop != m.focus {
		e.find = ""
		switch {
		case e.line():
			e.input.Blur()
		case e.Kind == Lines:
			e.area.Blur()
		}
		e.touched = e.touched || e.value() != e.was
	}
	m.focus, m.free = stop, false
	if e := m.entry(); e != nil {
		switch {
		case e.line():
			e.input.Focus() // the command blinks the virtual cursor
		case e.Kind == Lines:
			e.area.Focus()
		}
	}
}

func (m *Model) note(problem string) { m.said, m.bad = problem, problem != "" }
