package form

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Plain asks for a form line by line. It writes text and line breaks only, no
// escape sequence. A person at a terminal without lines of its own (an SSH
// session with a pty) needs a Terminal as In and Out.
type Plain struct {
	In  io.Reader // ends a line with "\n", "\r" or both; its end leaves, so close it to stop Run
	Out io.Writer
	// Save saves the answers and returns what to say. With an error everything
	// that was answered stays; again is the form as it is now where it was made
	// anew meanwhile.
	Save func(ctx context.Context, v Values) (said string, again *Form, err error)
	// Confirm returns what must be typed besides "yes", "" for nothing; may be nil.
	Confirm func(v Values) string
}

// Hider is an input that can stop to echo what is typed.
type Hider interface{ Hide(on bool) }

// maxTyped bounds a line of input in bytes, and answers the number of lines.
const maxTyped = 64 << 10

// What ends a question without an answer.
var (
	errCancel = errors.New("canceled")
	errBack   = errors.New("back")
)

// plain is a form being asked for.
type plain struct {
	Plain
	m   *Model
	r   *bufio.Reader
	err error // of writing, the first one
	cr  bool  // the last line ended with "\r"
}

// Run asks for everything and saves it. saved is false where the person left.
// The error is one of reading or writing, or the context's.
func (p Plain) Run(ctx context.Context, f Form) (saved bool, err error) {
	q := &plain{Plain: p, m: New(f, nil), r: bufio.NewReader(p.In)}
	q.say(f.Title)
	if f.Intro != "" {
		q.say(f.Intro)
	}
	q.say("Enter keeps what stands in brackets. A minus empties it. back goes back, cancel leaves and changes nothing, ? explains.")
	q.say("")
	saved, err = q.run(ctx)
	if errors.Is(err, errCancel) || errors.Is(err, io.EOF) {
		q.say("Nothing was saved.")
		err = nil
	}
	return saved, cmp.Or(err, q.err)
}

func (q *plain) run(ctx context.Context) (bool, error) {
	if err := q.fields(ctx, 0); err != nil {
		return false, err
	}
	if err := q.actions(ctx); err != nil {
		return false, err
	}
	for {
		if err := q.mend(ctx); err != nil {
			return false, err
		}
		done, err := q.finish(ctx)
		if done || err != nil {
			return done, err
		}
	}
}

// fields asks from a field on.
func (q *plain) fields(ctx context.Context, from int) error {
	for i := from; i < len(q.m.entries); {
		err := q.field(ctx, q.m.entries[i])
		switch {
		case errors.Is(err, errBack):
			i = q.before(i)
			continue
		case err != nil:
			return err
		}
		i++
	}
	return nil
}

// before is the last field before one that can be answered, or itself.
func (q *plain) before(i int) int {
	for at := i - 1; at >= 0; at-- {
		if q.m.entries[at].stops() {
			return at
		}
	}
	return i
}

// field asks one question until the answer can be taken.
func (q *plain) field(ctx context.Context, e *entry) error {
	switch {
	case e.hidden:
		return nil
	case e.Kind == Section:
		q.say("")
		q.say(e.Label + ":")
		return nil
	case e.Kind == Fixed:
		q.say(e.spokenLabel() + ": " + orNothing(e.Value))
		return nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := e.value()
		if err := q.answer(e); err != nil {
			return err
		}
		if e.value() != before {
			q.m.fill(e)
		}
		q.m.refresh()
		err := q.m.errors[e.Name]
		if err == nil {
			if words := e.meaning(time.Now()); words != "" {
				q.say("That is: " + words + ".")
			}
			return nil
		}
		q.say("Error: " + e.spokenLabel() + ": " + err.Error())
		if e.value() == before { // it was wrong at the start: only another answer helps
			continue
		}
		e.set(before)
		q.m.refresh()
	}
}

// answer asks once and sets what was answered.
func (q *plain) answer(e *entry) error {
	switch e.Kind {
	case Choice, Boxes:
		return q.list(e)
	case Lines:
		return q.lines(e)
	case Secret:
		return q.secret(e)
	case YesNo:
		return q.yesNo(e)
	default:
		return q.line(e)
	}
}

