package tui

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// Plain asks a form line by line, for screen readers and terminals without a
// screen, and saves what was answered. It writes no escape sequence. The error is
// a *core.Error where saving was refused and the person gave up.
func Plain(ctx context.Context, s *core.Session, word, arg string, in io.Reader, out io.Writer) error {
	k, arg, ok := findForm(forms(), strings.TrimSpace(word+" "+arg))
	if !ok {
		return core.Errorf(core.CodeNotFound, "there is no form %q", core.Printable(word))
	}
	return k.plain(ctx, s, arg, in, out)
}

// FormNames lists what Plain asks for.
func FormNames() []string {
	var names []string
	for _, k := range forms() {
		names = append(names, k.Word)
	}
	slices.Sort(names)
	return names
}

// plain asks for a form of this kind.
func (k formKind) plain(ctx context.Context, s *core.Session, arg string, in io.Reader, out io.Writer) error {
	f, err := k.make(ctx, s, arg)
	if err != nil {
		return err
	}
	if _, ok := in.(form.Hider); !ok {
		in = bufio.NewReader(in) // the question for a code reads on where the form stopped
	}
	p := form.Plain{In: in, Out: out}
	prove := func(ctx context.Context) bool { return proveCode(ctx, s, in, out) }
	p.Save = func(ctx context.Context, v form.Values) (said string, again *form.Form, err error) {
		said, err = f.save(ctx, s, v, prove)
		if core.CodeOf(err) == core.CodeConflict {
			if now, failed := k.make(ctx, s, arg); failed == nil {
				f, again = now, &now.Form
			}
		}
		if err != nil {
			err = core.AsError(err)
		}
		lines := strings.Split(said, "\n")
		for i, l := range lines {
			lines[i] = core.Printable(l)
		}
		return strings.Join(lines, "\n"), again, err
	}
	p.Confirm = func(v form.Values) string {
		if f.Ops == nil {
			return ""
		}
		ops, err := f.Ops(v)
		if err != nil || len(ops) == 0 {
			return ""
		}
		danger := s.Danger(ops...)
		if danger == core.Safe || danger == core.Disruptive && len(ops) == 1 {
			return "" // the yes is enough
		}
		return wanted(ops)
	}
	_, err = p.Run(ctx, f.Form)
	return err
}

// save saves the values outside the screen and returns what to say. prove asks
// for a code of the second factor.
func (f entryForm) save(ctx context.Context, s *core.Session, v form.Values, prove func(context.Context) bool) (string, error) {
	if f.Ops == nil {
		said, err := f.Do(ctx, s, v)
		if core.CodeOf(err) == core.CodeStepUp && prove(ctx) {
			return f.Do(ctx, s, v)
		}
		return said, err
	}
	ops, err := f.ready(ctx, s, v)
	if err != nil {
		return "", err
	}
	done, err := doEach(ctx, s, ops)
	if core.CodeOf(err) == core.CodeStepUp && prove(ctx) {
		_, err = doEach(ctx, s, ops[done:])
	}
	if err != nil {
		return "", err
	}
	if len(ops) == 0 {
		return "nothing was changed", nil
	}
	if f.After != nil {
		said, err := f.after(ctx, s, v)
		if core.CodeOf(err) == core.CodeStepUp && prove(ctx) {
			said, err = f.after(ctx, s, v)
		}
		if err != nil || said != "" {
			return said, err
		}
	}
	return "done: " + f.Title, nil
}

// ready is what the answers ask for, where it may be asked for still.
func (f entryForm) ready(ctx context.Context, s *core.Session, v form.Values) ([]core.Op, error) {
	ops, err := f.Ops(v)
	if err != nil || f.Before == nil || len(ops) == 0 {
		return ops, err
	}
	return ops, f.Before(ctx, s, ops)
}

// proveCode asks for a code of the second factor, line by line.
func proveCode(ctx context.Context, s *core.Session, in io.Reader, out io.Writer) bool {
	p := form.Plain{In: in, Out: out}
	p.Save = func(ctx context.Context, v form.Values) (string, *form.Form, error) {
		if err := s.StepUp(ctx, v["code"]); err != nil {
			return "", nil, core.AsError(err)
		}
		return "The code is right.", nil, nil
	}
	ok, err := p.Run(ctx, form.Form{
		Title: "Second factor", Intro: "This needs a code of your authenticator app, or a recovery code.", Save: "Show it",
		Fields: []form.Field{{Name: "code", Label: "Code", Kind: form.Secret, Required: true, Help: "Six digits. To try again name the field: Code."}},
	})
	return ok && err == nil
}
