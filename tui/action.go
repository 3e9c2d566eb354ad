package tui

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// action is one thing that a person can do on the screen. Keys, row menu,
// palette, help, hints and docs/keys.md derive from the table of actions, so that
// all of them know the same things under the same names.
//
// Exactly one of Make, Do and Run says what happens, in this order; an action
// with none of them is carried out by the page in front (page.act).
type action struct {
	ID    string
	Keys  []string // as tea.Key.String writes them; the first one is shown
	Title string   // as the menu says it: "shut down"
	Help  string   // a sentence for the help
	Group group
	Scope scope
	Hint  int    // rank in the bottom line, 1 first; 0: not there
	Quiet bool   // another action speaks for it in help and palette
	Idle  string // what it says where the page in front has nothing for it to work on; empty: in general words

	// Sub is the menu that the action is in, named by the key that opens it, and
	// Letter the key there. Such an action has no key of its own on the page.
	Sub, Letter string
	Opens       bool // all it does is to open the menu of its key

	// Word is the palette's command; Args says what may follow it ("[...]" where
	// nothing need follow) and Complete lists what could, given what is typed.
	Word, Args string
	Complete   func(a *App, arg string) []string

	// When returns why the action is not possible now, "" where it is.
	When func(a *App, sel selection) string
	// Make returns what to ask the session for, or why there is nothing.
	Make func(a *App, sel selection) (ops []core.Op, why string)
	Do   func(a *App, sel selection) tea.Cmd
	Run  func(a *App, arg string) tea.Cmd // arg is empty when it comes from a key
	// Notes says what else must be known before the ops of Make are confirmed. It
	// is called outside Update with the view of that moment; may be nil.
	Notes func(ctx context.Context, s *core.Session, v *core.View, ops []core.Op) ([]string, error)
}

// group is a heading of the help.
type group string

// The groups, in the order of the help.
const (
	groupMove   group = "Move"
	groupOpen   group = "Open and leave"
	groupFind   group = "Find"
	groupMarks  group = "Marks"
	groupLook   group = "Look closer"
	groupAct    group = "Act"
	groupGo     group = "Go to"
	groupScreen group = "Screen"
)

func groups() []group {
	return []group{groupMove, groupOpen, groupFind, groupMarks, groupLook, groupAct, groupGo, groupScreen}
}

// scope says where an action exists. Empty fields do not restrict.
type scope struct {
	Traits  trait       // the page has one of these
	Without trait       // the page has none of these
	Kinds   []core.Kind // the selection is of one of these
}

// on tells whether the scope holds on a page with a selection.
func (s scope) on(t trait, k core.Kind) bool {
	return (s.Traits == 0 || t&s.Traits != 0) && t&s.Without == 0 &&
		(len(s.Kinds) == 0 || slices.Contains(s.Kinds, k))
}

// meets tells whether both scopes can hold at once.
func (s scope) meets(o scope) bool {
	if s.Traits != 0 && s.Traits&^o.Without == 0 || o.Traits != 0 && o.Traits&^s.Without == 0 {
		return false
	}
	if len(s.Kinds) == 0 || len(o.Kinds) == 0 {
		return true
	}
	return slices.ContainsFunc(s.Kinds, func(k core.Kind) bool { return slices.Contains(o.Kinds, k) })
}

// kind is the kind of the selected objects, "" for none.
func (s selection) kind() core.Kind {
	switch {
	case len(s.Refs) > 0:
		return s.Refs[0].Kind
	case len(s.Jobs) > 0:
		return core.KindJob
	}
	return ""
}

// table is every action, in the order of menus and help.
func table() []action {
	return slices.Concat(
		moveActions(), findActions(), lookActions(), createActions(), templateActions(), powerActions(), placeActions(),
		editActions(), vmActions(), nodeActions(), jobActions(), creationActions(), consoleActions(),
		seatActions(), hostActions(), rightsActions(), quotaActions(),
		ownerActions(), lockActions(), personaActions(), clusterActions(), setupActions(), filterActions(),
		auditActions(), strayActions(), backupActions(), mapActions(), problemActions(),
		userActions(), factorActions(), groupActions(), doorActions(),
		goActions(), peoplePages(), screenActions(),
	)
}

