package form

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
)

// What can be typed at most where a field does not say, in characters.
const (
	maxLine  = 500
	maxLines = 20_000
)

// shortList is how many options a Choice shows at once; more are chosen in a
// popup with a search.
const shortList = 6

// entry is a field being filled in.
type entry struct {
	Field
	input   textinput.Model // of one line
	area    textarea.Model  // Lines
	picked  string          // YesNo, Choice
	ticked  []string        // Boxes
	options []Option        // as they are offered now
	hidden  bool            // its When does not hold

	cursor, first int    // Choice, Boxes: the option under the cursor, the first one drawn
	find          string // Boxes: what a long list is searched for
	was           string // the value at the start
	touched       bool   // its errors are shown
	theirs        string // after a conflict: what somebody else set; "" for nothing
}

func newEntry(f Field) *entry {
	e := &entry{Field: f, options: f.Options}
	switch f.Kind {
	case Text, Secret, Number, Until:
		e.input = textinput.New()
		e.input.CharLimit = cmp.Or(f.Max, maxLine)
		e.input.Prompt = ""
		e.input.KeyMap.Paste.SetEnabled(false) // it would read the clipboard of the server
		e.input.ShowSuggestions = false
		e.input.SetVirtualCursor(false)
	case Lines:
		e.area = textarea.New()
		e.area.CharLimit = cmp.Or(f.Max, maxLines)
		e.area.MaxHeight = 0
		e.area.Prompt, e.area.ShowLineNumbers = "", false
		e.area.KeyMap.Paste.SetEnabled(false)
		e.area.SetVirtualCursor(false)
		e.area.SetStyles(textarea.Styles{})
	default:
	}
	e.cursor = max(slices.IndexFunc(f.Options, func(o Option) bool { return f.Kind == Choice && o.Value == f.Value }), 0)
	e.set(f.Value)
	e.was = e.value()
	return e
}

// start is the value at the start as an entry would give it back.
func (f Field) start() string {
	switch f.Kind {
	case Text, Secret, Number, Until, Lines:
		return clean(f.Value, f.Kind == Lines)
	default:
		e := entry{Field: f, options: f.Options}
		e.set(f.Value)
		return e.value()
	}
}

// line tells whether one line of text is typed into it.
func (f Field) line() bool {
	return f.Kind == Text || f.Kind == Secret || f.Kind == Number || f.Kind == Until
}

// list tells whether its options are drawn one under the other.
func (e *entry) list() bool {
	return e.Kind == Boxes || e.Kind == Choice && !e.long()
}

// long tells whether a Choice has too many options to show them all.
func (e *entry) long() bool { return e.Kind == Choice && (e.Folded || len(e.options) > shortList) }

// under is the option under the cursor of a list.
func (e *entry) under() (Option, bool) {
	found := e.found()
	if e.cursor < 0 || e.cursor >= len(found) {
		return Option{}, false
	}
	return e.options[found[e.cursor]], true
}

// stops tells whether the keys can be given to it.
func (e *entry) stops() bool { return !e.hidden && e.Kind != Fixed && e.Kind != Section }

func (e *entry) value() string {
	switch e.Kind {
	case Text, Secret, Number, Until:
		return e.input.Value()
	case Lines:
		return e.area.Value()
	case Boxes:
		return Join(e.ticked)
	case YesNo, Choice:
		return e.picked
	case Fixed:
		return e.Value
	default:
		return ""
	}
}

func (e *entry) set(value string) {
	switch e.Kind {
	case Text, Secret, Number, Until:
		e.input.SetValue(clean(value, false))
		e.input.CursorEnd()
	case Lines:
		e.area.SetValue(clean(value, true))
	case YesNo:
		e.picked = YesIf(value == "yes")
	case Choice:
		e.picked = value
	case Boxes:
		e.ticked = Values{"": value}.List("")
		e.sortTicks()
	default:
	}
}

// offer takes the options that the other values leave. A choice that is no
// longer there is undone, a tick is kept for the case that it comes back.
func (e *entry) offer(v Values) {
	e.hidden = e.When != nil && !e.When(v)
	if e.Default != nil {
		e.Empty = e.Default(v)
	}
	if e.Offer == nil {
		return
	}
	e.options = e.Offer(v)
	e.cursor = max(min(e.cursor, len(e.options)-1), 0)
	if _, ok := e.option(e.picked); e.Kind == Choice && !ok {
		e.picked = ""
	}
	e.sortTicks()
}

func (e *entry) option(value string) (Option, bool) {
	for _, o := range e.options {
		if o.Value == value {
			return o, true
		}
	}
	return Option{}, false
}

// sortTicks puts the ticks into the order of the options, so that equal answers
// are equal texts.
func (e *entry) sortTicks() {
	at := make(map[string]int, len(e.options))
	for i, o := range e.options {
		at[o.Value] = i + 1
	}
	slices.SortStableFunc(e.ticked, func(a, b string) int { return cmp.Compare(at[a], at[b]) })
	e.ticked = slices.Compact(e.ticked)
}

// toggle ticks or unticks a box, or picks an option. It returns why it cannot.
func (e *entry) toggle(o Option) (why string) {
	switch {
	case o.State == Free:
	case e.Kind == Choice:
		return o.Name() + " is not possible: " + cmp.Or(o.Why, "it is fixed")
	default:
		return o.Name() + " cannot be changed here: " + cmp.Or(o.Why, "it is fixed")
	}
	switch at := slices.Index(e.ticked, o.Value); {
	case e.Kind == Choice:
		e.picked = o.Value
	case at >= 0:
		e.ticked = slices.Delete(e.ticked, at, at+1)
	default:
		e.ticked = append(e.ticked, o.Value)
		e.sortTicks()
	}
	return ""
}

// on tells whether an option is picked, or a box ticked by this form itself.
func (e *entry) on(o Option) bool {
	if e.Kind == Choice {
		return e.picked == o.Value
	}
	return slices.Contains(e.ticked, o.Value)
}

// Name is what an option is called.
func (o Option) Name() string { return cmp.Or(o.Label, o.Value) }

// found lists the options that a search leaves, by index.
func (e *entry) found() []int {
	find := strings.ToLower(e.find)
	out := make([]int, 0, len(e.options))
	for i, o := range e.options {
		if find == "" || strings.Contains(strings.ToLower(o.Name()+" "+o.Note), find) {
			out = append(out, i)
		}
	}
	return out
}

// clean takes out what must not stand in a value: control and format characters,
// and line breaks where one line is asked for.
func clean(text string, lines bool) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if lines {
		text = strings.ReplaceAll(text, "\r", "\n")
	} else {
		text = strings.TrimRight(text, "\r\n")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}