// line asks for one line of text.
func (q *plain) line(e *entry) error {
	title := e.spokenLabel()
	if e.Required {
		title += " (required)"
	}
	now := e.value()
	if now == "" {
		now = cmp.Or(e.Empty, "empty")
	}
	text, err := q.ask(title+" ["+now+"]: ", e)
	if err != nil || text == "" {
		return err
	}
	e.set(literal(text))
	return nil
}

// spokenLabel is the label without the blanks that indent it on the screen.
func (e *entry) spokenLabel() string { return strings.TrimSpace(e.Label) }

// literal is what an answer means: a minus is nothing, and after "=" follows
// what would mean something else.
func literal(text string) string {
	if text == "-" {
		return ""
	}
	return strings.TrimPrefix(text, "=")
}

func (q *plain) yesNo(e *entry) error {
	now := "no"
	if e.picked == "yes" {
		now = "yes"
	}
	title := e.spokenLabel()
	if e.Placeholder != "" { // what stands beside the box on the screen
		title += ": " + e.Placeholder
	}
	for {
		text, err := q.ask(title+", yes or no ["+now+"]: ", e)
		if err != nil || text == "" {
			return err
		}
		switch strings.ToLower(text) {
		case "y", "yes":
			e.set("yes")
			return nil
		case "n", "no", "-":
			e.set("")
			return nil
		}
		q.say("Error: answer yes or no.")
	}
}

func (q *plain) secret(e *entry) error {
	now := "empty"
	if e.value() != "" {
		now = "set, not shown"
	}
	if h, ok := q.In.(Hider); ok {
		h.Hide(true)
		defer h.Hide(false)
	} else {
		q.say("What you type next may be visible on your screen.")
	}
	text, err := q.ask(e.spokenLabel()+" ["+now+"]: ", e)
	if err != nil || text == "" {
		return err
	}
	e.set(literal(text))
	return nil
}

// lines asks for several lines.
func (q *plain) lines(e *entry) error {
	n := len(Values{"": e.value()}.List(""))
	text, err := q.ask(fmt.Sprintf("%s, line by line, a single dot ends [%d lines]: ", e.spokenLabel(), n), e)
	if err != nil || text == "" {
		return err
	}
	if text == "-" {
		e.set("")
		return nil
	}
	var all []string
	size := 0
	for text != "." && size < maxTyped {
		all = append(all, text)
		size += len(text) + 1
		if text, err = q.read(); err != nil {
			return err
		}
	}
	e.set(Join(all))
	return nil
}

// ask writes a question and reads a line. The words that every question
// understands do not come back.
func (q *plain) ask(question string, e *entry) (string, error) {
	for {
		q.write(question)
		text, err := q.read()
		if err != nil {
			return "", err
		}
		switch strings.ToLower(text) {
		case "cancel":
			return "", errCancel
		case "back":
			return "", errBack
		case "?":
			if e != nil {
				q.explain(e)
				continue
			}
		}
		return text, nil
	}
}

func (q *plain) explain(e *entry) {
	q.say(cmp.Or(e.Help, "There is nothing more to say about it."))
	if e.Placeholder != "" && e.Kind != YesNo {
		q.say("For example: " + e.Placeholder)
	}
	q.say("To answer with a word that means something here, write = before it.")
}

// read reads one line, without what ends it and without control characters. A
// ctrl-d or ctrl-c in it leaves.
func (q *plain) read() (string, error) {
	var b []byte
	for {
		c, err := q.r.ReadByte()
		if err != nil {
			return "", err
		}
		if c == '\n' && q.cr {
			q.cr = false
			continue
		}
		q.cr = c == '\r'
		switch {
		case c == '\r' || c == '\n':
			return strings.TrimSpace(clean(string(b), false)), nil
		case c == 3 || c == 4:
			return "", errCancel
		case len(b) < maxTyped:
			b = append(b, c)
		}
	}
}

func (q *plain) say(text string) { q.write(text + "\n") }

func (q *plain) write(text string) {
	if _, err := io.WriteString(q.Out, clean(text, true)); err != nil && q.err == nil {
		q.err = err
	}
}
