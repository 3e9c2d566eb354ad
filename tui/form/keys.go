package form

import (
	tea "charm.land/bubbletea/v2"
)

// typed tells whether a key is a character.
func typed(k tea.KeyPressMsg) bool {
	return k.Text != "" && k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta) == 0
}

// Key takes a key. used is false where the form has no use for it.
func (m *Model) Key(k tea.KeyPressMsg) (ev Event, used bool) {
	key := k.String()
	if m.Running() {
		if key == "esc" {
			return Leave, true
		}
		return None, typed(k) && key != "?"
	}
	if m.page(key) {
		return None, true
	}
	m.free = false
	switch key {
	case "tab":
		m.move(1)
	case "shift+tab":
		m.move(-1)
	case "ctrl+n":
		m.section(1)
	case "ctrl+p":
		m.section(-1)
	case "ctrl+x":
		return m.submit(), true
	case "esc":
		if e := m.entry(); e != nil && e.find != "" {
			e.find = ""
			return None, true
		}
		return Leave, true
	default:
		return m.fieldKey(k, key)
	}
	return None, true
}

// page scrolls by a screen where the field has no use for the key itself.
func (m *Model) page(key string) bool {
	if e := m.entry(); e != nil && (e.Kind == Lines || e.list()) {
		return false
	}
	switch key {
	case "pgup":
		m.Wheel(1 - m.tall)
	case "pgdown":
		m.Wheel(m.tall - 1)
	default:
		return false
	}
	return true
}

// fieldKey gives a key to what has the keys.
func (m *Model) fieldKey(k tea.KeyPressMsg, key string) (Event, bool) {
	e := m.entry()
	switch {
	case e == nil:
		return m.buttonKey(key)
	case e.line():
		return m.lineKey(e, k, key)
	case e.Kind == Lines:
		return m.linesKey(e, k, key)
	case e.list():
		return m.listKey(e, k, key)
	}
	switch key {
	case "up":
		m.move(-1)
	case "down":
		m.move(1)
	case "enter", "space":
		switch {
		case e.Kind == Choice:
			return Pick, true
		case key == "enter":
			m.move(1)
		default:
			e.picked = YesIf(e.picked == "")
			m.changed(e)
		}
	default:
		if e.Kind == Choice && typed(k) && key != "?" {
			return Pick, true
		}
		return None, false
	}
	return None, true
}

func (m *Model) buttonKey(key string) (Event, bool) {
	switch key {
	case "up", "left":
		m.move(-1)
	case "down", "right":
		m.move(1)
	case "enter", "space":
		return m.press(m.focus), true
	default:
		return None, false
	}
	return None, true
}

// press does what a button says.
func (m *Model) press(stop int) Event {
	switch {
	case stop == m.saveStop():
		return m.submit()
	case stop == m.leaveStop():
		return Leave
	}
	return Act
}

// submit leads to the first error, then to what saving will do where that is out
// of sight, or else asks to save.
func (m *Model) submit() Event {
	m.tried = true
	m.refresh()
	if stop, err := m.wrong(); err != nil {
		m.goTo(stop)
		return None
	}
	if m.unread() {
		m.goTo(m.saveStop())
		m.Say("this is what it does; ctrl-x once more does it")
		return None
	}
	return Submit
}

func (m *Model) lineKey(e *entry, k tea.KeyPressMsg, key string) (Event, bool) {
	switch key {
	case "up":
		m.move(-1)
	case "down", "enter":
		m.move(1)
	case "ctrl+a", "ctrl+b": // the terminal multiplexer's
		return None, false
	default:
		before, at := e.input.Value(), e.input.Position()
		if e.Kind == Number && typed(k) && before == Unlimited { // it is all or nothing
			e.input.SetValue("")
		}
		e.input, _ = e.input.Update(k)
		if e.input.Value() != before {
			m.changed(e)
		}
		return None, typed(k) || e.input.Value() != before || e.input.Position() != at
	}
	return None, true
}

func (m *Model) linesKey(e *entry, k tea.KeyPressMsg, key string) (Event, bool) {
	switch {
	case key == "up" && e.area.Line() == 0:
		m.move(-1)
		return None, true
	case key == "down" && e.area.Line() >= e.area.LineCount()-1:
		m.move(1)
		return None, true
	case key == "ctrl+a" || key == "ctrl+b":
		return None, false
	}
	before := e.area.Value()
	e.area, _ = e.area.Update(k)
	if e.area.Value() != before {
		m.changed(e)
	}
	return None, true
}

// searched is from how many boxes on letters search among them.
const searched = 12

func (m *Model) listKey(e *entry, k tea.KeyPressMsg, key string) (Event, bool) {
	found := e.found()
	switch key {
	case "up", "down", "pgup", "pgdown", "home", "end":
		m.listMove(e, key, len(found))
	case "space":
		m.tick(e, found)
	case "enter":
		if e.Kind == Choice {
			m.tick(e, found)
		}
		m.move(1)
	case "backspace":
		if e.find != "" {
			r := []rune(e.find)
			e.find, e.cursor = string(r[:len(r)-1]), 0
		}
	default:
		if e.Kind != Boxes || len(e.options) <= searched || !typed(k) {
			return None, false
		}
		e.find, e.cursor = e.find+clean(k.Text, false), 0
	}
	return None, true
}

// listMove moves in a list; beyond its ends to the next field.
func (m *Model) listMove(e *entry, key string, n int) {
	at := e.cursor
	switch key {
	case "up":
		at--
	case "down":
		at++
	case "pgup":
		at = max(at-listRows, 0)
	case "pgdown":
		at = min(at+listRows, n-1)
	case "home":
		at = 0
	case "end":
		at = n - 1
	}
	if key != "up" && key != "down" {
		at = max(at, 0)
	}
	switch {
	case at < 0:
		m.move(-1)
	case at >= n:
		m.move(1)
	default:
		e.cursor = at
	}
}

// tick changes the box under the cursor, or says why it cannot.
func (m *Model) tick(e *entry, found []int) {
	if e.cursor >= len(found) {
		return
	}
	why := e.toggle(e.options[found[e.cursor]])
	m.changed(e)
	m.note(why)
}

// changed follows a change of a field.
func (m *Model) changed(e *entry) {
	m.note("")
	e.touched = e.touched || e.Kind != Text && !e.line()
	m.fill(e)
	m.refresh()
}

// fill puts what an answer means for other fields into them.
func (m *Model) fill(e *entry) {
	if e.Fill == nil {
		return
	}
	set := e.Fill(m.Values())
	for _, other := range m.entries {
		if value, ok := set[other.Name]; ok && other != e {
			other.set(value)
		}
	}
}

// section goes to the first field of the next part of the form, or of the one
// before.
func (m *Model) section(by int) {
	if steps := m.steps(); len(steps) > 0 {
		m.walk(steps, by)
		return
	}
	for at := m.focus + by; at > 0 && at < len(m.entries); at += by {
		if m.entries[at-1].Kind == Section && m.stops(at) {
			m.goTo(at)
			return
		}
	}
	if by > 0 {
		m.goTo(m.saveStop())
		return
	}
	m.focus = -1
	m.move(1)
}

// Paste puts text into the field that has the keys. It never presses anything.
func (m *Model) Paste(text string) {
	e := m.entry()
	if e == nil || m.Running() {
		return
	}
	switch {
	case e.line():
		e.input, _ = e.input.Update(tea.PasteMsg{Content: clean(text, false)})
	case e.Kind == Lines:
		e.area, _ = e.area.Update(tea.PasteMsg{Content: clean(text, true)})
	default:
		return
	}
	m.changed(e)
}
