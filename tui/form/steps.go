package form

import (
	"fmt"
	"slices"
	"strings"

	"gwm/tui/theme"
)

// step is a part of a form with Steps: it begins with a Section.
type step struct {
	title    string
	from, to int // entries, without the one after
}

// steps are the parts that are asked now, one for each Section that is not
// hidden; nil where the form is shown as a whole.
func (m *Model) steps() []step {
	if !m.form.Steps {
		return nil
	}
	var out []step
	for i, e := range m.entries {
		if e.Kind == Section && !e.hidden {
			out = append(out, step{title: e.Label, from: i})
		}
		if len(out) > 0 {
			out[len(out)-1].to = i + 1
		}
	}
	return out
}

// step is the part that has the keys: for the buttons the last one, which sums
// up.
func (m *Model) step(steps []step) int {
	for i, s := range steps {
		if m.focus < s.to {
			return i
		}
	}
	return len(steps) - 1
}

// shown tells which entries are drawn.
func (m *Model) shown() (from, to int) {
	steps := m.steps()
	if len(steps) == 0 {
		return 0, len(m.entries)
	}
	s := steps[m.step(steps)]
	return s.from, s.to
}

// summing tells whether buttons and what saving does are drawn.
func (m *Model) summing() bool {
	steps := m.steps()
	return len(steps) == 0 || m.step(steps) == len(steps)-1 && !m.opening()
}

// opening tells whether the steps after the first one wait for its answers.
func (m *Model) opening() bool {
	later := func(e *entry) bool { return e.Kind == Section && e.hidden }
	return len(m.steps()) == 1 && slices.ContainsFunc(m.entries, later)
}

// firstStop is the stop that a step begins with: a field, or the button that saves.
func (m *Model) firstStop(steps []step, i int) int {
	for at := steps[i].from; at < steps[i].to; at++ {
		if m.stops(at) {
			return at
		}
	}
	if i == len(steps)-1 {
		return len(m.entries)
	}
	return -1
}

// walk goes to the next step that asks anything, or to the one before.
func (m *Model) walk(steps []step, by int) {
	for i := m.step(steps) + by; i >= 0 && i < len(steps); i += by {
		if stop := m.firstStop(steps, i); stop >= 0 {
			m.goTo(stop)
			return
		}
	}
	switch {
	case by > 0 && m.opening():
		m.tried = true // what is missing is said
	case by > 0:
		m.goTo(m.saveStop())
	}
}

// layHead makes the line of the steps, which does not scroll: the one that has
// the keys stands out, one in which something is wrong has a mark.
func (m *Model) layHead(w int) (line string, hits []hit) {
	steps := m.steps()
	if len(steps) == 0 {
		return "", nil
	}
	t, now := m.theme, m.step(steps)
	total := 1
	for _, s := range steps {
		total += theme.Width(s.title) + 3
	}
	x := 1
	line = " "
	if total+2 > w { // only where one is
		s := steps[now]
		return t.Cut(fmt.Sprintf(" %s %s %s", t.Dim.Render(fmt.Sprintf("step %d of %d", now+1, len(steps))), t.Key.Render(t.Sym.Crumb), t.Selected.Render("["+m.marked(s)+"]")), w), nil
	}
	for i, s := range steps {
		text := " " + m.marked(s) + " "
		style := t.Label
		switch {
		case i == now:
			style, text = t.Selected, "["+m.marked(s)+"]"
		case m.faulty(s):
			style = t.Error
		}
		if stop := m.firstStop(steps, i); stop >= 0 {
			hits = append(hits, hit{x, x + theme.Width(text), stop})
		} else if i != now {
			style = t.Dim
		}
		line += style.Render(text)
		x += theme.Width(text)
		if i < len(steps)-1 {
			line += t.Dim.Render(t.Sym.Crumb)
			x += theme.Width(t.Sym.Crumb)
		}
	}
	return strings.TrimRight(line, " "), hits
}

// marked is the title of a step, with a mark where something is wrong in it.
func (m *Model) marked(s step) string {
	if m.faulty(s) {
		return m.theme.Sym.Bad + " " + s.title
	}
	return s.title
}

// faulty tells whether a step has an error that is shown.
func (m *Model) faulty(s step) bool {
	for _, e := range m.entries[s.from:s.to] {
		if !e.hidden && m.errors[e.Name] != nil && m.tells(e) {
			return true
		}
	}
	return false
}

// tells tells whether what is wrong with a field is shown already.
func (m *Model) tells(e *entry) bool { return m.tried || e.touched || e.value() != e.was }

// clickHead goes to the step under the mouse.
func (m *Model) clickHead(x int) Event {
	if m.Running() {
		return None
	}
	for _, h := range m.head {
		if x >= h.from && x < h.to {
			m.goTo(h.stop)
		}
	}
	return None
}