// action returns the action with an id.
func (a *App) action(id string) (action, bool) {
	i := slices.IndexFunc(a.table, func(x action) bool { return x.ID == id })
	if i < 0 {
		return action{}, false
	}
	return a.table[i], true
}

// here are the actions that exist on the page in front with its selection,
// possible or not. It is gone through at every paint.
func (a *App) here() iter.Seq[action] {
	t, k := a.front().traits(), a.selected().kind()
	return func(yield func(action) bool) {
		for _, x := range a.table {
			if x.Scope.on(t, k) && a.reachable(x) && !yield(x) {
				return
			}
		}
	}
}

// selected is the selection of the page in front while the screen is painted. It
// is asked for once a paint: with many marks it is long.
func (a *App) selected() selection {
	if a.chosen == nil {
		sel := a.front().selection()
		a.chosen = &sel
	}
	return *a.chosen
}

// keyed finds the action that a key means on the page in front.
func (a *App) keyed(key string) (action, bool) {
	t, k := a.front().traits(), a.front().selection().kind()
	for _, x := range a.table {
		if slices.Contains(x.Keys, key) && x.Scope.on(t, k) && a.reachable(x) {
			return x, true
		}
	}
	return action{}, false
}

// reachable tells whether an action's key has its meaning on the page in front:
// where one types, only help and palette have.
func (a *App) reachable(x action) bool {
	_, types := a.front().(typer)
	return !types || x.ID == "help" || x.ID == "palette" && a.held() == ""
}

// askedFor is for how many objects rights are looked up to show what is
// possible; the session itself checks every one.
const askedFor = 500

// refused returns why an action is not possible now, "" where it is. The reason
// that is about rights is the session's own sentence.
func (a *App) refused(x action, sel selection) string {
	if x.When != nil {
		if why := x.When(a, sel); why != "" {
			return why
		}
	}
	if x.Make == nil {
		return ""
	}
	ops, why := x.Make(a, sel)
	if len(ops) == 0 {
		return why
	}
	return a.forbidden(ops)
}

// forbidden is the session's reason against the first of ops that the person may
// not ask for, "" where there is none. One that a form lets exceed the quota is not
// forbidden.
func (a *App) forbidden(ops []core.Op) string {
	for _, op := range ops[:min(len(ops), askedFor)] {
		if d := a.session.Can(op); !d.OK && (len(ops) > 1 || !overridable(a.session, op)) {
			return core.Printable(d.Why)
		}
	}
	return ""
}

// run carries an action out on what is selected, or says why it is not possible.
func (a *App) run(x action) tea.Cmd { return a.runOn(x, a.front().selection()) }

func (a *App) runOn(x action, sel selection) tea.Cmd {
	if why := a.refused(x, sel); why != "" {
		name := sel.name()
		if len(x.Scope.Kinds) == 0 {
			name = ""
		}
		return a.say(Warning, strings.TrimSpace(x.Title+" "+name)+": "+why)
	}
	switch {
	case x.Make != nil:
		ops, _ := x.Make(a, sel)
		if x.Notes != nil {
			return a.weigh(ops, x.Notes)
		}
		return a.submit(ops)
	case x.Opens:
		return a.openSubMenu(x, sel)
	case x.Do != nil:
		return x.Do(a, sel)
	case x.Run != nil:
		return x.Run(a, "")
	}
	cmd, done := a.front().act(x.ID)
	if !done {
		return a.hint(x.nothing())
	}
	return a.lead(cmd)
}

// name is how a title says what is selected: a name, or a number.
func (s selection) name() string {
	switch n := len(s.Refs) + len(s.Jobs); {
	case n == 0:
		return ""
	case n > 1:
		return fmt.Sprintf("%d %ss", n, kindWord(s.kind()))
	case len(s.Jobs) == 1:
		return "job " + core.Printable(s.Jobs[0].Name)
	}
	return core.Printable(objectName(s.Refs[0]))
}
