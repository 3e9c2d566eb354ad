package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
	"gwm/tui/theme"
)

// formLock asks why an object is locked. Its argument is the object.
const formLock = "lock"

func lockForms() []formKind {
	return []formKind{{Word: formLock, Make: func(_ context.Context, s *core.Session, arg string) (entryForm, error) {
		on, err := core.ParseRef(arg)
		if err != nil {
			return entryForm{}, err
		}
		if d := s.Can(core.SetLock{On: on, Reason: "?"}); !d.OK {
			return entryForm{}, core.Errorf(core.CodeDenied, "you may not lock %s: %s", core.Printable(arg), d.Why)
		}
		f := entryForm{Ops: func(v form.Values) ([]core.Op, error) {
			if v.Text("reason") == "" {
				return nil, nil
			}
			return []core.Op{core.SetLock{On: on, Reason: v.Text("reason")}}, nil
		}}
		f.Title, f.Save = "Lock "+core.Printable(on.String()), "Lock"
		f.Intro = "Nothing but looking is possible while it is locked, whoever asks. Jobs that run go on."
		f.Fields = []form.Field{
			{Name: "on", Label: "What", Kind: form.Fixed, Value: core.Printable(on.String())},
			{Name: "reason", Label: "Why", Required: true, Max: 200, Placeholder: "moving to the new hall until Friday", Help: "The people whom it stops read it."},
		}
		return f, nil
	}}}
}

func lockActions() []action {
	on := scope{Kinds: []core.Kind{core.KindVM, core.KindNode, core.KindCluster, core.KindUser, core.KindGroup}}
	return []action{
		{
			ID: "lock.set", Keys: []string{"L"}, Word: "lock", Args: "[OBJECT]", Complete: completeLockable, Title: "lock", Group: groupAct, Scope: on,
			Help: "Let nobody do anything with it but look, and say why; locked already: lift the lock.",
			When: mayLock,
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.lockable(arg)
				if err != nil {
					return a.fail(err)
				}
				if _, locked := a.view.Lock(r); locked && arg == "" {
					return a.submit([]core.Op{core.ClearLock{On: r}})
				}
				return a.openForm(formLock, r.String(), r)
			},
		},
		{
			ID: "lock.clear", Word: "unlock", Args: "[OBJECT]", Complete: completeLockable, Title: "lift the lock", Group: groupGo,
			Help: "Lift the lock from an object.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.lockable(arg)
				if err != nil {
					return a.fail(err)
				}
				return a.submit([]core.Op{core.ClearLock{On: r}})
			},
		},
	}
}

// mayLock says why the selected object cannot be locked or unlocked.
func mayLock(a *App, sel selection) string {
	if why := onlyOne(a, sel); why != "" {
		return why
	}
	if d := a.session.Can(core.SetLock{On: sel.ref(), Reason: "?"}); !d.OK {
		return core.Printable(d.Why)
	}
	return ""
}

// lockable is the object that was named, or the one that is selected.
func (a *App) lockable(arg string) (core.Ref, error) {
	if arg != "" {
		return a.findAny(arg)
	}
	r := a.front().selection().ref()
	if r.IsZero() {
		return r, core.Errorf(core.CodeInvalid, "say what: lock berlin/web1, lock user:bob, lock site")
	}
	return r, nil
}

func completeLockable(a *App, arg string) []string {
	out := append([]string{"site"}, completeClusters(a, arg)...)
	return append(append(out, completeVMs(a, arg)...), completeNodes(a, arg)...)
}

// lockNotes are the lines above a page that say what is locked, of the object,
// its cluster and the site.
func lockNotes(t *theme.Theme, v *core.View, on core.Ref, w int) []string {
	if v == nil {
		return nil
	}
	places := []core.Ref{on, core.Site()}
	if on.Cluster != "" && on.Kind != core.KindCluster {
		places = []core.Ref{on, core.ClusterRef(on.Cluster), core.Site()}
	}
	var out []string
	for _, r := range places {
		l, ok := v.Lock(r)
		if !ok {
			continue
		}
		text := lockText(l)
		if r != on && r.Kind != core.KindSite {
			text = core.Printable(r.String()) + " is " + text
		}
		out = append(out, t.Warn.Render(t.Cut(" "+t.Sym.Lock+" "+text, w)))
	}
	return out
}

// lockText says by whom, since when and why something is locked. A lock of nobody
// is that of a cluster whose settings make it read-only.
func lockText(l core.Lock) string {
	if l.By == "" {
		return "read-only: " + core.Printable(l.Reason)
	}
	text := "locked by " + l.By + " since " + clock(l.At)
	if l.On.Kind == core.KindSite {
		text = "everything is " + text
	}
	if l.Reason != "" {
		text += ": " + l.Reason
	}
	return core.Printable(text)
}
