package tui

import (
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
)

// Drafts are kept with the settings, which have a limit.
const (
	maxDrafts    = 8
	maxDraftSize = 4096 // bytes of values
	maxDraftName = 300  // bytes of word and argument: a form about many marked rows has none
)

// draft is what was filled into a form and not saved. It never holds a secret.
type draft struct {
	At     time.Time   `json:"at"`
	Values form.Values `json:"values"`
}

// draftFresh is for how long a draft is offered at the next login.
const draftFresh = 24 * time.Hour

// lastDraft names the form that was filled in last and not saved; "" for none.
func (a *App) lastDraft() string {
	last := ""
	for name, d := range a.prefs.Drafts {
		if _, _, ok := findForm(a.forms, name); ok && (last == "" || d.At.After(a.prefs.Drafts[last].At)) {
			last = name
		}
	}
	return last
}

// offerDraft says at login that a form was left unsaved: a connection that broke
// says nothing, and the form may be about a page that is not in front now.
func (a *App) offerDraft() tea.Cmd {
	name := a.lastDraft()
	if name == "" || time.Since(a.prefs.Drafts[name].At) > draftFresh {
		return nil
	}
	return a.say(Info, "not saved at "+clock(a.prefs.Drafts[name].At)+": "+name+"; :resume opens it")
}

// resume opens the form that was filled in last.
func (a *App) resume() tea.Cmd {
	name := a.lastDraft()
	if name == "" {
		return a.hint("no form was left unsaved")
	}
	return a.openForm(name, "", core.Ref{})
}

// keepDraft remembers what is filled in after a change, so that a lost
// connection loses at most a second of it.
func (p *formPage) keepDraft(before form.Values) tea.Cmd {
	if p.model == nil || maps.Equal(before, p.model.Values()) {
		return nil
	}
	return p.app.keepLater()
}

// keepDraftOf takes the draft of a form over into the settings.
func (a *App) keepDraftOf(p *formPage) {
	name := p.place.Arg
	if p.over {
		delete(a.prefs.Drafts, name)
		return
	}
	if p.model == nil || len(name) > maxDraftName {
		return
	}
	values := p.model.Draft()
	size := 0
	for k, v := range values {
		size += len(k) + len(v)
	}
	if len(values) == 0 || size > maxDraftSize {
		delete(a.prefs.Drafts, name)
		return
	}
	if a.prefs.Drafts == nil {
		a.prefs.Drafts = map[string]draft{}
	}
	a.prefs.Drafts[name] = draft{At: time.Now(), Values: values}
	for len(a.prefs.Drafts) > maxDrafts {
		oldest := slices.MinFunc(slices.Collect(maps.Keys(a.prefs.Drafts)), func(x, y string) int {
			return a.prefs.Drafts[x].At.Compare(a.prefs.Drafts[y].At)
		})
		delete(a.prefs.Drafts, oldest)
	}
}
