package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func rightsActions() []action {
	rows := scope{Traits: traitRights}
	return []action{
		{
			ID: "grant.add", Keys: []string{"a"}, Title: "give rights", Help: "Give rights to a user or a group, in a form.",
			Group: groupAct, Scope: rows, Hint: 2, When: mayGrant,
			Do: func(a *App, sel selection) tea.Cmd { return a.openGrant(sel.Blank.Who, sel.Blank.On) },
		},
		{
			ID: "grant.edit", Keys: []string{"E"}, Title: "edit rights", Help: "Change who holds what, until when and at which hours.",
			Group: groupAct, Scope: rows, Hint: 3, When: oneRight,
			Do: func(a *App, sel selection) tea.Cmd { return a.openGrant(sel.Rights[0].Who, sel.Rights[0].On) },
		},
		{
			ID: "grant.remove", Keys: []string{"D"}, Title: "take rights", Help: "Take away what was granted here.",
			Group: groupAct, Scope: rows,
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				if len(sel.Rights) == 0 {
					return nil, "no right is selected"
				}
				r := sel.Rights[0]
				switch {
				case r.Grant == nil:
					return nil, "it comes with being a site administrator"
				case r.Inherited():
					return nil, "it was granted on " + core.Printable(r.From.String()) + "; take it there"
				}
				return []core.Op{core.RemoveGrant{Who: r.Who, On: r.On, Was: r.Grant}}, ""
			},
		},
		{
			ID: "grant", Word: "grant", Args: "[WHO OBJECT]", Title: "give or edit rights", Group: groupGo, Complete: completeGrant,
			Help: "Edit what a user or a group holds on an object: grant bob berlin/web1.",
			Run:  func(a *App, arg string) tea.Cmd { return a.grantWords(arg) },
		},
	}
}

// mayGrant says why no rights are given on what the page is about. Who holds that
// right and is kept from using it for now may look at the form.
func mayGrant(a *App, sel selection) string {
	if sel.Blank.On.IsZero() {
		return ""
	}
	if d := a.session.Can(core.SetGrant{On: sel.Blank.On, Who: sel.Blank.Who}); !d.OK && !d.Locked {
		return core.Printable(d.Why)
	}
	return ""
}

func oneRight(_ *App, sel selection) string {
	switch {
	case len(sel.Rights) == 0:
		return "no right is selected"
	case sel.Rights[0].Grant == nil:
		return "a site administrator holds everything; edit the account to change that"
	}
	return ""
}

// openGrant opens the editor of what somebody holds on an object; zero Refs are
// asked for.
func (a *App) openGrant(who, on core.Ref) tea.Cmd { return a.push(grantPlace(who, on)) }

// grantWords opens the editor for what was typed: nothing, who, or who and on
// what.
func (a *App) grantWords(arg string) tea.Cmd {
	var refs [2]core.Ref
	for i, word := range strings.Fields(arg) {
		var err error
		switch {
		case i > 1:
			err = core.Errorf(core.CodeInvalid, "name who, and on what: grant bob berlin/web1")
		case strings.HasPrefix(word, "user:"), strings.HasPrefix(word, "group:"):
			refs[i], err = core.ParseRef(word)
		case i == 0:
			refs[0], err = core.ParseRef("user:" + word)
		default:
			refs[1], err = a.findAny(word)
		}
		if err != nil {
			return a.fail(err)
		}
	}
	return a.openGrant(refs[0], refs[1])
}

// completeGrant completes who, and behind that the object.
func completeGrant(a *App, arg string) []string {
	who, _, ok := strings.Cut(arg, " ")
	if !ok {
		return completePersons(a, arg)
	}
	return behind(who, append(completeClusters(a, arg), completeVMs(a, arg)...))
}

// behind puts a word before each of some completions.
func behind(word string, all []string) []string {
	out := make([]string, len(all))
	for i, name := range all {
		out[i] = word + " " + name
	}
	return out
}
