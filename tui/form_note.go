package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
	"gwm/tui/logview"
)

// formNote writes the note on a VM, a node or a cluster. Its argument is the object.
const formNote = "note"

func noteForms() []formKind {
	return []formKind{{Word: formNote, Make: makeNoteForm}}
}

func makeNoteForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	on, err := core.ParseRef(arg)
	if err != nil {
		return entryForm{}, err
	}
	v := s.View()
	if on, err = v.Find(on.Kind, on.String()); err != nil {
		return entryForm{}, err
	}
	if d := s.Can(core.EditNote{On: on, Text: "?"}); !d.OK {
		return entryForm{}, core.Errorf(core.CodeDenied, "you may not write the note on %s: %s", core.Printable(on.String()), d.Why)
	}
	note, _ := v.Note(on)
	was := note.Text
	f := entryForm{Form: form.Form{
		Title: "Note on " + core.Printable(on.String()), Intro: "Who sees it reads this. gwm keeps it; the cluster does not know of it.",
		Fields: []form.Field{
			{Name: "on", Label: "What", Kind: form.Fixed, Value: core.Printable(on.String())},
			{Name: "text", Label: "Note", Kind: form.Lines, Value: was, Max: core.MaxNote, Help: "Empty: there is no note."},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		text := strings.TrimSpace(v.Text("text"))
		if text == was {
			return nil, nil
		}
		return []core.Op{core.EditNote{On: on, Text: text, Was: &was}}, nil
	}
	return f, nil
}

func noteActions() []action {
	return []action{{
		ID: "note", Word: "note", Args: "[OBJECT]", Complete: completeLockable, Title: "write a note", Group: groupAct,
		Help: "Write down what everybody should know of it; who sees it reads that.", Scope: scope{Kinds: []core.Kind{core.KindVM, core.KindNode, core.KindCluster}},
		When: func(a *App, sel selection) string {
			if why := onlyOne(a, sel); why != "" {
				return why
			}
			if d := a.session.Can(core.EditNote{On: sel.ref(), Text: "?"}); !d.OK {
				return core.Printable(d.Why)
			}
			return ""
		},
		Run: func(a *App, arg string) tea.Cmd {
			on, err := a.lockable(arg)
			if err != nil {
				return a.fail(err)
			}
			return a.openForm(formNote, on.String(), on)
		},
	}}
}

// writtenNote is the note on an object, for its page; nothing where it has none.
func writtenNote(v *core.View, on core.Ref) []logview.Line {
	note, ok := v.Note(on)
	if !ok {
		return nil
	}
	lines := []logview.Line{head("note")}
	for text := range strings.SplitSeq(note.Text, "\n") {
		lines = append(lines, logview.Line{Text: core.Printable(text)})
	}
	return append(lines, logview.Line{Text: "by " + core.Printable(note.By) + ", " + clock(note.At), Level: logview.Quiet})
}
