package tui

import (
	"context"
	"encoding/json"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// prefsTime is how long loading and saving the settings may take.
const prefsTime = 5 * time.Second

// prefs are a user's settings of the screen.
type prefs struct {
	Theme string `json:"theme,omitempty"`
	Mouse *bool  `json:"mouse,omitempty"`
	// Escape is the key that opens the menu of consoles: core.EscapeIn.
	Escape string                       `json:"escape,omitempty"`
	Scope  string                       `json:"scope,omitempty"` // the cluster that lists are limited to
	Pages  map[string]map[string]string `json:"pages,omitempty"` // by page: sort, filter, columns, ...
	// Drafts are forms that were not saved, by name and argument.
	Drafts map[string]draft `json:"drafts,omitempty"`
}

type (
	prefsMsg   prefs
	keepNowMsg struct{ seq int }
)

func (m keepNowMsg) reach(a *App) tea.Cmd {
	if m.seq != a.prefSeq {
		return nil
	}
	return a.save()
}

// loadPrefs asks for the settings. Damaged ones count as none.
func (a *App) loadPrefs() tea.Msg {
	ctx, cancel := context.WithTimeout(a.ctx, prefsTime)
	defer cancel()
	raw, err := a.own.Prefs(ctx)
	if err != nil {
		return Announce{Text: "your settings could not be read: " + core.AsError(err).Error(), Kind: Warning}
	}
	var p prefs
	if len(raw) > 0 && json.Unmarshal(raw, &p) != nil {
		return Announce{Text: "your settings are damaged and were left out", Kind: Warning}
	}
	return prefsMsg(p)
}

// applyPrefs takes the settings over. What the user has changed already stays.
func (a *App) applyPrefs(p prefs) tea.Cmd {
	if a.prefSeq > 0 {
		return nil
	}
	a.prefs = p
	if p.Mouse != nil {
		a.mouse = *p.Mouse
	}
	if e, err := core.ParseEscape(p.Escape); err == nil {
		a.setEscape(e)
	}
	if _, ok := a.view.Cluster(p.Scope); ok {
		a.scope = p.Scope
	}
	for _, o := range a.stack {
		a.restore(o.page, o.page.at())
	}
	if p.Theme != "" && p.Theme != a.look.theme.Skin.Name {
		a.setTheme(p.Theme)
		a.prefSeq = 0
	}
	a.layout()
	return tea.Batch(a.front().show(a.view), a.offerDraft())
}

// keepLater saves the settings a second after the last change.
func (a *App) keepLater() tea.Cmd {
	a.prefSeq++
	seq := a.prefSeq
	return func() tea.Msg {
		t := time.NewTimer(time.Second)
		defer t.Stop()
		select {
		case <-t.C:
			return keepNowMsg{seq}
		case <-a.ctx.Done():
			return nil
		}
	}
}

// save stores the settings, if any were changed.
func (a *App) save() tea.Cmd {
	if a.prefSeq == 0 {
		return nil
	}
	for _, o := range a.pile() {
		a.keep(o.page)
	}
	p := a.prefs
	p.Theme, p.Mouse, p.Scope = a.look.theme.Skin.Name, &a.mouse, a.scope
	raw, err := json.Marshal(p)
	if err != nil {
		return send(failMsg{err: err})
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx, prefsTime)
		defer cancel()
		if err := a.own.SavePrefs(ctx, raw); err != nil && a.ctx.Err() == nil {
			return Announce{Text: "your settings could not be saved: " + core.AsError(err).Error(), Kind: Warning}
		}
		return nil
	}
}
