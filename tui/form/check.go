package form

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// fault returns what a field's own kind forbids.
func (e *entry) fault(now time.Time) error {
	value := e.value()
	if strings.TrimSpace(value) == "" {
		if e.Required {
			return errors.New("it must not be empty")
		}
		return nil
	}
	switch e.Kind {
	case Number:
		a, err := e.Unit.Parse(value)
		if err == nil && a.Unlimited && !e.Unlimited {
			return errCount
		}
		return err
	case Until:
		_, err := ParseUntil(value, now)
		return err
	case Choice:
		if o, ok := e.option(value); !ok || o.State == Disabled {
			return fmt.Errorf("%s is not possible", clean(value, false))
		}
	default:
	}
	return nil
}

// meaning is what the value says in words, "" where it says so itself.
func (e *entry) meaning(now time.Time) string {
	value := strings.TrimSpace(e.value())
	if value == "" {
		if e.Kind == Until && e.Empty == "" {
			return "without end"
		}
		return e.Empty
	}
	switch e.Kind {
	case Number:
		a, err := e.Unit.Parse(value)
		switch {
		case err != nil || a.Unlimited && !e.Unlimited:
			return ""
		case a.Unlimited:
			return "no limit"
		case a.N == 0 && e.Zero != "":
			return e.Zero
		case e.Unit == Count:
			return ""
		}
		return e.Unit.Words(a.N)
	case Until:
		if at, err := ParseUntil(value, now); err == nil {
			return untilWords(at, now)
		}
	default:
	}
	return ""
}

// refresh finds out anew what is asked and what is wrong.
func (m *Model) refresh() {
	for range 2 { // what one field offers may decide on another
		v := m.Values()
		for _, e := range m.entries {
			e.offer(v)
		}
	}
	v, now := m.Values(), time.Now()
	m.errors = map[string]error{}
	if m.form.Check != nil {
		for name, err := range m.form.Check(v) {
			if err != nil {
				m.errors[name] = err
			}
		}
	}
	for _, e := range m.entries {
		if err := e.fault(now); err != nil && !e.hidden {
			m.errors[e.Name] = err
		}
	}
	m.summary, m.alarm = nil, ""
	if m.form.Alarm != nil {
		m.alarm = m.form.Alarm(v)
	}
	if m.form.Summary != nil {
		m.summary = m.form.Summary(v)
	}
	if !m.stops(m.focus) {
		m.move(1)
	}
}

// sound tells whether nothing is wrong.
func (m *Model) sound() bool {
	_, err := m.wrong()
	return err == nil
}

// wrong returns the first error in the order of the form, and its stop: the
// button that saves for the form as a whole.
func (m *Model) wrong() (stop int, err error) {
	for i, e := range m.entries {
		if err := m.errors[e.Name]; err != nil && !e.hidden {
			return i, err
		}
	}
	return m.saveStop(), m.errors[""]
}
