// Package form is a form as plain data, and two ways to fill it in: Model, a
// widget that draws it and takes keys, and Run, which asks line by line for
// screen readers and terminals that can do nothing else.
//
// It guarantees that both ways show the same fields, help, errors and summary
// and end with the same Values; that a secret is neither drawn nor part of a
// draft; that a box that may not be changed stays as it was; and that typed and
// pasted text holds no control characters. It knows nothing of the domain: texts
// of others must be clean before they come here.
package form

import "context"

// Form says what is asked and what is made of the answers. The functions must be
// pure but for Actions, may be nil and are called after every change.
type Form struct {
	Title  string // what it is about: "Edit user bob"
	Intro  string // a sentence or two before the fields; may be empty
	Save   string // what the button says, "Save" where it is empty
	Steps  bool   // each Section is a step, shown alone; the last one has the summary and the buttons
	Fields []Field
	// Check returns what is wrong by field name, "" for the form as a whole.
	// What a field's own kind forbids (Required, a number that is none) is found
	// without it.
	Check func(Values) map[string]error
	// Summary is what saving will do, a line each, as far as the values tell.
	Summary func(Values) []string
	// Alarm is what must not be overlooked about the answers, "" for nothing; it
	// stays on the screen whatever else is said.
	Alarm   func(Values) string
	Actions []Action // buttons before the one that saves
}

// Kind is what a field takes, and how its value is written in Values.
type Kind int

// The kinds. Values are written as said here; "" is always "nothing".
const (
	Text    Kind = iota // one line
	Secret              // one line that is never shown
	Lines               // several lines with "\n" between them
	Number              // a number as typed: "4", "1.5G", "unlimited"; Values.Number reads it
	YesNo               // "yes" or ""
	Choice              // the Value of one option
	Boxes               // the Values of the ticked options with "\n" between them; Values.List reads it
	Until               // a point in time as typed: "2026-12-24", "+7d"; Values.Until reads it
	Fixed               // Value is shown and cannot be changed
	Section             // a heading: Label is its title; it has no value
)

// Field is one question.
type Field struct {
	Name        string // its key in Values
	Label       string
	Kind        Kind
	Value       string // at the start, written as the Kind says
	Help        string // a sentence, shown while the field has the keys
	Placeholder string // an example, shown while it is empty; YesNo: what stands beside the box
	Required    bool
	Max         int    // Text, Secret, Lines: most characters; 0: 500, Lines 20,000
	Unit        Unit   // Number: what is counted
	Unlimited   bool   // Number: "unlimited" is an answer
	Empty       string // Text, Number, Until, Choice: what an empty answer means: "the default of berlin, 8 GiB"
	Zero        string // Number: what 0 means: "none at all"

	Options []Option              // Choice, Boxes
	Folded  bool                  // Choice: they open in a list of their own, however few
	Offer   func(Values) []Option // in place of Options where they depend on other fields
	Default func(Values) string   // Text, Number, Until, Choice: in place of Empty where that depends on other fields
	When    func(Values) bool     // the field is asked only while this holds; nil: always
	Fill    func(Values) Values   // what an answer to it puts into other fields; pure; may be nil
}

// Option is one of the answers of a Choice, or a box of Boxes.
type Option struct {
	Value string
	Label string // what is shown; Value where it is empty
	Note  string // shown beside it
	State State
	Alarm bool   // it is dangerous, and drawn so
	Why   string // the reason of a State other than Free: "from group ops on berlin"
}

// State tells whether a box can be changed.
type State int

// The states.
const (
	Free      State = iota
	Inherited       // ticked by something else; it is not part of the value
	Disabled        // it stays as it is
)

// Action is a button besides the one that saves, for example a connection test.
// Do may wait. What it returns in set is put into the fields, said is shown.
type Action struct {
	Label string
	Help  string
	Do    func(ctx context.Context, v Values) (set Values, said string, err error)
}
