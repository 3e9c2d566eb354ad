package form

import (
	"cmp"
	"context"
	"errors"
	"strings"
)

// actions offers the buttons besides the one that saves.
func (q *plain) actions(ctx context.Context) error {
	for _, a := range q.m.form.Actions {
		text, err := q.ask(a.Label+"? yes or no [no]: ", &entry{Field: Field{Help: a.Help}})
		switch {
		case errors.Is(err, errBack):
			continue
		case err != nil:
			return err
		case !yes(text):
			continue
		}
		set, said, err := a.Do(ctx, q.m.Values())
		if err != nil {
			q.say("Error: " + err.Error())
			continue
		}
		q.m.SetValues(set)
		q.say(said)
	}
	return nil
}

func yes(text string) bool { return strings.EqualFold(text, "y") || strings.EqualFold(text, "yes") }

// mend asks again for fields that are wrong, as other answers made them so.
func (q *plain) mend(ctx context.Context) error {
	for {
		q.m.refresh()
		stop, err := q.m.wrong()
		if err == nil || stop >= len(q.m.entries) {
			return nil
		}
		e := q.m.entries[stop]
		q.say("Error: " + e.spokenLabel() + ": " + err.Error())
		if err := q.field(ctx, e); err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

// finish reads the summary out and asks whether to save. done is false where a
// field was changed instead, or where saving failed.
func (q *plain) finish(ctx context.Context) (done bool, err error) {
	q.summary()
	text, err := q.ask(cmp.Or(q.m.form.Save, "Save")+"? yes, no, or the name of a field to change it: ", nil)
	switch {
	case errors.Is(err, errBack):
		return false, q.fields(ctx, q.before(len(q.m.entries)))
	case err != nil:
		return false, err
	case yes(text) && !q.m.sound():
		return false, nil
	case yes(text):
		return q.save(ctx)
	case strings.EqualFold(text, "n") || strings.EqualFold(text, "no"):
		return false, errCancel
	case text == "": // nothing is saved by a key that was hit once too often
		q.say("Error: answer yes, no, or the name of a field.")
		return false, nil
	}
	return false, q.change(ctx, text)
}

// change asks again for the field that a text names.
func (q *plain) change(ctx context.Context, text string) error {
	for _, e := range q.m.entries {
		if !e.stops() || !strings.EqualFold(e.spokenLabel(), text) && e.Name != text {
			continue
		}
		if err := q.field(ctx, e); !errors.Is(err, errBack) {
			return err
		}
		return nil
	}
	q.say("There is no field " + text + ".")
	return nil
}

// summary reads out what saving will do.
func (q *plain) summary() {
	q.say("")
	if _, err := q.m.wrong(); err != nil {
		q.say("Error: " + err.Error())
	}
	if q.m.alarm != "" {
		q.say("Warning: " + q.m.alarm)
	}
	q.say("What saving does:")
	for _, l := range q.m.summary {
		if l != "" {
			q.say(l)
		}
	}
	if len(q.m.summary) == 0 && !q.m.Changed() {
		q.say("nothing was changed")
	}
}

// save saves what was answered.
func (q *plain) save(ctx context.Context) (done bool, err error) {
	v := q.m.Values()
	if q.Confirm != nil {
		if want := q.Confirm(v); want != "" {
			text, err := q.ask("Type "+want+" to do it: ", nil)
			if err != nil && !errors.Is(err, errBack) {
				return false, err
			}
			if text != want {
				q.say("That is not " + want + "; nothing was done.")
				return false, nil
			}
		}
	}
	said, again, err := q.Save(ctx, v)
	if err == nil {
		q.say(cmp.Or(said, "Saved."))
		return true, nil
	}
	q.say("Error: " + err.Error())
	if again != nil {
		q.m.Rebase(*again)
		q.say("This is what is there now; your changes are kept.")
		for _, e := range q.m.entries {
			if e.theirs != "" {
				q.say(e.spokenLabel() + ": somebody set it to " + e.theirs + " meanwhile.")
			}
		}
	}
	return false, nil
}
