package tui

import (
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

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
