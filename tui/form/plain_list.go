package form

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// listed is how many options are read out at once.
const listed = 20

// list asks for one option, or for the boxes to change. Where there must be one
// and there is none the form cannot be saved: asking again would never end.
func (q *plain) list(e *entry) error {
	e.find = ""
	if len(e.options) == 0 {
		q.say(e.spokenLabel() + ": there is nothing to choose from.")
		if e.Required {
			return errCancel
		}
		return nil
	}
	q.say(e.spokenLabel() + ":")
	q.options(e)
	for {
		text, err := q.ask(e.question(), e)
		if err != nil || text == "" {
			return err
		}
		if q.chosen(e, text) {
			q.m.refresh()
			if e.Kind == Choice {
				return nil
			}
		}
	}
}

// question is what is asked of a list.
func (e *entry) question() string {
	if e.Kind == Boxes {
		return fmt.Sprintf("%s, numbers to change, Enter to go on [%s]: ", e.spokenLabel(), cmp.Or(strings.Join(e.ticked, ", "), "none"))
	}
	now := e.picked
	if o, ok := e.option(now); ok {
		now = o.Name()
	}
	return fmt.Sprintf("%s, number or name [%s]: ", e.spokenLabel(), cmp.Or(now, e.Empty, "nothing"))
}

// options reads the options out that a search leaves, as far as they are not too
// many.
func (q *plain) options(e *entry) {
	found := e.found()
	long := e.find == "" && len(found) > listed
	if long { // only what is ticked, and how to find the others
		q.say(fmt.Sprintf("There are %d to choose from; type a part of a name to search.", len(found)))
		found = slices.DeleteFunc(found, func(i int) bool { return !e.on(e.options[i]) })
	}
	for _, i := range found[:min(len(found), listed)] {
		q.say(fmt.Sprintf("%d. %s", i+1, e.spoken(e.options[i])))
	}
	switch {
	case len(found) > listed:
		q.say(fmt.Sprintf("and %d more; type more of the name.", len(found)-listed))
	case len(found) == 0 && !long:
		q.say("Nothing matches.")
	}
}

// spoken is an option with all that is to say of it.
func (e *entry) spoken(o Option) string {
	text := o.Name()
	if o.Note != "" {
		text += ", " + o.Note
	}
	on := e.on(o)
	switch {
	case o.State == Inherited:
		return text + ": ticked, inherited " + cmp.Or(o.Why, "from elsewhere") + ", cannot be changed here"
	case e.Kind == Choice && on:
		text += ": chosen"
	case e.Kind == Boxes && on:
		text += ": ticked"
	case e.Kind == Boxes:
		text += ": not ticked"
	}
	if o.State == Disabled {
		text += ", not possible: " + cmp.Or(o.Why, "it is fixed")
	}
	return text
}

// chosen takes an answer: numbers, names, or text to search for. It tells
// whether something was chosen.
func (q *plain) chosen(e *entry, text string) bool {
	if text == "-" {
		q.empty(e)
		return true
	}
	options := e.meant(text)
	if options == nil {
		e.find = strings.TrimPrefix(text, "=")
		q.options(e)
		e.find = ""
		return false
	}
	ok := false
	for _, o := range options {
		if why := e.toggle(o); why != "" {
			q.say("Error: " + why + ".")
			continue
		}
		ok = true
		q.say(e.spoken(o) + ".")
	}
	return ok
}

// empty unticks all that can be changed.
func (q *plain) empty(e *entry) {
	e.picked = ""
	e.ticked = slices.DeleteFunc(e.ticked, func(v string) bool {
		o, ok := e.option(v)
		return ok && o.State == Free
	})
}

// meant finds the options that an answer names; nil where a part of it names
// none. A single beginning that only one option has names it too.
func (e *entry) meant(text string) []Option {
	words := []string{text}
	if e.Kind == Boxes {
		words = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	var out []Option
	for _, w := range words {
		at := slices.IndexFunc(e.options, func(o Option) bool { return strings.EqualFold(o.Value, w) || strings.EqualFold(o.Name(), w) })
		if n, err := strconv.Atoi(w); at < 0 && err == nil {
			at = n - 1
		}
		if at < 0 {
			at = e.only(w)
		}
		if at < 0 || at >= len(e.options) {
			return nil
		}
		out = append(out, e.options[at])
	}
	return out
}

// only is the one option that begins with a text, -1 for none and for several.
func (e *entry) only(text string) int {
	at := -1
	for i, o := range e.options {
		if !strings.HasPrefix(strings.ToLower(o.Name()), strings.ToLower(text)) {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}
