package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
)

// formKind is a form by name. The screen opens it with App.openForm, and Plain
// asks the same line by line, so it is made of a session alone.
type formKind struct {
	Word  string // "user edit"; the argument follows it
	Waits string // what Make asks clusters for, "" where they are not asked
	// Make reads what the form starts with. It is called outside Update, and
	// again when somebody changed the object meanwhile. Texts of others become
	// printable there.
	Make func(ctx context.Context, s *core.Session, arg string) (entryForm, error)
}

// entryForm is a form with what becomes of the answers: either Ops or Do.
type entryForm struct {
	form.Form
	// Ops is what the answers ask for; none: nothing is to be changed. It is pure
	// and called after every change too: effect and command line of the ops are
	// added to the summary.
	Ops func(v form.Values) ([]core.Op, error)
	// Before looks whether the ops may be asked for still, and may wait; nil: always.
	// Its error stays in the form: CodeConflict where somebody else was faster.
	Before func(ctx context.Context, s *core.Session, ops []core.Op) error
	// After is done when the ops were; its result is treated as that of Do.
	After func(ctx context.Context, s *core.Session, v form.Values) (result string, err error)
	// Do saves what is no op. A result is shown once and y copies its last line,
	// for example a code after a line that says what it is for.
	Do func(ctx context.Context, s *core.Session, v form.Values) (result string, err error)
	// Done is what happens after it was saved and the form has left the screen;
	// may be nil.
	Done func(a *App) tea.Cmd
}

// after does what follows the ops, which are done whatever comes of it.
func (f entryForm) after(ctx context.Context, s *core.Session, v form.Values) (string, error) {
	text, err := f.After(ctx, s, v)
	if err != nil {
		why := core.AsError(err)
		return "", &core.Error{Code: why.Code, Hint: why.Hint, Err: err, Message: "the changes were made, but what follows them failed: " + why.Message}
	}
	return text, nil
}

// forms is every form.
func forms() []formKind {
	return slices.Concat(
		nodeForms(),
		grantForms(), quotaForms(), lockForms(), overrideForms(), clusterForms(), setupForms(), filterForms(),
		ownerForms(), placeForms(),
		powerForms(),
		noteForms(),
		editForms(),
		changeForms(),
		createForms(),
		templateForms(),
		userForms(), keyForms(), groupForms(), applicantForms(), tokenForms(),
	)
}

// openForm opens a form on top of the page in front. arg says what it is about,
// on is where the breadcrumb and the data age look.
func (a *App) openForm(word, arg string, on core.Ref) tea.Cmd {
	return a.push(place{Page: pageForm, On: on, Arg: strings.TrimSpace(word + " " + arg)})
}

// findForm returns the form that a text names, with its argument.
func findForm(kinds []formKind, text string) (k formKind, arg string, ok bool) {
	for _, have := range kinds {
		rest, found := strings.CutPrefix(text, have.Word)
		if found && (rest == "" || rest[0] == ' ') && len(have.Word) >= len(k.Word) {
			k, arg, ok = have, strings.TrimSpace(rest), true
		}
	}
	return k, arg, ok
}

// make asks for a form; where nothing can be changed there is none. What its
// actions say is made fit to be shown, and what its ops say of themselves is
// added to its summary.
func (k formKind) make(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	if err := s.Frozen(); err != nil {
		return entryForm{}, err
	}
	f, err := k.Make(ctx, s, arg)
	for i, act := range f.Actions {
		f.Actions[i].Do = func(ctx context.Context, v form.Values) (form.Values, string, error) {
			set, said, err := act.Do(ctx, v)
			if err != nil {
				err = errors.New(core.Printable(core.AsError(err).Error()))
			}
			return set, core.Printable(said), err
		}
	}
	if err != nil || f.Ops == nil {
		return f, err
	}
	own := f.Summary
	f.Summary = func(v form.Values) []string {
		var out []string
		if own != nil {
			out = own(v)
		}
		ops, err := f.Ops(v)
		if err != nil {
			return out
		}
		if len(ops) == 0 {
			return append(out, "Nothing is changed yet.")
		}
		return append(out, opsSummary(s, ops)...)
	}
	return f, nil
}

// fewOps is how many ops are described one by one.
const fewOps = 3

// opsSummary says what ops do; of many that are alike the first one stands for
// all, and the first that would be refused is told.
func opsSummary(s *core.Session, ops []core.Op) []string {
	var out []string
	if len(ops) <= fewOps {
		for _, op := range ops {
			out = append(out, opSummary(s, op)...)
		}
		return out
	}
	out = opSummary(s, ops[0])
	for _, op := range ops[1:min(len(ops), askedFor)] {
		if d := s.Can(op); !d.OK {
			out = append(out, "You may not: "+core.Printable(op.Spec().Title+": "+d.Why))
			break
		}
	}
	return append(out, fmt.Sprintf("and %d more like it", len(ops)-1))
}

// opSummary says what an op does: effect, changes, command line, and why it would
// be refused.
func opSummary(s *core.Session, op core.Op) []string {
	spec := op.Spec()
	var out []string
	for _, c := range spec.Diff {
		out = append(out, core.Printable(c.Field+": "+orDash(c.From)+" -> "+orDash(c.To)))
	}
	if text := spec.Sentence(); text != "" {
		out = append(out, text)
	}
	if d := s.Can(op); !d.OK {
		out = append(out, "You may not: "+core.Printable(d.Why))
	}
	return append(out, "", "same as: "+commandLine(op))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
