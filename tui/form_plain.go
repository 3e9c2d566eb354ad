package tui

import (
	"context"
	"io"
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

// plain asks for a form of this kind.
func (k formKind) plain(ctx context.Context, s *core.Session, arg string, in io.Reader, out io.Writer) error {
	f, err := k.make(ctx, s, arg)
	if err != nil {
		return err
	}
	p := form.Plain{In: in, Out: out}
	p.Save = func(ctx context.Context, v form.Values) (said string, again *form.Form, err error) {
		said, err = f.save(ctx, s, v)
		if core.CodeOf(err) == core.CodeConflict {
			if now, failed := k.make(ctx, s, arg); failed == nil {
				f, again = now, &now.Form
			}
		}
		if err != nil {
			err = core.AsError(err)
		}
		return core.Printable(said), again, err
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

// save saves the values outside the screen and returns what to say.
func (f entryForm) save(ctx context.Context, s *core.Session, v form.Values) (string, error) {
	if f.Ops == nil {
		return f.Do(ctx, s, v)
	}
	ops, err := f.Ops(v)
	if err != nil {
		return "", err
	}
	if err := doEach(ctx, s, ops); err != nil {
		return "", err
	}
	if len(ops) == 0 {
		return "nothing was changed", nil
	}
	if f.After != nil {
		if said, err := f.after(ctx, s, v); err != nil || said != "" {
			return said, err
		}
	}
	return "done: " + f.Title, nil
}
